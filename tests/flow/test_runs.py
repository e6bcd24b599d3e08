"""A run is a universe: equal terms give equal logs, and no run sees another."""

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

import gateway.app
from chassis.client import ServiceRefused
from chassis.clock import HeldClock
from flow_model.catalogue import catalogue
from flow_model.events import Event, first_broken
from tests.flow.conftest import at_work
from tests.town_in_memory import Town, build_town


async def whole_log(town: Town, run: str, seed: int = 7) -> bytes:
    """Everything a run wrote, as bytes."""
    await town.open(run, seed=seed)
    codes = []
    for group, situation in (("birth", "newborn_with_grandparents"), ("death", "merit")):
        for path in ("interlinked",):
            codes.append(await town.declare(run, group, situation, path=path))
    await town.settle(run)
    log: list[Any] = [await town.history(run, code) for code in codes]
    log.append(await town.get(f"/runs/{run}/events", limit=1000))
    return json.dumps(log, sort_keys=True).encode()


async def test_the_same_seed_gives_the_same_bytes_in_another_run_and_another_town(town: Town) -> None:
    first = await whole_log(town, "one")
    assert first == await whole_log(town, "two")
    other = build_town()
    assert first == await whole_log(other, "three")
    other.close()


async def test_another_seed_gives_another_log(town: Town) -> None:
    assert await whole_log(town, "one") != await whole_log(town, "two", seed=8)


async def test_interleaved_runs_give_the_logs_of_solo_runs(town: Town) -> None:
    solo = await whole_log(build_town(), "solo")
    runs = [f"run-{number}" for number in range(3)]
    codes = {}
    for run in runs:
        await town.open(run)
        codes[run] = [
            await town.declare(run, group, situation)
            for group, situation in (("birth", "newborn_with_grandparents"), ("death", "merit"))
        ]
    while any([not (await town.settle(run, to="next"))["settled"] for run in runs]):
        pass
    for run in runs:
        log = [await town.history(run, code) for code in codes[run]]
        log.append(await town.get(f"/runs/{run}/events", limit=1000))
        assert json.dumps(log, sort_keys=True).encode() == solo


async def test_another_runs_dossier_is_not_found(town: Town) -> None:
    await town.open("mine")
    await town.open("yours")
    dossier = await town.declare("mine", "birth", "newborn")
    answer = await town.ask("GET", f"/runs/yours/dossiers/{dossier}")
    absent = await town.ask("GET", "/runs/yours/dossiers/B-2026-999999")
    assert answer.status == absent.status == 404


async def test_a_removed_run_leaves_no_row_in_any_service(town: Town) -> None:
    await whole_log(town, "gone")
    assert (await town.ask("DELETE", "/runs/gone")).status == 204
    for name, app in town.apps.items():
        with app.state.store.connection() as connection:
            tables = connection.exec_driver_sql(
                "SELECT name FROM sqlite_schema WHERE type = 'table'"
            ).scalars()
            for table in [each for each in tables if not each.startswith("sqlite_")]:
                columns = [row[1] for row in connection.exec_driver_sql(f"PRAGMA table_info('{table}')")]
                if "run_id" in columns:
                    count = connection.exec_driver_sql(f'SELECT count(*) FROM "{table}"').scalar_one()
                    assert count == 0, f"{name}.{table}"


async def test_the_clock_moves_to_an_instant_and_never_back(town: Town) -> None:
    run = await town.open()
    moved = await town.settle(run, to="2026-10-06T09:00:00+07:00")
    assert moved["now"] == "2026-10-06T09:00:00+07:00"
    with pytest.raises(ServiceRefused) as refused:
        await town.settle(run, to="2026-10-05T09:00:00+07:00")
    assert refused.value.status == 409


async def test_each_move_of_the_clock_is_an_event(town: Town) -> None:
    run = await town.open()
    await town.declare(run, "birth", "newborn")
    moved = await town.settle(run)
    kinds = [event["kind"] for event in await town.get(f"/runs/{run}/events", limit=1000)]
    assert kinds == ["run_opened", "acted", *["clock_moved"] * moved["instants"]]


async def test_a_changed_deleted_or_swapped_event_breaks_the_chain(town: Town) -> None:
    run = await town.open()
    dossier = await town.declare(run, "birth", "newborn")
    await town.settle(run)
    with town.apps["gateway"].state.store.connection() as connection:
        connection.exec_driver_sql("UPDATE event SET actor = 'x' WHERE sequence = 3 AND dossier != '-'")
    history = await town.get(f"/runs/{run}/dossiers/{dossier}/events")
    assert history["whole"] is False


def test_the_first_broken_event_is_the_one_that_is_named() -> None:
    assert first_broken([], "start") is None
    stray = Event("B-2026-000001", 2, "declared", datetime.fromisoformat("2026-10-05T08:00:00+07:00"))
    assert first_broken([stray], "start") == 1


async def test_a_human_officer_decides_when_the_run_says_so(town: Town) -> None:
    run = await town.open(officers="human")
    dossier = await town.declare(run, "birth", "newborn")
    await town.settle(run, to="2026-10-05T11:00:00+07:00")
    assert (await town.outcomes(run, dossier))["birth_registration"] == "received"
    path = f"/runs/{run}/worklists/civil_status/{dossier}.birth_registration/decision"
    decision = {"decision": "reject", "reason": "Không đúng thẩm quyền", "officer": "Cán bộ Mẫu"}
    (await town.ask("PUT", path, decision)).raise_for_problem()
    await town.settle(run)
    outcomes = await town.outcomes(run, dossier)
    assert outcomes["birth_registration"] == "rejected"
    assert outcomes["permanent_residence"] == outcomes["health_insurance_card"] == "not_started"
    assert (await town.kinds(run, dossier))[-1] == "results_returned"


