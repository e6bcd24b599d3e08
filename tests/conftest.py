"""Fixtures that many tests share."""

from collections.abc import AsyncIterator

import pytest

from tests.town_in_memory import Town, build_town


@pytest.fixture
async def town() -> AsyncIterator[Town]:
    """A fresh town in memory."""
    town = build_town()
    yield town
    await town.client.aclose()
    town.close()
