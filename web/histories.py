"""A dossier as the gateway tells it, made into what ``flow_model`` and ``measurement`` read."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flow_model.case import Case
from flow_model.catalogue import Catalogue
from flow_model.documents import changed
from flow_model.events import Event
from web.asking import Asking

Json = Mapping[str, Any]


@dataclass(frozen=True)
class Told:
    """One dossier: its run, its history as it was sent, and as events."""

    run: Json
    raw: Sequence[Json]
    whole: bool
    case: Case
    events: tuple[Event, ...]

    @property
    def name(self) -> str:
        """``run/dossier``."""
        return f"{self.run['run_id']}/{self.case.dossier}"

    @property
    def subject(self) -> str:
        """The person that it is about."""
        return str(self.events[0].payload.get("subject", ""))


async def told(asking: Asking, catalogue: Catalogue, run_id: str, dossier: str) -> Told:
    """A dossier with its history; Passed when there is none."""
    run, history = await asyncio.gather(
        asking.get(f"/runs/{run_id}"), asking.get(f"/runs/{run_id}/dossiers/{dossier}/events")
    )
    return told_of(catalogue, run, history)


def told_of(catalogue: Catalogue, run: Json, history: Json) -> Told:
    """The same, out of what the gateway said of the run and of the history."""
    events = tuple(event_of(each) for each in history["events"])
    return Told(run, history["events"], history["whole"], _case_of(run, catalogue, events), events)


def event_of(raw: Json) -> Event:
    """An event out of its JSON."""
    return Event(**{**raw, "at": datetime.fromisoformat(raw["at"])})


def _case_of(run: Json, catalogue: Catalogue, events: Sequence[Event]) -> Case:
    """What is fixed about it: the declaration, with the changes that its supplements made."""
    declared = events[0].payload
    group = catalogue.group(declared["group"])
    document = declared["declaration"]
    for event in events:
        if event.kind == "supplement_sent":
            document = changed(document, event.payload["changes"])
    return Case(
        dossier=events[0].dossier,
        group=group,
        path=declared["path"],
        law=run["terms"]["law"],
        seed=run["terms"]["seed"],
        procedures=tuple(declared["procedures"]),
        declaration=group.declaration.model_validate(document),
        simulated_citizen=run["terms"]["citizens"] == "simulated",
    )
