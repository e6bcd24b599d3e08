"""A process takes on so much and no more; says so at once; and nobody waits for himself."""

import asyncio
from collections.abc import Awaitable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chassis.admission import Admission, DeadlinePassed, TooManyRequests
from chassis.clock import passed
from chassis.heads import Head
from chassis.work import Work
from flow_model.errors import Busy, SandboxError
from tests.unit.virtual_time import in_virtual_time, now, turns


async def outcome(entering: Awaitable[Work]) -> tuple[str, float]:
    """How somebody fared, and when it was decided."""
    try:
        await entering
    except SandboxError as error:
        return type(error).__name__, round(now(), 3)
    return "in", round(now(), 3)


def from_(client: str, depth: int = 0, until: float | None = None) -> Head:
    return Head({}, client, depth, until)


@in_virtual_time
async def test_who_comes_when_all_places_are_taken_waits_for_the_first_that_is_free() -> None:
    admission = Admission(2)
    first, _ = await admission.enter(from_("a")), await admission.enter(from_("b"))
    waiting = [asyncio.ensure_future(outcome(admission.enter(from_(name)))) for name in "cd"]
    await passed(asyncio.get_running_loop(), 0.1)
    admission.leave(first)
    admission.leave(first)  # once is enough
    assert await asyncio.gather(*waiting) == [("in", 0.1), ("Busy", 0.2)]
    assert admission.at_work == 2


@pytest.mark.parametrize("turn", range(6))
def test_a_place_that_becomes_free_while_a_patience_ends_goes_to_somebody_once(turn: int) -> None:
    """At whatever turn of the loop: between the end of a patience and its bearer's leaving there is one."""

    @in_virtual_time
    async def at_that_turn() -> None:
        admission = Admission(1)
        first = await admission.enter(from_("a"))
        waiting = asyncio.ensure_future(outcome(admission.enter(from_("b"))))
        await passed(asyncio.get_running_loop(), 0.2)  # as long as anybody waits
        for _ in range(turn):
            await passed(asyncio.get_running_loop(), 0)
        admission.leave(first)
        fared, _ = await waiting
        assert admission.at_work == (fared == "in")
        assert fared in ("in", "TooManyRequests", "Busy")

    at_that_turn()


@in_virtual_time
async def test_a_refusal_says_when_to_come_again_and_not_all_at_once() -> None:
    admission = Admission(1, most_waiting=0)
    await admission.enter(from_("a"))
    seconds = []
    for _ in range(20):
        with pytest.raises(Busy) as caught:
            await admission.enter(from_("b"))
        seconds.append(caught.value.retry_after_seconds)
    assert set(seconds) == {1, 2, 3}
    assert now() == 0, "nobody waited"


@in_virtual_time
async def test_a_line_that_does_not_empty_is_kept_shorter() -> None:
    admission = Admission(1, most_waiting=100)
    await admission.enter(from_("a"))

    async def come(at: float) -> float:
        await passed(asyncio.get_running_loop(), at)
        _, decided = await outcome(admission.enter(from_("b")))
        return round(decided - at, 3)

    waited = await asyncio.gather(*(come(number / 50) for number in range(50)))
    assert waited[:10] == [0.2] * 10
    assert waited[-1] == 0.025
    await passed(asyncio.get_running_loop(), 10)
    assert await outcome(admission.enter(from_("b"))) == ("Busy", round(now(), 3)), "and then as before"


@in_virtual_time
async def test_while_some_are_sent_away_the_line_has_room_only_for_who_gets_a_place_in_time() -> None:
    """One place, free every 20 ms; patience is 25 ms as soon as somebody was sent away: one may wait."""
    admission, loop = Admission(1, most_waiting=30, patience_seconds=0.2), asyncio.get_running_loop()
    served, told_at = list[float](), list[float]()

    async def come() -> str:
        try:
            work = await admission.enter(from_(""))
        except (Busy, TooManyRequests):
            told_at.append(now())
            return "sent away"
        await passed(loop, 0.02)
        served.append(round(now(), 3))
        admission.leave(work)
        return "in"

    async def crowd(many: int) -> dict[str, int]:
        told = await asyncio.gather(*(come() for _ in range(many)))
        return {each: told.count(each) for each in sorted(set(told))}

    first = await crowd(40)
    assert first == {"sent away": 30, "in": 10}, "nobody knew yet how long a turn takes"
    assert first["in"] == len(served)
    began = now()
    assert await crowd(40) == {"sent away": 38, "in": 2}
    assert told_at[-38:] == [began] * 38, "whoever could not be served in time was told so at once"
    await passed(loop, 1.0)
    assert (await crowd(5)) == {"in": 5}, "when nobody was sent away of late, the whole line is there"


@in_virtual_time
async def test_what_waited_too_long_for_its_turn_in_the_loop_is_sent_away() -> None:
    """Work that only computes never fills the places: it is the loop itself that has the line."""
    admission = Admission(64)
    await passed(asyncio.get_running_loop(), 10)

    async def late_by(seconds: float, depth: int = 0) -> str:
        return (await outcome(admission.enter(from_("a", depth), now() - seconds, at_hand)))[0]

    at_hand = range(65)

    assert [await late_by(each) for each in (0.0, 0.1, 0.19)] == ["in"] * 3
    assert await late_by(0.21) == "Busy"
    assert [await late_by(each) for each in (0.02, 0.03)] == ["in", "Busy"], "while some are sent away"
    assert await late_by(5.0, depth=1) == "in", "but nobody who is asked for by others"
    at_hand = range(64)
    assert await late_by(5.0) == "in", "nor after a single long breath, when no more are there than places"
    at_hand = range(65)
    await passed(asyncio.get_running_loop(), 1)
    assert await late_by(0.19) == "in"


