"""Rules that look across the dossiers of a run: nothing registered twice, no benefit paid twice."""

from collections.abc import Callable, Iterator, Sequence

from flow_model.events import Event
from flow_model.group import Procedure
from measurement.referee.model import Offence, Record, acted_at
from measurement.referee.words import Both, clock

# What may be had once for one life event; None for what this rule does not count.
Once = Callable[[Procedure], str | None]


def registered_once(records: Sequence[Record]) -> Iterator[Offence]:
    """One life event, one entry: the same natural key is not granted again in another dossier.

    A second grant inside one dossier is ``decided_once``'s; money is ``benefit_once``'s.
    """
    by_dossier: dict[tuple[str, ...], dict[str, Event]] = {}
    for record, procedure, event in _grants(records):
        if procedure.benefit_for is None:
            entries = by_dossier.setdefault((*_life_event(record), procedure.id), {})
            entries.setdefault(event.dossier, event)
    for entries in by_dossier.values():
        yield from _twice(
            list(entries.values()), Both("đăng ký một lần", "registered once"), Both("đăng ký", "registered")
        )


def benefit_once(records: Sequence[Record]) -> Iterator[Offence]:
    """One benefit of a kind for one life event, whichever body pays it, in whichever dossier."""
    by_kind: dict[tuple[str, ...], dict[tuple[str, str], Event]] = {}
    for record, procedure, event in _grants(records):
        if procedure.benefit_for is not None:
            paid = by_kind.setdefault((*_life_event(record), procedure.benefit_for), {})
            paid.setdefault((event.dossier, procedure.id), event)
    for paid in by_kind.values():
        yield from _twice(list(paid.values()), Both("chi trả một lần", "paid once"), Both("chi trả", "paid"))


def _grants(records: Sequence[Record]) -> Iterator[tuple[Record, Procedure, Event]]:
    for record in records:
        for procedure in record.case.chosen():
            for event in record.own(procedure.id, "granted"):
                yield record, procedure, event


def _life_event(record: Record) -> tuple[str, str]:
    """Which life event a dossier is about, with what its supplements changed."""
    case, declared = record.case, record.declared
    key = None if declared is None else declared.payload.get("natural_key")
    changed = any(event.payload.get("changes") for event in record.of("supplement_sent"))
    if key is None or changed:
        key = case.group.natural_key(case.declaration)
    return case.group.id, str(key)


def _twice(events: list[Event], expected: Both, done: Both) -> Iterator[Offence]:
    first, *others = sorted(events, key=lambda event: (acted_at(event), event.dossier, event.sequence))
    when = clock(acted_at(first))
    for event in others:
        yield Offence(
            event,
            expected,
            Both(
                f"đã {done.vi} trong hồ sơ {first.dossier} ({first.procedure}) lúc {when.vi}",
                f"{done.en} already in dossier {first.dossier} ({first.procedure}) at {when.en}",
            ),
        )
