"""The sweep and the oracle agree on every instant of every application."""

from dataclasses import fields, replace
from datetime import datetime, timedelta

import numpy as np
import pytest

from flow_model.catalogue import catalogue
from flow_model.faults import Absence
from flow_model.limits import PATHS
from flow_model.working_time import VIETNAM
from simulator.ways import INTERLINKED, SEPARATE, Ways
from simulator.world import GRANTED, NOT_STARTED, REJECTED, WAITS
from simulator.year import Wanted, families, live, national_year
from tests.simulator.years import SINCE, apart, both, small_country

GROUPS = tuple(catalogue().groups)
LAWS = tuple(catalogue().group(GROUPS[0]).law.profiles)


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("group", GROUPS)
@pytest.mark.parametrize("queueing", [True, False], ids=["with_queues", "with_drawn_waits"])
def test_no_case_differs_from_the_oracle(group: str, path: str, *, queueing: bool) -> None:
    for number, law in enumerate(LAWS):
        year = national_year(catalogue().group(group), law)
        wanted = Wanted(law, 5 + number, SINCE, days=120, share=0.0008, queueing=queueing)
        lived, walks = both(year, path, wanted, small_country())
        assert len(walks) > 100
        assert apart(lived, walks) == []


def test_no_case_differs_while_offices_are_closed() -> None:
    since = datetime(2025, 2, 10, 9, tzinfo=VIETNAM)
    for group in GROUPS:
        agencies = {each.agency for each in catalogue().group(group).procedures}
        away = tuple(
            Absence.model_validate(
                {
                    "kind": "absence",
                    "agency": agency,
                    "who": who,
                    "from": since,
                    "until": since + timedelta(days=9),
                }
            )
            for agency in sorted(agencies)
            for who in ("office", "officer")
        )
        for path in PATHS:
            wanted = Wanted(LAWS[0], 9, SINCE, days=90, share=0.0005, absences=away)
            lived, walks = both(
                national_year(catalogue().group(group), LAWS[0]), path, wanted, small_country()
            )
            assert apart(lived, walks) == []


def test_the_small_years_meet_everything_that_can_happen() -> None:
    lived, _ = both(national_year(catalogue().group(GROUPS[0]), LAWS[0]), "interlinked",
                    Wanted(LAWS[0], 2, SINCE, share=0.002), small_country())  # fmt: skip
    assert {GRANTED, REJECTED, NOT_STARTED, WAITS} <= set(lived.files["state"].ravel().tolist())
    assert lived.files["verified"].any()
    assert lived.files["rounds"].max() > 0
    assert lived.desks["waited"].sum() > 0


def test_two_cores_give_what_one_gives() -> None:
    year = national_year(catalogue().group(GROUPS[0]), LAWS[0])
    wanted = Wanted(LAWS[0], 3, SINCE, share=0.01)
    place = small_country()
    spanned, who = families(year, place, wanted)
    one = live(year, "separate", place, spanned, who, wanted)
    two = live(year, "separate", place, spanned, who, replace(wanted, cores=2))
    for name in ("cases", "files", "desks"):
        assert np.array_equal(getattr(one, name), getattr(two, name)), name


def test_both_paths_see_the_same_families_with_the_same_luck() -> None:
    year = national_year(catalogue().group(GROUPS[0]), LAWS[0])
    wanted, place = Wanted(LAWS[0], 4, SINCE, share=0.001), small_country()
    spanned, who = families(year, place, wanted)
    old, new = (live(year, path, place, spanned, who, wanted) for path in PATHS)
    for name in ("luck", "declared", "kind"):
        assert np.array_equal(old.cases[name], new.cases[name])


@pytest.mark.parametrize("group", GROUPS)
def test_between_the_paths_all_switches_together_are_the_paths_themselves(group: str) -> None:
    """A way with one switch turned is neither path; turned back it is the path again, to the second."""
    year = national_year(catalogue().group(group), LAWS[0])
    wanted, place = Wanted(LAWS[0], 6, SINCE, share=0.001), small_country()
    spanned, who = families(year, place, wanted)
    new = live(year, INTERLINKED, place, spanned, who, wanted)
    for name in (each.name for each in fields(Ways)):
        between = replace(INTERLINKED, **{name: True})
        other = live(year, between, place, spanned, who, wanted)
        assert between.path is None
        assert not np.array_equal(other.files, new.files) or name in ("signs", "sequential")
    almost_old = live(year, replace(SEPARATE, limits=False), place, spanned, who, wanted)
    old = live(year, "separate", place, spanned, who, wanted)
    assert not np.array_equal(almost_old.files, old.files)
