"""Fill in what the registries know, so that nobody types it; and say, for each field, who knew it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flow_model.documents import changed, value_at
from flow_model.faults import line_fault
from flow_model.form_parts import Source
from flow_model.group import Group, LookUp
from flow_model.mapping import field_sources
from gateway.neighbours import Neighbours, TemporarilyClosed
from gateway.runs import Run

EMPTY: tuple[Any, ...] = (None, False, "", [], ())


@dataclass(frozen=True)
class Prefilled:
    """A declaration with what the registries added, and the source of each field that has a value."""

    declaration: dict[str, Any]
    sources: dict[str, str]
    faults: tuple[dict[str, str], ...] = ()

    def count(self, *, typed: bool) -> int:
        """How many fields somebody typed, or how many were filled in."""
        return sum((source == Source.TYPED) is typed for source in self.sources.values())


async def prefill(run: Run, group: Group, draft: Mapping[str, Any], neighbours: Neighbours) -> Prefilled:
    """Ask each registry in the group's order; what the citizen wrote is never overwritten.

    A registry that is down fills nothing: the citizen types it. A field counts as filled in only while
    it says what the registry says.
    """
    declaration: dict[str, Any] = dict(draft)
    declared = {path: source for path, source, *_ in field_sources(group.declaration)}
    known: dict[str, str] = {}
    faults: list[dict[str, str]] = []
    for each in group.prefills:
        key = value_at(declaration, each.look_up.key)
        if not isinstance(key, str) or not key:
            continue
        try:
            record = await _record(run, each.look_up, key, neighbours)
        except TemporarilyClosed as closed:
            faults.append({"fault": closed.fault, "service": closed.service, "reason": closed.reason})
            continue
        for path, name in each.fills.items() if record else ():
            assert record is not None
            if record.get(name) in EMPTY:
                continue
            if value_at(declaration, path) is None:
                declaration = changed(declaration, {path: record[name]})
            if value_at(declaration, path) == record[name]:
                known[path] = declared[path].value
        if record is not None and declared[each.look_up.key] is Source.VNEID:
            known[each.look_up.key] = Source.VNEID.value
    sources = {
        path: known.get(path, Source.TYPED.value)
        for path in declared
        if value_at(declaration, path) not in EMPTY
    }
    return Prefilled(declaration, sources, tuple(faults))


async def _record(run: Run, look_up: LookUp, key: str, neighbours: Neighbours) -> dict[str, Any] | None:
    service = look_up.service
    fault = line_fault(run.faults, to=service, calls="prefill", procedure=None, attempt=1, at=run.now)
    return await neighbours.look_up(run, service, look_up.kind, key, fault)
