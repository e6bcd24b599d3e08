"""Which schedule shows each planted mistake: found once, kept in caught.json, looked for again when stale.

``learn`` looks in this order: what is known; every single fault; random schedules, of which what does not
matter is left out. A mistake that nothing shows has no place in the file, and no place among the mistakes.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import groupby, zip_longest
from pathlib import Path
from statistics import median
from typing import Any

from town.torture.virtual.explore import Explorer
from town.torture.virtual.mistakes import mistakes
from town.torture.virtual.plans import Fault, Fixed, read, written
from town.torture.virtual.runner import Schedules
from town.torture.virtual.sabotage import Mistake

Json = dict[str, Any]
Tell = Callable[[str], None]
FILE = Path(__file__).with_name("caught.json")
# What a search may cost: so many schedules with a single fault, so many random ones.
MOST_SINGLES, MOST_SEEDS = 4000, 1000
_BATCH = 40
_NEAR = 40
_LONGEST = 120


@dataclass(frozen=True)
class Caught:
    """How a mistake was caught: the story and the plan that show it, and after how many that did not.

    ``among`` says what was searched: ``singles`` or ``seeds``.
    """

    story: str
    plan: str
    shows: str
    among: str
    tried: int


class NotCaught(Exception):
    """A mistake that no schedule shows, or one that the story shows without any fault."""


def known(file: Path = FILE) -> dict[str, Caught]:
    """What was learnt, by the names of the mistakes."""
    kept = json.loads(file.read_text("utf-8")) if file.exists() else {}
    return {name: Caught(**each) for name, each in kept.items()}


def shown(explorer: Explorer, mistake: Mistake, plan: str = "none") -> list[str]:
    """What does not hold when somebody has made this mistake and this goes wrong."""
    return list(explorer.with_mistake(mistake.plant, Fixed(read(plan)))["wrong"])


def search_singles(explorers: Sequence[Explorer], mistake: Mistake, most: int) -> Caught | None:
    """The first single fault that shows it; the stories take turns."""
    tried = 0
    batches = [list(_batches(explorer, most)) for explorer in explorers]
    for turn in zip_longest(*batches, fillvalue=()):
        for explorer, faults in zip(explorers, turn, strict=True):
            records = list(explorer.each(faults, mistake.plant))
            wrong = [(record["messages"], number) for number, record in enumerate(records) if record["wrong"]]
            if wrong:  # the one that is played again most quickly
                record = records[min(wrong)[1]]
                return _caught(record, record["plan"], "singles", tried + wrong[0][1] + 1)
            tried += len(records)
            if tried >= most:
                return None
    return None


def search_near(explorer: Explorer, mistake: Mistake, plan: str, most: int) -> Caught | None:
    """The first that shows it among those like a plan that does not any more, the nearest first.

    Code that says or keeps one thing more moves every point after it by one.
    """
    faults, tried = read(plan), 0
    single = list(explorer.single_faults())
    for moved in range(len(faults)):
        old = faults[moved]
        like = [each for each in single if (each.at, each.kind) == (old.at, old.kind) and each != old]
        for fault in sorted(like, key=lambda each: abs(each.number - old.number))[: most // len(faults)]:
            tried += 1
            found = written([*faults[:moved], fault, *faults[moved + 1 :]])
            record = explorer.with_mistake(mistake.plant, Fixed(read(found)))
            if record["wrong"]:
                among = "singles" if len(faults) == 1 else "seeds"
                return _caught({**record, "story": str(explorer.stage.story)}, found, among, tried)
    return None


def _batches(explorer: Explorer, most: int) -> Iterator[list[Fault]]:
    """Every single fault, in an order that comes by all points soon, each time with another kind of fault."""
    places = list[tuple[int, Fault]]()
    for (_, number), kinds in groupby(explorer.single_faults(), lambda fault: (fault.at, fault.number)):
        faults = list(kinds)
        places += [((nth + number) % len(faults), fault) for nth, fault in enumerate(faults)]
    ordered = [fault for _, fault in sorted(places)]
    for first in range(0, min(most, len(ordered)), _BATCH):
        yield ordered[first : first + _BATCH]


def search_seeds(schedules: Schedules, mistake: Mistake, most: int) -> Caught | None:
    """The first random schedule that shows it, without those of its faults that it shows without."""
    for seed in range(1, most + 1):
        explorer = schedules.explorers[seed % len(schedules.stories)]
        record = explorer.with_mistake(mistake.plant, schedules.plan(seed))
        if record["wrong"]:
            return _caught(record, _shrunk(explorer, mistake, record["plan"]), "seeds", seed)
    return None


def _shrunk(explorer: Explorer, mistake: Mistake, plan: str) -> str:
    faults = read(plan)
    for fault in list(faults):
        fewer = [each for each in faults if each != fault]
        if shown(explorer, mistake, written(fewer)):
            faults = fewer
    return written(faults)


def _caught(record: Json, plan: str, among: str, tried: int) -> Caught:
    shows = str(record["wrong"][0]).partition(" should be ")[0][:_LONGEST]
    return Caught(record["story"], plan, shows, among, tried)


def learn(
    names: Sequence[str] = (),
    tell: Tell = print,
    *,
    singles: int = MOST_SINGLES,
    seeds: int = MOST_SEEDS,
    anew: bool = False,
    schedules: Schedules | None = None,
    file: Path = FILE,
    late: Callable[[], bool] = lambda: False,
) -> Json:
    """Look for what shows these mistakes (or all), write it down, and say what it took.

    What is known and still shows a mistake is kept, unless it is looked for ``anew``.
    """
    everything, schedules = mistakes(), schedules or Schedules()
    found = {name: each for name, each in known(file).items() if name in everything}
    missed = []
    for name in names or everything:
        if late():
            break
        before = found.pop(name, None)
        caught = _learnt(schedules, everything[name], None if anew else before, singles, seeds)
        tell(f"{name}: {'NOT CAUGHT' if caught is None else f'{caught.story} {caught.plan}'}")
        if caught is None:
            missed.append(name)
        else:
            found[name] = caught
        _write(file, found)
    return figures(found) | {"not_caught": missed}


def _write(file: Path, found: dict[str, Caught]) -> None:
    by_name = {name: asdict(found[name]) for name in sorted(found)}
    file.write_text(json.dumps(by_name, ensure_ascii=False, indent=1) + "\n", "utf-8")


def _learnt(
    schedules: Schedules, mistake: Mistake, before: Caught | None, singles: int, seeds: int
) -> Caught | None:
    schedules.seeds(0, 0)  # all stages
    explorers = schedules.explorers
    for explorer in explorers:
        seen = shown(explorer, mistake)
        if seen:
            raise NotCaught(f"{mistake.name} shows without any fault in {explorer.stage.story}: {seen[0]}")
    story = {str(each.stage.story): each for each in explorers}
    if before is not None and before.story in story and shown(story[before.story], mistake, before.plan):
        return before
    if before is not None and before.story in story:
        near = search_near(story[before.story], mistake, before.plan, _NEAR)
        if near is not None:
            return replace(near, tried=before.tried)
    caught = search_singles(explorers, mistake, singles) or search_seeds(schedules, mistake, seeds)
    if caught is not None:
        innocent = story[caught.story].run(Fixed(read(caught.plan)), caught.plan)
        if innocent["wrong"]:
            raise NotCaught(f"{caught.story} {caught.plan} shows a real mistake: {innocent['wrong'][0]}")
    return caught


def figures(found: dict[str, Caught]) -> Json:
    """How many there are, and how many schedules it took to catch them."""
    tried = {among: [each.tried for each in found.values() if each.among == among] for among in _AMONG}
    return {
        "mistakes": len(found),
        **{f"caught_by_{among}": len(tried[among]) for among in _AMONG},
        **{f"median_of_{among}": median(tried[among] or [0]) for among in _AMONG},
        **{f"most_{among}": max(tried[among], default=0) for among in _AMONG},
    }


_AMONG = ("singles", "seeds")
