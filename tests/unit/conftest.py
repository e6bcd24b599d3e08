"""What several unit tests stand on: a club in process, what was logged, a store."""

import logging
from collections.abc import AsyncIterator, Iterator
from io import StringIO
from pathlib import Path

import pytest
import structlog

from chassis.app import build_app
from chassis.client import ServiceClient
from chassis.idempotency import KeptAnswer
from chassis.logs import configure
from chassis.storage import Store, open_store
from tests.unit.club import (
    TennisMatch,
    TennisMember,
    club_routes,
)


@pytest.fixture
async def club() -> AsyncIterator[ServiceClient]:
    store = open_store(None, [TennisMember])
    app = build_app(
        title="Tennis <i>", version="1.2", description="a <b>club</b>", store=store, routers=[club_routes()]
    )
    async with ServiceClient.in_process({"club": app}, patience_seconds=0.0) as client:
        yield client
    store.close()


@pytest.fixture
def log() -> Iterator[StringIO]:
    """What was logged, as it would stand on standard error."""
    stream = StringIO()
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    configure("info", json=True, stream=stream)
    yield stream
    structlog.reset_defaults()
    root.handlers[:] = handlers
    root.setLevel(level)


@pytest.fixture(params=["memory", "file"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    where = None if request.param == "memory" else tmp_path / "deep" / "club.db"
    store = open_store(where, [TennisMember, TennisMatch, KeptAnswer])
    yield store
    store.close()
