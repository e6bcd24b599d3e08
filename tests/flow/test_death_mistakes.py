"""A death that is declared wrongly: who is meant, who survives, and what is closed stays closed."""

from typing import Any

import pytest

from chassis.client import ServiceRefused
from tests.town_in_memory import Town

DEATH, DEREGISTRATION = "death_registration", "residence_deregistration"
FOUR = [DEATH, DEREGISTRATION, "funeral_allowance", "survivor_benefit"]


async def asked(town: Town, run: str, procedure: str) -> None:
    """Until this procedure asks for a supplement."""
    stop = {"kind": "supplement_requested", "procedure": procedure}
    await town.post(f"/runs/{run}/clock", {"to": "settled", "stop_at": [stop]})


async def householder(town: Town) -> tuple[str, str]:
    """A dossier that waits for a new householder, with the death registered already."""
    run = await town.open(law="decree-63-2024", citizens="human")
    nobody = {f"household.new_{name}": None for name in ("householder_id", "householder_name")}
    dossier = await town.declare(run, "death", "householder_died", changes=nobody)
    await asked(town, run, DEREGISTRATION)
    assert (await town.outcomes(run, dossier))[DEATH] == "granted"
    return run, dossier


async def test_a_supplement_does_not_change_whom_a_result_is_about(town: Town) -> None:
    run, dossier = await householder(town)
    path = f"/runs/{run}/dossiers/{dossier}/supplements/{DEREGISTRATION}"
    answer = await town.ask("PUT", path, {"changes": {"deceased.personal_id": "991069153159"}})
    assert (answer.status, answer.body["type"].rpartition(":")[2]) == (422, "refused")
    assert "supplement_sent" not in await town.kinds(run, dossier, DEREGISTRATION)


async def test_a_due_time_after_a_supplement_says_that_the_clock_stood_still(town: Town) -> None:
    run, dossier = await householder(town)
    await town.settle(run, to="2026-10-08T10:00:00+07:00")
    path = f"/runs/{run}/dossiers/{dossier}/supplements/{DEREGISTRATION}"
    (await town.ask("PUT", path, {"documents": ["proof_of_dwelling"]})).raise_for_problem()
    told = await town.get(f"/runs/{run}/dossiers/{dossier}/due-dates")
    before, after = (each for each in told if each["procedure"] == DEREGISTRATION)
    supplemented = await town.event(run, dossier, "supplemented", DEREGISTRATION)
    assert after["due_at"] == supplemented["payload"]["due_at"] > before["due_at"]
    assert after["limit"] == before["limit"]
    assert "the clock stood still" in after["why_en"][0]


async def test_another_name_under_a_known_id_is_not_registered(town: Town) -> None:
    run = await town.open()
    dossier = await town.declare(run, "death", "pensioner", changes={"deceased.full_name": "Trần Văn Khác"})
    await town.settle()
    assert "deceased_not_matched" in await town.findings(run, dossier, DEATH)


async def test_a_survivor_benefit_is_for_somebody(town: Town) -> None:
    run = await town.open(law="decree-63-2024")
    example = await town.example(run, "death", "pensioner")
    declaration = example["declaration"] | {"benefit": example["declaration"]["benefit"] | {"relatives": []}}
    body: dict[str, Any] = {"group": "death", "procedures": FOUR, "declaration": declaration, "consent": True}
    answer = await town.ask("POST", f"/runs/{run}/dossiers", body)
    assert answer.status == 422
    assert ("declaration.benefit.relatives", "missing") in {
        (error["field"], error["code"]) for error in answer.body["errors"]
    }


async def test_money_that_goes_into_a_bank_needs_an_account(town: Town) -> None:
    run = await town.open(law="decree-63-2024")
    nowhere = {"benefit.payment": "bank", "benefit.bank_account": None}
    with pytest.raises(ServiceRefused) as refused:
        await town.declare(run, "death", "pensioner", changes=nowhere)
    assert [each["field"] for each in refused.value.problem["errors"]] == ["declaration.benefit.bank_account"]
    only = [DEATH, DEREGISTRATION]
    await town.declare(
        run, "death", "nobody_entitled", procedures=only, changes={"benefit.bank_account": None}
    )


async def test_survivors_are_what_a_family_calls_them(town: Town) -> None:
    run = await town.open(law="decree-63-2024")
    example = await town.example(run, "death", "pensioner")
    relations = {each["relation"] for each in example["declaration"]["benefit"]["relatives"]}
    assert relations <= {"vợ", "chồng", "con", "cha", "mẹ"}


@pytest.mark.parametrize("written", ["0912 345 678", "+84 912 345 678", "0912.345.678"])
async def test_a_telephone_number_is_taken_as_people_write_it(town: Town, written: str) -> None:
    run = await town.open()
    dossier = await town.declare(run, "death", "pensioner", changes={"declarant.phone": written})
    declared = (await town.event(run, dossier, "declared"))["payload"]["declaration"]
    assert declared["declarant"]["phone"] == "0912345678"


@pytest.mark.parametrize("closed", ["withdrawn", "returned"])
async def test_who_was_not_heard_before_a_dossier_closed_is_not_heard_any_more(
    town: Town, closed: str
) -> None:
    run = await town.open(law="decree-63-2024", citizens="human")
    dossier = await town.declare(run, "death", "pensioner", procedures=FOUR)
    path = f"/runs/{run}/dossiers/{dossier}"
    if closed == "withdrawn":
        (await town.ask("PUT", f"{path}/withdrawal", {"reason": "Khai nhầm"})).raise_for_problem()
    await town.settle()
    before = await town.kinds(run, dossier)
    answer = await town.ask("PUT", f"{path}/consents/relatives", {"given": True})
    assert answer.status == 409, answer.body
    assert await town.kinds(run, dossier) == before


async def test_nobody_to_ask_is_no_offence_against_the_citizen(town: Town) -> None:
    run = await town.open(law="decree-63-2024")
    unknown = [{"personal_id": "999999999999", "full_name": "Nguyễn Văn Không", "relation": "con"}]
    dossier = await town.declare(
        run, "death", "pensioner", procedures=FOUR, changes={"benefit.relatives": unknown}
    )
    await town.settle()
    assert "consent_refused" in await town.kinds(run, dossier)
    verdict = await town.get(f"/runs/{run}/dossiers/{dossier}/referee")
    assert "citizens_speak_for_themselves" not in str(verdict["violations"])


@pytest.mark.parametrize("path", ["separate", "interlinked"])
async def test_what_was_published_for_three_procedures_is_not_said_of_four(town: Town, path: str) -> None:
    run = await town.open(law="claim-2023")
    based = []
    for situation, procedures in (("pensioner", FOUR[:3]), ("voluntary_insured", FOUR)):
        dossier = await town.declare(run, "death", situation, path=path, procedures=procedures)
        measure = await town.get(f"/runs/{run}/dossiers/{dossier}/measurement")
        based.append(measure["legal"]["basis"])
    assert based == ["stated", "summed"]
