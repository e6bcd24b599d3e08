"""Files that come back in the oracle: supplements, and certificates that their issuer corrects."""

from datetime import datetime

from flow_model.progress import MOST_RETURNS
from flow_model.working_time import CALENDAR
from simulator.oracle_step import AGENCY, SECOND, Act, Going, Step, office_seconds


class Returning(Going):
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

        def supply(now: datetime) -> None:
            if step.state == "supplement_requested" and step.round == turn and now <= answer_by:
                self._supplement(step, at, now)

        delay = self.dossier.seconds("supplement_reply", step.procedure.id, turn)
        ready_at = CALENDAR.add_working_seconds(at, delay)
        if self.dossier.visited(step.procedure):
            self._visit_in_time(step, ready_at, turn, answer_by, supply)
        else:
            self._call(ready_at, step, supply)

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
            self._call(served_at, step, served, anew, attempt)

    def _supplement(self, step: Step, asked_at: datetime, at: datetime) -> None:
        self._write(at, "supplement_sent", step)
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

        def ask(now: datetime) -> None:
            if issuer.corrected_at is not None and issuer.corrected_at >= at:
                return  # corrected in the meantime, because another agency asked
            self._write(now, "correction_requested", issuer, turn)
            if not issuer.correcting:
                issuer.correcting = True
                delay = self.dossier.seconds("correction", issuer.procedure.id, turn)
                corrected_at = CALENDAR.add_working_seconds(CALENDAR.next_open(now), delay)
                self._plan_act(issuer, corrected_at, lambda done: self._correct(issuer, done), officers=True)

        self._call(at + sync, issuer, ask)

    def _correct(self, issuer: Step, at: datetime) -> None:
        issuer.correcting, issuer.corrected_at = False, at
        self._write(at, "corrected", issuer)
        for step in self.steps.values():
            waits = step.state == "returned_to_issuer" and step.returns <= MOST_RETURNS
            if waits and step.procedure.requires[0] == issuer.procedure.id:
                sync = self.dossier.seconds("sync", f"{step.procedure.id}.return") * SECOND
                self._call(at + sync, step, self._resend(step))

    def _resend(self, step: Step) -> Act:
        turn = step.returns

        def resend(at: datetime) -> None:
            if step.state == "returned_to_issuer" and step.returns == turn:
                step.paused, step.verified = 0, False
                self._send(step, at)

        return resend

    # What is done with it when it is there, or ends, is said further on.

    def _send(self, step: Step, at: datetime) -> None:
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