async def test_a_paced_run_moves_by_itself_through_office_hours_and_leaves_the_log_of_a_jump(
    town: Town,
) -> None:
    wall = HeldClock(datetime.fromisoformat("2026-11-23T20:00:00+07:00"))
    app = gateway.app.build(None, town.client, catalogue(), lambda: "paced", wall)
    town.apps["gateway"].state.store.close()
    town.apps["gateway"] = app
    run = await town.open("paced", clock="paced", seconds_per_working_day=8)
    dossier = await town.declare(run, "birth", "newborn")
    await app.state.keep_pace()
    assert (await town.get(f"/runs/{run}"))["now"] == "2026-10-05T08:00:00+07:00"
    wall.advance(timedelta(seconds=1))  # an office hour
    await app.state.keep_pace()
    now = datetime.fromisoformat((await town.get(f"/runs/{run}"))["now"])
    assert datetime.fromisoformat("2026-10-05T08:00:00+07:00") < now
    assert now <= datetime.fromisoformat("2026-10-05T09:00:00+07:00")
    for _ in range(100):
        wall.advance(timedelta(seconds=3))
        await app.state.keep_pace()
    mine = [(event["kind"], event["at"], event["payload"]) for event in await town.history(run, dossier)]
    assert mine[-1][0] == "results_returned"
    old = build_town()
    jumped = await old.open("jumped")
    reference = await old.declare(jumped, "birth", "newborn")
    await old.settle(jumped)
    history = await old.history(jumped, reference)
    assert mine == [(each["kind"], each["at"], each["payload"]) for each in history]
    old.close()


async def test_a_manual_clock_moves_one_thing_at_a_time_and_a_paced_one_is_moved_by_nobody(
    town: Town,
) -> None:
    manual = await town.open("manual", clock="manual")
    await town.declare(manual, "birth", "newborn")
    assert (await town.settle(manual, to="next"))["instants"] == 1
    paced = await town.open("paced", clock="paced")
    for run, to in ((manual, "settled"), (manual, "2026-10-06T09:00:00+07:00"), (paced, "next")):
        assert (await town.ask("POST", f"/runs/{run}/clock", {"to": to})).status == 409
        assert (await town.ask("POST", f"/runs/{run}/errands", {"to": to})).status == 409


async def test_dossiers_are_told_a_page_at_a_time(town: Town) -> None:
    run = await town.open()
    codes = [
        await town.declare(run, "birth", situation) for situation in ("newborn", "no_birth_notice", "twins")
    ]
    path = f"/runs/{run}/dossiers"
    pages = [await town.get(path, limit=2, skip=skip) for skip in (0, 2, 4)]
    assert [[each["dossier"] for each in page] for page in pages] == [codes[:2], codes[2:], []]


async def test_whoever_is_refused_a_run_does_not_have_it_recorded(town: Town) -> None:
    await town.open()
    again = {"run_id": "run", "record": True, "terms": {"seed": 8}}
    assert (await town.ask("POST", "/runs", again)).status == 409
    await town.declare("run", "birth", "newborn")
    assert (await town.ask("GET", "/runs/run/exchanges")).body["log"]["entries"] == []


async def test_a_birth_is_not_compared_with_a_death(town: Town) -> None:
    run = await town.open()
    old = await town.declare(run, "birth", "newborn", path="separate")
    new = await town.declare(run, "death", "pensioner")
    path = f"/comparison?separate={run}/{old}&interlinked={run}/{new}"
    assert (await town.ask("GET", path)).status == 404


async def test_who_had_nothing_at_first_and_was_sent_nothing_is_not_asked(
    town: Town, calls: list[str]
) -> None:
    await town.open()
    await town.declare("run", "birth", "newborn_with_grandparents")
    calls.clear()
    await town.settle(to="next")
    assert at_work(calls) == []
    await town.settle()
    assert set(at_work(calls)) == {"civil_status", "residence", "social_insurance", "population"}
    calls.clear()
    await town.settle()
    assert at_work(calls) == ["civil_status", "residence", "social_insurance", "population"]


async def test_a_gateway_that_did_not_open_the_run_asks_every_service(
    town: Town, calls: list[str], tmp_path: Path
) -> None:
    first = build_town(folder=tmp_path)
    await first.open()
    first.close()
    second = build_town(folder=tmp_path)
    calls.clear()
    await second.settle()
    assert at_work(calls) == [name for name in town.apps if name not in ("gateway", "web")]
    second.close()


async def test_a_run_that_was_removed_and_opened_again_begins_anew(town: Town, calls: list[str]) -> None:
    for _ in range(2):
        await town.open()
        await town.declare("run", "birth", "newborn")
        calls.clear()
        await town.settle(to="next")
        assert at_work(calls) == []
        await town.settle()
        await town.ask("DELETE", "/runs/run")


async def test_a_service_that_says_nothing_of_what_it_has_is_asked(
    town: Town, calls: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.counter.Service.told_next", lambda *_: None)
    await town.open()
    await town.settle()
    assert at_work(calls) == [name for name in town.apps if name not in ("gateway", "web")]


async def test_what_was_answered_once_is_not_asked_again_for_the_same_declaration(
    town: Town, calls: list[str]
) -> None:
    await town.open()
    calls.clear()
    await town.declare("run", "birth", "newborn_with_grandparents")
    looked_up = [call for call in calls if "/lookups/" in call]
    example, declared = looked_up[: len(looked_up) // 2], looked_up[len(looked_up) // 2 :]
    assert example == declared
    assert len(example) == 4
