"""Open a run whose officers are people, with families that have declared already."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from flow_model.catalogue import Catalogue
from flow_model.working_time import CALENDAR
from web.asking import Asking
from web.words import Words

_SEED = 2026
_FAMILIES = 3
_MOST_RUNS = 200


@dataclass(frozen=True)
class RunLine:
    """A run on the overview of desks."""

    run_id: str
    now: str
    dossiers: int
    human: bool
    law: str


@dataclass(frozen=True)
class DesksView:
    """The runs that have desks to look at, those with human officers first; and the agencies."""

    runs: Sequence[RunLine]
    agencies: Sequence[tuple[str, str]]
    laws: Sequence[tuple[str, str]]
    law: str


async def runs_with_desks(asking: Asking) -> list[RunLine]:
    """The runs in which something was declared."""
    told = await asking.get("/runs", limit=_MOST_RUNS)
    found = [
        RunLine(
            each["run_id"],
            each["now"],
            each["dossiers"],
            each["terms"]["officers"] == "human",
            each["terms"]["law"],
        )
        for each in told
        if each["dossiers"]
    ]
    return sorted(found, key=lambda each: (not each.human, each.run_id))


async def open_with_people(asking: Asking, catalogue: Catalogue, name: str, law: str) -> str:
    """A run of that name: a few families of each group declare, and their applications arrive."""
    terms: dict[str, Any] = {"seed": _SEED, "law": law, "officers": "human"}
    await asking.post("/runs", {"run_id": name, "terms": terms})
    for group in catalogue.groups.values():
        for situation in group.pages.situations[:_FAMILIES]:
            example = await asking.get(f"/runs/{name}/examples/{group.id}", situation=situation)
            body = {
                "group": group.id,
                "procedures": example["procedures"],
                "declaration": example["declaration"],
                "consent": True,
            }
            await asking.post(f"/runs/{name}/dossiers", body)
    await move_clock(asking, name, "hour")
    return name


async def move_clock(asking: Asking, run_id: str, how: str) -> None:
    """On to the next thing that happens, by an hour, or to the morning of the next working day."""
    now = datetime.fromisoformat((await asking.get(f"/runs/{run_id}"))["now"])
    to = "next"
    if how == "hour":
        to = CALENDAR.next_open(now + timedelta(hours=1)).isoformat()
    elif how == "day":
        morning = datetime.combine(CALENDAR.next_working_day(now.date()), time(), now.tzinfo)
        to = CALENDAR.next_open(morning).isoformat()
    await asking.post(f"/runs/{run_id}/clock", {"to": to}, key=now.isoformat())


def laws_of(catalogue: Catalogue, words: Words) -> list[tuple[str, str]]:
    """The law profiles by id."""
    first = next(iter(catalogue.groups.values()))
    return [(each.id, words.pick(each.title_vi, each.title_en)) for each in first.law.profiles.values()]
