"""The birth group through three agencies over HTTP: what the law says, seen from the event log."""

from datetime import datetime, timedelta

import pytest

from chassis.client import ServiceRefused
from flow_model.working_time import CALENDAR
from tests.flow.births import ALL, BIRTH, CARD, RESIDENCE, at
from tests.town_in_memory import Town


async def test_one_declaration_has_three_procedures_done(town: Town) -> None:
    run = await town.open()
    dossier = await town.declare(run, "birth", "newborn")
    assert dossier == "B-2026-000001"
    assert (await town.settle())["settled"]
    assert await town.outcomes(run, dossier) == ALL
    assert (await town.kinds(run, dossier))[-1] == "results_returned"


async def test_residence_and_card_wait_for_the_register_entry_and_then_go_in_parallel(town: Town) -> None:
    run = await town.open()
    dossier = await town.declare(run, "birth", "newborn")
    await town.settle()
    granted = at(await town.event(run, dossier, "granted", BIRTH))
    for later in (RESIDENCE, CARD):
        sent = at(await town.event(run, dossier, "sent", later))
        assert granted <= sent <= granted + timedelta(minutes=10)
    residence_done = at(await town.event(run, dossier, "granted", RESIDENCE))
    assert at(await town.event(run, dossier, "sent", CARD)) < residence_done


async def test_the_personal_id_of_the_child_reaches_both_later_forms(town: Town) -> None:
    run = await town.open()
    dossier = await town.declare(run, "birth", "newborn")
    await town.settle()
    results = await town.get(f"/runs/{run}/dossiers/{dossier}/results")
    personal_id = results[BIRTH]["values"]["personal_id"]
    assert personal_id.startswith("9")
    assert len(personal_id) == 12
    for agency, procedure in (("residence", RESIDENCE), ("social_insurance", CARD)):
        worklist = await town.get(f"/runs/{run}/worklists/{agency}", state="granted")
        assert [each["form"]["personal_id"] for each in worklist if each["procedure"] == procedure] == [
            personal_id
        ]


@pytest.mark.parametrize("procedures", [[BIRTH, CARD], [BIRTH, RESIDENCE]])
async def test_the_declarant_may_ask_for_two(town: Town, procedures: list[str]) -> None:
    run = await town.open()
    dossier = await town.declare(run, "birth", "newborn", procedures=procedures)
    await town.settle()
    assert await town.outcomes(run, dossier) == dict.fromkeys(procedures, "granted")


async def test_residence_and_card_without_a_birth_are_no_lawful_choice(town: Town) -> None:
    run = await town.open()
    with pytest.raises(ServiceRefused) as refused:
        await town.declare(run, "birth", "newborn", procedures=[RESIDENCE, CARD])
    assert refused.value.status == 422
    assert await town.get(f"/runs/{run}/dossiers") == []


async def test_the_residence_clock_starts_only_when_dossier_and_consents_are_in(town: Town) -> None:
    run = await town.open()
    dossier = await town.declare(run, "birth", "newborn_with_grandparents")
    await town.settle()
    consents = [event for event in await town.history(run, dossier) if event["kind"] == "consent_given"]
    assert consents
    received = await town.event(run, dossier, "received", RESIDENCE)
    sent = await town.event(run, dossier, "sent", RESIDENCE)
    assert at(received) >= max([at(sent), *map(at, consents)])
    due_at = datetime.fromisoformat(received["payload"]["due_at"])
    limit = received["payload"]["limit"]
    assert due_at == CALENDAR.due_at(at(received), limit["value"], limit["unit"])


async def test_a_consent_that_is_never_clicked_leaves_the_residence_waiting_and_the_card_goes_on(
    town: Town,
) -> None:
    run = await town.open(citizens="human")
    dossier = await town.declare(run, "birth", "newborn_with_grandparents")
    await town.settle()
    outcomes = await town.outcomes(run, dossier)
    assert outcomes[RESIDENCE] == "sent"
    assert outcomes[CARD] == "granted"
    asked = [event for event in await town.history(run, dossier) if event["kind"] == "consent_requested"]
    for event in asked:
        path = f"/runs/{run}/dossiers/{dossier}/consents/{event['payload']['party']}"
        (await town.ask("PUT", path, {"given": True})).raise_for_problem()
    await town.settle()
    assert await town.outcomes(run, dossier) == ALL


async def test_a_consent_that_is_refused_ends_that_branch_alone(town: Town) -> None:
    run = await town.open(citizens="human")
    dossier = await town.declare(run, "birth", "newborn_with_grandparents")
    await town.settle(to="2026-10-05T09:00:00+07:00")
    party = (await town.event(run, dossier, "consent_requested"))["payload"]["party"]
    path = f"/runs/{run}/dossiers/{dossier}/consents/{party}"
    (await town.ask("PUT", path, {"given": False})).raise_for_problem()
    await town.settle()
    assert await town.outcomes(run, dossier) == {**ALL, RESIDENCE: "not_started"}
    assert (await town.kinds(run, dossier))[-1] == "results_returned"


