"""The gateway and the citizen of the oracle: what is sent when, who agrees, who goes where."""

from datetime import datetime

from flow_model.working_time import CALENDAR
from simulator.oracle_agency import Agency
from simulator.oracle_step import AGENCY, ENDED, GATEWAY, SECOND, Act, Step


class Citizen(Agency):
    """One dossier going on."""

    def declare(self, at: datetime) -> None:
        self._write(at, "declared")
        if self.dossier.path == "interlinked":
            for parties in self.dossier.consents.values():
                for party in parties:
                    self._write(at, "consent_requested")
                    if party not in self.dossier.silent:
                        delay = self.dossier.seconds("consent_delay", party)
                        self._plan(at + delay * SECOND, AGENCY, None, self._agreed(party))
        self._look()

    def _agreed(self, party: str) -> Act:
        def agreed(at: datetime) -> None:
            self.given[party] = at
            self._write(at, "consent_given")
            for step in self.steps.values():
                if step.state == "sent":
                    self._forward(step, party)

        return agreed

    def _forward(self, step: Step, party: str) -> None:
        name = step.procedure.id
        if party not in self.dossier.consents.get(name, ()) or party in step.consents:
            return
        sync = self.dossier.seconds("sync", f"{name}.{party}") * SECOND
        assert step.sent_at is not None

        def forward(at: datetime) -> None:
            if step.state == "sent" and party not in step.consents:
                step.consents.add(party)
                self._write(at, "consent_forwarded", step)
                if self._all_agree(step):
                    self._wait_for_counter(step, at)

        self._call(max(step.sent_at, self.given[party] + sync), step, forward)

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
            self._write(self.finished_at, "results_returned")

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
            self._plan(failed.decided_at, GATEWAY, step, lambda at: self._end(step, "not_started", at))
        elif self.dossier.visited(step.procedure):
            ready_at = self._free_for(step)
            if ready_at is not None:
                step.planned = True
                self._visit(step, "submit", ready_at, 0, lambda at: self._send(step, at))
        elif all(each.state == "granted" for each in before):
            step.planned = True
            last = max((each.decided_at for each in before if each.decided_at), default=None)
            sync = self.dossier.seconds("sync", step.procedure.id) * SECOND
            self._call((last or self.dossier.declared_at) + sync, step, lambda at: self._send(step, at))

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
                self._call(at, step, served, anew, attempt)

        self._plan(CALENDAR.add_working_seconds(arrives_at, queue), GATEWAY, step, first_in_line)

    def _send(self, step: Step, at: datetime) -> None:
        self._write(at, "sent", step, step.returns)
        step.sent_at = at
        if step.returns == 0:
            needed = self.dossier.consents.get(step.procedure.id, ())
            step.consents = {party for party in needed if party in self.given}
        step.state = "sent"
        self._wait_for_counter(step, at)
        if step.returns:  # who agreed while it was not sent is told of now
            for party in self.given:
                self._forward(step, party)
