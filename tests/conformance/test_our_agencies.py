"""Our own agencies keep to the contract that they are the example of."""

import pytest

from flow_model.catalogue import catalogue
from tests.conformance.agencies import Town, material_of, outcomes_of
from town.conformance.checks import ALL

AGENCIES = catalogue().agencies()


@pytest.mark.parametrize("name", AGENCIES)
async def test_each_of_our_agencies_keeps_to_the_contract_in_every_procedure(name: str) -> None:
    material = await material_of(name)
    sent = {each.body["procedure"] for each in material.applications}
    assert sent == {procedure for _, procedure in catalogue().procedures_of(name)}
    assert all(each.granted for each in material.of_each_procedure())
    for each in material.applications:
        assert set(each.body["form"]) == set(each.procedure.mapping.form.model_fields)
    town = Town(name)
    told = await outcomes_of(town, material)
    town.close()
    assert [(each.name, each.expected, each.actual) for each in told if each.state == "broken"] == []
    assert [each.name for each in told] == [check.name for check in ALL]
    assert all(each.reason for each in told if each.state == "not tried")
    assert sum(each.state == "not tried" for each in told) <= 4


def test_every_check_says_what_it_demands_and_why() -> None:
    assert len(ALL) >= 50
    assert len({each.name for each in ALL}) == len(ALL)
    for check in ALL:
        assert check.demand.endswith("."), check.name
        assert "\n\n" in check.why, check.name
    assert ALL[-1].chapter == "answers"
