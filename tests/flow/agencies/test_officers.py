"""The contract of the agencies: human officers, and certificates that go back to their issuer."""

from datetime import datetime, timedelta

from tests.flow.agencies.six_services import BIRTH_OF, HOUR, MONDAY, Town, kinds, of


async def test_an_error_in_a_certificate_goes_back_to_its_issuer_and_is_corrected(town: Town) -> None:
    await town.open("r7", faults=[{"kind": "certificate_error", "procedure": BIRTH_OF}])
    birth, body = await town.submission(BIRTH_OF, "newborn")
    await town.put(birth, body, run="r7")
    wrong = of(await town.work("civil_status", run="r7"), "granted")
    results = wrong["payload"]["results"]
    assert results["registered_full_name"] != body["form"]["child_full_name"]
    card, sent = await town.submission("health_insurance_card", "newborn", results={BIRTH_OF: results})
    now = datetime.fromisoformat(wrong["at"])
    await town.put(card, sent, at=now, run="r7")
    returned = (await town.work("social_insurance", run="r7"))[-1]
    assert (returned["kind"], returned["payload"]["issuer"]) == ("returned_to_issuer", BIRTH_OF)
    asked = {"found_by": "health_insurance_card", "error": returned["payload"]["error"]}
    for _ in range(2):
        answer = await town.put(
            birth, asked, "/corrections/1", at=datetime.fromisoformat(returned["at"]), run="r7"
        )
        assert answer.status == 200
    second = {"found_by": "permanent_residence", "error": "error_in_certificate"}
    answer = await town.put(
        birth, second, "/corrections/1", at=datetime.fromisoformat(returned["at"]), run="r7"
    )
    assert answer.status == 200
    events = await town.work("civil_status", run="r7")
    assert kinds(events).count("corrected") == 1
    corrected = of(events, "corrected")
    assert corrected["payload"]["results"] == results | {
        "registered_full_name": body["form"]["child_full_name"]
    }
    form = sent["form"] | {"registered_full_name": body["form"]["child_full_name"]}
    again = await town.put(
        card,
        {"form": form},
        "/resubmissions/1",
        at=datetime.fromisoformat(corrected["at"]),
        run="r7",
    )
    assert again.status == 200
    assert kinds(await town.work("social_insurance", run="r7"))[-3:] == ["received", "taken_up", "granted"]


GRANT = {"decision": "grant", "reason": "", "officer": "Cán bộ 1"}


async def test_a_human_officer_decides_in_place_of_the_simulated_one(town: Town) -> None:
    await town.open("r8", officers="human")
    name, body = await town.submission(BIRTH_OF, "newborn")
    await town.put(name, body, run="r8")
    assert (await town.put(name, GRANT, "/decision", run="r8")).status == 409, "not received yet"
    assert kinds(await town.work("civil_status", run="r8")) == ["received"]
    listed = await town.ask("civil_status", "GET", "/applications", state="received", run="r8")
    assert [each["application_id"] for each in listed.body["applications"]] == [name]
    found = await town.ask("civil_status", "GET", f"/applications/{name}/findings", run="r8")
    assert found.body == {"findings": []}
    at = MONDAY + timedelta(hours=3)
    for _ in range(2):
        assert (await town.put(name, GRANT, "/decision", at=at, run="r8")).status == 200
    assert (await town.put(name, GRANT | {"decision": "reject"}, "/decision", at=at, run="r8")).status == 422
    other = GRANT | {"decision": "reject", "reason": "Không đủ điều kiện"}
    assert (await town.put(name, other, "/decision", at=at, run="r8")).status == 409
    events = await town.work("civil_status", run="r8")
    assert kinds(events) == ["received", "granted"]
    assert (events[1]["at"], events[1]["payload"]["officer"]) == (at.isoformat(), "Cán bộ 1")


async def test_a_human_decision_replaces_the_simulated_act_and_supplements_may_be_asked_twice(
    town: Town,
) -> None:
    name, body = await town.submission(BIRTH_OF, "newborn")
    await town.put(name, body)
    received = of(await town.work("civil_status", MONDAY + timedelta(hours=2)), "received")
    at = datetime.fromisoformat(received["at"])
    ask_more = {"decision": "request_supplement", "reason": "Thiếu giấy tờ", "officer": "Cán bộ 1"}
    for round_ in (1, 2):
        answer = await town.put(name, ask_more, "/decision", at=at)
        assert (answer.status, answer.body["round"]) == (200, round_), answer.body
        sent = {"form": body["form"], "documents": []}
        assert (await town.put(name, sent, f"/supplements/{round_}", at=at)).status == 200
    reject = {"decision": "reject", "reason": "Sai", "officer": "Cán bộ 1"}
    assert (await town.put(name, reject, "/decision", at=at)).body["state"] == "rejected"
    events = await town.work("civil_status")
    assert kinds(events).count("supplement_requested") == 2
    assert kinds(events)[-1] == "rejected"


async def test_a_human_officer_sends_a_wrong_certificate_back(town: Town) -> None:
    name, body = await town.submission("health_insurance_card", "newborn")
    await town.put(name, body)
    received = of(await town.work("social_insurance", MONDAY + 2 * HOUR), "received")
    back = {"decision": "return_to_issuer", "reason": "Sai tên", "officer": "Cán bộ 1"}
    answer = await town.put(name, back, "/decision", at=datetime.fromisoformat(received["at"]))
    assert answer.body["state"] == "returned_to_issuer"
    returned = (await town.work("social_insurance"))[-1]
    assert returned["payload"]["issuer"] == BIRTH_OF
    birth = await town.send(BIRTH_OF, "newborn")
    await town.work("civil_status", MONDAY + 2 * HOUR)
    refused = await town.put(birth, back, "/decision", at=MONDAY + 2 * HOUR)
    assert refused.status == 409, "nobody issued anything before a birth is registered"
