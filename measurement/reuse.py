"""How much of the forms is said again: counted from the mapping alone, never by hand.

A blank is a cell of a paper form that is not printed: somebody writes or ticks it. A fact is the tuple
of a cell's roots (declared fields and results of earlier procedures): two blanks with the same roots
ask for the same fact, even when one shows it in another way (a date in figures and in words). Cells
without a root stay empty on every form and are one fact together. Blanks are distinct facts plus
repeats. The counts belong to the forms, not to a family: they do not change with who declares.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flow_model.events import Event
from flow_model.form_parts import Source
from flow_model.group import Group
from flow_model.mapping import CellOrigin, source_by_path
from measurement.history import declared_in


@dataclass(frozen=True)
class FormFields:
    """The blanks of the chosen forms, and what one declaration does to them.

    ``typed_once`` and ``pulled`` count the declaration's own fields, optional ones included.
    """

    blanks: int
    distinct: int
    by_form: Mapping[str, int]
    typed_once: int
    pulled: int
    by_source: Mapping[str, int]
    reused: int

    @property
    def repeats(self) -> int:
        """Blanks that ask for a fact some earlier blank asked for."""
        return self.blanks - self.distinct

    @property
    def reused_share(self) -> float | None:
        """The share of blanks whose content is not typed for the first time; None without blanks."""
        return self.reused / self.blanks if self.blanks else None

    def as_json(self) -> dict[str, Any]:
        """The counts as they are shown."""
        return {
            "blanks": self.blanks,
            "distinct": self.distinct,
            "repeats": self.repeats,
            "by_form": dict(self.by_form),
            "typed_once": self.typed_once,
            "pulled": self.pulled,
            "by_source": dict(self.by_source),
            "reused": self.reused,
            "reused_share": _rounded(self.reused_share),
        }


@dataclass(frozen=True)
class DossierReuse:
    """What one family really typed, and what was filled in for it."""

    typed: int
    prefilled: int

    @property
    def share(self) -> float | None:
        """The share of filled-in fields; None when the declaration had no fields of its own."""
        fields = self.typed + self.prefilled
        return self.prefilled / fields if fields else None

    def as_json(self) -> dict[str, Any]:
        """The counts as they are shown."""
        return {"typed": self.typed, "prefilled": self.prefilled, "share": _rounded(self.share)}


def form_fields(group: Group, procedures: Sequence[str]) -> FormFields:
    """The counts for the chosen procedures, in the group's order."""
    cells = [cell for cell in group.lineage(tuple(procedures)) if not cell.printed]
    sources = source_by_path(group.declaration)
    typed = {path for path, source in sources.items() if source is Source.TYPED}
    return FormFields(
        blanks=len(cells),
        distinct=len({cell.roots for cell in cells}),
        by_form=Counter(cell.form_code for cell in cells),
        typed_once=len(typed),
        pulled=len(sources) - len(typed),
        by_source=Counter(cell.source.value for cell in cells),
        reused=len(cells) - _typed_first(cells, typed),
    )


def dossier_reuse(history: Iterable[Event]) -> DossierReuse:
    """What the declaration's event tells; forms written by hand at counters are not in it."""
    declared = declared_in(history).payload
    return DossierReuse(declared["fields_typed"], declared["fields_prefilled"])


def _typed_first(cells: Iterable[CellOrigin], typed: set[str]) -> int:
    """Blanks made of nothing but typed fields, one of which no earlier blank has carried."""
    seen: set[str] = set()
    count = 0
    for cell in cells:
        roots = set(cell.roots)
        count += bool(roots) and roots <= typed and not roots <= seen
        seen |= roots
    return count


def _rounded(share: float | None) -> float | None:
    return None if share is None else round(share, 4)
