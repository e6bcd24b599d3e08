"""Plays the story through the gateway's API and nothing else."""

from collections.abc import Mapping
from dataclasses import dataclass
from time import perf_counter
from typing import Any

from chassis.client import ServiceClient
from flow_model.errors import InvalidDeclaration
from scenarios.door import Door

PATHS = ("separate", "interlinked")
RUNS = {"separate": "demo-tung-co-quan", "interlinked": "demo-lien-thong"}


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
    began, door = perf_counter(), Door(client)
    codes: dict[str, dict[str, str]] = {}
    for path in PATHS:
        codes[path] = await _declare_all(door, wish, path)
        await _settle(door, RUNS[path])
    groups = {group: await _measured(door, codes, group) for group in wish.families}
    return Told(wish, groups, perf_counter() - began)


async def _declare_all(door: Door, wish: Wish, path: str) -> dict[str, str]:
    run = RUNS[path]
    terms: dict[str, Any] = {"seed": wish.seed, "law": wish.law}
    if wish.start is not None:
        terms["starts_at"] = wish.start
    await _post(door, "/runs", {"run_id": run, "terms": terms, "record": True})
    codes = {}
    for group, situation in wish.families.items():
        example = await door.get(f"/runs/{run}/examples/{group}", situation=situation)
        body = {
            "group": group,
            "path": path,
            "procedures": example["procedures"],
            "declaration": example["declaration"],
            "consent": True,
        }
        codes[group] = (await _post(door, f"/runs/{run}/dossiers", body))["dossier"]
    return codes


async def _settle(door: Door, run: str) -> None:
    """Let the run go on to its end."""
    while not (await door.move_clock(run, "settled", []))["settled"]:
        pass


async def _measured(door: Door, codes: dict[str, dict[str, str]], group: str) -> dict[str, Any]:
    names = {path: f"{RUNS[path]}/{codes[path][group]}" for path in PATHS}
    declared = await door.get(f"/groups/{group}")
    return {
        "comparison": await door.get("/comparison", **names),
        "histories": {
            path: (await door.get(f"/runs/{RUNS[path]}/dossiers/{codes[path][group]}/events"))["events"]
            for path in PATHS
        },
        "group": declared,
        "dossiers": names,
    }


async def _post(door: Door, path: str, body: Any) -> Any:
    """The answer to a POST; what is wrong with a declaration is told field by field."""
    answer = await door.ask("POST", path, body)
    problem = answer.body if isinstance(answer.body, dict) else {}
    if answer.status == 422 and problem.get("errors"):
        fields = "; ".join(f"{each['field']}: {each['message']}" for each in problem["errors"])
        raise InvalidDeclaration(fields, fields)
    return answer.raise_for_problem().body
