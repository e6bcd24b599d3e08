"""The n-th call of a service to its disk fails, for every n: see town/torture/nth_failure.py.

The long run also lets all later calls fail, takes more steps, and fails while the process starts.
"""

import pytest
from rich.console import Console

from chassis import storage
from chassis.storage import Store
from chassis.store_errors import StoreBroken
from town.torture.nth_acts import Report, Stage, loops
from town.torture.nth_failure import ERROR, ERRORS, FULL, Loop


def check(found: list[Loop]) -> None:
    (each,) = found
    assert each.wrong == []
    assert each.attempts > 10
    assert each.answers == {"store-full" if each.way == FULL else "store-broken": each.attempts - 1}


@pytest.mark.parametrize("way", [ERROR, FULL])
async def test_a_declaration_is_kept_or_refused_and_never_by_half(way: str) -> None:
    stage = Stage()
    found = [each async for each in loops(stage.gateway, stage.declare_and_go_on(0), [way], [False])]
    await stage.close()
    check(found)


async def test_a_step_of_the_clock_is_taken_or_not() -> None:
    stage = Stage()
    acts = stage.declare_and_go_on(1)
    await (await anext(acts)).do(stage.gateway)
    found = [each async for each in loops(stage.gateway, acts, [ERROR], [False])]
    await stage.close()
    check(found)


async def test_an_agency_works_or_does_not() -> None:
    stage = Stage()
    found = [each async for each in loops(stage.agency, stage.work(1), [ERROR], [False])]
    await stage.close()
    check(found)
    console = Console(record=True, width=200)
    console.print(Report(found).table())
    assert "civil_status: work 1" in console.export_text()


async def at_once(_store: Store) -> None:
    """Says that all is kept before it is."""


@pytest.mark.parametrize(
    ("where", "name", "what", "seen"),
    [
        (Store, "durable", at_once, "answered well"),
        (storage, "trouble_of", lambda _error: None, "500"),
        (StoreBroken, "slug", "store-full", "store-full"),
    ],
)
async def test_a_store_that_lies_or_gives_no_clear_reason_is_seen(
    where: object, name: str, what: object, seen: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(where, name, what)
    stage = Stage()
    (found,) = [each async for each in loops(stage.agency, stage.work(1), [ERRORS], [False])]
    await stage.close()
    assert any(seen in each for each in found.wrong), found
