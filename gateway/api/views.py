"""Turns what the gateway knows into what it shows."""

from datetime import datetime, timedelta
from math import ceil
from typing import Any

from flow_model.events import Event, first_broken
from flow_model.group import Group
from flow_model.mapping import field_sources
from flow_model.progress import next_moves
from flow_model.stuck import Key
from flow_model.working_time import CALENDAR
from gateway.api.shapes import DossierView, EventView, History, MoveView, StepView, StuckView, WaitingView
from gateway.dossiers import Dossier
from gateway.runs import Run
from measurement.waiting import waiting_for


def iso(moment: datetime | None) -> str | None:
    """RFC 3339, or None."""
    return moment.isoformat() if moment else None


def dossier_view(run: Run, dossier: Dossier) -> DossierView:
    """A dossier as it stands."""
    case, progress = dossier.case, dossier.progress
    return DossierView(
        run_id=run.run_id,
        dossier=case.dossier,
        group=case.group.id,
        path=case.path,
        law=case.law,
        state=progress.state,
        subject=dossier.declared["subject"],
        declared_at=iso(progress.declared_at),
        returned_at=iso(progress.returned_at),
        steps=[step_view(dossier, procedure_id) for procedure_id in case.procedures],
        stuck=[StuckView(**each.as_json()) for each in progress.stuck.values()],
        waiting=[WaitingView(**each.as_json()) for each in waiting_for(case, progress)],
    )


def step_view(dossier: Dossier, procedure_id: str) -> StepView:
    """Where one procedure stands."""
    procedure = dossier.case.group.procedure(procedure_id)
    step = dossier.progress.steps[procedure_id]
    return StepView(
        procedure=procedure.id,
        title_vi=procedure.title_vi,
        title_en=procedure.title_en,
        agency=procedure.agency,
        state=step.state,
        round=step.round,
        sent_at=iso(step.sent_at),
        received_at=iso(step.received_at),
        due_at=iso(step.due_at),
        decided_at=iso(step.decided_at),
        overdue=step.overdue,
        reason=step.reason,
        results=step.results,
    )


def history_view(run: Run, dossier: Dossier) -> History:
    """The whole history, and whether its chain holds."""
    return History(
        events=[EventView(**event.as_json()) for event in dossier.history],
        whole=first_broken(dossier.history, run.genesis) is None,
    )


def due_dates_view(dossier: Dossier) -> list[dict[str, Any]]:
    """Each due time that was set, and why it is what it is; the legal clock itself explains."""
    told: list[dict[str, Any]] = []
    asked: dict[str | None, datetime] = {}
    for event in dossier.history:
        if event.kind == "supplement_requested":
            asked[event.procedure] = event.at
        if event.kind == "supplemented":
            before = next(each for each in reversed(told) if each["procedure"] == event.procedure)
            told.append(before | _moved(asked[event.procedure], event))
        limit = event.payload.get("limit") or {}
        if event.kind not in ("received", "verification_started") or limit.get("value") is None:
            continue
        step = dossier.progress.steps[event.procedure or ""]
        received_at = event.at if event.kind == "received" else step.received_at or event.at
        terms = received_at, limit["value"], limit["unit"]
        told.append(
            {
                "procedure": event.procedure,
                "received_at": received_at.isoformat(),
                "due_at": event.payload["due_at"],
                "limit": limit,
                "why_vi": CALENDAR.explain_due(*terms, language="vi"),
                "why_en": CALENDAR.explain_due(*terms, language="en"),
            }
        )
    return told


def _moved(asked_at: datetime, supplemented: Event) -> dict[str, Any]:
    """The due time once what was missing is here, and why."""
    pause = CALENDAR.working_time_between(asked_at, supplemented.at)
    hours, minutes = divmod(ceil(pause / timedelta(minutes=1)), 60)
    began, ended = (f"{at:%H:%M %d/%m/%Y}" for at in (asked_at, supplemented.at))
    return {
        "due_at": supplemented.payload["due_at"],
        "why_vi": [
            f"Chờ bổ sung từ {began} đến {ended}: đồng hồ đứng yên.",
            f"Hạn lùi lại đúng bằng giờ làm việc đã chờ: {hours} giờ {minutes} phút.",
        ],
        "why_en": [
            f"A supplement was awaited from {began} to {ended}: the clock stood still.",
            f"The due time moves by the office time of that wait: {hours} h {minutes} min.",
        ],
    }


def moves_view(dossier: Dossier) -> list[MoveView]:
    """What will be done next, and when; failed attempts show, an agency's own as well; then what is stuck."""
    progress = dossier.progress
    moves = [(move.key, move.at, "planned") for move in next_moves(dossier.case, progress)]
    planned = [key for key, *_ in moves]
    moves += [(key, at, "planned") for key, at in progress.try_again.items() if key not in planned]
    moves = [(key, at, "retrying" if key in progress.try_again else state) for key, at, state in moves]
    views = [
        _move(key, at, state, progress.attempts.get(key, 0), progress.errors.get(key))
        for key, at, state in sorted(moves, key=lambda each: each[1])
    ]
    for key, each in progress.stuck.items():
        views.append(_move(key, None, "stuck", each.attempts, each.reason, each.owner))
    return views


def results_view(dossier: Dossier) -> dict[str, Any]:
    """The results so far, by procedure."""
    return {
        name: {
            "title_vi": dossier.case.group.procedure(name).result_title_vi,
            "title_en": dossier.case.group.procedure(name).result_title_en,
            "sample": "MÔ PHỎNG",
            "values": values,
        }
        for name, values in dossier.progress.results().items()
    }


def _move(
    key: Key, at: datetime | None, state: str, attempts: int, error: str | None, owner: str | None = None
) -> MoveView:
    kind, about, round_ = key
    again = iso(at) if state == "retrying" else None
    return MoveView(
        kind=kind,
        about=about,
        round=round_,
        state=state,
        at=iso(at),
        attempts=attempts,
        next_try_at=again,
        error=error,
        owner=owner,
    )


def group_view(group: Group, law: str) -> dict[str, Any]:
    """A group as declared, under a law profile."""
    return {
        "id": group.id,
        "title_vi": group.title_vi,
        "title_en": group.title_en,
        "law": law,
        "procedures": [
            {
                "id": each.id,
                "title_vi": each.title_vi,
                "title_en": each.title_en,
                "agency": each.agency,
                "requires": list(each.requires),
                "form": each.mapping.form_code,
                "results": list(each.results),
                "codes": dict(each.codes),
                "papers_on_the_separate_path": list(each.papers),
            }
            for each in group.in_force(law, "interlinked")
        ],
        "choices": [
            {"procedures": list(each.procedures), "title_vi": each.title_vi, "title_en": each.title_en}
            for each in group.choices(law, "interlinked")
        ],
        "fields": [
            {"path": path, "source": source.value, "title_vi": title_vi, "title_en": title_en}
            for path, source, title_vi, title_en in field_sources(group.declaration)
        ],
    }
