"""What makes one agency differ from the next: its name, its registry, and whom it asks before an entry."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlmodel import Session

from chassis.answers import told_on
from chassis.attempts import broken_answer
from chassis.client import Answer, ServiceClient, ServiceUnreachable
from chassis.mishaps import mishap_of
from chassis.request_headers import run_headers
from flow_model.catalogue import Catalogue
from flow_model.errors import BadContract, NeighbourBroken
from flow_model.faults import LiveFault, line_fault
from flow_model.group import Group, Procedure
from flow_model.limits import PATHS
from mock_registries.registry import Entry, Registry

Json = dict[str, Any]
SHARED = ("population", "health")
ASSUMED = ("acknowledge", "desk_queue", "work", "decide_without_limit", "correction", "share_of_limit")


@dataclass(frozen=True)
class Line:
    """A line to the shared registries, in one run, at one instant, for one attempt at one procedure."""

    client: ServiceClient
    run_id: str
    at: datetime
    faults: tuple[LiveFault, ...] = ()
    procedure: str | None = None
    attempt: int = 1

    async def ask(self, service: str, method: str, path: str, **sent: Any) -> Answer:
        """One question; ServiceUnreachable when the registry is down, or the line fails, in the story.

        A process that really does not answer is no event of the story: NeighbourGone, and nothing moves.
        """
        calls = "look_up" if method == "GET" else "report"
        fault = line_fault(
            self.faults,
            to=service,
            calls=calls,
            procedure=self.procedure,
            attempt=self.attempt,
            at=self.at,
        )
        try:
            answer = await self.client.call(
                service,
                method,
                path,
                headers=run_headers(self.run_id, self.at),
                mishap=mishap_of(fault),
                **sent,
            )
        except ServiceUnreachable as down:
            if down.staged or down.reason == "unavailable":
                raise
            if down.reason == "unreadable":
                raise NeighbourBroken(service, "an answer that cannot be read") from down
            raise told_on(down) from down
        if answer.status >= 500:
            raise broken_answer(service, answer.status, answer.body)
        return answer


Prepare = Callable[[Line, Entry], Awaitable[Json]]


@dataclass(frozen=True)
class Pending:
    """Something that an entry still waits for: asked again until it comes, then written in the book."""

    event: str
    write: Callable[[Session, str, str, Json], Json | None]


@dataclass(frozen=True)
class AgencySpec:
    """One agency. `prepare` names, by action, what is asked of shared registries before the entry."""

    name: str
    title_vi: str
    title_en: str
    registry: Registry
    prepare: Mapping[str, Prepare] = field(default_factory=dict)
    pending: Mapping[str, Pending] = field(default_factory=dict)


@dataclass(frozen=True)
class Unreachable:
    """A shared registry did not answer: which, why, when it asks to be asked again, and by which fault."""

    service: str
    reason: str
    retry_after_seconds: int | None
    fault: str = "outage"

    @classmethod
    def of(cls, error: ServiceUnreachable) -> "Unreachable":
        fault = "line" if error.staged else "outage"
        return cls(error.service, error.reason, error.retry_after_seconds, fault)


def prove(spec: AgencySpec, catalogue: Catalogue) -> None:
    """Raise BadContract when a procedure asks this agency for something it cannot do."""
    for (group_id, _), procedure in catalogue.procedures_of(spec.name).items():
        _prove_procedure(spec, catalogue.group(group_id), procedure)


def _prove_procedure(spec: AgencySpec, group: Group, procedure: Procedure) -> None:
    here = f"{group.id}.{procedure.id}"
    action = spec.registry.actions.get(procedure.action)
    if action is None:
        raise BadContract(here, f"{spec.name} knows no action {procedure.action}")
    missing = [name for name in procedure.results if name not in action.gives]
    if missing:
        raise BadContract(here, f"{procedure.action} does not give {', '.join(missing)}")
    for fact in procedure.facts:
        if fact.service == spec.name and fact.kind not in spec.registry.look_ups:
            raise BadContract(here, f"{spec.name} keeps no {fact.kind}")
        if fact.service != spec.name and fact.service not in SHARED:
            raise BadContract(here, f"{spec.name} may not ask {fact.service}: it is no shared registry")
    for path in PATHS:
        for name in ASSUMED:
            group.assumptions.find(name, path, procedure.id)
        for law in group.law.profiles:
            if group.law.term("supplement", path, law).value is None:
                raise BadContract(group.id, "the term supplement must have a value")
