"""The calls that one case takes, as the gateway makes them: what the others do without a gateway.

They are recorded once, in a town in memory. A case is a run with one family of its own, so the same calls
under another run's name get the same answers.
"""

import asyncio
import json as json_library
from dataclasses import dataclass
from typing import Any

from chassis.client import Answer, ServiceClient
from chassis.clock import WallClock
from chassis.lines import MEDIA_TYPE, answers_in, written
from flow_model.catalogue import catalogue

Json = dict[str, Any]
SEED = 2026
FAMILIES = 12
GROUP, SITUATION = "birth", "newborn_with_grandparents"
# A hundred families of one kind live among so many. The first kind is too rare for that.
BATCH, _FAMILIES_OF_A_BATCH, _COMMON = 100, 600, "newborn"
_AT_ONCE = 16
_RECORDED = "bench-recorded"
_AGAIN, _AGAIN_SECONDS, _MOST_TRIES = (502, 503, 504), 1.0, 60


@dataclass(frozen=True)
class Call:
    """One request of the gateway to a service."""

    service: str
    method: str
    path: str
    sent: Json

    def named(self, run: str) -> "Call":
        """The same call in another run."""
        text = json_library.dumps([self.path, self.sent]).replace(_RECORDED, run)
        path, sent = json_library.loads(text)
        return Call(self.service, self.method, path, sent)

    async def make(self, client: ServiceClient) -> Answer:
        """Make it; raises when it is refused."""
        answer = await client.call(self.service, self.method, self.path, **self.sent)
        return answer.raise_for_problem()


async def one_case(client: ServiceClient, name: str) -> None:
    """A case as citizens and their time make it happen: four requests to the gateway."""
    run = _Run(client, name)
    await run.open(FAMILIES)
    body = await run.example(f"situation={SITUATION}")
    await run.ask("POST", "/dossiers", key="declare", json=body)
    await run.settle()


async def one_batch(client: ServiceClient, name: str) -> None:
    """A hundred cases in one run: every family is asked, some at once; one request declares all; all end."""
    run = _Run(client, name)
    await run.open(_FAMILIES_OF_A_BATCH)
    bodies = [body for since in range(0, BATCH, _AT_ONCE) for body in await _examples(run, since)]
    lines = {"content": written(bodies), "headers": {"Content-Type": MEDIA_TYPE}}
    told = await run.ask("POST", "/dossiers/batch", key="declare", **lines)
    answers = list(answers_in(told.content))
    if [each["status"] for each in answers] != [201] * BATCH:
        raise RuntimeError(f"a line was refused: {answers[0]}")
    await run.settle()


async def _examples(run: "_Run", since: int) -> list[Json]:
    some = range(since, min(since + _AT_ONCE, BATCH))
    return await asyncio.gather(*(run.example(f"situation={_COMMON}&nth={nth}") for nth in some))


class _Run:
    def __init__(self, client: ServiceClient, name: str) -> None:
        self._client = client
        self._name = name

    async def ask(self, method: str, path: str, *, key: str = "", **sent: Any) -> Answer:
        headers = {**sent.pop("headers", {}), **({"Idempotency-Key": f"{self._name}-{key}"} if key else {})}
        place = f"/runs/{self._name}{path}"
        return await self._persist(method, place, headers, sent)

    async def _persist(self, method: str, place: str, headers: Json, sent: Json) -> Answer:
        """Ask as a client does who is told that somebody behind the gateway did not answer in time.

        Again, with the same key; what that takes is part of what is measured.
        """
        for _ in range(_MOST_TRIES):
            answer = await self._client.call("gateway", method, place, headers=headers, **sent)
            if answer.status not in _AGAIN:
                break
            await WallClock().pause(_AGAIN_SECONDS)
        return answer.raise_for_problem()

    async def open(self, families: int) -> None:
        body = {"run_id": self._name, "terms": {"seed": SEED, "families": families}}
        headers = {"Idempotency-Key": f"{self._name}-open"}
        await self._persist("POST", "/runs", headers, {"json": body})

    async def example(self, query: str) -> Json:
        """What a family declares."""
        example = (await self.ask("GET", f"/examples/{GROUP}?{query}")).body
        return {name: example[name] for name in ("group", "procedures", "declaration")} | {"consent": True}

    async def settle(self) -> None:
        while not (await self.ask("POST", "/clock", json={"to": "settled"})).body["settled"]:
            pass


class _Recorder(ServiceClient):
    def __init__(self, inner: ServiceClient) -> None:
        super().__init__({}, dict.fromkeys(inner.services, ""), None)
        self._inner = inner
        self.calls: list[Call] = []

    async def call(self, service: str, method: str, path: str, **sent: Any) -> Answer:
        kept = {name: value for name, value in sent.items() if value is not None and name != "mishap"}
        self.calls.append(Call(service, method, path, kept))
        return await self._inner.call(service, method, path, **sent)


async def recorded() -> list[Call]:
    """The calls of one case, in their order."""
    from town.layout import build, in_memory

    client, apps = in_memory()
    recorder = _Recorder(client)
    apps["gateway"].state.store.close()
    apps["gateway"] = build("gateway", None, recorder, catalogue(), lambda: "bench", client)
    await one_case(client, _RECORDED)
    await client.aclose()
    for app in apps.values():
        app.state.store.close()
    return recorder.calls
