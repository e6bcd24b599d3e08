"""What measures speed: that it does what it says, and that its sums are right. No speed is asked for here."""

import asyncio
from dataclasses import replace

import psutil
import pytest

from tests.torture.apart import apart
from town.bench import flows, overload, pages, soak
from town.bench.arrivals import Came, together
from town.bench.command import NoSuchBench, Wish, main, numbers
from town.bench.recording import recorded
from town.bench.soak import Seen
from town.layout import NAMES


def came(seconds: float, took: float, many: int, refused: int = 0) -> Came:
    """So many who were accepted, evenly, each after the same time; others were turned away at first."""
    times = [(number * seconds / many, took) for number in range(many)]
    return Came(seconds, times, [(0.5, 0.01)] * refused)


def test_a_bare_loop_makes_the_calls_that_the_gateway_makes_and_no_others() -> None:
    calls = asyncio.run(recorded())
    assert {call.service for call in calls} > {"civil_status", "residence", "social_insurance", "population"}
    assert not {call.service for call in calls} & {"gateway"}
    renamed = [call.named("another") for call in calls]
    assert not any("bench-recorded" in f"{call.path} {call.sent}" for call in renamed)
    assert any("another" in str(call.sent) for call in renamed)


def test_cases_are_measured_beside_the_bare_loop_over_http() -> None:
    document = asyncio.run(flows.measure(flows.Wish(in_flight=(2,), rounds=1, cases=4, postgres=False)))
    assert [
        (row["name"], row["store"], row["gateways"], row["batch"], row["cases"]) for row in document["rows"]
    ] == [
        ("bare", "sqlite", 0, 1, 4),
        ("ours", "sqlite", 1, 1, 4),
        ("ours", "sqlite", 1, 100, 100),
    ]
    for row in document["rows"]:
        assert 0 < row["p50_ms"] <= row["p99_ms"]
        assert row["cases_per_s"] > 0
        assert row["cpu_ms_per_case"]["driver"] > 0
        assert row["cpu_ms_per_case"]["residence"] > 0
    assert document["ratios"]["ours_to_bare"] > 0
    assert document["ratios"]["batches_to_ours"] > 0
    assert document["ratios"]["ours_to_dbos"] is None
    flows.tell(document)


def test_ratios_are_those_of_the_middle_level() -> None:
    def row(name: str, level: int, speed: float, cpu: float) -> dict[str, object]:
        gateways = 1 if name == "ours" else 0
        side = {"name": name, "store": "sqlite", "gateways": gateways, "batch": 1, "in_flight": level}
        return side | {"cases_per_s": speed, "cpu_ms_per_case": {"a": cpu / 2, "b": cpu / 2}}

    rows = [row("bare", 1, 9, 9), row("ours", 1, 1, 1), row("bare", 32, 10, 80), row("ours", 32, 9, 100)]
    rows += [row("bare", 256, 9, 9), row("ours", 256, 1, 1)]
    assert flows.ratios(rows) == {
        "at_in_flight": 32,
        "ours_to_bare": 0.9,
        "ours_to_bare_by_cpu": 0.8,
        "ours_to_dbos": None,
        "ours_to_dbos_by_cpu": None,
        "ours_on_sqlite_to_dbos": None,
        "ours_on_sqlite_to_dbos_by_cpu": None,
        "two_gateways_to_one": None,
        "batches_to_ours": None,
        "batches_to_ours_by_cpu": None,
    }
    with_dbos = flows.ratios([*rows, row("dbos", 32, 3, 400) | {"store": "postgres"}])
    assert (with_dbos["ours_on_sqlite_to_dbos"], with_dbos["ours_on_sqlite_to_dbos_by_cpu"]) == (3.0, 4.0)
    assert with_dbos["ours_to_dbos"] is None, "only what keeps its books in the same place is held against it"


