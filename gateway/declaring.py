"""Take in a declaration: validate, refuse at the door what the law refuses, write it down."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ValidationError

from chassis.field_messages import field_errors
from flow_model.errors import ConflictingContent, FieldError, InvalidDeclaration
from flow_model.events import Event
from flow_model.group import Group
from gateway.dossiers import Dossiers
from gateway.journal import Journal, Note
from gateway.neighbours import Neighbours
from gateway.prefill import Prefilled, prefill_all
from gateway.runs import Run


def validated(group: Group, declaration: Mapping[str, Any]) -> BaseModel:
    """The declaration as its model; raises InvalidDeclaration with one entry per field."""
    try:
        return group.declaration.model_validate(declaration)
    except ValidationError as wrong:
        errors = [
            FieldError(f"declaration.{each.field}", each.code, each.message_vi, each.message_en)
            for each in field_errors(wrong.errors())
        ]
        raise InvalidDeclaration(
            f"Tờ khai có {len(errors)} ô cần sửa.",
            f"{len(errors)} fields of the declaration need correcting.",
            errors=errors,
        ) from None


@dataclass(frozen=True)
class Wanted:
    """What is asked for in one declaration, once it has passed the door."""

    group: Group
    path: str
    chosen: tuple[str, ...]
    declaration: BaseModel
    preview: str | None = None

    @property
    def document(self) -> dict[str, Any]:
        """The declaration as it was filled in."""
        return self.declaration.model_dump(mode="json", exclude_unset=True, exclude_none=True)


class Declaring:
    """The door of the gateway. Whoever calls holds the run's lock."""

    def __init__(self, journal: Journal, dossiers: Dossiers, neighbours: Neighbours) -> None:
        self._journal = journal
        self._dossiers = dossiers
        self._neighbours = neighbours

    def admit(
        self,
        run: Run,
        group: Group,
        path: str,
        procedures: tuple[str, ...],
        draft: Mapping[str, Any],
        preview: str | None = None,
    ) -> Wanted:
        """Let a declaration in at the door.

        Raises InvalidDeclaration, or Refused (procedures that cannot be chosen together).
        """
        chosen = group.choose(procedures, run.terms.law, path)
        declaration = validated(group, draft)
        errors = group.door(declaration, chosen, run.now)
        if errors:
            raise InvalidDeclaration(
                " ".join(error.message_vi for error in errors),
                "; ".join(error.message_en for error in errors),
                errors=[_in_declaration(error) for error in errors],
            )
        return Wanted(group, path, chosen, declaration, preview)

    async def declare(self, run: Run, wanted: Wanted) -> Event:
        """Write the declaration down as a new dossier.

        Raises ConflictingContent when the same life event is declared already in this run.
        """
        self._refuse_twice(run, wanted.group, wanted.group.natural_key(wanted.declaration))
        (filled,) = await self.fill(run, [wanted])
        return self.write(run, wanted, filled)

    def write(self, run: Run, wanted: Wanted, filled: Prefilled) -> Event:
        """The dossier's first event; the same life event is not declared twice."""
        group, declaration, path = wanted.group, wanted.declaration, wanted.path
        natural_key = group.natural_key(declaration)
        self._refuse_twice(run, group, natural_key)
        payload = {
            "group": group.id,
            "path": path,
            "procedures": list(wanted.chosen),
            "subject": group.subject(declaration),
            "natural_key": natural_key,
            "declaration": filled.declaration,
            "sources": filled.sources,
            "typed": sorted(name for name, source in filled.sources.items() if source == "typed"),
            "fields_typed": filled.count(typed=True),
            "fields_prefilled": filled.count(typed=False),
            "documents": len(group.documents(declaration)) if path == "interlinked" else 0,
            "conditions": sorted(group.conditions(declaration)),
        } | ({} if wanted.preview is None else {"preview": wanted.preview})
        code = self._next_code(run, group)
        notes = [Note(code, "declared", run.now, actor="citizen", payload=payload)]
        notes += [Note(code, "fault_injected", run.now, payload=fault) for fault in filled.faults]
        return self._journal.append(run, notes)[0]

    async def fill(self, run: Run, wanted: Sequence[Wanted]) -> list[Prefilled]:
        """What the registries know of each.

        On the old path nothing is looked up: every form is written by hand, and counted there.
        """
        looked_up = [each for each in wanted if each.path != "separate"]
        drafts = [(each.group, each.document) for each in looked_up]
        known = iter(await prefill_all(run, drafts, self._neighbours))
        return [Prefilled(each.document, {}) if each.path == "separate" else next(known) for each in wanted]

    def _refuse_twice(self, run: Run, group: Group, natural_key: str) -> None:
        for dossier in self._dossiers.about(run, group.id, natural_key):
            first = dossier.progress.steps[dossier.case.procedures[0]]
            if first.state not in ("rejected", "refused") and dossier.progress.withdrawn_at is None:
                raise ConflictingContent(
                    f"Việc này đã được khai trong hồ sơ {dossier.case.dossier}",
                    f"this is declared already in dossier {dossier.case.dossier}",
                )

    def _next_code(self, run: Run, group: Group) -> str:
        head = f"{group.letter}-{run.now.year}-"
        last = self._journal.last_dossier(run.run_id, head)
        return f"{head}{int(last[-6:]) + 1 if last else 1:06d}"


def _in_declaration(error: FieldError) -> FieldError:
    if error.field == "procedures":
        return error
    return FieldError(f"declaration.{error.field}", error.code, error.message_vi, error.message_en)
