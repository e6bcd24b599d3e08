"""The services, emptied for every test."""

from collections.abc import AsyncIterator, Iterator

import pytest
from sqlmodel import select

from services.terms import RunRow
from tests.flow.agencies.six_services import Town


@pytest.fixture(scope="package")
def built() -> Iterator[Town]:
    """The services, built once: what a test leaves in them is a run, and every run is removed."""
    built = Town()
    yield built
    built.close()


@pytest.fixture
async def town(built: Town) -> AsyncIterator[Town]:
    await built.open()
    yield built
    for name, app in built.apps.items():
        with app.state.store.session() as session:
            runs = list(session.exec(select(RunRow.run_id)))
        for run in runs:
            assert (await built.client.call(name, "DELETE", f"/runs/{run}")).status == 204