def test_a_rush_that_is_served_well_holds_and_one_that_is_not_does_not() -> None:
    peak, usual, after = came(10, 0.1, 400), came(15, 0.1, 480), came(15, 0.1, 480)
    assert together(peak, came(30, 0.1, 600)).per_second == 25, "seconds that were slow count as such"
    well = overload.document(peak, usual, came(60, 0.15, 2400, refused=9000), after)
    assert well["held"] == dict.fromkeys(well["held"], True)
    assert (well["goodput_of_peak"], well["seconds_until_normal"]) == (1.0, 0)

    slowly = overload.document(peak, usual, came(60, 0.3, 1800), came(15, 0.5, 480))
    assert slowly["held"] == {
        "goodput": False,
        "p99_of_accepted": False,
        "back_to_normal": False,
        "nothing_failed": True,
    }
    broken = overload.document(peak, usual, replace(came(60, 0.1, 2400), failed=["500"]), after)
    assert not broken["held"]["nothing_failed"]
    overload.tell(broken)


def test_it_takes_until_the_first_second_that_is_as_usual() -> None:
    usual = came(15, 0.1, 150)
    slow_at_first = Came(15, [(0.5, 0.9), (1.5, 0.9), *((at + 0.5, 0.1) for at in range(2, 15))])
    assert overload.normal_again(slow_at_first, usual) == 2
    still_refusing = replace(slow_at_first, refused=[(2.5, 0.01), (3.1, 0.01)])
    assert overload.normal_again(still_refusing, usual) == 4


def test_growth_is_seen_after_the_first_quarter_and_descriptors_are_counted() -> None:
    def process(grows: float, leaks: int) -> list[Seen]:
        return [Seen(at, 50 + grows * at / 600, 20 + leaks * (at // 500)) for at in range(0, 1200, 5)]

    steady = soak.document({"gateway": process(0.5, 0)}, 100, 20)
    assert steady["held"] == {"memory": True, "descriptors": True}
    assert steady["processes"]["gateway"]["mb_in_10_minutes"] == 0.5
    growing = soak.document({"gateway": process(2, 1)}, 100, 20)
    assert growing["held"] == {"memory": False, "descriptors": False}
    late = [Seen(at, 50, 20 + (at > 1100)) for at in range(0, 1200, 5)]
    assert not soak.document({"gateway": late}, 100, 20)["held"]["descriptors"]
    filling = [Seen(at, 50 + min(at, 200), 20) for at in range(0, 1200, 5)]
    assert soak.document({"gateway": filling}, 100, 20)["held"]["memory"]
    soak.tell(growing)


@apart  # a process that holds much already takes nothing new
def test_a_soak_sees_what_a_process_takes_and_gives_back() -> None:
    this = psutil.Process()
    before = soak.own_megabytes(this)
    taken = bytearray(b"x") * (32 << 20)
    assert 30 < soak.own_megabytes(this) - before < 40
    del taken
    assert soak.own_megabytes(this) - before < 5


def test_a_soak_looks_at_every_process() -> None:
    document = asyncio.run(soak.measure(0.12))
    assert document["cases"] >= 4
    assert len(document["processes"]) == len(NAMES)
    assert all(each["megabytes"] > 10 for each in document["processes"].values())


def test_numbers_are_numbers_and_what_is_measured_is_known() -> None:
    assert numbers("1, 32") == (1, 32)
    for text in ("", "0", "1,,2", "-1", "a"):
        with pytest.raises(NoSuchBench):
            numbers(text)
    with pytest.raises(NoSuchBench):
        main(Wish(what="tides"))


def test_every_page_is_measured_and_a_class_clicks_at_once() -> None:
    document = asyncio.run(pages.measure(pages.Wish(dossiers=4, trainees=2, processes=False)))
    assert [row["page"] for row in document["pages"]] == list(pages.addresses(["a", "b"], [], []))
    assert all(row["bytes"] > 1000 and row["again_p50_ms"] > 0 for row in document["pages"])
    assert {row["trainees"] for row in document["class"]} == {2}
    assert document["held"]["size"]
    pages.tell(document)


def test_one_slow_page_or_one_slow_click_does_not_hold() -> None:
    def page(size: int, slow: float) -> dict[str, object]:
        return {"page": "x", "bytes": size, "first_p95_ms": slow}

    clicks = [{"click": "x", "all_p95_ms": 10.0}]
    held = pages.document(pages.Wish(), [page(9, 9.0), page(60_001, 50.1)], clicks)["held"]
    assert held == {"pages": False, "class": True, "size": False}
    late = [*clicks, {"click": "y", "all_p95_ms": 300.1}]
    assert pages.document(pages.Wish(), [page(9, 9.0)], late)["held"]["class"] is False
