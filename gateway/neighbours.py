"""The services as the gateway sees them: one call each, in the name of a run, at its instant.

Tells apart two ways of not answering. A service of the *simulated* world that says "later" (503 with
Retry-After) is an event of the run, tried again on the run's clock. A process that really does not
answer is no event: the caller is told, and nothing of the run has moved.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from chassis.answers import told_on
from chassis.attempts import broken_answer
from chassis.client import Answer, ServiceClient, ServiceRefused, ServiceUnreachable
from chassis.lines import MEDIA_TYPE, answers_in, written
from chassis.mishaps import mishap_of
from chassis.request_headers import derive_traceparent, run_headers
from flow_model.errors import (
    ConflictingContent,
    DownInTheStory,
    InvalidDeclaration,
    NeighbourBroken,
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
    """What another service refuses, the caller is told as if by us: the same problem, and the fields."""
    try:
        yield
    except ServiceRefused as refused:
        if refused.problem_slug in (InvalidDeclaration.slug, "invalid-request"):
            raise refused.as_invalid() from refused
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
        self._last_event: dict[tuple[str, str], int | None] = {}
        self._idle: set[tuple[str, str]] = set()
        self._one_by_one: dict[tuple[str, str], bool] = {}  # who was seen, in a run, not to take many at once

    async def call(
        self,
        run: Run,
        service: str,
        method: str,
        path: str,
        *,
        json: Any = None,
        lines: Sequence[Any] | None = None,
        params: Mapping[str, str | int] | None = None,
        trace: str = "",
        fault: LineFault | None = None,
    ) -> Answer:
        """One call at the present instant.

        Raises TemporarilyClosed, NeighbourGone, Busy, NeighbourBroken, ServiceRefused.

        ``fault`` is what the run's faults do to this call. ``lines`` are sent as such.
        """
        headers = run_headers(
            run.run_id, run.now, None, derive_traceparent(f"{run.run_id} {trace}", service, method, path)
        )
        self._last_event.pop((run.run_id, service), None)
        if method != "GET":
            self._idle.discard((run.run_id, service))
        content = None if lines is None else written(lines)
        if content is not None:
            headers["Content-Type"] = MEDIA_TYPE
        sent: dict[str, Any] = {"json": json, "content": content, "params": params, "headers": headers}
        try:
            answer = await self._client.call(service, method, path, mishap=mishap_of(fault), **sent)
        except ServiceUnreachable as down:
            if down.staged or (down.reason == "unavailable" and down.retry_after_seconds is not None):
                raise TemporarilyClosed(down) from None
            if down.reason == "unreadable":
                raise NeighbourBroken(service, "an answer that cannot be read") from down
            raise told_on(down) from down
        if answer.status >= 500:
            raise broken_answer(service, answer.status, answer.body)
        if "next-act-at" in answer.headers:
            self._remember(run, service, answer.headers["next-act-at"] or None)
            self._last_event[run.run_id, service] = _number(answer.headers.get("last-event"))
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

    async def look_up_all(
        self, run: Run, service: str, keys: Sequence[tuple[str, str]], fault: LineFault | None = None
    ) -> dict[tuple[str, str], dict[str, Any] | None]:
        """The records under many keys: one call, where the service takes many at once."""
        if len(keys) > 1 and self.takes_many(run, service):
            lines = [{"kind": kind, "key": key} for kind, key in keys]
            answers = await self.call_many(run, service, "/lookups/batch", lines, fault)
            if answers is not None:
                return {
                    key: await self.look_up(run, service, *key, fault)  # it meets the fault alone
                    if answer["status"] >= 500
                    else answer.get("record")
                    for key, answer in zip(keys, answers, strict=True)
                }
        return {each: await self.look_up(run, service, *each, fault) for each in keys}

    async def call_many(
        self,
        run: Run,
        service: str,
        path: str,
        lines: Sequence[Any],
        fault: LineFault | None = None,
    ) -> list[dict[str, Any]] | None:
        """The answers to lines, one for each; None when this service does not take many at once."""
        try:
            answer = await self.call(run, service, "POST", path, lines=lines, fault=fault)
            answers = list(answers_in(answer.content))
        except ServiceRefused:
            self._one_by_one[run.run_id, service] = True
            return None
        except ValueError:  # cut short: each is sent alone, this time
            return None
        whole = [each.get("line") for each in answers] == list(range(1, len(lines) + 1))
        return answers if whole and all("status" in each for each in answers) else None

    def takes_many(self, run: Run, service: str) -> bool:
        """Whether a service takes many at once, as far as is known in this run."""
        return (run.run_id, service) not in self._one_by_one

    def next_act(self, run: Run, service: str) -> datetime | None:
        """When a service will act next in this run, as far as is known; None when it will not."""
        return self._next_act.get((run.run_id, service))

    def next_acts(self, run: Run) -> dict[str, datetime]:
        """When each service will act next in this run, as far as it will."""
        known = ((service, self.next_act(run, service)) for service in self.services)
        return {service: at for service, at in known if at is not None}

    def is_quiet(self, run: Run, service: str) -> bool:
        """Whether a service said just now that it has told all, and does nothing more at this instant.

        Who does not say how much there was to tell is asked.
        """
        last = self._last_event.get((run.run_id, service))
        if last is None or last > run.cursors.get(service, 0) or service in run.held:
            return False
        next_at = self._next_act.get((run.run_id, service))
        return next_at is None or next_at > run.now

    def opened(self, run_id: str, answers: Mapping[str, Answer]) -> None:
        """Note who said, when a run was opened, that it has nothing to do and nothing to tell."""
        for service, answer in answers.items():
            self._idle.discard((run_id, service))
            if answer.headers.get("next-act-at") == "" and answer.headers.get("last-event") == "0":
                self._idle.add((run_id, service))

    def is_idle(self, run: Run, service: str) -> bool:
        """Whether a service had nothing at first, and this gateway has sent it nothing since.

        Who does not say what it has is never idle.
        """
        return (run.run_id, service) in self._idle

    def forget(self, run_id: str) -> None:
        """Drop what is remembered of a run."""
        for service in self.services:
            self._last_event.pop((run_id, service), None)
            self._one_by_one.pop((run_id, service), None)
            self._next_act.pop((run_id, service), None)
            self._idle.discard((run_id, service))

    def _remember(self, run: Run, service: str, at: str | None) -> None:
        self._next_act[run.run_id, service] = datetime.fromisoformat(at) if at else None


def _number(text: str | None) -> int | None:
    return int(text) if text is not None and text.isascii() and text.isdigit() else None
