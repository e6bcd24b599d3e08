"""docker-compose.yml as it stands: everything it starts comes up, and a birth goes through its one door."""

from collections.abc import Iterator

import pytest

from chassis.client import ServiceClient
from tests.compose.containers import Containers
from tests.town_in_memory import Town
from town.programs import NoProgram, haproxy


@pytest.fixture(scope="module")
def containers(posix: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Containers]:
    """All services, every one well by its own check."""
    try:
        haproxy()
    except NoProgram as missing:
        pytest.skip(missing.detail_en)
    started = Containers(tmp_path_factory.mktemp("compose"), {"POSTGRES_PASSWORD": "matkhau7"})
    try:
        for name in started.services:
            started.start(name)
        for name in started.services.keys() - {"migrate"}:
            started.wait_until_healthy(name)
        yield started
    finally:
        started.close()


async def test_a_birth_goes_through_the_door_also_after_a_gateway_was_killed(containers: Containers) -> None:
    doors = {"gateway": f"http://127.0.0.1:{containers.ports['proxy']}"}
    async with ServiceClient.over_http(doors) as client:
        town = Town(client, {})
        await town.open("before")
        before = await town.declare("before", "birth", "newborn")
        await town.settle("before")
        assert set((await town.outcomes("before", before)).values()) == {"granted"}

        containers.kill("gateway_1")
        await town.open("after")
        after = await town.declare("after", "birth", "newborn")
        await town.settle("after")
        assert await town.history("before", before) == await town.history("after", after)

        containers.start_again("gateway_1")
        containers.wait_until_healthy("gateway_1")
        containers.kill("gateway_2")
        assert set((await town.outcomes("after", after)).values()) == {"granted"}


def test_no_container_wrote_a_file(containers: Containers) -> None:
    assert list((containers.folder / "data").iterdir()) == []
