"""Plays the story through the gateway's API and nothing else."""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from time import perf_counter
from typing import Any

from chassis.client import ServiceClient, ServiceUnreachable
from chassis.clock import WallClock
from flow_model.errors import InvalidDeclaration, SandboxError

PATHS = ("separate", "interlinked")
RUNS = {"separate": "demo-tung-co-quan", "interlinked": "demo-lien-thong"}
PATIENCE_SECONDS = 30.0


@dataclass(frozen=True)
class Wish:
    """What the newcomer asked to see."""

    seed: int
    law: str
    families: Mapping[str, str]
    start: str | None


@dataclass(frozen=True)
class Told:
    """What came of it: for each group and path, the history and the measure."""

    wish: Wish
    groups: dict[str, dict[str, Any]]
    seconds: float

    def as_json(self) -> dict[str, Any]:
        """The client's document: simulated times only."""
        return {
            "groups": {
                group: {"law": self.wish.law, "paths": told["comparison"]["paths"]}
                for group, told in self.groups.items()
            }
        }


async def play(client: ServiceClient, wish: Wish) -> Told:
    """Play the story through the gateway's API and nothing else."""
    began = perf_counter()
    codes: dict[str, dict[str, str]] = {}
    for path in PATHS:
        codes[path] = await _declare_all(client, wish, path)
        await _settle(client, RUNS[path])
    groups = {group: await _measured(client, codes, group) for group in wish.families}
    return Told(wish, groups, perf_counter() - began)


async def _declare_all(client: ServiceClient, wish: Wish, path: str) -> dict[str, str]:
    run = RUNS[path]
    terms: dict[str, Any] = {"seed": wish.seed, "law": wish.law}
    if wish.start is not None:
        terms["starts_at"] = wish.start
    await _post(client, "/runs", {"run_id": run, "terms": terms}, f"run {run} {terms}")
    codes = {}
    for group, situation in wish.families.items():
        example = await _get(client, f"/runs/{run}/examples/{group}", {"situation": situation})
        body = {
            "group": group,
            "path": path,
            "procedures": example["procedures"],
            "declaration": example["declaration"],
            "consent": True,
        }
        codes[group] = (await _post(client, f"/runs/{run}/dossiers", body, f"{run} {group}"))["dossier"]
    return codes


async def _settle(client: ServiceClient, run: str) -> None:
    """Let the run go on to its end; a process that is being restarted is waited for."""
    patience = perf_counter() + PATIENCE_SECONDS
    while True:
        try:
            answer = await client.call("gateway", "POST", f"/runs/{run}/clock", json={"to": "settled"})
            if answer.status in (502, 503):
                raise ServiceUnreachable("gateway", "unavailable")
            if _good(answer.raise_for_problem().body)["settled"]:
                return
        except ServiceUnreachable:
            if perf_counter() > patience:
                raise
            await WallClock().pause(0.1)  # only while a dead process is being started anew


async def _measured(client: ServiceClient, codes: dict[str, dict[str, str]], group: str) -> dict[str, Any]:
    names = {path: f"{RUNS[path]}/{codes[path][group]}" for path in PATHS}
    declared = await _get(client, f"/groups/{group}")
    return {
        "comparison": await _get(client, "/comparison", names),
        "histories": {
            path: (await _get(client, f"/runs/{RUNS[path]}/dossiers/{codes[path][group]}/events"))["events"]
            for path in PATHS
        },
        "group": declared,
        "dossiers": names,
    }


async def _get(client: ServiceClient, path: str, params: Mapping[str, str | int] | None = None) -> Any:
    return (await client.call("gateway", "GET", path, params=params)).raise_for_problem().body


async def _post(client: ServiceClient, path: str, body: Any, key: str) -> Any:
    headers = {"Idempotency-Key": sha256(key.encode()).hexdigest()[:32]}
    answer = await client.call("gateway", "POST", path, json=body, headers=headers)
    problem = answer.body if isinstance(answer.body, dict) else {}
    if answer.status == 422 and problem.get("errors"):
        fields = "; ".join(f"{each['field']}: {each['message']}" for each in problem["errors"])
        raise InvalidDeclaration(fields, fields)
    return answer.raise_for_problem().body


def _good(body: Any) -> dict[str, Any]:
    if not isinstance(body, dict):
        raise SandboxError("Cổng trả lời lạ", "the gateway gave a strange answer")
    return body
