"""The front door: the gateway's HTTP API as a player uses it, and nothing behind it."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from chassis.client import Answer, ServiceClient, ServiceRefused, ServiceUnreachable
from chassis.clock import WallClock
from flow_model.errors import SandboxError
from flow_model.events import canonical

Json = dict[str, Any]
GATEWAY = "gateway"
# How long a process that is being started anew is waited for, in real seconds.
PATIENCE_SECONDS = 30.0
_PAUSE_SECONDS = 0.1
_MOST_FIELDS = 10
# So many events of a run are asked for at once.
LOG_PAGE = 1000


async def whole_log(get: Callable[..., Awaitable[Any]], run_id: str) -> list[Json]:
    """The run's own log to its last event, a page at a time, by whoever asks the gateway."""
    events: list[Json] = []
    while True:
        page = await get(f"/runs/{run_id}/events", after=len(events), limit=LOG_PAGE)
        events += page
        if len(page) < LOG_PAGE:
            return events


@dataclass
class Door:
    """A way to one gateway. What a restarting process did not answer is asked again: all may be."""

    client: ServiceClient
    patience_seconds: float = PATIENCE_SECONDS
    service: str = GATEWAY
    clock: WallClock = field(default_factory=WallClock)

    async def ask(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        turn: str = "",
        params: Mapping[str, str | int] | None = None,
    ) -> Answer:
        """One answer, whatever it says; a POST that creates carries a key made of its content.

        ``turn`` tells the same content sent a second time from one request that is sent again.
        """
        headers = {}
        if method == "POST":
            key = sha256(f"{path} {turn} ".encode() + canonical(body)).hexdigest()[:32]
            headers["Idempotency-Key"] = key
        waited = 0.0
        while True:
            try:
                answer = await self.client.call(
                    self.service, method, path, json=body, params=params, headers=headers
                )
            except ServiceUnreachable:
                if waited >= self.patience_seconds:
                    raise
            else:
                if answer.status not in (502, 503) or waited >= self.patience_seconds:
                    return answer
            # Only while a dead process is being started anew.
            await self.clock.pause(_PAUSE_SECONDS)
            waited += _PAUSE_SECONDS

    async def get(self, path: str, **params: str | int) -> Any:
        """The body of a GET that must go well."""
        return (await self.ask("GET", path, params=params)).raise_for_problem().body

    async def post(self, path: str, body: Any, turn: str = "") -> Any:
        """The body of a POST that must go well."""
        return (await self.ask("POST", path, body, turn=turn)).raise_for_problem().body

    async def put(self, path: str, body: Any) -> Any:
        """The body of a PUT that must go well."""
        return (await self.ask("PUT", path, body)).raise_for_problem().body

    async def move_clock(self, run_id: str, to: str, stop_at: list[Json]) -> Json:
        """Move a run's clock; it may stop earlier, at one of the events. Asking again goes on from there."""
        moved: Json = await self.post(f"/runs/{run_id}/clock", {"to": to, "stop_at": stop_at})
        return moved


def said_of(error: SandboxError) -> str:
    """What was refused, and of each field why: "see errors" helps nobody who does not see them."""
    if isinstance(error, ServiceRefused):
        fields = [(each.get("field"), each.get("message")) for each in error.problem.get("errors") or []]
    else:
        fields = [(each.field, each.message_en) for each in error.errors]
    told = [f"{field}: {message}" for field, message in fields[:_MOST_FIELDS]]
    more = [f"+{len(fields) - _MOST_FIELDS}"] if len(fields) > _MOST_FIELDS else []
    return " ".join([error.detail_en, *(["; ".join([*told, *more])] if told else [])])


def codes_of(refused: ServiceRefused) -> list[str]:
    """What a refusal is called: the problem's own name, and the code of each field."""
    errors: list[Mapping[str, Any]] = refused.problem.get("errors") or []
    return [refused.problem_slug, *(str(each.get("code", "")) for each in errors)]
