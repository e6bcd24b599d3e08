"""Fixtures that many tests share."""

import gc
from collections.abc import AsyncIterator

import pytest

from tests.town_in_memory import Town, build_town

pytest_plugins = ("tests.postgres",)

# A town is a hundred thousand objects, and many are built: looking through all of them again and again took
# a good part of the time of the tests.
gc.set_threshold(100_000, 50, 100)


@pytest.fixture
async def town() -> AsyncIterator[Town]:
    """A fresh town in memory."""
    town = build_town()
    yield town
    await town.client.aclose()
    town.close()
