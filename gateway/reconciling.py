"""Where the books of the services and the gateway's journal differ, after one of them came back from a copy.

A service numbers what it tells, and the journal keeps these numbers: what one side knows and the other does
not is found by comparing them. Nothing is changed here: which side is right, people decide.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from chassis.client import ServiceRefused
from flow_model.errors import UnknownThing
from gateway.dossiers import Dossier, Dossiers
from gateway.intake import note_from
from gateway.journal import Journal, Note
from gateway.neighbours import Neighbours
from gateway.runs import Run

What = Literal["lost_by_service", "told_otherwise", "lost_by_gateway", "not_heard_yet", "application_lost"]


@dataclass(frozen=True)
class Difference:
    """One thing that one side knows and the other does not, or that both know otherwise.

    ``lost_by_service``: the journal has an event that the service does not know any more.
    ``told_otherwise``: under the same number the service tells something else now.
    ``lost_by_gateway``: the service told it, the gateway read further, and the journal does not have it.
    ``not_heard_yet``: the service has told it since the gateway last read.
    ``application_lost``: it was sent, and the service does not have it.
    """

    dossier: str
    service: str
    what: What
    event: str
    number: int | None


class Reconciling:
    """Compares; the run must be at rest meanwhile, so the caller holds its lock."""

    def __init__(self, journal: Journal, dossiers: Dossiers, neighbours: Neighbours) -> None:
        self._journal = journal
        self._dossiers = dossiers
        self._neighbours = neighbours

    async def differences(self, run: Run) -> list[Difference]:
        """All of them, by dossier, service and number."""
        heard = self._journal.heard(run.run_id)
        found: list[Difference] = []
        for service in self._neighbours.services:
            told = await self._told(run, service)
            found += compared(service, told, heard.get(service, {}), run.cursors.get(service, 0))
        for dossier in self._dossiers.all(run):
            found += await self._lost_applications(run, dossier)
        return sorted(found, key=lambda each: (each.dossier, each.service, each.number or 0, each.event))

    async def _told(self, run: Run, service: str) -> dict[int, Note]:
        """What a service has to tell from its beginning, by number; nothing when it lost the whole run."""
        try:
            answer = await self._neighbours.call(run, service, "GET", "/events", params={"after": 0})
        except ServiceRefused as refused:
            if refused.problem_slug != UnknownThing.slug:
                raise
            return {}
        return {event["id"]: note_from(service, event) for event in answer.body["events"]}

    async def _lost_applications(self, run: Run, dossier: Dossier) -> list[Difference]:
        lost = []
        code = dossier.case.dossier
        for procedure in {event.procedure: None for event in dossier.history if event.kind == "sent"}:
            assert procedure is not None
            agency = dossier.case.group.procedure(procedure).agency
            try:
                await self._neighbours.call(run, agency, "GET", f"/applications/{code}.{procedure}")
            except ServiceRefused as refused:
                if refused.problem_slug != UnknownThing.slug:
                    raise
                lost.append(Difference(code, agency, "application_lost", procedure, None))
        return lost


def compared(
    service: str, told: Mapping[int, Note], heard: Mapping[int, Mapping[str, Any]], read_to: int
) -> Sequence[Difference]:
    """What one side knows and the other does not, of one service."""
    found = []
    for number in sorted({*told, *heard}):
        mine, theirs = heard.get(number), told.get(number)
        if theirs is None:
            assert mine is not None
            found.append(Difference(mine["dossier"], service, "lost_by_service", mine["kind"], number))
        elif mine is None:
            what: What = "lost_by_gateway" if number <= read_to else "not_heard_yet"
            found.append(Difference(theirs.dossier, service, what, theirs.kind, number))
        elif (mine["dossier"], mine["kind"], mine["procedure"]) != (
            theirs.dossier,
            theirs.kind,
            theirs.procedure,
        ):
            for dossier in dict.fromkeys((mine["dossier"], theirs.dossier)):
                found.append(Difference(dossier, service, "told_otherwise", theirs.kind, number))
    return found
