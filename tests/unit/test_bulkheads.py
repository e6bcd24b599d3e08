"""A service that hangs leaves the others their pace: so many calls to each at once, and no more."""

import asyncio

import pytest

from chassis.breakers import LONGEST_WAIT_SECONDS, Bulkhead, Crowded
from chassis.client import ServiceClient
from chassis.clock import passed
from tests.unit.virtual_time import in_virtual_time, now
from tests.unit.wires import LIMIT, Wire, client_of, hanging, takes, told


async def seconds_of(client: ServiceClient, service: str) -> float:
    began = now()
    assert await told(client, service) == "200"
    return now() - began


@in_virtual_time
async def test_one_that_hangs_leaves_the_others_their_pace() -> None:
    """Sixty-four callers, as many as a gateway has places; each asks the one that hangs, then another."""
    client = client_of(32, hangs=Wire(hanging), civil=Wire(takes(0.005)), police=Wire(takes(0.005)))
    paces: list[float] = []

    async def callers(service: str) -> None:
        for _ in range(20):
            paces.append(await seconds_of(client, service))

    stuck = [asyncio.ensure_future(told(client, "hangs")) for _ in range(64)]
    await asyncio.gather(*(callers(name) for name in ("civil", "police") for _ in range(16)))
    assert sorted(paces)[int(0.99 * len(paces))] <= 1.2 * 0.005
    await passed(asyncio.get_running_loop(), LONGEST_WAIT_SECONDS)
    waits = [each.result() for each in stuck if each.done()]
    assert waits == ["busy"] * 32, "half wait no longer than that, and their places are free again"
    assert set(await asyncio.gather(*stuck)) == {"busy", "timeout"}
    assert (round(now(), 3), await told(client, "hangs")) == (LIMIT, "timeout")
    assert round(now(), 3) == LIMIT, "and then nobody waits for it any more"


@in_virtual_time
async def test_calls_beyond_the_bound_wait_their_turn_and_lose_none() -> None:
    bulkhead = Bulkhead(3)
    most = inside = 0

    async def call() -> None:
        nonlocal most, inside
        async with bulkhead.place():
            inside += 1
            most = max(most, inside)
            await passed(asyncio.get_running_loop(), 0.01)
            inside -= 1

    await asyncio.gather(*(call() for _ in range(60)))
    assert (most, inside, round(now(), 3)) == (3, 0, 0.2)
    async with bulkhead.place(), bulkhead.place(), bulkhead.place():
        impatient = [asyncio.ensure_future(_hold(bulkhead)) for _ in range(3)]
        await passed(asyncio.get_running_loop(), 0.1)
        impatient[0].cancel()
        with pytest.raises(Crowded):
            await impatient[1]
    await asyncio.gather(*impatient, return_exceptions=True)
    async with bulkhead.place(), bulkhead.place(), bulkhead.place():
        assert round(now(), 3) == 0.2 + LONGEST_WAIT_SECONDS, "all three are free again, at once"


@in_virtual_time
async def test_a_call_given_up_in_the_moment_of_its_turn_leaves_the_turn_to_the_next() -> None:
    bulkhead = Bulkhead(1)
    async with bulkhead.place():
        given_up, following = [asyncio.ensure_future(_hold(bulkhead)) for _ in range(2)]
        await passed(asyncio.get_running_loop(), 0.1)
    given_up.cancel()
    await following
    assert round(now(), 3) == 0.1


async def _hold(bulkhead: Bulkhead) -> None:
    async with bulkhead.place():
        pass
