"""A restart of everything on its files, at any point, never changes what happens.

What lost messages and single deaths do is tried in virtual time: tests/torture/test_schedules.py.
"""

import asyncio
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from tests.town_in_memory import Town, build_town

STORIES = (("birth", "newborn_with_grandparents"), ("death", "pensioner"))
Told = tuple[dict[str, str], list[dict[str, Any]]]


@pytest.fixture(scope="module")
def undisturbed() -> dict[str, Told]:
    """How each story goes when nothing is started again."""
    return asyncio.run(_undisturbed())


async def _undisturbed() -> dict[str, Told]:
    town = build_town()
    told = {}
    for group, situation in STORIES:
        run = await town.open(f"of-a-{group}")
        dossier = await town.declare(run, group, situation)
        await town.settle(run)
        told[group] = await _told(town, run, dossier)
    town.close()
    return told


async def _told(town: Town, run: str, dossier: str) -> Told:
    return await town.outcomes(run, dossier), await town.history(run, dossier)


@pytest.mark.parametrize(("group", "situation"), STORIES)
async def test_a_restart_after_every_single_step_changes_nothing(
    undisturbed: dict[str, Told], group: str, situation: str
) -> None:
    with TemporaryDirectory() as folder:
        town = build_town(folder=Path(folder), process="first")
        await town.open("run")
        dossier = await town.declare("run", group, situation)
        town.close()
        for step in range(200):
            town = build_town(folder=Path(folder), process=f"step {step}")
            moved = await town.settle("run", to="next")
            town.close()
            if moved["settled"]:
                break
        town = build_town(folder=Path(folder), process="last")
        assert await _told(town, "run", dossier) == undisturbed[group]
        town.close()
