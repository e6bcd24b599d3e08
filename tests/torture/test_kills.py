"""Real processes killed under load: see town/torture/kills.py; more of them by hand, ``torture kills``."""

import sys

import pytest

from tests.town_in_memory import Town
from town.torture import kills
from town.torture.families import Citizen, Told, judged
from town.torture.kills import Kills

KILLS = 50


@pytest.mark.skipif(sys.platform == "win32", reason="kills by SIGKILL")
def test_processes_that_are_killed_under_load_lose_and_double_nothing() -> None:
    figures = kills.run(KILLS, 7, lambda _done, _of: None)
    assert figures.fine, figures
    assert figures.kills == KILLS
    assert figures.declared > KILLS // 2
    assert len(figures.resumed_seconds) == KILLS


async def test_what_is_lost_or_ends_otherwise_is_counted(town: Town) -> None:
    """Kills after which nobody looks would be none."""
    run = await town.open()
    dossier = await town.declare(run, "birth", "newborn")
    await town.settle(run)
    citizen = Citizen(town.client, Told())
    history = await citizen.history(run, dossier)
    assert len(history) > 10
    citizen.told.dossiers[run] = (0, dossier)
    assert await judged(citizen, {0: history}) == (0, 0)
    assert await judged(citizen, {0: history[:-1]}) == (0, 1)
    citizen.told.dossiers[run] = (0, "B-2026-999999")
    assert await judged(citizen, {0: history}) == (1, 0)


@pytest.mark.parametrize(
    "figures",
    [
        Kills(declared=3, finished=2),
        Kills(lost=1),
        Kills(otherwise=1),
        Kills(contradictions=["two dossiers under one key"]),
    ],
)
def test_none_of_it_is_fine(figures: Kills) -> None:
    assert Kills(declared=3, finished=3).fine
    assert not figures.fine
