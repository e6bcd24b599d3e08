"""What is left of the time travels with the call."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from chassis.in_process import Received
from chassis.work import Work, begin
from tests.unit.virtual_time import in_virtual_time, now
from tests.unit.wires import Wire, client_of, hanging, told


@asynccontextmanager
async def at_work(until: float | None, depth: int = 0) -> AsyncIterator[Work]:
    work = Work("somebody", depth, until)
    begin(work)
    yield work
    work.over = True


@in_virtual_time
async def test_a_call_says_how_long_it_waits_and_for_whom() -> None:
    wire = Wire(hanging)
    client = client_of(civil=wire)
    await told(client, "civil")
    assert wire.headers[-1] == {"Time-Left": "10000"}
    async with at_work(now() + 3.0, 2) as work:
        began = now()
        assert await told(client, "civil") == "timeout"
        assert (wire.headers[-1], now() - began) == ({"Time-Left": "3000", "Work-Depth": "3"}, 3.0)
        knocks = wire.knocks
        assert await told(client, "civil") == "timeout"
        assert wire.knocks == knocks, "nobody is asked for what nobody waits for"
        work.until = None
        await told(client, "civil")
        assert wire.headers[-1] == {"Time-Left": "10000", "Work-Depth": "3"}
    await told(client, "civil")
    assert wire.headers[-1] == {"Time-Left": "10000"}, "what goes on after the answer is bound by nothing"


@in_virtual_time
async def test_who_is_told_to_come_again_later_than_there_is_time_does_not_wait() -> None:
    busy = b'{"type": "urn:mot-lan-khai:problem:busy"}'
    wire = Wire(lambda: Received(503, {"retry-after": "3", "content-type": "application/json"}, busy))
    client = client_of(civil=wire)
    async with at_work(now() + 1.0):
        assert (await told(client, "civil"), now()) == ("busy", 0)
    assert await told(client, "civil") == "busy"
    assert now() > 10
