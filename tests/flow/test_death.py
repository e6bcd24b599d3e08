"""The death group: deregistration and money in parallel, and which money the law owes."""

import pytest

from chassis.client import ServiceRefused
from tests.town_in_memory import Town

DEATH, DEREGISTRATION = "death_registration", "residence_deregistration"
BASE = [DEATH, DEREGISTRATION]


@pytest.mark.parametrize(
    ("situation", "money", "working_days"),
    [
        ("pensioner", "funeral_allowance", 9),
        ("voluntary_insured", "funeral_allowance", 9),
        ("pensioner_reserved_time", "funeral_allowance", 9),
        ("social_protection", "funeral_support", 6),
        ("social_pension", "funeral_support", 6),
        ("over_eighty_survivor", "funeral_support", 11),
        ("merit", "funeral_grant", 18),
    ],
)
async def test_each_kind_of_funeral_money_has_its_own_body_and_limit(
    town: Town, situation: str, money: str, working_days: int
) -> None:
    run = await town.open(law="decree-63-2024")
    dossier = await town.declare(run, "death", situation)
    await town.settle()
    assert await town.outcomes(run, dossier) == dict.fromkeys([*BASE, money], "granted")
    measure = await town.get(f"/runs/{run}/dossiers/{dossier}/measurement")
    assert (measure["legal"]["value"], measure["legal"]["unit"]) == (working_days, "working_days")


async def test_nobody_entitled_is_a_lawful_case_of_two_procedures(town: Town) -> None:
    run = await town.open()
    dossier = await town.declare(run, "death", "nobody_entitled")
    await town.settle()
    assert await town.outcomes(run, dossier) == dict.fromkeys(BASE, "granted")


async def test_asking_for_money_that_nobody_owes_is_refused_with_the_reason(town: Town) -> None:
    run = await town.open()
    example = await town.example(run, "death", "nobody_entitled")
    body = example | {"procedures": [*BASE, "funeral_allowance"], "consent": True}
    for extra in ("family", "sources"):
        body.pop(extra)
    answer = await town.ask("POST", f"/runs/{run}/dossiers", body)
    assert answer.status == 422
    assert {error["code"] for error in answer.body["errors"]} == {"nobody_entitled"}


async def test_only_the_highest_of_several_entitlements_is_paid(town: Town) -> None:
    run = await town.open()
    with pytest.raises(ServiceRefused) as refused:
        await town.declare(run, "death", "merit_and_pension", procedures=[*BASE, "funeral_grant"])
    assert (
        "chọn Trợ cấp mai táng (BHXH) thay cho Mai táng phí (người có công)"
        in refused.value.problem["detail"]
    )
    dossier = await town.declare(run, "death", "merit_and_pension")
    await town.settle()
    assert (await town.outcomes(run, dossier))["funeral_allowance"] == "granted"


async def test_for_a_working_insured_person_the_employer_files(town: Town) -> None:
    run = await town.open()
    with pytest.raises(ServiceRefused) as refused:
        await town.declare(run, "death", "working_insured", procedures=[*BASE, "funeral_allowance"])
    assert {error["code"] for error in refused.value.problem["errors"]} == {"employer_files"}


async def test_four_procedures_wait_for_the_survivors_click(town: Town) -> None:
    run = await town.open()
    dossier = await town.declare(
        run, "death", "pensioner", procedures=[*BASE, "funeral_allowance", "survivor_benefit"]
    )
    await town.settle()
    outcomes = await town.outcomes(run, dossier)
    assert set(outcomes.values()) == {"granted"}
    assert len(outcomes) == 4


async def test_survivors_who_never_click_are_asked_for_the_paper_form_and_nobody_waits_for_ever(
    town: Town,
) -> None:
    run = await town.open(citizens="human")
    dossier = await town.declare(run, "death", "pensioner", procedures=[*BASE, "survivor_benefit"])
    await town.settle()
    asked = await town.event(run, dossier, "consent_requested")
    assert asked["payload"]["party"] == "relatives"
    assert "consent_given" not in await town.kinds(run, dossier)
    assert "relatives_not_confirmed" in await town.findings(run, dossier, "survivor_benefit")
    kinds = await town.kinds(run, dossier, "survivor_benefit")
    assert kinds.index("received") < kinds.index("supplement_requested") < kinds.index("rejected")


async def test_a_death_at_home_needs_no_notice_because_the_commune_would_issue_it(town: Town) -> None:
    run = await town.open()
    dossier = await town.declare(run, "death", "died_at_home")
    await town.settle()
    assert (await town.outcomes(run, dossier))[DEATH] == "granted"


async def test_a_long_past_death_is_verified_from_substitute_evidence(town: Town) -> None:
    run = await town.open()
    dossier = await town.declare(run, "death", "long_past_death", procedures=BASE)
    await town.settle()
    assert {"declared_late", "long_past_death"} <= set(await town.findings(run, dossier, DEATH))
    assert "verification_started" in await town.kinds(run, dossier, DEATH)
    assert (await town.outcomes(run, dossier))[DEATH] == "granted"


async def test_without_permanent_residence_death_registration_alone_is_enough(town: Town) -> None:
    run = await town.open()
    with pytest.raises(ServiceRefused) as refused:
        await town.declare(run, "death", "no_permanent_residence")
    assert "no_permanent_residence" in {error["code"] for error in refused.value.problem["errors"]}


async def test_the_sole_member_of_a_household_needs_no_new_householder(town: Town) -> None:
    run = await town.open()
    dossier = await town.declare(run, "death", "sole_member", procedures=BASE)
    await town.settle()
    assert await town.outcomes(run, dossier) == dict.fromkeys(BASE, "granted")


async def test_when_the_householder_died_a_new_one_must_be_named(town: Town) -> None:
    run = await town.open()
    nameless = {"household.new_householder_id": None, "household.new_householder_name": None}
    dossier = await town.declare(run, "death", "householder_died", procedures=BASE, changes=nameless)
    await town.settle(to="2026-10-07T12:00:00+07:00")
    view = await town.get(f"/runs/{run}/dossiers/{dossier}")
    assert view["state"] == "supplement_requested"
    named = (await town.example(run, "death", "householder_died"))["declaration"]["household"]
    changes = {f"household.{key}": named[key] for key in ("new_householder_id", "new_householder_name")}
    path = f"/runs/{run}/dossiers/{dossier}/supplements/{DEREGISTRATION}"
    (await town.ask("PUT", path, {"changes": changes})).raise_for_problem()
    await town.settle()
    assert await town.outcomes(run, dossier) == dict.fromkeys(BASE, "granted")


async def test_the_published_claim_is_the_same_two_totals_for_the_death_group(town: Town) -> None:
    for path, expected in (("separate", (21, "days")), ("interlinked", (4, "working_days"))):
        run = await town.open(path)
        dossier = await town.declare(run, "death", "pensioner", path=path)
        await town.settle(run)
        measure = await town.get(f"/runs/{run}/dossiers/{dossier}/measurement")
        assert (measure["legal"]["value"], measure["legal"]["unit"]) == expected


async def test_since_march_2026_the_police_need_no_visit_for_the_deregistration(town: Town) -> None:
    run = await town.open(law="decree-301-2026")
    dossier = await town.declare(run, "death", "pensioner", path="separate")
    await town.settle()
    visited = {event["procedure"] for event in await town.history(run, dossier) if event["kind"] == "visited"}
    assert DEREGISTRATION not in visited
    assert (await town.outcomes(run, dossier))[DEREGISTRATION] == "granted"
