"""What families write in a national year: counted in the live system, added up by who sent what."""

import pytest

from flow_model.catalogue import catalogue
from flow_model.distributions import mean_of, value_at
from flow_model.limits import PATHS
from simulator.national import national
from simulator.study import counted
from simulator.writing import from_toml, writing, written
from simulator.year import Wanted, national_year
from tests.simulator.years import SINCE, both, small_country
from town.simulate.writing import as_toml
from town.simulate.writing import counted as counted_live

GROUPS = tuple(catalogue().groups)


@pytest.mark.parametrize("group_id", GROUPS)
async def test_the_file_says_what_the_live_system_counts(group_id: str) -> None:
    """When this fails, a form or a kind of family has changed: run ``python -m town.simulate.writing``."""
    group = catalogue().group(group_id)
    live, told = await counted_live(group, [group.law.default.id]), writing(group)
    assert live.keys() == told.keys() == {(kind.id, path) for kind in national(group).kinds for path in PATHS}
    for key, one in live.items():
        assert one.declaring == told[key].declaring, key
        assert one.counters.items() <= told[key].counters.items(), key
    assert from_toml(as_toml(live)) == live


@pytest.mark.parametrize(
    ("shape", "numbers"),
    [
        ("fixed", (30,)),
        ("uniform", (10, 40)),
        ("triangular", (5, 10, 60)),
        ("lognormal", (20, 0.4)),
        ("exponential", (12,)),
    ],
)
def test_a_mean_is_that_of_what_is_drawn(shape: str, numbers: tuple[float, ...]) -> None:
    many = 20_000
    drawn = sum(value_at(shape, numbers, (each + 0.5) / many) for each in range(many)) / many
    assert mean_of(shape, numbers) == pytest.approx(drawn, rel=1e-3)


@pytest.mark.parametrize("path", PATHS)
def test_the_average_is_that_of_the_dossiers_one_by_one(path: str) -> None:
    group = catalogue().group(GROUPS[0])
    law = group.law.default.id
    year, wanted, place = (
        national_year(group, law),
        Wanted(law, 8, SINCE, days=60, share=0.0008),
        small_country(),
    )
    lived, walks = both(year, path, wanted, place)
    tally = counted(year, [path], place, wanted)[path]
    each_writes = writing(group)
    typed = papers = 0
    for number, walk in enumerate(walks):
        of_kind = each_writes[year.kinds[lived.cases[number]["kind"]].id, path]
        sent = (
            [of_kind.counters[step.procedure.id] for step in walk.steps.values() if step.sent_at]
            if (path == "separate")
            else []
        )
        typed += of_kind.declaring.typed + sum(each.typed for each in sent)
        papers += of_kind.declaring.papers + sum(each.papers for each in sent)
        papers += sum(line.kind == "supplemented" for line in walk.lines)
    found = written(tally, year, lived.procedures, path)
    assert found["fields_typed"] == round(typed / len(walks), 4)
    assert found["documents"] == round(papers / len(walks), 4)
    assert found["hours_writing"] > 0
