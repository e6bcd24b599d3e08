"""Garbage in circles: when a server looks for it, and when it does not."""

import asyncio
import gc
import socket

import pytest

from chassis.clock import passed
from tests.town.toy import desk
from tests.unit.virtual_time import in_virtual_time, now
from town.listening import serving
from town.tidying import LEAST_SECONDS, MOST_SECONDS, Tidying, tidied_by_us


class Watched:
    """A process whose requests and seconds we say."""

    def __init__(self) -> None:
        self.served, self.seconds, self.tidied = 0, 100.0, list[float]()
        self.tidying = Tidying(lambda: self.served, self._collect, lambda: self.seconds)

    def _collect(self) -> int:
        self.tidied.append(self.seconds - 100)
        return 0

    def second(self, requests: int) -> None:
        self.seconds += 1
        self.served += requests
        self.tidying.look()


def test_it_is_done_in_the_first_second_without_a_request() -> None:
    process = Watched()
    for _ in range(30):
        process.second(requests=5)
    assert process.tidied == []
    process.second(requests=0)
    assert process.tidied == [31]


def test_nothing_is_done_where_nothing_happened_since() -> None:
    process = Watched()
    for _ in range(300):
        process.second(requests=0)
    assert process.tidied == []


def test_who_is_quiet_every_other_second_is_not_tidied_every_other_second() -> None:
    process = Watched()
    for number in range(60):
        process.second(requests=number % 2)
    assert len(process.tidied) == 60 // (LEAST_SECONDS + 1)


def test_who_is_never_quiet_is_tidied_all_the_same() -> None:
    process = Watched()
    for _ in range(1000):
        process.second(requests=100)
    assert process.tidied == [MOST_SECONDS, 2 * MOST_SECONDS, 3 * MOST_SECONDS]


def test_inside_the_block_python_leaves_what_is_old_to_us() -> None:
    before = gc.get_threshold()
    with tidied_by_us():
        assert gc.get_threshold()[:2] == before[:2]
        assert gc.get_threshold()[2] > 1_000_000
    assert gc.get_threshold() == before
    with pytest.raises(ZeroDivisionError), tidied_by_us():
        1 / 0  # noqa: B018
    assert gc.get_threshold() == before


@in_virtual_time
async def test_it_looks_once_a_second_by_the_clock_of_the_loop() -> None:
    tidied = list[float]()

    def collect() -> int:
        tidied.append(now())
        return 0

    served = iter(range(1, 1000))
    looking = asyncio.ensure_future(Tidying(lambda: min(next(served), 25), collect).go_on())
    await passed(asyncio.get_running_loop(), 100)
    looking.cancel()
    assert tidied == [26], "somebody came in each of 25 seconds, and then nobody"


async def test_whoever_serves_an_app_tidies_by_himself() -> None:
    before = gc.get_threshold()
    with socket.create_server(("127.0.0.1", 0)) as listening:
        async with serving([desk("one")], [listening]):
            assert gc.get_threshold()[2] > 1_000_000
            doing = [task.get_coro().__qualname__ for task in asyncio.all_tasks()]  # type: ignore[union-attr]
            assert "Tidying.go_on" in doing
    assert gc.get_threshold() == before
