"""The slice of the torture that every change passes: each fault at every point, each pair of crashes, seeds.

The whole of it, and more seeds, by hand: ``python3 run.py torture``.
"""

import os
from collections import Counter
from collections.abc import Iterable
from functools import cache

import pytest

from tests.torture.apart import apart
from town.torture.virtual.explore import Explorer, Result
from town.torture.virtual.plans import COMMIT_FAULTS, MESSAGE_FAULTS, Drawn, Fault, Fixed, read, written
from town.torture.virtual.runner import LEAST_FIRED, Schedules, seldom
from town.torture.virtual.stage import SEED_STORIES, STORIES, Stage, Story

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="schedules happen in forks of one process")
SEEDS = 120
# Every point, in parts that several workers can share.
PARTS = 3
PAIR_PARTS = 6


@cache
def explorer(story: Story) -> Explorer:
    """One stage for each story in each worker: setting it up takes seconds."""
    return Explorer(Stage(story))


def counted(records: Iterable[dict[str, object]]) -> Result:
    """All that the schedules came to; the first that failed is told with its log."""
    result = Result()
    for record in records:
        result.add(record)
    assert not result.failures, result.failures[0]
    return result


@pytest.mark.parametrize("part", range(PARTS))
@pytest.mark.parametrize("story", STORIES, ids=str)
@apart
def test_every_single_fault_at_every_point_leaves_what_no_fault_leaves(story: Story, part: int) -> None:
    found = explorer(story)
    result = counted(found.singles(part, PARTS))
    expected = [fault for fault in found.single_faults() if fault.number % PARTS == part]
    assert result.schedules == len(expected)
    fired = {kind for _, kind in result.fired}
    assert fired == {*MESSAGE_FAULTS, *COMMIT_FAULTS}
    steps = {(_step(found, fault), fault.kind) for fault in expected}
    assert not seldom(result, sorted(steps), 1)


def _step(found: Explorer, fault: Fault) -> str:
    steps = found.commits if fault.at == "commit" else found.messages
    return steps[fault.number - 1]


@pytest.mark.parametrize("part", range(PAIR_PARTS))
@pytest.mark.parametrize("story", STORIES, ids=str)
@apart
def test_every_second_crash_after_every_first_changes_nothing_either(story: Story, part: int) -> None:
    found = explorer(story)
    for first in found.crashes()[part::PAIR_PARTS]:
        records = list(found.pairs_after(first))
        counted(records)
        seconds = [read(str(record["plan"]))[1] for record in records]
        # Who dies does over again what he did: there are at least the points that would have come.
        assert {fault.number for fault in seconds} >= set(range(first.number + 1, len(found.commits) + 1))
        assert Counter(fault.kind for fault in seconds) == {
            kind: len(seconds) // 2 for kind in "-+" if seconds
        }


@pytest.mark.parametrize("story", SEED_STORIES, ids=str)
@apart
def test_random_schedules_leave_what_no_fault_leaves(story: Story) -> None:
    found = explorer(story)
    result = counted(found.drawn({f"seed {seed}": Drawn(seed, most=8) for seed in range(1, SEEDS // 4 + 1)}))
    assert result.schedules == SEEDS // 4
    assert result.crashes > 0


@apart
def test_a_random_schedule_is_the_same_alone_and_among_those_that_share_its_beginning() -> None:
    found, seeds = explorer(STORIES[1]), range(20, 28)
    together = {each["name"]: each for each in found.drawn({str(seed): Drawn(seed) for seed in seeds})}
    alone = {str(seed): found.run(Drawn(seed), str(seed)) for seed in seeds}
    assert together == alone
    assert len({each["plan"] for each in together.values()}) > len(seeds) // 2


@apart
def test_twenty_thousand_random_schedules_are_aimed_at_every_cell_often_enough() -> None:
    schedules = Schedules(explorers=[explorer(story) for story in SEED_STORIES])
    aimed = Counter(schedules.plan(seed).aim for seed in range(1, 20_001))
    cells = {cell for story in range(len(SEED_STORIES)) for cell in schedules.cells(story)}
    assert min(aimed[cell] for cell in cells) >= LEAST_FIRED
    assert not {*aimed} - cells


@apart
def test_the_same_seed_is_the_same_schedule() -> None:
    found = explorer(STORIES[0])
    plans = [found.run(Drawn(11, most=8), "", whole=True) for _ in range(2)]
    assert plans[0] == plans[1]
    again = found.run(Fixed(read(plans[0]["plan"])), "", whole=True)
    assert again["log"] == plans[0]["log"]


@apart
def test_the_rows_of_a_process_that_died_last_and_was_asked_nothing_since_are_read_all_the_same() -> None:
    """Seed 168240 of 84f5ecf: what reads them found no connection."""
    plan = read("m3=late_request,m9=duplicate,m28=crash_receiver")
    record = explorer(STORIES[0]).run(Fixed(plan), "")
    assert record["crashes"] == 1
    assert record["wrong"] == []


def test_a_plan_is_one_word_and_reads_as_it_was_written() -> None:
    faults = [Fault("commit", 17, "-"), Fault("commit", 3, "full"), Fault("message", 9, "lost_answer")]
    assert written(faults) == "c17-,c3=full,m9=lost_answer"
    assert read(written(faults)) == faults
    assert read("none") == []
    for wrong in ("x1", "c1=lost_answer", "m2-", "c"):
        with pytest.raises(ValueError, match=r"fault|know"):
            read(wrong)
