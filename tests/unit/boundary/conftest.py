"""The service that hostile requests are sent to."""

from collections.abc import AsyncIterator

import pytest

from tests.unit.boundary.notes import Club


@pytest.fixture
async def club() -> AsyncIterator[Club]:
    club = Club()
    yield club
    await club.client.aclose()
    club.store.close()
