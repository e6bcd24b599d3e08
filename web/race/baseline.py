"""What a race with a fault is compared to: the same family, the same luck, and nothing that goes wrong."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from web.asking import Asking
from web.families import PATHS, Pair
from web.formats import filters_for
from web.histories import Told
from web.race.names import SHORT
from web.words import Words

Json = Mapping[str, Any]


@dataclass(frozen=True)
class Undisturbed:
    """The race without the fault, and what was measured of it."""

    pair: Pair
    paths: Json


@dataclass(frozen=True)
class Baseline:
    """Where the race without the fault is, and for each path how long it took there and here."""

    race: str
    changes: Sequence[str]


async def undisturbed(
    asking: Asking, found: Sequence[Pair], runs: Sequence[Json], both: tuple[Told, Told]
) -> Undisturbed | None:
    """The race of equal terms but without any fault; None where nothing went wrong, or none is known."""
    terms = both[0].run["terms"]
    if not terms["faults"]:
        return None
    calm = {run["run_id"] for run in runs if run["terms"] == {**terms, "faults": []}}
    family = (both[0].case.group.id, both[0].subject)
    for pair in found:
        if (pair.group, pair.subject) == family and {pair.separate.run_id, pair.interlinked.run_id} <= calm:
            asked = {"separate": pair.separate.name, "interlinked": pair.interlinked.name}
            return Undisturbed(pair, (await asking.get("/comparison", **asked))["paths"])
    return None


def baseline(words: Words, calm: Undisturbed | None, paths: Json) -> Baseline | None:
    """The comparison in words."""
    if calm is None:
        return None
    number = filters_for(words.language)["number"]

    def days(measured: Json) -> str:
        said: str = (
            number(measured["elapsed_working_days"]) if measured["finished"] else words.say("chưa xong")
        )
        return said

    return Baseline(
        f"/dua?cu={calm.pair.separate.name}&moi={calm.pair.interlinked.name}",
        [f"{words.say(SHORT[path])}: {days(calm.paths[path])} → {days(paths[path])}" for path in PATHS],
    )
