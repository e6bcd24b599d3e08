"""A service that is gone costs its callers little and everybody else nothing."""

import asyncio
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from chassis.breakers import FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS, OPENS_AFTER, Breaker, Going, Open
from chassis.clock import passed
from chassis.in_process import Received
from chassis.mishaps import Mishap
from chassis.work import Work, begin
from tests.unit.virtual_time import in_virtual_time, now
from tests.unit.wires import Wire, client_of, gone, hanging, takes, told


class BreakerAgainstItsModel(RuleBasedStateMachine):
    """The model keeps the whole history and computes from it, each time anew, whether a call may go."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0
        self.breaker = Breaker(lambda: self.now)
        self.under_way: list[Going] = []
        self.in_a_row = self.waves = 0
        self.pause = FIRST_PAUSE_SECONDS
        self.opened_at: float | None = None
        self.looking = 0

    def may_go(self) -> bool:
        if self.opened_at is None:
            return True
        return not self.looking and self.now >= self.opened_at + self.pause

    @rule()
    def call(self) -> None:
        if not self.may_go():
            with pytest.raises(Open):
                self.breaker.begin()
            return
        going = self.breaker.begin()
        assert (going.look == 0) == (self.opened_at is None)
        self.looking = going.look
        self.under_way.append(going)

    @precondition(lambda self: self.under_way)
    @rule(which=st.integers(0, 50))
    def answered(self, which: int) -> None:
        self.under_way.pop(which % len(self.under_way))
        self.breaker.answered()
        self.in_a_row, self.pause, self.opened_at, self.looking = 0, FIRST_PAUSE_SECONDS, None, 0

    @precondition(lambda self: self.under_way)
    @rule(which=st.integers(0, 50), reason=st.sampled_from(["refused", "timeout", "reset"]))
    def failed(self, which: int, reason: Any) -> None:
        going = self.under_way.pop(which % len(self.under_way))
        self.breaker.failed(going, reason)
        if going.look and going.look == self.looking:
            self.pause = min(2 * self.pause, LONGEST_PAUSE_SECONDS)
            self.opened_at, self.looking, self.in_a_row = self.now, 0, 0
        elif self.opened_at is None and (reason != "reset" or going.waves == self.waves):
            self.waves += reason == "reset"
            self.in_a_row += 1
            if self.in_a_row == OPENS_AFTER:
                self.opened_at, self.in_a_row = self.now, 0

    @precondition(lambda self: self.under_way)
    @rule(which=st.integers(0, 50))
    def given_up(self, which: int) -> None:
        going = self.under_way.pop(which % len(self.under_way))
        self.breaker.dropped(going)
        self.looking = 0 if going.look == self.looking else self.looking

    @rule(seconds=st.sampled_from([0.1, FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS]))
    def time_passes(self, seconds: float) -> None:
        self.now += seconds

    @invariant()
    def one_at_most_looks(self) -> None:
        looking = [going.look for going in self.under_way]
        assert self.looking == 0 or looking.count(self.looking) == 1


TestBreakerAgainstItsModel = BreakerAgainstItsModel.TestCase
TestBreakerAgainstItsModel.settings = settings(max_examples=150, stateful_step_count=40, deadline=None)


@in_virtual_time
async def test_a_service_that_is_gone_is_knocked_at_seldom_and_told_the_same_way() -> None:
    wire = Wire(gone)
    client = client_of(civil=wire, other=Wire())
    assert {await told(client, "civil") for _ in range(500)} == {"reset"}
    assert (wire.knocks, now()) == (OPENS_AFTER, 0)
    assert await told(client, "other") == "200", "of others nothing is thought"
    await passed(asyncio.get_running_loop(), FIRST_PAUSE_SECONDS)
    assert await asyncio.gather(*(told(client, "civil") for _ in range(9))) == ["reset"] * 9
    assert wire.knocks == OPENS_AFTER + 1, "one goes and looks"
    wire.behaves = lambda: None
    await passed(asyncio.get_running_loop(), 2 * FIRST_PAUSE_SECONDS)
    assert {await told(client, "civil") for _ in range(9)} == {"200"}


@in_virtual_time
async def test_those_whose_process_died_under_them_do_not_keep_others_from_the_next_one() -> None:
    died: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    wire = Wire(lambda: _broken_off(died))
    client = client_of(civil=wire)
    together = [asyncio.ensure_future(told(client, "civil")) for _ in range(32)]
    await passed(asyncio.get_running_loop(), 0.1)
    died.set_result(None)
    assert await asyncio.gather(*together) == ["reset"] * 32
    wire.behaves = lambda: None
    assert await told(client, "civil") == "200"


async def _broken_off(died: "asyncio.Future[None]") -> None:
    await asyncio.shield(died)
    raise ConnectionResetError


@in_virtual_time
async def test_ten_minutes_of_outage_cost_few_knocks() -> None:
    wire = Wire(gone)
    client = client_of(civil=wire)
    for _ in range(6_000):
        await told(client, "civil")
        await passed(asyncio.get_running_loop(), 0.1)
    assert wire.knocks < 0.03 * 6_000


@in_virtual_time
async def test_faults_of_the_story_open_nothing() -> None:
    wire = Wire()
    client = client_of(civil=wire)
    mishaps: tuple[Mishap, ...] = ("refused", "reset", "timeout_before", "timeout_after", "error_500")
    for mishap in mishaps * 3:
        assert (await told(client, "civil", mishap)).endswith("staged")
    wire.behaves = lambda: Received(500, {}, b"")
    assert {await told(client, "civil") for _ in range(9)} == {"500"}, "a fault of its program is an answer"
    wire.behaves = lambda: Received(503, {"retry-after": "60"}, b"")
    assert {await told(client, "civil") for _ in range(9)} == {"unavailable"}, "and so is: later"
    wire.behaves = lambda: None
    assert await told(client, "civil") == "200"


@in_virtual_time
async def test_a_fault_of_the_story_stays_one_while_a_service_is_really_gone() -> None:
    client = client_of(civil=Wire(gone))
    for _ in range(9):
        await told(client, "civil")
    assert await told(client, "civil", "refused") == "refused staged"
    assert await told(client, "civil", "reset") == "reset", "what had to be done first could not be done"


@in_virtual_time
async def test_callers_in_a_hurry_do_not_close_a_service_for_others() -> None:
    wire = Wire(takes(2.0))
    client = client_of(civil=wire)

    async def hurried() -> str:
        begin(Work("somebody", 0, now() + 0.5))
        return await told(client, "civil")

    assert set(await asyncio.gather(*(hurried() for _ in range(20)))) == {"timeout"}
    assert await told(client, "civil") == "200"


@in_virtual_time
async def test_one_who_looks_and_is_called_away_does_not_keep_others_from_looking() -> None:
    wire = Wire(gone)
    client = client_of(civil=wire)
    for _ in range(OPENS_AFTER):
        await told(client, "civil")
    await passed(asyncio.get_running_loop(), FIRST_PAUSE_SECONDS)
    wire.behaves = hanging
    looking = asyncio.ensure_future(told(client, "civil"))
    await passed(asyncio.get_running_loop(), 0.1)
    looking.cancel()
    await asyncio.gather(looking, return_exceptions=True)
    wire.behaves = lambda: None
    assert await told(client, "civil") == "200"
