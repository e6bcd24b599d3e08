"""Read history -> ask next_moves -> do them -> write them down.

The orchestrator may stop at any point: what to do next is computed again from history, and every
send is a PUT under a name of ours, so doing it twice counts once.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from chassis.attempts import Attempts, Poisoned, is_fault
from chassis.client import ServiceRefused
from flow_model.case import Case, Progress, Step
from flow_model.progress import Move, consents_of, remedies
from gateway.dossiers import Dossier
from gateway.fault_layer import (
    Line,
    Postponed,
    attempt_failed,
    fault_on,
    injected,
    is_stuck,
    next_try,
)
from gateway.journal import Journal, Note
from gateway.neighbours import Neighbours, TemporarilyClosed
from gateway.runs import Run
from gateway.submissions import blanks_filled, documents_of, filled_form, submission


class Orchestrator:
    """Does moves. It decides nothing: ``flow_model.progress`` does."""

    def __init__(self, journal: Journal, neighbours: Neighbours) -> None:
        self._journal = journal
        self._neighbours = neighbours
        self._attempts = Attempts()

    async def do(self, run: Run, dossier: Dossier, move: Move) -> str | None:
        """Do one move and write it down; the service that was spoken to, if any."""
        case, progress = dossier.case, dossier.progress
        fault = fault_on(run, case, progress, move)
        notes = [] if fault is None else [fault.note]
        try:
            if fault is not None and fault.waits is not None:
                raise Postponed(fault.reason, fault.waits)
            failed_before = move.key in progress.attempts
            hit = None if fault is None else fault.line
            line = Line(self._neighbours, run, case.dossier, hit, failed_before)
            service, done = await self._attempts.make(
                f"{move.kind} {case.dossier} {move.about}",
                lambda: self._act(run, case, progress, move, line),
                passing=(Postponed, ServiceRefused),
            )
            notes += done
        except Postponed as postponed:
            service, again = None, postponed.until
            notes.append(attempt_failed(run, case, progress, move, postponed.reason, again))
        except TemporarilyClosed as closed:
            # What was done behind a lost answer is heard of all the same: events have a way of their own.
            service, again = closed.service, next_try(run, progress, move, closed.again_in_seconds)
            if fault is None:  # the service itself says that it is down
                more = {"service": closed.service, "reason": closed.reason}
                notes = [injected(run, case, move, closed.fault, **more)]
            notes.append(attempt_failed(run, case, progress, move, closed.reason, again, closed.service))
        except Poisoned as poisoned:
            service = poisoned.service
            notes.append(is_stuck(run, case, move, poisoned))
        except ServiceRefused as refused:
            service = refused.service
            notes += _refused(run, case, move, refused)
        self._journal.append(run, notes)
        return service

    async def send_all(self, run: Run, agency: str, together: Sequence[tuple[Dossier, Move]]) -> bool:
        """Send several applications to one agency in one call, and write them down in one commit.

        False when nothing was taken in so. What the agency refuses of it is still to be done: it is sent
        again alone, and meets there whatever an application that is sent alone meets.
        """
        try:
            sent = [submission(run, each.case, each.progress, move) for each, move in together]
            lines = [{"application_id": each.application_id, **each.body} for each in sent]
            answers = await self._neighbours.call_many(run, agency, "/applications/batch", lines)
        except Exception as error:
            if is_fault(error) or isinstance(error, TemporarilyClosed):
                return False
            raise
        if answers is None:
            return False
        taken = [answer["status"] in (200, 201) for answer in answers]
        notes = [note for each, done in zip(sent, taken, strict=True) if done for note in each.notes]
        self._journal.append(run, notes)
        return any(taken)

    async def _act(  # noqa: PLR0911  one arm for each kind of move
        self, run: Run, case: Case, progress: Progress, move: Move, line: Line
    ) -> tuple[str | None, list[Note]]:
        match move.kind:
            case "request_consent":
                return await self._request_consent(run, case, move, line)
            case "forward_consent":
                return await self._forward_consent(run, case, progress, move, line)
            case "send" | "visit" if move.detail.get("purpose", "submit") == "submit":
                return await self._send(run, case, progress, move, line)
            case "supplement" | "visit" if move.detail.get("purpose", "supplement") == "supplement":
                return await self._supplement(run, case, progress, move, line)
            case "not_start" if progress.steps[move.about].state == "sent":
                return await self._take_back(case, move, line, run)
            case "ask_correction" | "resend":
                return await self._correct(run, case, progress, move, line)
            case _:
                return None, [_plain_note(run, case, move)]

    async def _request_consent(self, run: Run, case: Case, move: Move, line: Line) -> tuple[str, list[Note]]:
        consent = next(each for each in consents_of(case) if each.party == move.about)
        delay = timedelta(seconds=case.seconds("consent_delay", consent.party))
        body = {
            "personal_id": consent.of(case.declaration),
            "party": consent.party,
            "dossier": case.dossier,
            "title_vi": consent.title_vi,
            "title_en": consent.title_en,
            "asked_at": run.now.isoformat(),
            "answers_at": (run.now + delay).isoformat() if case.simulated_citizen else None,
        }
        await line.put("population", f"/consents/{case.dossier}.{consent.party}", body)
        note = Note(case.dossier, "consent_requested", run.now, payload={"party": consent.party})
        return "population", [note]

    async def _forward_consent(
        self, run: Run, case: Case, progress: Progress, move: Move, line: Line
    ) -> tuple[str, list[Note]]:
        party = move.detail["party"]
        given_at = progress.consents_given[party].isoformat()
        service = case.group.procedure(move.about).agency
        path = f"/applications/{case.dossier}.{move.about}/consents/{party}"
        await line.put(service, path, {"given_at": given_at})
        payload = {"party": party, "order": move.round}
        return service, [Note(case.dossier, "consent_forwarded", run.now, move.about, payload=payload)]

    async def _send(
        self, run: Run, case: Case, progress: Progress, move: Move, line: Line
    ) -> tuple[str, list[Note]]:
        procedure = case.group.procedure(move.about)
        sent = submission(run, case, progress, move)
        taken = await line.put(procedure.agency, f"/applications/{sent.application_id}", sent.body)
        if not taken:  # it arrived before, with the consents of then: all are forwarded once more
            sent = sent.telling_of(())
        if move.kind == "send":
            return procedure.agency, sent.notes
        visited = _visited(
            run, case, move, blanks_filled(procedure, sent.body["form"]), len(procedure.papers)
        )
        *missing, note = sent.notes
        return procedure.agency, [*missing, visited, note]

    async def _supplement(
        self, run: Run, case: Case, progress: Progress, move: Move, line: Line
    ) -> tuple[str, list[Note]]:
        step = progress.steps[move.about]
        papers = list(remedies(step) or ())
        notes = await self.send_supplement(run, case, progress, step, papers, {}, line)
        if move.kind == "visit":
            notes.insert(0, _visited(run, case, move, 0, len(papers)))
        return case.group.procedure(move.about).agency, notes

    async def send_supplement(
        self,
        run: Run,
        case: Case,
        progress: Progress,
        step: Step,
        papers: list[str],
        changes: dict[str, Any],
        line: Line | None = None,
    ) -> list[Note]:
        """Send a supplement; ``case`` holds the declaration with the changes already made."""
        line = line or Line(self._neighbours, run, case.dossier, None)
        procedure = case.group.procedure(step.procedure)
        body = {
            "form": filled_form(case, progress, procedure),
            "documents": [*documents_of(case, progress), *papers],
        }
        path = f"/applications/{case.dossier}.{procedure.id}/supplements/{step.round}"
        await line.put(procedure.agency, path, body)
        payload = {"documents": papers, "changes": changes}
        return [
            Note(
                case.dossier, "supplement_sent", run.now, procedure.id, step.round, "citizen", payload=payload
            )
        ]

    async def _take_back(self, case: Case, move: Move, line: Line, run: Run) -> tuple[str, list[Note]]:
        """A consent was refused after the application was sent: the agency need not wait for it any more."""
        agency = case.group.procedure(move.about).agency
        path = f"/applications/{case.dossier}.{move.about}/withdrawal"
        await line.put(agency, path, {"reason": move.detail["because"]})
        return agency, [_plain_note(run, case, move)]

    async def _correct(
        self, run: Run, case: Case, progress: Progress, move: Move, line: Line
    ) -> tuple[str, list[Note]]:
        procedure = case.group.procedure(move.about)
        if move.kind == "resend":
            path = f"/applications/{case.dossier}.{procedure.id}/resubmissions/{move.round}"
            body: dict[str, Any] = {"form": filled_form(case, progress, procedure)}
            await line.put(procedure.agency, path, body)
            payload = {"form_code": procedure.mapping.form_code}
            return procedure.agency, [
                Note(case.dossier, "sent", run.now, procedure.id, move.round, payload=payload)
            ]
        issuer = case.group.procedure(move.detail["issuer"])
        found = progress.steps[procedure.id].error
        path = f"/applications/{case.dossier}.{issuer.id}/corrections/{move.round}"
        body = {"found_by": procedure.id, "error": found["error"]}
        await line.put(issuer.agency, path, body)
        return issuer.agency, [
            Note(case.dossier, "correction_requested", run.now, issuer.id, move.round, payload=body)
        ]


def _visited(run: Run, case: Case, move: Move, fields_typed: int, documents: int) -> Note:
    payload = {**move.detail, "fields_typed": fields_typed, "documents": documents}
    return Note(case.dossier, "visited", run.now, move.about, move.round, "citizen", payload=payload)


def _plain_note(run: Run, case: Case, move: Move) -> Note:
    match move.kind:
        case "visit":
            return _visited(run, case, move, 0, 0)
        case "mark_overdue":
            return Note(case.dossier, "overdue", run.now, move.about)
        case "not_start":
            return Note(case.dossier, "not_started", run.now, move.about, payload=move.detail)
        case "return_results":
            return Note(case.dossier, "results_returned", run.now)
        case unknown:
            raise ValueError(f"no such move: {unknown}")


def _refused(run: Run, case: Case, move: Move, refused: ServiceRefused) -> list[Note]:
    payload = {"service": refused.service, "reason": refused.problem.get("detail") or refused.problem_slug}
    if move.kind == "request_consent":
        # There is nobody to ask, so nobody agrees: what needs this consent does not start.
        asked = Note(case.dossier, "consent_requested", run.now, payload={"party": move.about})
        answer = {"party": move.about, **payload}
        return [
            asked,
            Note(case.dossier, "consent_refused", run.now, actor=refused.service, payload=answer),
        ]
    return [Note(case.dossier, "refused", run.now, move.about, move.round, refused.service, payload=payload)]
