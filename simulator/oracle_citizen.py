"""The gateway and the citizen of the oracle: what is sent when, who agrees, who goes where."""

from datetime import datetime

from flow_model.faults import PORTAL
from flow_model.working_time import CALENDAR
from simulator.oracle_agency import Agency
from simulator.oracle_calls import Call
from simulator.oracle_hearing import Act, Message
from simulator.oracle_step import AGENCY, ENDED, GATEWAY, SECOND, Step

# The registry at which people confirm.
ASKED_AT = "population"


class Citizen(Agency):
    """One dossier going on."""

    def declare(self, at: datetime) -> None:
        self._write(at, "declared")
        if self.dossier.path == "interlinked":
            for parties in self.dossier.consents.values():
                for party in parties:
                    self._ask_consent(party, at)
        self._look()

    def _ask_consent(self, party: str, at: datetime) -> None:
        def arrives(now: datetime) -> None:
            if party not in self.asked:
                self.asked.add(party)
                if party not in self.dossier.silent:
                    delay = self.dossier.seconds("consent_delay", party)
                    self._plan(now + delay * SECOND, AGENCY, None, self._agreed(party))

        def noted(now: datetime) -> None:
            self._write(now, "consent_requested")

        self._call(at, None, Call("request_consent", ASKED_AT, party, None), arrives, noted)

    def _agreed(self, party: str) -> Act:
        def heard(at: datetime) -> None:
            self.given[party] = at
            self._write(at, "consent_given")
            for step in self.steps.values():
                if step.state == "sent":
                    self._forward(step, party)

        def refused(at: datetime) -> None:
            self._write(at, "message_refused")

        message = Message(party, "consent_given", heard, refused)
        return lambda at: self.agenda.hearing.tell(ASKED_AT, message, at)

    def _forward(self, step: Step, party: str) -> None:
        name = step.procedure.id
        if party not in self.dossier.consents.get(name, ()) or party in step.forwarded:
            return
        sync = self.dossier.seconds("sync", f"{name}.{party}") * SECOND
        assert step.sent_at is not None

        def arrives(at: datetime) -> None:
            if party in step.told:
                return
            step.told.add(party)
            step.consents.add(party)
            if step.agency_state == "arrived" and self._all_agree(step):
                self._wait_for_counter(step, at)

        def noted(at: datetime) -> None:
            step.forwarded.add(party)
            self._write(at, "consent_forwarded", step)

        def wanted(_at: datetime) -> bool:
            return step.state == "sent" and party not in step.forwarded

        at = max(step.sent_at, self.given[party] + sync)
        self._call(at, step, self._to_agency("forward_consent", step), arrives, noted, wanted)

    def _to_agency(self, kind: str, step: Step) -> Call:
        return Call(kind, step.procedure.agency, step.procedure.id, step.procedure.id)

    def _look(self) -> None:
        """Begin what can begin; lay the results down when all has ended."""
        for step in self.steps.values():
            if step.state == "waiting" and not step.planned:
                self._start(step)
        every = list(self.steps.values())
        if self.finished_at is None and all(map(self._over, every)):
            last = max(at for step in every if (at := step.collected_at or step.decided_at))
            sync = 0 if self.dossier.path == "separate" else self.dossier.seconds("sync", "results")
            self.finished_at = last + sync * SECOND

            def laid_down(at: datetime) -> None:
                self.finished_at = at
                self._write(at, "results_returned")

            call = Call("return_results", PORTAL, str(self.dossier.key), None)
            self._call(self.finished_at, None, call, lambda _at: None, laid_down)

    def _over(self, step: Step) -> bool:
        ended = step.state in ENDED
        if not ended or step.state == "not_started" or not self.dossier.visited(step.procedure):
            return ended
        return step.collected_at is not None

    def _start(self, step: Step) -> None:
        before = [self.steps[name] for name in step.procedure.requires]
        failed = next((each for each in before if each.state in ("rejected", "not_started")), None)
        if failed is not None:
            assert failed.decided_at is not None
            step.planned = True

            def not_started(at: datetime) -> None:
                self._write(at, "not_started", step)
                self._end(step, "not_started", at)

            self._plan(failed.decided_at, GATEWAY, step, not_started)
        elif self.dossier.visited(step.procedure):
            ready_at = self._free_for(step)
            if ready_at is not None:
                step.planned = True
                self._visit(step, "submit", ready_at, 0, lambda at: self._send(step, at))
        elif all(each.state == "granted" for each in before):
            step.planned = True
            last = max((each.decided_at for each in before if each.decided_at), default=None)
            sync = self.dossier.seconds("sync", step.procedure.id) * SECOND
            self._submit((last or self.dossier.declared_at) + sync, step)

    def _free_for(self, step: Step) -> datetime | None:
        ready_at: datetime | None = self.dossier.declared_at
        for earlier in self.steps.values():
            if earlier is step:
                break
            if not self.dossier.visited(earlier.procedure) or earlier.state == "not_started":
                continue
            if earlier.collected_at is None:
                return None
            pause = self.dossier.seconds("before_next_counter", step.procedure.id)
            ready_at = CALENDAR.add_working_seconds(earlier.collected_at, pause)
        return ready_at

    def _visit(
        self, step: Step, purpose: str, ready_at: datetime, turn: int, then: Act, attempt: int = 1
    ) -> None:
        name = step.procedure.id
        travel = self.dossier.seconds("travel", name) * SECOND
        arrives_at = CALENDAR.next_open(ready_at + travel)
        queue = self.dossier.seconds(f"counter_{purpose}", name, turn)

        def anew(at: datetime, next_attempt: int) -> None:
            self._visit(step, purpose, at, turn, then, next_attempt)

        def served(at: datetime) -> None:
            self._write(at, "visited", step, turn)
            then(at)

        def first_in_line(at: datetime) -> None:
            away = self._away(step, at, officers=False)
            if away is not None:
                anew(away, attempt + 1)
            elif purpose == "collect":  # the paper lies ready: no system is asked
                served(at)
            else:
                visit = self._to_agency("visit", step)
                self._call(at, step, visit, lambda _at: None, served, again=anew, attempt=attempt)

        self._plan(CALENDAR.add_working_seconds(arrives_at, queue), GATEWAY, step, first_in_line)

    def _submit(self, at: datetime, step: Step) -> None:
        self._call(
            at, step, self._to_agency("send", step), lambda now: self._arrive(step, now),
            lambda now: self._note_sent(step, now), lambda _now: step.state == "waiting",
        )  # fmt: skip

    def _send(self, step: Step, at: datetime) -> None:
        """At a counter: what the citizen hands over has arrived."""
        self._arrive(step, at)
        self._note_sent(step, at)

    def _arrive(self, step: Step, at: datetime) -> None:
        """The agency has it; that it has it already when it comes again changes nothing."""
        if step.returns in step.here:
            return
        step.here.add(step.returns)
        step.agency_state = "arrived"
        if step.returns == 0:
            step.came_with = self._agreed_to(step)
            step.consents = set(step.came_with)
        else:
            step.paused, step.verified = 0, False
        self._wait_for_counter(step, at)

    def _note_sent(self, step: Step, at: datetime) -> None:
        """The gateway knows that it arrived: with the consents of now, unless it came before without them."""
        self._write(at, "sent", step, step.returns)
        step.sent_at, step.state = at, "sent"
        if step.returns == 0:
            now = self._agreed_to(step)
            step.forwarded = now if now == step.came_with else set()
        for party in self.given:
            self._forward(step, party)

    def _agreed_to(self, step: Step) -> set[str]:
        needed = self.dossier.consents.get(step.procedure.id, ())
        return {party for party in needed if party in self.given}
