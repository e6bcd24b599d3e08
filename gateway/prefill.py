"""Fill in what the registries know, so that nobody types it; and say, for each field, who knew it."""

from collections.abc import Generator, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flow_model.documents import changed, value_at
from flow_model.faults import line_fault
from flow_model.form_parts import Source
from flow_model.group import Group, LookUp
from flow_model.mapping import source_by_path
from gateway.neighbours import Neighbours, TemporarilyClosed
from gateway.runs import Run

Json = dict[str, Any]
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


Told = Json | TemporarilyClosed | None
Asking = Generator[tuple[LookUp, str], Told, Prefilled]
# The service, the kind of look-up and the key: what was answered once is not asked again.
Question = tuple[str, str, str]


async def prefill(run: Run, group: Group, draft: Mapping[str, Any], neighbours: Neighbours) -> Prefilled:
    """Ask each registry in the group's order; what the citizen wrote is never overwritten.

    A registry that is down fills nothing: the citizen types it. A field counts as filled in only while
    it says what the registry says.
    """
    (filled,) = await prefill_all(run, [(group, draft)], neighbours)
    return filled


async def prefill_all(
    run: Run, drafts: Sequence[tuple[Group, Mapping[str, Any]]], neighbours: Neighbours
) -> list[Prefilled]:
    """The same for many: what they ask next is asked of each registry in one call, and nothing twice."""
    filled: dict[int, Prefilled] = {}
    asking = {number: _asking(group, draft) for number, (group, draft) in enumerate(drafts)}
    known: dict[Question, Told] = {}
    questions: dict[int, Question] = {}
    while asking:
        for number, each in list(asking.items()):
            before = questions.pop(number, None)
            try:
                look_up, key = each.send(None if before is None else known[before])
            except StopIteration as done:
                filled[number] = done.value
                del asking[number]
            else:
                questions[number] = (look_up.service, look_up.kind, key)
        new = [each for each in dict.fromkeys(questions.values()) if each not in known]
        known |= await _answers(run, new, neighbours)
    return [filled[number] for number in range(len(drafts))]


async def _answers(run: Run, questions: Iterable[Question], neighbours: Neighbours) -> dict[Question, Told]:
    """What registries say, each asked once; a line that fails, fails for all that is asked of it."""
    asked: dict[str, list[tuple[str, str]]] = {}
    for service, kind, key in questions:
        asked.setdefault(service, []).append((kind, key))
    told: dict[Question, Told] = {}
    for service, keys in asked.items():
        fault = line_fault(run.faults, to=service, calls="prefill", procedure=None, attempt=1, at=run.now)
        records: Mapping[tuple[str, str], Told]
        try:
            records = await neighbours.look_up_all(run, service, keys, fault)
        except TemporarilyClosed as closed:
            records = dict.fromkeys(keys, closed)
        told |= {(service, kind, key): records[kind, key] for kind, key in keys}
    return told


def _asking(group: Group, draft: Mapping[str, Any]) -> Asking:
    """What is looked up for one declaration, one question after the other: a key may be an answer."""
    declaration: Json = dict(draft)
    declared = source_by_path(group.declaration)
    known: dict[str, str] = {}
    faults: list[dict[str, str]] = []
    for each in group.prefills:
        key = value_at(declaration, each.look_up.key)
        if not isinstance(key, str) or not key:
            continue
        record = yield each.look_up, key
        if isinstance(record, TemporarilyClosed):
            faults.append({"fault": record.fault, "service": record.service, "reason": record.reason})
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
