"""What an agency is sent for one procedure: the filled form, the papers, the consents; and the note of it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from flow_model.case import Case, Progress
from flow_model.group import Procedure
from flow_model.mapping import fill
from flow_model.progress import Move, consents_of
from flow_model.working_time import CALENDAR
from gateway.fault_layer import injected, papers_lost
from gateway.journal import Note
from gateway.runs import Run


@dataclass(frozen=True)
class Submission:
    """An application under its name, and what is written down once it is there; the last note is of it."""

    application_id: str
    body: dict[str, Any]
    notes: list[Note]

    def telling_of(self, consents: Sequence[str]) -> "Submission":
        """The same, as one that brought these consents with it."""
        *before, sent = self.notes
        payload = {**sent.payload, "consents": sorted(consents)}
        return replace(self, notes=[*before, replace(sent, payload=payload)])


def submission(run: Run, case: Case, progress: Progress, move: Move) -> Submission:
    """What to send for this move."""
    procedure = case.group.procedure(move.about)
    form, papers = filled_form(case, progress, procedure), documents_of(case, progress)
    lost = papers_lost(run, procedure.id, papers)
    needed = [consent for consent in procedure.consents if consent in consents_of(case)]
    given = {
        consent.party: progress.consents_given[consent.party].isoformat()
        for consent in needed
        if consent.party in progress.consents_given
    }
    body = {
        "group": case.group.id,
        "procedure": procedure.id,
        "path": case.path,
        "dossier": case.dossier,
        "form": form,
        "documents": [paper for paper in papers if paper not in lost],
        "consents_needed": [consent.party for consent in needed],
        "consents_given": given,
        "consent_deadline": _consent_deadline(case, progress, procedure),
        "declared_at": _iso(progress.declared_at),
        "conditions": sorted({*case.group.conditions(case.declaration), *case.procedures}),
    }
    payload = {"form_code": procedure.mapping.form_code, "consents": sorted(given)}
    sent = Note(case.dossier, "sent", run.now, procedure.id, move.round, payload=payload)
    missing = [] if not lost else [injected(run, case, move, "attachment_lost", papers=sorted(lost))]
    return Submission(f"{case.dossier}.{procedure.id}", body, [*missing, sent])


def filled_form(case: Case, progress: Progress, procedure: Procedure) -> dict[str, Any]:
    """The official form of a procedure, filled from the one declaration and the results so far."""
    return fill(procedure.mapping, case.declaration, progress.results())


def documents_of(case: Case, progress: Progress) -> list[str]:
    """The papers attached to the declaration, and those that supplements brought."""
    later = [paper for step in progress.steps.values() for paper in step.sent_documents]
    return [*case.group.documents(case.declaration), *later]


def blanks_filled(procedure: Procedure, form: dict[str, Any]) -> int:
    """How many blanks of the paper form somebody wrote or ticked."""
    return sum(form[name] not in (None, False, [], ()) for name in procedure.mapping.blanks())


def _consent_deadline(case: Case, progress: Progress, procedure: Procedure) -> str | None:
    window = next((consent.window for consent in procedure.consents if consent.window), None)
    if window is None or progress.declared_at is None or case.path == "separate":
        return None
    term = case.group.law.term(window, case.path, case.law)
    return CALENDAR.due_at(progress.declared_at, term.value or 0, term.unit).isoformat()


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
