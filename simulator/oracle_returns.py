"""Files that come back in the oracle: supplements, and certificates that their issuer corrects."""

from datetime import datetime

from flow_model.progress import MOST_RETURNS
from flow_model.working_time import CALENDAR
from simulator.oracle_calls import Call, Calling
from simulator.oracle_step import AGENCY, SECOND, Act, Step, office_seconds


class Returning(Calling):
    """What is asked for and comes, or does not come."""

    def _ask(self, step: Step, at: datetime) -> None:
        answered = self._branch(step).answered
        step.round += 1
        step.state = "supplement_requested"
        self._write(at, "supplement_requested", step)
        term = self.dossier.group.law.term("supplement", self.dossier.path, self.dossier.law)
        answer_by = CALENDAR.due_at(at, term.value or 0, term.unit)
        turn = step.round

        def expire(now: datetime) -> None:
            if step.state == "supplement_requested" and step.round == turn:
                self._end(step, "rejected", now)

        self._plan(answer_by + SECOND, AGENCY, step, expire)
        if not answered:
            return

        def wanted(now: datetime) -> bool:
            return step.state == "supplement_requested" and step.round == turn and now <= answer_by

        def arrives(now: datetime) -> None:
            if wanted(now):
                self._supplement(step, at, now)

        def noted(now: datetime) -> None:
            self._write(now, "supplement_sent", step, turn)

        delay = self.dossier.seconds("supplement_reply", step.procedure.id, turn)
        ready_at = CALENDAR.add_working_seconds(at, delay)
        if self.dossier.visited(step.procedure):

            def supply(now: datetime) -> None:
                if wanted(now):
                    noted(now)
                    arrives(now)

            self._visit_in_time(step, ready_at, turn, answer_by, supply)
        else:
            self._call(ready_at, step, self._to_agency("supplement", step), arrives, noted, wanted)

    def _visit_in_time(
        self, step: Step, ready_at: datetime, turn: int, answer_by: datetime, supply: Act, attempt: int = 1
    ) -> None:
        """The citizen of the old path brings it, unless the term is over before that."""
        name = step.procedure.id
        arrives_at = CALENDAR.next_open(ready_at + self.dossier.seconds("travel", name) * SECOND)
        queue = self.dossier.seconds("counter_supplement", name, turn)
        served_at = CALENDAR.add_working_seconds(arrives_at, queue)
        away = self._away(step, served_at, officers=False)
        if served_at > answer_by:
            return

        def anew(at: datetime, next_attempt: int) -> None:
            self._visit_in_time(step, at, turn, answer_by, supply, next_attempt)

        def served(now: datetime) -> None:
            self._write(now, "visited", step, turn)
            supply(now)

        if away is not None:
            anew(away, attempt + 1)
        else:
            visit = self._to_agency("visit", step)
            self._call(served_at, step, visit, lambda _at: None, served, again=anew, attempt=attempt)

    def _supplement(self, step: Step, asked_at: datetime, at: datetime) -> None:
        pause = office_seconds(asked_at, at)
        step.paused += pause
        assert step.due_at is not None
        step.due_at = CALENDAR.add_working_seconds(step.due_at, pause)
        step.state = "received"
        self._write(at, "supplemented", step)
        self._mark_overdue(step, at)
        self._to_officer(step, at)

    def _return(self, step: Step, at: datetime) -> None:
        step.state, step.returns, step.returned_at = "returned_to_issuer", step.returns + 1, at
        self._write(at, "returned_to_issuer", step)
        if step.returns > MOST_RETURNS:
            return
        issuer = self.steps[step.procedure.requires[0]]
        sync = self.dossier.seconds("sync", f"{step.procedure.id}.return") * SECOND
        turn = step.returns

        def wanted(_now: datetime) -> bool:  # not when it was corrected meanwhile, because another asked
            return issuer.corrected_at is None or issuer.corrected_at < at

        def arrives(now: datetime) -> None:
            if (step.procedure.id, turn) in issuer.asked_to_correct:
                return
            issuer.asked_to_correct.add((step.procedure.id, turn))
            if not issuer.correcting:
                issuer.correcting = True
                delay = self.dossier.seconds("correction", issuer.procedure.id, turn)
                corrected_at = CALENDAR.add_working_seconds(CALENDAR.next_open(now), delay)
                self._plan_act(issuer, corrected_at, lambda done: self._correct(issuer, done), officers=True)

        def noted(now: datetime) -> None:
            self._write(now, "correction_requested", issuer, turn)

        name = step.procedure.id
        call = Call("ask_correction", issuer.procedure.agency, name, name)
        self._call(at + sync, issuer, call, arrives, noted, wanted)

    def _correct(self, issuer: Step, at: datetime) -> None:
        issuer.correcting, issuer.corrected_at = False, at
        self._write(at, "corrected", issuer)
        for step in self.steps.values():
            waits = step.state == "returned_to_issuer" and step.returns <= MOST_RETURNS
            if waits and step.procedure.requires[0] == issuer.procedure.id:
                sync = self.dossier.seconds("sync", f"{step.procedure.id}.return") * SECOND
                self._resend(at + sync, step)

    def _resend(self, at: datetime, step: Step) -> None:
        turn = step.returns
        self._call(
            at, step, self._to_agency("resend", step), lambda now: self._arrive(step, now),
            lambda now: self._note_sent(step, now),
            lambda _now: step.state == "returned_to_issuer" and step.returns == turn,
        )  # fmt: skip

    # What is done with it when it is there, or ends, is said further on.

    def _to_agency(self, kind: str, step: Step) -> Call:
        raise NotImplementedError

    def _arrive(self, step: Step, at: datetime) -> None:
        raise NotImplementedError

    def _note_sent(self, step: Step, at: datetime) -> None:
        raise NotImplementedError

    def _end(self, step: Step, state: str, at: datetime) -> None:
        raise NotImplementedError

    def _mark_overdue(self, step: Step, now: datetime) -> None:
        raise NotImplementedError

    def _to_officer(self, step: Step, since: datetime) -> None:
        raise NotImplementedError

    def _visit(self, step: Step, purpose: str, ready_at: datetime, turn: int, then: Act) -> None:
        raise NotImplementedError

    def _look(self) -> None:
        raise NotImplementedError
