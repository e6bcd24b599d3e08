"""The general engine and the oracle agree on every instant; where nothing flows back, the sweep does too."""

from dataclasses import replace

import numpy as np
import pytest

from flow_model.catalogue import catalogue
from flow_model.limits import PATHS
from flow_model.progress import MOST_RETURNS
from simulator.national import Desk, National
from simulator.plan import Odds
from simulator.shape import obstacles
from simulator.world import GRANTED, REJECTED, WAITS
from simulator.year import Wanted, families, live, live_by_agenda, live_by_sweep, national_year
from tests.simulator.years import SINCE, apart, both, small_country

GROUPS = tuple(catalogue().groups)
LAWS = tuple(catalogue().group(GROUPS[0]).law.profiles)


def returned(year: National, share: float) -> National:
    """A year in which applications are returned to the issuer of their certificate so often."""
    odds = {name: replace(one, returned=share) for name, one in year.odds.items()}
    return replace(year, odds=odds | {"*": replace(odds.get("*", Odds()), returned=share)})


def one_desk(year: National, *, shared: bool, officers: int = 1) -> National:
    """A year in which the same officers work on everything."""
    desk = Desk(shared, officers, "one_stop")
    return replace(year, desks=dict.fromkeys(year.desks, desk))


def two_desks(year: National) -> National:
    """A year in which every other procedure is worked on by the same officers of an area."""
    desks = {
        name: Desk(True, 2, "common") if place % 2 else desk
        for place, (name, desk) in enumerate(year.desks.items())
    }
    return replace(year, desks=desks)


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("group", GROUPS)
def test_no_case_differs_from_the_oracle_with_common_officers_and_returns(group: str, path: str) -> None:
    for number, law in enumerate(LAWS):
        plain = national_year(catalogue().group(group), law)
        years = (one_desk(plain, shared=False), returned(plain, 0.3), returned(two_desks(plain), 0.1))
        year = years[number % len(years)]
        wanted = Wanted(law, 15 + number, SINCE, days=90, share=0.0008, queueing=number != 1)
        assert obstacles(year, law)
        lived, walks = both(year, path, wanted, small_country())
        assert len(walks) > 60
        assert apart(lived, walks) == []


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("group", GROUPS)
def test_what_can_be_swept_goes_as_the_sweep_says(group: str, path: str) -> None:
    year, place = national_year(catalogue().group(group), LAWS[0]), small_country()
    assert obstacles(year, LAWS[0]) == []
    wanted = Wanted(LAWS[0], 25, SINCE, share=0.05)
    spanned, who = families(year, place, wanted)
    swept, taken = (
        engine(year, path, place, spanned, who, wanted) for engine in (live_by_sweep, live_by_agenda)
    )
    for name in ("cases", "files", "desks"):
        for field in getattr(swept, name).dtype.names:
            assert np.array_equal(getattr(swept, name)[field], getattr(taken, name)[field]), (name, field)


def test_certificates_come_back_once_and_again_and_at_last_stay_away() -> None:
    year, place = returned(national_year(catalogue().group(GROUPS[0]), LAWS[0]), 0.6), small_country()
    wanted = Wanted(LAWS[0], 3, SINCE, days=90, share=0.001)
    lived, walks = both(year, PATHS[1], wanted, place)
    assert apart(lived, walks) == []
    files = lived.files.ravel()
    assert set(range(MOST_RETURNS + 2)) <= set(files["returns"].tolist())
    assert (files["state"][files["returns"] > MOST_RETURNS] == WAITS).all()
    assert {GRANTED, REJECTED} <= set(files["state"][files["returns"] > 0].tolist())
    spanned, who = families(year, place, wanted)
    again = live(year, PATHS[1], place, spanned, who, replace(wanted, cores=2))
    assert np.array_equal(again.files, lived.files)


def test_the_reason_is_told_in_words() -> None:
    year = national_year(catalogue().group(GROUPS[0]), LAWS[0])
    reasons = [each.en for each in obstacles(one_desk(returned(year, 0.1), shared=True), LAWS[0])]
    assert reasons[0].startswith("the same officers work on ")
    assert any("may be returned to the issuer of" in reason for reason in reasons[1:])


@pytest.mark.parametrize("group", GROUPS)
def test_who_agrees_while_a_file_is_away_is_told_of_when_it_is_sent_again(group: str) -> None:
    plain = national_year(catalogue().group(group), LAWS[0])
    kinds = tuple(kind for kind in plain.kinds if kind.consents)
    year = returned(replace(plain, kinds=tuple(replace(k, share=1 / len(kinds)) for k in kinds)), 0.6)
    wanted = Wanted(LAWS[0], 8, SINCE, days=60, share=0.001)
    lived, walks = both(year, PATHS[1], wanted, small_country())
    assert apart(lived, walks) == []
    kinds_of = [[line.kind for line in walk.lines] for walk in walks]
    assert any("consent_forwarded" in each and "returned_to_issuer" in each for each in kinds_of)
