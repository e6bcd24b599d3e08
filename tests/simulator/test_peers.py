"""Other people's simulators, given the same flows and the same draws, come to the same answers."""

import pytest

from flow_model.catalogue import catalogue
from flow_model.limits import PATHS
from simulator.year import Wanted, families, live, national_year
from tests.simulator.years import SINCE, small_country
from town.bench.peers import with_ciw, with_simpy, with_simpy_tuned
from town.bench.peers.flow import Model, apart

GROUPS = tuple(catalogue().groups)
LAWS = tuple(catalogue().group(GROUPS[0]).law.profiles)
NUMBERS = [(group, path, number) for group in GROUPS for number, path in enumerate(PATHS)]


@pytest.mark.parametrize(("group", "path", "number"), NUMBERS)
def test_simpy_fed_the_same_draws_differs_in_no_case(group: str, path: str, number: int) -> None:
    law = LAWS[number % len(LAWS)]
    year, place = national_year(catalogue().group(group), law), small_country(12)
    wanted = Wanted(law, 41 + number, SINCE, days=120, share=0.006)
    spanned, who = families(year, place, wanted)
    lived = live(year, path, place, spanned, who, wanted)
    assert len(lived.cases) > 1000
    assert lived.desks["waited"].sum() > 0
    model = with_ciw.Watched(year, path, wanted, lived)
    with_simpy.Town(model, place, who).run()
    assert apart(model, lived) == 0
    desks = with_ciw.desks_alone(model, place, who)
    alone = with_ciw.prepared(desks)
    with_ciw.run(alone, desks)
    assert with_ciw.apart(alone, desks) == 0
    tuned = Model(year, path, wanted, lived)
    with_simpy_tuned.Town(tuned, place, who).run()
    assert apart(tuned, lived) == 0
