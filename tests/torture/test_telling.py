"""What torture says while it lasts."""

import os
from itertools import count

import pytest

from town.torture.parts import Torture, Wish
from town.torture.virtual.runner import Schedules
from town.torture.virtual.stage import STORIES


def test_where_no_bar_can_be_seen_a_line_a_minute_says_how_far_it_is(
    capsys: pytest.CaptureFixture[str],
) -> None:
    minutes = count(0, 61)
    Torture(Wish(cuts=3), lambda: next(minutes)).do("cuts")
    told = capsys.readouterr().err.splitlines()
    assert told[0] == "cuts: 3 of 203"
    assert told[-1] == "cuts: 203 of 203"
    Torture(Wish(cuts=3), lambda: 0.0).do("cuts")
    assert capsys.readouterr().err == ""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="schedules happen in forks of one process")
def test_random_schedules_are_counted_one_by_one() -> None:
    schedules, seen = Schedules(STORIES[:1]), list[tuple[int, int]]()
    schedules.run(schedules.seeds(1, 4), lambda done, of: seen.append((done, of)))
    assert seen[-1] == (4, 4)
