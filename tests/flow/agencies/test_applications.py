"""The contract of the agencies: what is received, what is refused, and what becomes of it."""

from datetime import timedelta

import pytest

from flow_model.catalogue import catalogue
from flow_model.working_time import CALENDAR
from tests.flow.agencies.six_services import (
    BIRTH_OF,
    LONG_AFTER,
    MONDAY,
    SENT,
    Town,
    agency_of,
    ids_of,
    kinds,
    of,
)


@pytest.mark.parametrize(("procedure", "situation"), SENT)
async def test_an_application_is_received_taken_up_and_granted_with_its_results(
    town: Town, procedure: str, situation: str
) -> None:
    given = {"relatives": MONDAY.isoformat()} if procedure == "survivor_benefit" else {}
    name = await town.send(procedure, situation, consents_given=given)
    events = await town.work(agency_of(name))
    assert kinds(events) == ["received", "taken_up", "granted"], events
    assert [event["id"] for event in events] == [1, 2, 3]
    group = next(each for each in catalogue().groups.values() if procedure in ids_of(each))
    assert tuple(events[2]["payload"]["results"]) == group.procedure(procedure).results
    received = events[0]["payload"]
    assert events[2]["at"] <= received["due_at"]
    assert received["limit"]["article"]
    shown = await town.show(name)
    assert (shown["state"], shown["next_act_at"]) == ("granted", None)


@pytest.mark.parametrize(("procedure", "situation"), SENT)
async def test_sending_twice_counts_once_and_other_content_is_a_conflict(
    town: Town, procedure: str, situation: str
) -> None:
    name, body = await town.submission(procedure, situation)
    first, again = await town.put(name, body), await town.put(name, body)
    assert (first.status, again.status) == (201, 200)
    assert first.body == again.body
    assert first.headers["next-act-at"] == first.body["next_act_at"]
    other = await town.put(name, body | {"documents": ["pledge"]})
    assert (other.status, other.body["type"]) == (409, "urn:mot-lan-khai:problem:conflicting-content")


async def test_a_wrong_form_is_refused_cell_by_cell_and_nothing_is_kept(town: Town) -> None:
    name, body = await town.submission(BIRTH_OF, "newborn")
    form = body["form"] | {"child_sex": "unknown", "child_born_on": "yesterday", "stray": 1}
    answer = await town.put(name, body | {"form": form})
    assert answer.status == 422
    fields = {error["field"] for error in answer.body["errors"]}
    assert fields == {"form.child_sex", "form.child_born_on", "form.stray"}
    assert (await town.ask("civil_status", "GET", f"/applications/{name}")).status == 404


async def test_another_agencys_procedure_an_unknown_group_and_a_bad_name_are_refused(town: Town) -> None:
    name, body = await town.submission(BIRTH_OF, "newborn")
    residence = await town.ask("residence", "PUT", f"/applications/{name}", body)
    assert residence.status == 404
    assert (await town.put(name, body | {"group": "tennis"})).status == 404
    assert (await town.ask("civil_status", "PUT", "/applications/x", body)).status == 422
    later = body | {"procedure": "identity_card"}
    card = await town.ask("residence", "PUT", "/applications/B-2026-000001.identity_card", later)
    assert card.status == 422, "the card joins the group only in September 2026"


async def test_twins_are_confirmed_and_a_lone_suspect_is_registered_without_a_number(town: Town) -> None:
    await town.send(BIRTH_OF, "twins", number=1)
    await town.send(BIRTH_OF, "twins", child=1, number=2)
    _, body = await town.submission(BIRTH_OF, "suspected_duplicate", number=3)
    body["form"]["children_this_birth"] = 1
    lone = "B-2026-000003.birth_registration"
    assert (await town.put(lone, body)).status == 201
    events = [event for event in await town.work("civil_status") if event["kind"] == "granted"]
    told = {
        event["application_id"]: (
            event["payload"]["results"]["personal_id"],
            {each["code"] for each in event["payload"]["findings"]},
        )
        for event in events
    }
    twins = [told[f"B-2026-00000{number}.birth_registration"] for number in (1, 2)]
    assert len({personal_id for personal_id, _ in twins} - {None}) == 2
    assert sum("suspected_duplicate_overridden" in codes for _, codes in twins) == 1
    assert told[lone][0] is None
    assert "suspected_duplicate" in told[lone][1]


async def test_the_same_birth_in_another_dossier_is_rejected(town: Town) -> None:
    await town.send(BIRTH_OF, "newborn", number=1)
    _, body = await town.submission(BIRTH_OF, "newborn", number=2)
    await town.work("civil_status")
    second = "B-2026-000002.birth_registration"
    await town.put(second, body, at=LONG_AFTER)
    assert (await town.work("civil_status", LONG_AFTER + timedelta(days=9)))[-1]["kind"] == "rejected"
    assert (await town.show(second))["reason"] == "Trẻ này đã được đăng ký khai sinh"


@pytest.mark.parametrize(
    ("situation", "heir"), [("householder_died", "named"), ("householder_died", None), ("sole_member", None)]
)
async def test_a_household_that_remains_has_a_living_head(
    town: Town, situation: str, heir: str | None
) -> None:
    name, body = await town.submission("residence_deregistration", situation)
    deceased = body["form"]["member_personal_id"]
    if situation == "householder_died" and heir is None:
        body["form"]["new_householder_id"] = None
    await town.put(name, body)
    events = await town.work("residence", MONDAY + timedelta(days=2))
    household = await town.ask("residence", "GET", "/lookups/household", key=deceased)
    if situation == "householder_died" and heir is None:
        assert of(events, "supplement_requested")["payload"]["findings"][0]["code"] == (
            "new_householder_missing"
        )
        assert household.body["found"]
        return
    assert events[-1]["kind"] == "granted"
    assert not household.body["found"]
    if heir is not None:
        new_head = body["form"]["new_householder_id"]
        record = (await town.ask("residence", "GET", "/lookups/household", key=new_head)).body["record"]
        assert record["head_id"] == new_head
        assert deceased not in [each["personal_id"] for each in record["members"]]


async def test_money_is_not_paid_twice_for_one_deceased(town: Town) -> None:
    for number in (1, 2):
        await town.send("funeral_allowance", "pensioner", number=number)
    decided = [event for event in await town.work("social_insurance") if "results" in event["payload"]]
    assert len(decided) == 1
    rejected = of(await town.work("social_insurance"), "rejected")
    assert rejected["payload"]["findings"][-1]["code"] == "already_paid"


async def test_a_foreign_child_gets_a_certificate_and_no_number(town: Town) -> None:
    name, body = await town.submission(BIRTH_OF, "foreign_father")
    body["form"]["child_nationality"] = "US"
    await town.put(name, body)
    events = await town.work("civil_status")
    assert of(events, "granted")["payload"]["results"]["personal_id"] is None
    assert kinds(events)[-1] == "granted"


async def test_at_the_counter_of_the_old_path_it_is_received_at_once_or_when_the_office_opens(
    town: Town,
) -> None:
    saturday = MONDAY - timedelta(days=2)
    await town.send(BIRTH_OF, "newborn", path="separate", number=1)
    await town.send(BIRTH_OF, "newborn_late", path="separate", number=2, at=saturday)
    events = await town.work("civil_status", MONDAY)
    received = {event["application_id"][:13]: event["at"] for event in events if event["kind"] == "received"}
    opens = CALENDAR.next_open(saturday)
    assert received == {"B-2026-000001": MONDAY.isoformat(), "B-2026-000002": opens.isoformat()}
