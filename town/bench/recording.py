"""The calls that one case takes, as the gateway makes them: what the others do without a gateway.

They are recorded once, in a town in memory. A case is a run with one family of its own, so the same calls
under another run's name get the same answers.
"""

import json as json_library
from dataclasses import dataclass
from typing import Any

from chassis.client import Answer, ServiceClient
from flow_model.catalogue import catalogue

Json = dict[str, Any]
SEED = 2026
FAMILIES = 12
GROUP, SITUATION = "birth", "newborn_with_grandparents"
# A hundred families of one kind live among so many. The first kind is too rare for that.
BATCH, _FAMILIES_OF_A_BATCH, _COMMON = 100, 600, "newborn"
_RECORDED = "bench-recorded"


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


def open_body(run: str) -> Json:
    """What opens the run of a case."""
    return {"run_id": run, "terms": {"seed": SEED, "families": FAMILIES}}


async def one_case(client: ServiceClient, run: str) -> None:
    """A case as citizens and their time make it happen: four requests to the gateway."""

    async def ask(method: str, path: str, body: Any = None) -> Any:
        headers = {"Idempotency-Key": f"{run}-{path.rpartition('/')[2]}"} if method == "POST" else {}
        answer = await client.call("gateway", method, path, json=body, headers=headers)
        return answer.raise_for_problem().body

    await ask("POST", "/runs", open_body(run))
    example = await ask("GET", f"/runs/{run}/examples/{GROUP}?situation={SITUATION}")
    body = {name: example[name] for name in ("group", "procedures", "declaration")}
    await ask("POST", f"/runs/{run}/dossiers", body | {"consent": True})
    while not (await ask("POST", f"/runs/{run}/clock", {"to": "settled"}))["settled"]:
        pass


async def one_batch(client: ServiceClient, run: str) -> None:
    """A hundred cases in one run: every family is asked, all are declared in one request, all end."""

    async def ask(method: str, path: str, body: Any = None, **more: Any) -> Answer:
        headers = {"Idempotency-Key": f"{run}-{path.rpartition('/')[2]}"} if method == "POST" else {}
        headers |= more.pop("headers", {})
        answer = await client.call("gateway", method, path, json=body, headers=headers, **more)
        return answer.raise_for_problem()

    await ask("POST", "/runs", {"run_id": run, "terms": {"seed": SEED, "families": _FAMILIES_OF_A_BATCH}})
    lines = []
    for nth in range(BATCH):
        example = (await ask("GET", f"/runs/{run}/examples/{GROUP}?situation={_COMMON}&nth={nth}")).body
        body = {name: example[name] for name in ("group", "procedures", "declaration")} | {"consent": True}
        lines.append(json_library.dumps(body).encode())
    sent = {"content": b"\n".join(lines), "headers": {"Content-Type": "application/x-ndjson"}}
    told = await ask("POST", f"/runs/{run}/dossiers/batch", **sent)
    answers = [json_library.loads(line) for line in told.content.splitlines()]
    if [each["status"] for each in answers] != [201] * BATCH:
        raise RuntimeError(f"a line was refused: {answers[0]}")
    while not (await ask("POST", f"/runs/{run}/clock", {"to": "settled"})).body["settled"]:
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
