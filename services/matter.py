"""One application with the law, the luck and the procedure that bear on it: all that a decision needs."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from flow_model.catalogue import Catalogue
from flow_model.form_parts import OfficialForm
from flow_model.group import Group, Procedure
from flow_model.limits import Limit
from services.applications import ApplicationRow
from services.terms import Terms


@dataclass(frozen=True)
class Matter:
    """Never changed: a decision is taken on the application as it stood."""

    row: ApplicationRow
    terms: Terms
    group: Group
    procedure: Procedure

    @classmethod
    def of(cls, row: ApplicationRow, terms: Terms, catalogue: Catalogue) -> "Matter":
        group = catalogue.group(row.group_id)
        return cls(row, terms, group, group.procedure(row.procedure))

    @cached_property
    def form(self) -> OfficialForm:
        """The filled official form."""
        return self.procedure.mapping.form.model_validate(self.row.form)

    @property
    def titles(self) -> tuple[str, str]:
        return self.procedure.title_vi, self.procedure.title_en

    def seconds(self, name: str, turn: int) -> int:
        """A drawn duration: the same in any layout of processes, on any day."""
        row, terms = self.row, self.terms
        return self.group.assumptions.seconds(name, row.path, row.procedure, terms.seed, row.dossier, turn)

    def share_of_limit(self, turn: int) -> float:
        """The drawn share of its limit that the agency uses."""
        row, terms = self.row, self.terms
        return self.group.assumptions.draw(
            "share_of_limit", row.path, row.procedure, terms.seed, row.dossier, turn
        )

    def limit(self, *more_conditions: str) -> Limit:
        """The limit in force for it."""
        row = self.row
        holding: Iterable[str] = (*row.conditions, *more_conditions)
        return self.group.law.limit(row.procedure, row.path, self.terms.law, holding)

    def term(self, name: str) -> Limit:
        """A term of law that is not a processing limit."""
        return self.group.law.term(name, self.row.path, self.terms.law)

    def all_terms(self) -> dict[str, int]:
        """Every term that has a value under this law, by name."""
        law, path = self.group.law, self.row.path
        values = {name: self.term(name).value for name in law.terms_in_force(path, self.terms.law)}
        return {name: value for name, value in values.items() if value is not None}

    def limit_json(self, limit: Limit) -> dict[str, Any]:
        """A limit as an event tells it."""
        return {
            "value": limit.value,
            "unit": limit.unit,
            "article": limit.article,
            "confidence": limit.confidence,
        }