async def test_while_the_population_database_is_down_the_certificate_is_issued_and_the_id_filled_in_later(
    town: Town,
) -> None:
    down = {
        "kind": "outage",
        "service": "population",
        "from": "2026-10-05T08:01:00+07:00",
        "until": "2026-10-08T10:00:00+07:00",
    }
    run = await town.open(faults=[down])
    dossier = await town.declare(run, "birth", "newborn")
    await town.settle()
    granted = await town.event(run, dossier, "granted", BIRTH)
    assert granted["payload"]["results"]["personal_id"] is None
    filled = await town.event(run, dossier, "personal_id_filled_in", BIRTH)
    assert at(filled) >= datetime.fromisoformat(down["until"])
    assert await town.outcomes(run, dossier) == ALL


async def test_an_error_in_the_certificate_goes_back_to_its_issuer(town: Town) -> None:
    run = await town.open(faults=[{"kind": "certificate_error", "procedure": BIRTH}])
    dossier = await town.declare(run, "birth", "newborn")
    await town.settle()
    assert "returned_to_issuer" in await town.kinds(run, dossier)
    assert "corrected" in await town.kinds(run, dossier, BIRTH)
    assert await town.outcomes(run, dossier) == ALL
    results = await town.get(f"/runs/{run}/dossiers/{dossier}/results")
    subject = (await town.get(f"/runs/{run}/dossiers/{dossier}"))["subject"]
    assert results[BIRTH]["values"]["registered_full_name"] == subject


async def test_the_same_birth_declared_twice_is_refused_with_the_first_dossier_named(town: Town) -> None:
    run = await town.open()
    dossier = await town.declare(run, "birth", "newborn")
    with pytest.raises(ServiceRefused) as refused:
        await town.declare(run, "birth", "newborn")
    assert refused.value.status == 409
    assert dossier in refused.value.problem["detail"]


async def test_the_old_path_takes_six_visits_to_three_counters_one_after_the_other(town: Town) -> None:
    run = await town.open()
    dossier = await town.declare(run, "birth", "newborn", path="separate")
    await town.settle()
    assert await town.outcomes(run, dossier) == ALL
    history = await town.history(run, dossier)
    visits = [
        (event["procedure"], event["payload"]["purpose"]) for event in history if event["kind"] == "visited"
    ]
    assert visits == [
        (BIRTH, "submit"),
        (BIRTH, "collect"),
        (RESIDENCE, "submit"),
        (RESIDENCE, "collect"),
        (CARD, "submit"),
        (CARD, "collect"),
    ]
    measure = await town.get(f"/runs/{run}/dossiers/{dossier}/measurement")
    assert measure["visits"] == 6
    assert measure["counters"] == 3
    assert measure["legal"] | {"value": 21, "unit": "days"} == measure["legal"]
    for event in history:
        if event["kind"] == "visited":
            assert CALENDAR.is_open(datetime.fromisoformat(event["payload"]["arrives_at"]))


async def test_since_september_2026_the_identity_card_may_be_asked_for_too_and_its_limit_is_unknown(
    town: Town,
) -> None:
    run = await town.open(law="decree-301-2026")
    four = [BIRTH, RESIDENCE, CARD, "identity_card"]
    dossier = await town.declare(run, "birth", "newborn", procedures=four)
    await town.settle()
    assert await town.outcomes(run, dossier) == {**ALL, "identity_card": "granted"}
    measure = await town.get(f"/runs/{run}/dossiers/{dossier}/measurement")
    assert measure["legal"]["value"] is None


async def test_every_due_time_says_why_it_is_what_it_is(town: Town) -> None:
    # Friday 13 February 2026: Tết closes the offices from the 16th to the 20th.
    run = await town.open(starts_at="2026-02-13T13:30:00+07:00")
    dossier = await town.declare(run, "birth", "newborn")
    await town.settle()
    told = await town.get(f"/runs/{run}/dossiers/{dossier}/due-dates")
    assert {each["procedure"] for each in told} == {BIRTH, RESIDENCE, CARD}
    for each in told:
        received = await town.event(run, dossier, "received", each["procedure"])
        assert each["due_at"] == received["payload"]["due_at"]
    before_tet = [each for each in told if each["received_at"] < "2026-02-14" and each["procedure"] != BIRTH]
    assert before_tet
    for each in before_tet:
        assert "Mùng hai Tết" in " ".join(each["why_vi"])
        assert "public holiday" in " ".join(each["why_en"])
