"""Mistakes planted one at a time: unseen while nothing goes wrong, and each one caught when something does.

So the schedules are seen to see. What catches each is learnt by town/torture/virtual/caught.py.
"""

import os

import pytest

from tests.architecture import house
from tests.slices import some
from tests.torture.apart import apart
from tests.torture.test_schedules import explorer
from town.torture.virtual.caught import known, search_near, search_singles, shown
from town.torture.virtual.mistakes import mistakes
from town.torture.virtual.plans import Fixed, read
from town.torture.virtual.stage import SEED_STORIES

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="schedules happen in forks of one process")
STORIES = {str(story): story for story in SEED_STORIES}
LEAST = 42
# A hint may go stale with the code: so much is tried before anybody is bothered.
MOST_NEAR, MOST_TRIED = 40, 300


@pytest.mark.parametrize("name", some(sorted(known()), 3))
@apart
def test_a_mistake_shows_only_when_something_goes_wrong_and_then_it_does(name: str) -> None:
    mistake, hint = mistakes()[name], known()[name]
    found = explorer(STORIES[hint.story])
    assert not shown(found, mistake)
    if not shown(found, mistake, hint.plan):
        near = search_near(found, mistake, hint.plan, MOST_NEAR)
        anew = near or search_singles([found], mistake, MOST_TRIED)
        assert anew is not None, f"{hint.plan} does not show it any more"


@pytest.mark.parametrize("story", sorted({hint.story for hint in known().values()}))
@apart
def test_what_catches_mistakes_finds_none_where_none_was_made(story: str) -> None:
    found = explorer(STORIES[story])
    plans = sorted({hint.plan for hint in known().values() if hint.story == story})
    for plan in plans[::4]:
        assert not found.run(Fixed(read(plan)), plan)["wrong"]


def test_there_are_enough_mistakes_and_each_is_said_in_a_sentence_of_its_own() -> None:
    sentences = [mistake.sentence for mistake in mistakes().values()]
    assert len(sentences) >= LEAST
    assert len(set(sentences)) == len(sentences)
    assert set(known()) <= set(mistakes())


def test_nothing_outside_the_torture_can_plant_a_mistake() -> None:
    for path in house.files(".py"):
        if not house.name(path).startswith("town/torture/"):
            planting = [
                each for each in house.imports(path) if "sabotage" in each or "virtual.mistakes" in each
            ]
            assert not planting, path
