"""The agency of the oracle: the counter takes in, an officer opens the file and decides, or wants more."""

from datetime import datetime

from flow_model.group import Effect
from flow_model.working_time import CALENDAR
from simulator.oracle_hearing import Act
from simulator.oracle_returns import Returning
from simulator.oracle_step import AGENCY, GATEWAY, SECOND, Step, office_seconds


class Agency(Returning):
    """What happens to an application once it is sent."""

    def _all_agree(self, step: Step) -> bool:
        needed = self.dossier.consents.get(step.procedure.id, ())
        return self.dossier.path == "separate" or set(needed) <= step.consents

    def _wait_for_counter(self, step: Step, at: datetime) -> None:
        since: datetime | None = at
        if not self._all_agree(step):
            window = next((each.window for each in step.procedure.consents if each.window), None)
            since = None
            if window is not None:
                term = self.dossier.group.law.term(window, self.dossier.path, self.dossier.law)
                closes = CALENDAR.due_at(self.dossier.declared_at, term.value or 0, term.unit)
                since = max(at, closes)
        if since is None:
            return
        wait = self.dossier.seconds("acknowledge", step.procedure.id, step.round)
        receive_at = CALENDAR.add_working_seconds(since, wait) if wait else CALENDAR.next_open(since)
        step.receiving += 1
        token = step.receiving

        def receive(now: datetime) -> None:
            if token == step.receiving:
                self._receive(step, now)

        self._plan_act(step, receive_at, receive, officers=False)

    def _receive(self, step: Step, at: datetime) -> None:
        step.agency_state, step.received_at = "received", at
        step.due_at = self._due(step, at, verifying=False)
        self._tell(at, "received", step, self._with_officer(step))
        self._to_officer(step, at)

    def _with_officer(self, step: Step) -> Act:
        """The gateway hears that it is examined, and when that falls due."""
        due_at = step.due_at

        def heard(now: datetime) -> None:
            step.state, step.known_due_at = "received", due_at
            self._mark_overdue(step, now)

        return heard

    def _due(self, step: Step, received_at: datetime, *, verifying: bool) -> datetime:
        holding = {*self.dossier.conditions, *self.dossier.procedures}
        if verifying or step.verified:
            holding.add("verification")
        limit = self.dossier.group.law.limit(
            step.procedure.id, self.dossier.path, self.dossier.law, sorted(holding)
        )
        if limit.value is None:
            habit = self.dossier.seconds("decide_without_limit", step.procedure.id)
            due_at = CALENDAR.add_working_seconds(received_at, habit)
        else:
            due_at = CALENDAR.due_at(received_at, limit.value, limit.unit)
        return CALENDAR.add_working_seconds(due_at, step.paused)

    def _mark_overdue(self, step: Step, now: datetime) -> None:
        due_at = step.known_due_at
        assert due_at is not None

        def mark(at: datetime) -> None:
            if step.state == "received" and not step.overdue and step.known_due_at == due_at:
                step.overdue = True
                self._write(at, "overdue", step, 0)

        self._plan(max(now, due_at + SECOND), GATEWAY, step, mark)

    def _to_officer(self, step: Step, since: datetime) -> None:
        name, turn, due_at = step.procedure.id, step.round, step.due_at
        assert due_at is not None
        if self.agenda.desks is None:
            opens = CALENDAR.next_open(since)
            latest = office_seconds(since, max(since, due_at)) * 3 // 4
            waits = min(self.dossier.seconds("desk_queue", name, turn), latest)
            at = CALENDAR.add_working_seconds(opens, waits)
        else:
            work = self.dossier.seconds("work", name, turn)
            desk = self.agenda.desk_of(self.number, step.procedure)
            at = self.agenda.desks.take(desk, since, lambda begun: CALENDAR.add_working_seconds(begun, work))
        self._plan_act(step, at, lambda now: self._take_up(step, now), officers=True)

    def _take_up(self, step: Step, at: datetime, attempt: int = 1) -> None:
        later = self._asked_again(step, self.dossier.asks.get(step.procedure.id, ()), "look_up", attempt, at)
        if later is not None:
            self._plan_act(step, later, lambda now: self._take_up(step, now, attempt + 1), officers=True)
            return
        step.taken_up_at = at
        self._tell(at, "taken_up", step)
        self._go_on(step, at, self._branch(step).opened)

    def _go_on(self, step: Step, at: datetime, effect: Effect) -> None:
        match effect:
            case Effect.REJECT:
                self._decided(step, "rejected", at)
            case Effect.RETURN:
                self._return(step, at)
            case Effect.SUPPLEMENT:
                self._ask(step, at)
            case Effect.VERIFY:
                self._verify(step, at)
                self._wait_for_decision(step, at)
            case Effect.NOTE:
                self._wait_for_decision(step, at)

    def _verify(self, step: Step, at: datetime) -> None:
        if not step.verified:
            assert step.received_at is not None
            step.due_at = self._due(step, step.received_at, verifying=True)
            step.verified = True
            self._tell(at, "verification_started", step, self._with_officer(step))

    def _wait_for_decision(self, step: Step, at: datetime) -> None:
        name, turn, received_at, due_at = step.procedure.id, step.round, step.received_at, step.due_at
        assert received_at is not None
        assert due_at is not None
        used = self.dossier.group.assumptions.draw(
            "share_of_limit", self.dossier.path, name, self.dossier.seed, self.dossier.key, turn
        )
        by_share = CALENDAR.add_working_seconds(
            received_at, int(used * office_seconds(received_at, max(received_at, due_at)))
        )
        done = CALENDAR.add_working_seconds(at, self.dossier.seconds("work", name, turn))
        self._plan_act(step, max(by_share, done), lambda now: self._decide(step, now), officers=True)

    def _decide(self, step: Step, at: datetime, attempt: int = 1) -> None:
        effect = self._branch(step).decided
        if effect not in (Effect.NOTE, Effect.VERIFY):
            self._go_on(step, at, effect)
            return
        told = self.dossier.reports.get(step.procedure.id)
        later = self._asked_again(step, () if told is None else (told,), "report", attempt, at)
        if later is not None:
            self._plan_act(step, later, lambda now: self._decide(step, now, attempt + 1), officers=True)
            return
        self._decided(step, "granted", at)
        if step.procedure.id in self.dossier.fills:
            self._fill_in(step, at, attempt)

    def _fill_in(self, step: Step, at: datetime, attempt: int) -> None:
        """A number that the entry did not wait for: asked for with it, and again until it comes."""
        service, event = self.dossier.fills[step.procedure.id]
        later = self._asked_again(step, (service,), "report", attempt, at) or self._number_held(at)
        if later is not None:
            self._plan(later, AGENCY, step, lambda now: self._fill_in(step, now, attempt + 1))
        elif attempt > 1:
            self._tell(at, event, step)

    def _decided(self, step: Step, state: str, at: datetime) -> None:
        step.agency_state = state
        self._tell(at, state, step, lambda now: self._end(step, state, now))

    def _end(self, step: Step, state: str, at: datetime) -> None:
        step.state, step.decided_at = state, at
        if state != "not_started" and self.dossier.visited(step.procedure):
            ready_at = max(at, step.known_due_at or at)

            def collected(now: datetime) -> None:
                step.collected_at = now
                self._look()

            self._visit(step, "collect", ready_at, 0, collected)
        self._look()
