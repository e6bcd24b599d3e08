"""The contract of the population registry: consents, personal numbers and families."""

from datetime import timedelta
from typing import Any

import pytest

from tests.flow.agencies.six_services import MONDAY, Town, consent, kinds


async def test_a_simulated_person_confirms_when_planned_and_a_human_when_they_click(town: Town) -> None:
    planned, human = await consent(town), await consent(town, answers_at=None)
    for name, body in (("c1", planned), ("c2", human)):
        first = await town.ask("population", "PUT", f"/consents/{name}", body)
        again = await town.ask("population", "PUT", f"/consents/{name}", body)
        assert (first.status, again.status) == (201, 200)
    assert (await town.ask("population", "PUT", "/consents/c1", human)).status == 409
    events = await town.work("population")
    assert [(event["application_id"], event["kind"], event["at"]) for event in events] == [
        ("c1", "consent_given", planned["answers_at"])
    ]
    pending = (await town.ask("population", "GET", "/consents", state="pending")).body["consents"]
    assert [each["consent_id"] for each in pending] == ["c2"]
    at = MONDAY + timedelta(hours=5)
    for _ in range(2):
        clicked = await town.ask("population", "PUT", "/consents/c2/answer", {"given": False}, at=at)
        assert clicked.body["state"] == "refused"
    assert (await town.ask("population", "PUT", "/consents/c2/answer", {"given": True})).status == 409
    assert kinds(await town.work("population")) == ["consent_given", "consent_refused"]


async def test_nobody_asks_the_unknown_or_the_dead(town: Town) -> None:
    unknown = await consent(town, personal_id="901000000000")
    assert (await town.ask("population", "PUT", "/consents/c1", unknown)).status == 422
    family = await town.family("pensioner")
    deceased = family["roles"]["deceased"]
    await town.send("death_registration", "pensioner")
    await town.work("civil_status")
    dead = await consent(town, personal_id=deceased)
    assert (await town.ask("population", "PUT", "/consents/c2", dead)).status == 422
    person = (await town.ask("population", "GET", "/lookups/person", key=deceased)).body["record"]
    assert person["died_at"] == family["facts"]["died_at"]


async def test_a_personal_id_is_issued_once_for_an_application(town: Town) -> None:
    family = await town.family("newborn")
    body = {
        "full_name": "Vũ Quốc Tùng",
        "sex": "male",
        "born_on": "2026-03-07",
        "province_code": "79",
        "mother_id": family["roles"]["mother"],
    }
    path = "/personal-ids/B-2026-000001.birth_registration"
    first, again = [await town.ask("population", "PUT", path, body) for _ in range(2)]
    assert first.body == again.body
    assert first.body["status"] == "issued"
    assert (await town.ask("population", "PUT", path, body | {"sex": "female"})).status == 409
    second = "/personal-ids/B-2026-000002.birth_registration"
    suspected = (await town.ask("population", "PUT", second, body)).body
    assert (suspected["status"], suspected["quoted"]) == (
        "suspected_duplicate",
        first.body["personal_id"],
    )
    neither = body | {"sex": "undetermined"}
    assert (await town.ask("population", "PUT", second, neither)).body["status"] == "not_issued"


async def test_families_are_listed_a_part_at_a_time(town: Town) -> None:
    async def listed(**params: Any) -> list[Any]:
        answer = await town.ask("population", "GET", "/families", **params)
        return list(answer.body["families"])

    whole = await listed(limit=200)
    assert [each["index"] for each in whole] == list(range(29))
    assert await listed(skip=3, limit=2) == whole[3:5]
    assert await listed(skip=27, limit=5) == whole[27:]
    assert await listed(skip=29) == []


@pytest.mark.parametrize("situation", ["newborn", "foreign_father", "pensioner", "merit"])
async def test_a_family_is_told_as_plain_json_and_its_people_are_in_the_registries(
    town: Town, situation: str
) -> None:
    family = await town.family(situation)
    assert (await town.ask("population", "GET", f"/families/{family['index']}")).body == family
    for person in family["persons"]:
        key = person["personal_id"] or person["passport"]
        found = (await town.ask("population", "GET", "/lookups/person", key=key)).body
        assert found["record"]["full_name"] == person["full_name"]
    for notice in family["birth_notices"]:
        told = (await town.ask("health", "GET", "/lookups/birth_notice", key=notice["code"])).body
        assert told["record"]["born_at"] == notice["child_born_at"]
    for home in family["households"]:
        told = (await town.ask("residence", "GET", "/lookups/household", key=home["head_id"])).body
        assert told["record"]["household_id"] == home["household_id"]
    assert (await town.ask("population", "GET", "/families/29")).status == 404
    listed = (await town.client.call("population", "GET", "/situations")).body["situations"]
    assert situation in [each["id"] for each in listed]
