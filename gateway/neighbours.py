"""The services as the gateway sees them: one call each, in the name of a run, at its instant.

Tells apart two ways of not answering. A service of the *simulated* world that says "later" (503 with
Retry-After) is an event of the run, tried again on the run's clock. A process that really does not
answer is no event: the caller is told, and nothing of the run has moved.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from chassis.attempts import broken_answer
from chassis.client import Answer, ServiceClient, ServiceRefused, ServiceUnreachable
from chassis.mishaps import mishap_of
from chassis.request_headers import derive_traceparent, run_headers
from flow_model.errors import (
    ConflictingContent,
    DownInTheStory,
    NeighbourBroken,
    NeighbourGone,
    NotAllowedNow,
    Refused,
    UnknownThing,
)
from flow_model.faults import LineFault
from gateway.runs import Run


class TemporarilyClosed(DownInTheStory):
    """A simulated service is down until later, or the line to it fails: a fault of the run.

    ``reason`` says how, ``fault`` names the kind of fault.
    """

    def __init__(self, down: ServiceUnreachable) -> None:
        super().__init__(down.detail_vi, down.detail_en, retry_after_seconds=down.retry_after_seconds or 60)
        self.service = down.service
        self.reason = down.reason
        self.fault = "line" if down.staged else "outage"
        self.again_in_seconds = down.retry_after_seconds or 0


@contextmanager
def speaking_for_others() -> Iterator[None]:
    """What another service refuses, the caller is told as if by us: the same kind of problem."""
    try:
        yield
    except ServiceRefused as refused:
        kinds = {kind.slug: kind for kind in (UnknownThing, NotAllowedNow, ConflictingContent, Refused)}
        kind = kinds.get(refused.problem_slug, Refused if refused.status < 500 else None)
        if kind is None:
            raise
        raise kind(refused.detail_vi, refused.detail_en) from refused


class Neighbours:
    """Calls agencies and registries; remembers when each will act next in each run."""

    def __init__(self, client: ServiceClient, services: Sequence[str]) -> None:
        self._client = client
        self.services = tuple(services)
        self._next_act: dict[tuple[str, str], datetime | None] = {}

    async def call(
        self,
        run: Run,
        service: str,
        method: str,
        path: str,
        *,
        json: Any = None,
        params: Mapping[str, str | int] | None = None,
        trace: str = "",
        fault: LineFault | None = None,
    ) -> Answer:
        """One call at the present instant.

        Raises TemporarilyClosed, NeighbourGone, NeighbourBroken, ServiceRefused.

        ``fault`` is what the run's faults do to this call.
        """
        headers = run_headers(
            run.run_id, run.now, None, derive_traceparent(f"{run.run_id} {trace}", service, method, path)
        )
        try:
            answer = await self._client.call(
                service, method, path, json=json, params=params, headers=headers, mishap=mishap_of(fault)
            )
        except ServiceUnreachable as down:
            if down.staged or (down.reason == "unavailable" and down.retry_after_seconds is not None):
                raise TemporarilyClosed(down) from None
            if down.reason == "unreadable":
                raise NeighbourBroken(service, "an answer that cannot be read") from down
            raise NeighbourGone(down.detail_vi, down.detail_en) from down
        if answer.status >= 500:
            raise broken_answer(service, answer.status, answer.body)
        if "next-act-at" in answer.headers:
            self._remember(run, service, answer.headers["next-act-at"] or None)
        return answer.raise_for_problem()

    async def work(self, run: Run, service: str) -> list[dict[str, Any]]:
        """Let a service do what is due by now; its events since it was last read."""
        after = run.cursors.get(service, 0)
        answer = await self.call(
            run, service, "POST", "/work", json={"until": run.now.isoformat(), "after": after}
        )
        self._remember(run, service, answer.body["next_act_at"])
        return list(answer.body["events"])

    async def look_up(
        self, run: Run, service: str, kind: str, key: str, fault: LineFault | None = None
    ) -> dict[str, Any] | None:
        """The record of a registry under a key, or None; no registry has a key that it refuses."""
        try:
            answer = await self.call(
                run, service, "GET", f"/lookups/{kind}", params={"key": key}, fault=fault
            )
        except ServiceRefused:
            return None
        record = answer.body["record"]
        return dict(record) if record is not None else None

    def next_acts(self, run: Run) -> dict[str, datetime]:
        """When each service will act next in this run, as far as it will."""
        known = ((service, self._next_act.get((run.run_id, service))) for service in self.services)
        return {service: at for service, at in known if at is not None}

    def forget(self, run_id: str) -> None:
        """Drop what is remembered of a run."""
        for service in self.services:
            self._next_act.pop((run_id, service), None)

    def _remember(self, run: Run, service: str, at: str | None) -> None:
        self._next_act[run.run_id, service] = datetime.fromisoformat(at) if at else None
