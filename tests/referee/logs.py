"""Real logs for the referee, and the scissors that make unlawful ones of them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from flow_model.case import Case
from flow_model.catalogue import catalogue
from flow_model.events import Event, genesis, seal
from measurement.referee import Violation, referee_run
from tests.town_in_memory import Town, changed

SECOND = timedelta(seconds=1)
# The same weekday at the same hour, and longer than any limit that is not counted in weeks.
FORTNIGHT = timedelta(weeks=2)


@dataclass(frozen=True)
class Log:
    """One dossier as it was written down. Numbers are given when it is sealed, so cutting is free."""

    case: Case
    events: tuple[Event, ...]
    genesis: str

    def at(self, kind: str, procedure: str | None = None, nth: int = 0) -> int:
        """The place of an event."""
        found = [
            place
            for place, event in enumerate(self.events)
            if event.kind == kind and procedure in (None, event.procedure)
        ]
        return found[nth]

    def event(self, kind: str, procedure: str | None = None, nth: int = 0) -> Event:
        return self.events[self.at(kind, procedure, nth)]

    def with_events(self, events: Sequence[Event], *, as_written: bool = False) -> "Log":
        """These events, in order of time unless they are left as written, numbered and sealed anew."""
        ordered = list(events) if as_written else sorted(events, key=lambda event: event.at)
        sealed: list[Event] = []
        previous = self.genesis
        for number, event in enumerate(ordered, start=1):
            sealed.append(seal(replace(event, sequence=number), previous))
            previous = sealed[-1].hash
        return replace(self, events=tuple(sealed))

    def edit(
        self,
        kind: str,
        procedure: str | None = None,
        nth: int = 0,
        /,
        *,
        as_written: bool = False,
        payload: Mapping[str, Any] | None = None,
        **fields: Any,
    ) -> "Log":
        """One event with other fields; ``payload`` is laid over what it says."""
        place = self.at(kind, procedure, nth)
        old = self.events[place]
        new = replace(old, **fields, payload={**old.payload, **(payload or {})})
        events = (*self.events[:place], new, *self.events[place + 1 :])
        return self.with_events(events, as_written=as_written)

    def without(self, unwanted: Callable[[Event], bool]) -> "Log":
        return self.with_events([event for event in self.events if not unwanted(event)])

    def plus(self, *events: Event) -> "Log":
        return self.with_events([*self.events, *events])

    def later_from(self, kind: str, procedure: str | None = None, by: timedelta = FORTNIGHT) -> "Log":
        """Everything from this event on, so much later."""
        place = self.at(kind, procedure)
        moved = [replace(event, at=event.at + by) for event in self.events[place:]]
        return self.with_events([*self.events[:place], *moved])


@dataclass(frozen=True)
class Story:
    """How a log came to be: who declared what, in which run."""

    group: str
    situation: str
    path: str = "interlinked"
    procedures: tuple[str, ...] = ()
    changes: Mapping[str, Any] = field(default_factory=dict)
    terms: Mapping[str, Any] = field(default_factory=dict)


async def play(town: Town, name: str, story: Story) -> Log:
    """The log of a story that was played to its end in a run of its own."""
    run = await town.open(name, **story.terms)
    dossier = await town.declare(
        run,
        story.group,
        story.situation,
        path=story.path,
        procedures=list(story.procedures) or None,
        changes=story.changes,
    )
    await town.settle(run)
    return await log_of(town, run, dossier)


async def log_of(town: Town, run: str, dossier: str) -> Log:
    """A dossier's log, read over HTTP as anybody may read it."""
    terms = (await town.get(f"/runs/{run}"))["terms"]
    events = [
        Event(**event | {"at": datetime.fromisoformat(event["at"])})
        for event in await town.history(run, dossier)
    ]
    declared = events[0].payload
    group = catalogue().group(declared["group"])
    document = declared["declaration"]
    for event in events:
        document = changed(document, event.payload.get("changes", {}))
    case = Case(
        dossier=dossier,
        group=group,
        path=declared["path"],
        law=terms["law"],
        seed=terms["seed"],
        procedures=tuple(declared["procedures"]),
        declaration=group.declaration.model_validate(document),
        simulated_citizen=terms["citizens"] == "simulated",
    )
    return Log(case, tuple(events), genesis(terms))


def judged(*logs: Log) -> list[Violation]:
    """What the referee says of these dossiers, which are of one run."""
    return referee_run([(log.case, log.events) for log in logs], logs[0].genesis)


def broken(*logs: Log) -> set[str]:
    """The rules that were not kept."""
    return {violation.rule for violation in judged(*logs)}