@in_virtual_time
async def test_one_client_leaves_a_fourth_of_the_places_to_others() -> None:
    admission = Admission(8)
    greedy = [asyncio.ensure_future(outcome(admission.enter(from_("greedy")))) for _ in range(10)]
    await turns()
    assert await outcome(admission.enter(from_("modest"))) == ("in", 0)
    assert await outcome(admission.enter(from_("modest"))) == ("in", 0)
    told = await asyncio.gather(*greedy)
    assert told == [("in", 0)] * 6 + [("TooManyRequests", 0.2)] * 4


@in_virtual_time
async def test_who_brings_less_takes_the_room_of_who_brings_more() -> None:
    admission = Admission(4, most_waiting=4)
    greedy = [asyncio.ensure_future(outcome(admission.enter(from_("greedy")))) for _ in range(9)]
    await turns()
    assert [each.result()[0] for each in greedy if each.done()] == ["in"] * 3 + ["TooManyRequests"] * 2
    works = [await admission.enter(from_("modest"))]
    modest = asyncio.ensure_future(outcome(admission.enter(from_("modest"))))
    await turns()
    assert greedy[6].result() == ("TooManyRequests", 0), "the one who came last of those who brought most"
    admission.leave(works[0])
    assert await modest == ("in", 0), "and it is called before those who hold more"


@in_virtual_time
async def test_work_for_admitted_work_is_neither_shed_nor_hurried() -> None:
    admission = Admission(1, most_waiting=0)
    await admission.enter(from_("outside"))
    inner = await admission.enter(from_("gateway", 1))
    waiting = [asyncio.ensure_future(outcome(admission.enter(from_("gateway", 1)))) for _ in range(30)]
    await passed(asyncio.get_running_loop(), 30)
    assert not any(each.done() for each in waiting)
    admission.leave(inner)
    await turns()
    assert waiting[0].result() == ("in", 30)
    for each in waiting[1:]:
        each.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)


@in_virtual_time
async def test_work_whose_time_is_over_while_it_waits_is_never_begun() -> None:
    admission = Admission(1)
    await admission.enter(from_("a"))
    assert await outcome(admission.enter(from_("b", until=0.1))) == ("DeadlinePassed", 0.1)
    assert await outcome(admission.enter(from_("b", 3, until=0.1))) == ("DeadlinePassed", 0.1)
    assert await outcome(admission.enter(from_("b", 3, until=0.2))) == ("in", 0.1)
    with pytest.raises(DeadlinePassed):
        await admission.enter(from_("b", 3, until=now()))


@given(
    st.lists(st.tuples(st.sampled_from(["come", "leave", "give up", "pass"]), st.integers(0, 7)), max_size=60)
)
@settings(max_examples=150, deadline=None)
@in_virtual_time
async def test_no_place_is_ever_lost_or_given_twice(happens: list[tuple[str, int]]) -> None:
    """Whoever comes, leaves, or stops waiting, in whatever order: at the end all places are free."""
    admission = Admission(3, most_waiting=3)
    entering: list[asyncio.Task[Work]] = []

    def inside() -> list[Work]:
        done = [each for each in entering if each.done() and not each.cancelled()]
        return [each.result() for each in done if each.exception() is None and each.result().has_place]

    for what, number in happens:
        if what == "come":
            entering.append(asyncio.ensure_future(admission.enter(from_("abc"[number % 3]))))
        elif what == "leave" and inside():
            admission.leave(inside()[number % len(inside())])
        elif what == "give up" and entering:
            entering[number % len(entering)].cancel()  # perhaps in the moment in which it is called
        else:
            await passed(asyncio.get_running_loop(), number / 10)
        assert len(inside()) <= 3
    await passed(asyncio.get_running_loop(), 1)
    assert admission.at_work == len(inside())
    for work in inside():
        admission.leave(work)
    assert admission.at_work == 0
    assert [(await outcome(admission.enter(from_("abc"[n]))))[0] for n in range(3)] == ["in"] * 3


@pytest.mark.parametrize("called_first", [True, False])
@in_virtual_time
async def test_who_goes_away_in_the_moment_of_being_called_leaves_the_place_to_the_next(
    called_first: bool,
) -> None:
    admission = Admission(1, most_waiting=2)
    work = await admission.enter(from_("a"))
    gone, following = [asyncio.ensure_future(outcome(admission.enter(from_("a")))) for _ in range(2)]
    await turns()
    if called_first:
        admission.leave(work)
    gone.cancel()
    if not called_first:
        admission.leave(work)
    assert await following == ("in", 0)
    await asyncio.gather(gone, return_exceptions=True)
    assert admission.at_work == 1


@in_virtual_time
async def test_what_is_at_work_when_the_process_is_to_end_asks_others_only_so_much_longer() -> None:
    admission = Admission(2)
    patient = await admission.enter(from_("a"))
    hurried = await admission.enter(from_("b", until=3.0))
    admission.stop(8.0)
    late = Head({}, "c", 1, 99.0)
    assert (patient.until, hurried.until) == (8.0, 3.0)
    assert (await admission.enter(late)).until == 8.0


def test_who_crowds_is_no_server_s_trouble() -> None:
    assert not issubclass(TooManyRequests, Busy)
