"""Every kind of family in the birth group: what the law says of it, seen from the event log."""

from tests.flow.births import ALL, BIRTH, RESIDENCE
from tests.town_in_memory import Town


async def test_a_late_declaration_is_accepted_and_noted(town: Town) -> None:
    run = await town.open()
    dossier = await town.declare(run, "birth", "newborn_late")
    await town.settle()
    assert "declared_late" in await town.findings(run, dossier, BIRTH)
    assert await town.outcomes(run, dossier) == ALL


async def test_without_a_birth_notice_a_witness_or_a_pledge_stands_in(town: Town) -> None:
    run = await town.open()
    dossier = await town.declare(run, "birth", "no_birth_notice")
    await town.settle()
    assert "birth_proven_without_notice" in await town.findings(run, dossier, BIRTH)
    assert await town.outcomes(run, dossier) == ALL


async def test_without_notice_or_substitute_a_supplement_is_asked_once_and_sent(town: Town) -> None:
    run = await town.open()
    dossier = await town.declare(run, "birth", "no_birth_notice", changes={"papers": []})
    await town.settle()
    kinds = await town.kinds(run, dossier, BIRTH)
    assert kinds.count("supplement_requested") == 1
    assert kinds.index("supplement_requested") < kinds.index("supplemented") < kinds.index("granted")


async def test_unmarried_parents_are_registered_with_the_recognition_of_the_child(town: Town) -> None:
    run = await town.open()
    dossier = await town.declare(run, "birth", "unmarried_parents")
    await town.settle()
    assert await town.outcomes(run, dossier) == ALL


async def test_an_unknown_father_stays_blank(town: Town) -> None:
    run = await town.open()
    dossier = await town.declare(run, "birth", "father_unknown")
    await town.settle()
    assert "father_left_blank" in await town.findings(run, dossier, BIRTH)
    worklist = await town.get(f"/runs/{run}/worklists/civil_status", state="granted")
    assert worklist[0]["form"]["father_full_name"] is None
    assert await town.outcomes(run, dossier) == ALL


async def test_an_unknown_mother_needs_the_recognition(town: Town) -> None:
    run = await town.open()
    dossier = await town.declare(run, "birth", "mother_unknown")
    await town.settle()
    assert (await town.outcomes(run, dossier))[BIRTH] == "granted"


async def test_twins_are_two_dossiers_with_two_notices_and_two_ids(town: Town) -> None:
    run = await town.open()
    families = await town.get(f"/runs/{run}/families", situation="twins", limit=1)
    children, notices = families[0]["facts"]["children"], families[0]["birth_notices"]
    example = await town.example(run, "birth", "twins")
    body = {key: example[key] for key in ("group", "procedures", "declaration")} | {"consent": True}
    first = await town.post(f"/runs/{run}/dossiers", body)
    other = example["declaration"] | {
        "notice": {"code": notices[1]["code"], "children_this_birth": 2},
        "child": example["declaration"]["child"]
        | {"full_name": children[1]["full_name"], "sex": children[1]["sex"]},
    }
    second = await town.post(f"/runs/{run}/dossiers", body | {"declaration": other})
    await town.settle()
    ids = set()
    for dossier in (first["dossier"], second["dossier"]):
        assert await town.outcomes(run, dossier) == ALL
        results = await town.get(f"/runs/{run}/dossiers/{dossier}/results")
        ids.add(results[BIRTH]["values"]["personal_id"])
    assert len(ids) == 2


async def test_a_child_of_six_or_a_child_who_died_uses_the_single_procedures(town: Town) -> None:
    run = await town.open()
    for situation, code in (("child_over_six", "not_under_six"), ("child_died", "use_single_procedures")):
        example = await town.example(run, "birth", situation)
        body = {key: example[key] for key in ("group", "procedures", "declaration")} | {"consent": True}
        answer = await town.ask("POST", f"/runs/{run}/dossiers", body)
        assert answer.status == 422
        assert code in {error["code"] for error in answer.body["errors"]}


async def test_parents_living_apart_are_verified_within_the_longer_limit(town: Town) -> None:
    run = await town.open(law="decree-63-2024")
    dossier = await town.declare(run, "birth", "parents_apart")
    await town.settle()
    assert "verification_started" in await town.kinds(run, dossier, RESIDENCE)
    measure = await town.get(f"/runs/{run}/dossiers/{dossier}/measurement")
    assert (measure["legal"]["value"], measure["legal"]["unit"]) == (5, "working_days")


async def test_a_foreign_parent_needs_an_agreement_on_nationality(town: Town) -> None:
    run = await town.open()
    dossier = await town.declare(run, "birth", "foreign_father", changes={"papers": ["recognition_of_child"]})
    await town.settle()
    assert "nationality_agreement_missing" in await town.findings(run, dossier, BIRTH)
    assert (await town.outcomes(run, dossier))[BIRTH] == "granted"


async def test_a_suspected_duplicate_is_overridden_for_a_twin(town: Town) -> None:
    run = await town.open()
    dossier = await town.declare(run, "birth", "suspected_duplicate")
    await town.settle()
    assert "suspected_duplicate_overridden" in await town.findings(run, dossier, BIRTH)
    assert await town.outcomes(run, dossier) == ALL
