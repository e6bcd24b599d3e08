"""A rule, what it accuses, and the dossier as every rule reads it. Pure: no clock, no framework."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from flow_model.case import Case
from flow_model.events import Event
from flow_model.limits import PATHS, Limit
from measurement.referee.words import Both


def acted_at(event: Event) -> datetime:
    """When it was done. A message that reached the gateway late says so: then ``at`` is when it was heard."""
    happened_at = event.payload.get("happened_at")
    return event.at if happened_at is None else datetime.fromisoformat(happened_at)


@dataclass(frozen=True)
class Record:
    """One dossier's case and history; with a ``genesis`` its chain of hashes can be checked as well."""

    case: Case
    history: Sequence[Event]
    genesis: str | None = None

    @cached_property
    def events(self) -> list[Event]:
        """The history in the order in which it was written down."""
        return sorted(self.history, key=lambda event: event.sequence)

    @cached_property
    def _by_procedure(self) -> dict[str | None, list[Event]]:
        found: dict[str | None, list[Event]] = {}
        for event in self.events:
            found.setdefault(event.procedure, []).append(event)
        return found

    def own(self, procedure: str, *kinds: str) -> list[Event]:
        """The events of one procedure, of some kinds or of all."""
        own = self._by_procedure.get(procedure, [])
        return [event for event in own if event.kind in kinds] if kinds else own

    def of(self, *kinds: str) -> list[Event]:
        """The events of some kinds, whatever they are about."""
        return [event for event in self.events if event.kind in kinds]

    @cached_property
    def declared(self) -> Event | None:
        """The declaration."""
        return next(iter(self.of("declared")), None)

    @cached_property
    def withdrawn(self) -> Event | None:
        """The withdrawal of the whole dossier."""
        return next((event for event in self.of("withdrawn") if event.procedure is None), None)

    def as_done(self, procedure: str) -> list[Event]:
        """The events of one procedure in the order in which they were done, whenever they were heard of."""
        return sorted(self.own(procedure), key=lambda event: (acted_at(event), event.sequence))

    def before(self, later: Event, procedure: str, *kinds: str) -> list[Event]:
        """The events of a procedure that were over when a later one was done.

        Of two at one instant the one written first came first; one heard late may be written after.
        """
        return [
            event
            for event in self.own(procedure, *kinds)
            if acted_at(event) <= acted_at(later)
            and (event.sequence < later.sequence or "happened_at" in event.payload)
        ]

    def first_after(self, at: datetime) -> Event | None:
        """The first event that shows that time has passed this instant; None when it may still lie ahead.

        After the withdrawal of the dossier nobody waits any more.
        """
        for event in self.events:
            if event is self.withdrawn:
                return None
            if event.at > at:
                return event
        return None


@dataclass(frozen=True)
class Offence:
    """What a check accuses. ``law`` is the dated row it was measured by, where there is one."""

    event: Event
    expected: Both
    found: Both
    law: Limit | None = None
    procedure: str | None = None


Check = Callable[[Sequence[Record]], Iterator[Offence]]


@dataclass(frozen=True)
class Rule:
    """One rule of the law, by name. ``confidence`` is a mark of ``flow_model.limits.CONFIDENCES``."""

    id: str
    title_vi: str
    title_en: str
    article: str
    confidence: str
    check: Check
    paths: tuple[str, ...] = PATHS

    def as_json(self) -> dict[str, Any]:
        """The rule as it is shown."""
        return {
            "id": self.id,
            "title_vi": self.title_vi,
            "title_en": self.title_en,
            "article": self.article,
            "confidence": self.confidence,
            "paths": list(self.paths),
        }

    def violations(self, records: Sequence[Record]) -> "Iterator[Violation]":
        """What this rule has against these dossiers."""
        for offence in self.check([record for record in records if record.case.path in self.paths]):
            yield Violation(
                rule=self.id,
                article=self.article if offence.law is None else offence.law.article,
                confidence=self.confidence if offence.law is None else offence.law.confidence,
                dossier=offence.event.dossier,
                procedure=offence.procedure or offence.event.procedure,
                sequence=offence.event.sequence,
                expected_vi=offence.expected.vi,
                expected_en=offence.expected.en,
                found_vi=offence.found.vi,
                found_en=offence.found.en,
            )


@dataclass(frozen=True)
class Violation:
    """A rule that was not kept: which, where in the log, what was expected there and what was found."""

    rule: str
    article: str
    confidence: str
    dossier: str
    procedure: str | None
    sequence: int
    expected_vi: str
    expected_en: str
    found_vi: str
    found_en: str


def each(check: Callable[[Record], Iterator[Offence]]) -> Check:
    """A check of one dossier as a check of many."""

    def of_all(records: Sequence[Record]) -> Iterator[Offence]:
        for record in records:
            yield from check(record)

    return of_all
