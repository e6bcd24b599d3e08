"""The stories whose logs the specimens are cut from, each played once."""

import asyncio

import pytest

from tests.referee.logs import Log, play
from tests.referee.specimens import STORIES
from tests.town_in_memory import build_town


@pytest.fixture(scope="session")
def logs() -> dict[str, Log]:
    """The lawful logs, by story."""
    return asyncio.run(_played())


async def _played() -> dict[str, Log]:
    town = build_town()
    played = {}
    for number, (name, story) in enumerate(STORIES.items()):
        played[name] = await play(town, f"story-{number}", story)
    await town.client.aclose()
    town.close()
    return played
