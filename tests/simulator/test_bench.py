"""What measures the simulator does what it says, and its sums are right. No speed is asked for."""

import asyncio
from pathlib import Path
from typing import Any

import numba
import numpy as np

from flow_model.limits import PATHS
from simulator.year import book_for, live_by_sweep
from town.bench import primitives, simulate, simulate_telling
from town.bench.command import WHAT
from town.bench.fresh import fresh
from town.bench.sample import part_of
from town.bench.simulate_sides import Peers, terms_of

STARTS = {"peak_mb", "peak_mb_of_years_as_histograms", "warm_start_s", "cold_start_s"}


def test_a_small_country_is_measured_beside_all_peers() -> None:
    wish = simulate.Wish(rounds=1, communes=1, nation=3, starts=False)
    document = asyncio.run(simulate.measure(wish))
    assert document["held"] == {"equal": True}
    assert set(document["differing"]) == {"oracle", "simpy", "simpy_tuned", "ciw", "between_engines"}
    assert set(simulate_telling.TARGETS) - STARTS <= set(document)
    assert all(cost > 0 for cost in document["ns_per_visit_of"].values())
    assert document["ns_per_visit"] == document["ns_per_visit_of"]["sweep"]
    assert set(document["growth"]) == {"1", "3", "10"}
    assert document["visits"] > document["cases"] > 0
    simulate_telling.tell(document | dict.fromkeys(STARTS, 1.0))
    assert "simulate" in WHAT


def test_ratios_are_taken_within_a_round() -> None:
    def row(slow: float) -> dict[str, object]:
        names = {name: 10.0 * slow for name in simulate.ENGINES}
        rest = {"sweep_s": slow, "year_s": 2 * slow, "primitives_s": slow / 2, "cases": 7, "visits": 9}
        return names | rest | {"simpy": 5000.0 * slow, "primitives": {"hash": {"ns": slow, "year_s": slow}}}

    told = simulate.summed([row(1), row(3), row(200)])
    assert (told["ratio_simpy"], told["ratio_ciw"], told["ratio_primitives"]) == (500, 1, 2)
    assert (told["ns_per_visit"], told["year_cpu_s"]) == (30, 6)


def test_a_peer_that_errs_is_found_out() -> None:
    peers = Peers(terms_of(1)[: len(PATHS)])
    for model in peers._watched:
        model.luck.once[0][0] = [seconds + 60 for seconds in model.luck.once[0][0]]
    assert peers.differing(lambda _: None)["simpy"] > 0


def test_desks_of_a_part_are_as_busy_and_more_than_all_is_all_again() -> None:
    whole, share = part_of(3321)
    assert share == 1
    twice, double = part_of(2 * whole.communes)
    assert double == 2
    assert np.array_equal(np.diff(twice.areas), np.tile(np.diff(whole.areas), 2))
    few, _ = part_of(10)
    assert few.areas[-1] == few.communes == 10


def test_primitives_are_counted_from_what_happened() -> None:
    each = terms_of(2)[0]
    book, _ = book_for(each.year, each.path, each.spanned, each.wanted)
    lived = live_by_sweep(*each.given())
    counts = primitives.counted(book, lived)
    assert counts["scan"] == lived.desks["opened"].sum()
    assert counts["sort"] == (lived.files["sent"] != -1).sum() > counts["hash"] / 3
    tickets = np.random.default_rng(3).integers(0, 1000, 64)
    expected = sorted(tickets[:32].tolist()) + sorted(tickets[32:].tolist())
    primitives._sorts(tickets, 32, 1000)
    assert tickets.tolist()[:32] == expected[:32]


def test_a_fresh_process_says_when_it_has_started_and_how_much_memory_it_took() -> None:
    settings: Any = numba.config
    seconds, year = fresh(Path(settings.CACHE_DIR), 2)
    assert seconds > 0
    assert year["cases"] > 0
    assert year["peak_mb"] > 50
    _, years = fresh(Path(settings.CACHE_DIR), 2, 2)
    assert years["cases"] > 1.5 * year["cases"]
