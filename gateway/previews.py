"""The preview that the once-only principle asks for: the citizen sees the forms, and then says yes or no.

A refusal sends nothing and leaves a record; a preview that is not answered in time is worth nothing. All of
it stands in the run's own log: no table holds a state of its own.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from flow_model.errors import NotAllowedNow, UnknownThing
from flow_model.events import Event
from flow_model.group import Group
from flow_model.mapping import fill, lineage
from gateway.declaring import validated
from gateway.journal import RUN_LOG, Journal, Note
from gateway.runs import Run

Json = dict[str, Any]


class Previews:
    """Shows drafts, and takes the answers."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal

    def show(self, run: Run, group: Group, procedures: list[str], declaration: Mapping[str, Any]) -> Json:
        """Fill the official forms and remember the draft until it is answered or too old."""
        chosen = group.choose(tuple(procedures), run.terms.law, "interlinked")
        forms = forms_of(group, chosen, declaration)
        name = f"P-{len(self._events(run, 'preview_shown')) + 1:06d}"
        expires_at = run.now + timedelta(minutes=run.terms.preview_minutes)
        payload = {
            "preview": name,
            "expires_at": expires_at.isoformat(),
            "draft": {
                "group": group.id,
                "procedures": list(chosen),
                "declaration": dict(declaration),
            },
        }
        note = Note(
            RUN_LOG, "preview_shown", run.now, actor="citizen", payload=payload, source=f"shown:{name}"
        )
        self._journal.append(run, [note])
        return {"preview": name, "expires_at": payload["expires_at"], "forms": forms}

    def answer(self, run: Run, name: str, *, agreed: bool) -> Json | None:
        """The draft to declare when the citizen agreed; None when they refused.

        Raises NotAllowedNow when it is too late, or was answered otherwise before.
        """
        shown = self._find(run, name)
        answer = "agreed" if agreed else "refused"
        if run.now > datetime.fromisoformat(shown.payload["expires_at"]):
            answer = "too_late"
        before = self._answered(run, name)
        if before not in (None, answer):
            raise NotAllowedNow(f"Bản xem trước {name} đã trả lời rồi", f"preview {name} is answered already")
        payload = {"preview": name, "answer": answer}
        source = f"answered:{name}"
        note = Note(RUN_LOG, "preview_answered", run.now, actor="citizen", payload=payload, source=source)
        self._journal.append(run, [note])
        if answer == "too_late":
            raise NotAllowedNow(
                f"Bản xem trước {name} đã hết hạn: chưa gửi gì cả, hãy xem lại từ đầu",
                f"preview {name} has timed out: nothing was sent, begin again",
            )
        return dict(shown.payload["draft"]) if agreed else None

    def draft(self, run: Run, name: str) -> Json:
        """What was shown under this name; raises UnknownThing."""
        return dict(self._find(run, name).payload["draft"])

    def _find(self, run: Run, name: str) -> Event:
        for event in self._events(run, "preview_shown"):
            if event.payload["preview"] == name:
                return event
        raise UnknownThing(f"Không có bản xem trước {name}", f"no preview {name}")

    def _answered(self, run: Run, name: str) -> str | None:
        answers = self._events(run, "preview_answered")
        return next((each.payload["answer"] for each in answers if each.payload["preview"] == name), None)

    def _events(self, run: Run, kind: str) -> list[Event]:
        return [event for event in self._journal.read(run.run_id, RUN_LOG) if event.kind == kind]


def forms_of(group: Group, procedures: tuple[str, ...], draft: Mapping[str, Any]) -> list[Json]:
    """The official forms of the chosen procedures, each cell with its value and where it comes from."""
    declaration = validated(group, draft)
    forms = []
    for procedure in map(group.procedure, procedures):
        cells = fill(procedure.mapping, declaration, {})
        lines = lineage(procedure.id, procedure.mapping, group.declaration)
        forms.append(
            {
                "procedure": procedure.id,
                "form": procedure.mapping.form_code,
                "title_vi": procedure.title_vi,
                "title_en": procedure.title_en,
                "cells": [line.as_json() | {"value": cells[line.cell]} for line in lines],
            }
        )
    return forms
