"""Files that come back in the oracle: supplements, and certificates that their issuer corrects."""

from datetime import datetime

from flow_model.progress import MOST_RETURNS
from flow_model.working_time import CALENDAR
from simulator.oracle_calls import Call, Calling
from simulator.oracle_hearing import Act
from simulator.oracle_step import AGENCY, SECOND, Step, office_seconds


class Returning(Calling):
    """What is asked for and comes, or does not come."""

    def _ask(self, step: Step, at: datetime) -> None:
        answered = self._branch(step).answered
        step.round += 1
        step.agency_state = "supplement_requested"
        term = self.dossier.group.law.term("supplement", self.dossier.path, self.dossier.law)
        answer_by = CALENDAR.due_at(at, term.value or 0, term.unit)
        turn = step.round

        def expire(now: datetime) -> None:
            if step.agency_state == "supplement_requested" and step.round == turn:
                self._decided(step, "rejected", now)

        def arrives(now: datetime) -> None:
            waits = step.agency_state == "supplement_requested" and step.round == turn
            if waits and now <= answer_by:
                self._supplement(step, at, now)

        def heard(now: datetime) -> None:
            step.state = "supplement_requested"
            if answered:
                self._reply(step, now, answer_by, arrives)

        self._tell(at, "supplement_requested", step, heard)
        self._plan(answer_by + SECOND, AGENCY, step, expire)

    def _reply(self, step: Step, asked_at: datetime, answer_by: datetime, arrives: Act) -> None:
        """The citizen, who has heard of it, brings or sends what is missing."""
        turn = step.round

        def wanted(now: datetime) -> bool:
            return step.state == "supplement_requested" and step.round == turn and now <= answer_by

        def noted(now: datetime) -> None:
            self._write(now, "supplement_sent", step, turn)

        delay = self.dossier.seconds("supplement_reply", step.procedure.id, turn)
        ready_at = CALENDAR.add_working_seconds(asked_at, delay)
        if not self.dossier.visited(step.procedure):
            self._call(ready_at, step, self._to_agency("supplement", step), arrives, noted, wanted)
            return

        def supply(now: datetime) -> None:
            if wanted(now):
                noted(now)
                arrives(now)

        self._visit_in_time(step, ready_at, turn, answer_by, supply)

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
        step.agency_state = "received"
        self._tell(at, "supplemented", step, self._with_officer(step))
        self._to_officer(step, at)

    def _return(self, step: Step, at: datetime) -> None:
        step.agency_state, step.returns = "returned_to_issuer", step.returns + 1

        def heard(now: datetime) -> None:
            step.state = "returned_to_issuer"
            if step.returns <= MOST_RETURNS:
                self._ask_correction(step, at, now)

        self._tell(at, "returned_to_issuer", step, heard)

    def _ask_correction(self, step: Step, at: datetime, heard_at: datetime) -> None:
        issuer = self.steps[step.procedure.requires[0]]
        sync = self.dossier.seconds("sync", f"{step.procedure.id}.return") * SECOND
        turn = step.returns
        if issuer.corrected_at is not None and issuer.corrected_at >= at:  # that was heard of before this
            self._resend(max(issuer.corrected_at + sync, heard_at), step)
            return

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
        self._call(max(at + sync, heard_at), issuer, call, arrives, noted, wanted)

    def _correct(self, issuer: Step, at: datetime) -> None:
        issuer.correcting = False
        self._tell(at, "corrected", issuer, lambda now: self._corrected(issuer, now))

    def _corrected(self, issuer: Step, at: datetime) -> None:
        issuer.corrected_at = at
        for step in self.steps.values():
            waits = step.state == "returned_to_issuer" and step.returns <= MOST_RETURNS
            if waits and step.procedure.requires[0] == issuer.procedure.id:
                sync = self.dossier.seconds("sync", f"{step.procedure.id}.return") * SECOND
                self._resend(at + sync, step)

    def _resend(self, at: datetime, step: Step) -> None:
        turn = step.returns
        if step.resending == turn:
            return  # being tried already: that the issuer has corrected once more begins nothing new
        step.resending = turn
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

    def _decided(self, step: Step, state: str, at: datetime) -> None:
        raise NotImplementedError

    def _with_officer(self, step: Step) -> Act:
        raise NotImplementedError

    def _to_officer(self, step: Step, since: datetime) -> None:
        raise NotImplementedError

    def _visit(self, step: Step, purpose: str, ready_at: datetime, turn: int, then: Act) -> None:
        raise NotImplementedError

    def _look(self) -> None:
        raise NotImplementedError
