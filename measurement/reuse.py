"""Counted from the mapping, not by hand: what is typed on each path, what repeats, what is reused.

A *blank* is a cell of a paper form that somebody writes or ticks (printed cells are none). Two blanks
hold the same *fact* when they have the same origins; a blank that holds a fact met before is a repeat.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from flow_model.form_parts import Source
from flow_model.group import Group
from flow_model.mapping import field_sources


@dataclass(frozen=True)
class FormFields:
    """The counts for a choice of procedures."""

    blanks: int
    distinct: int
    repeats: int
    by_form: dict[str, int]
    by_source: dict[str, int]
    typed_once: int
    pulled: int
    reused_share: float | None

    def as_json(self) -> dict[str, Any]:
        """The counts; the share is of blanks nobody has to write on the interlinked path."""
        return {
            "blanks": self.blanks,
            "distinct": self.distinct,
            "repeats": self.repeats,
            "by_form": self.by_form,
            "by_source": self.by_source,
            "typed_once": self.typed_once,
            "pulled": self.pulled,
            "reused_share": self.reused_share,
        }


def form_fields(group: Group, procedures: Iterable[str]) -> FormFields:
    """The counts, from the lineage of the chosen procedures' forms."""
    lines = [line for line in group.lineage(tuple(procedures)) if not line.printed]
    seen: set[tuple[str, ...]] = set()
    reused = 0
    for line in lines:
        repeats = line.roots in seen
        reused += repeats or line.source is not Source.TYPED
        seen.add(line.roots)
    declared = [source for _, source, *_ in field_sources(group.declaration)]
    typed = sum(source is Source.TYPED for source in declared)
    return FormFields(
        blanks=len(lines),
        distinct=len(seen),
        repeats=len(lines) - len(seen),
        by_form=dict(Counter(line.form_code for line in lines)),
        by_source=dict(sorted(Counter(line.source.value for line in lines).items())),
        typed_once=typed,
        pulled=len(declared) - typed,
        reused_share=round(reused / len(lines), 4) if lines else None,
    )
