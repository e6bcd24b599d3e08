"""What people do beside declaring: see a preview, withdraw, be told; and branches of the past."""

from typing import Any

import pytest

from tests.town_in_memory import Town

BIRTH, RESIDENCE, CARD = "birth_registration", "permanent_residence", "health_insurance_card"


async def shown(town: Town, run: str) -> tuple[dict[str, Any], dict[str, Any]]:
    example = await town.example(run, "birth", "newborn")
    draft = {key: example[key] for key in ("group", "procedures", "declaration")}
    return draft, await town.post(f"/runs/{run}/previews", draft)


async def test_a_preview_that_is_agreed_to_becomes_a_dossier(town: Town) -> None:
    run = await town.open()
    _, preview = await shown(town, run)
    assert [form["procedure"] for form in preview["forms"]] == [BIRTH, RESIDENCE, CARD]
    path = f"/runs/{run}/previews/{preview['preview']}/answer"
    answered = (await town.ask("PUT", path, {"agreed": True})).raise_for_problem().body
    dossier = answered["dossier"]["dossier"]
    declared = await town.event(run, dossier, "declared")
    assert declared["payload"]["preview"] == preview["preview"]


async def test_a_preview_that_is_refused_sends_nothing_and_leaves_a_record(town: Town) -> None:
    run = await town.open()
    _, preview = await shown(town, run)
    path = f"/runs/{run}/previews/{preview['preview']}/answer"
    assert (await town.ask("PUT", path, {"agreed": False})).body["dossier"] is None
    assert await town.get(f"/runs/{run}/dossiers") == []
    log = await town.get(f"/runs/{run}/events")
    answers = [event["payload"] for event in log if event["kind"] == "preview_answered"]
    assert answers == [{"preview": preview["preview"], "answer": "refused"}]
    assert (await town.ask("PUT", path, {"agreed": True})).status == 409


async def test_an_answer_that_was_lost_can_be_given_again(town: Town) -> None:
    run = await town.open()
    _, preview = await shown(town, run)
    path = f"/runs/{run}/previews/{preview['preview']}/answer"
    answers = [(await town.ask("PUT", path, {"agreed": True})).raise_for_problem().body for _ in range(2)]
    assert answers[0]["dossier"]["dossier"] == answers[1]["dossier"]["dossier"]
    assert len(await town.get(f"/runs/{run}/dossiers")) == 1


async def test_a_preview_that_the_door_refuses_is_not_answered_yet(town: Town) -> None:
    run = await town.open()
    draft = await town.example(run, "birth", "newborn")
    draft = {"group": "birth", "declaration": draft["declaration"]}
    draft["declaration"]["child"]["born_on"] = "2027-01-01"
    shown_of_it = await town.ask("POST", f"/runs/{run}/previews", draft)
    path = f"/runs/{run}/previews/{shown_of_it.raise_for_problem().body['preview']}/answer"
    assert (await town.ask("PUT", path, {"agreed": True})).status == 422
    assert (await town.ask("PUT", path, {"agreed": False})).status == 200


async def test_a_supplement_sent_again_is_the_same_and_another_is_refused(town: Town) -> None:
    asked = {
        "kind": "officer_decides",
        "procedure": RESIDENCE,
        "decision": "request_supplement",
        "reason_vi": "Thiếu giấy",
        "remedy": ["proof_of_dwelling"],
    }
    run = await town.open(citizens="human", faults=[asked])
    dossier = await town.declare(run, "birth", "newborn")
    await town.post(f"/runs/{run}/clock", {"to": "settled", "stop_at": [{"kind": "supplement_requested"}]})
    path = f"/runs/{run}/dossiers/{dossier}/supplements/{RESIDENCE}"
    body = {"documents": ["proof_of_dwelling"], "changes": {}}
    for _ in range(2):
        (await town.ask("PUT", path, body)).raise_for_problem()
    assert (await town.kinds(run, dossier, RESIDENCE)).count("supplement_sent") == 1
    assert (await town.ask("PUT", path, {"documents": ["pledge"], "changes": {}})).status == 409


async def test_an_officer_need_not_be_named_and_what_an_agency_finds_wrong_is_told_by_field(
    town: Town,
) -> None:
    run = await town.open(officers="human")
    dossier = await town.declare(run, "birth", "newborn")
    await town.settle(to="2026-10-05T10:00:00+07:00")
    path = f"/runs/{run}/worklists/civil_status/{dossier}.{BIRTH}/decision"
    silent = await town.ask("PUT", path, {"decision": "reject"})
    assert silent.status == 422
    assert [each["field"] for each in silent.body["errors"]] == ["reason"]
    assert (await town.ask("PUT", path, {"decision": "grant"})).status == 200


async def test_a_preview_answered_too_late_is_worth_nothing(town: Town) -> None:
    run = await town.open(preview_minutes=5)
    _, preview = await shown(town, run)
    await town.settle(to="2026-10-05T08:05:01+07:00")
    path = f"/runs/{run}/previews/{preview['preview']}/answer"
    assert (await town.ask("PUT", path, {"agreed": True})).status == 409
    assert await town.get(f"/runs/{run}/dossiers") == []


async def test_what_is_withdrawn_is_taken_back_everywhere_and_what_is_granted_stands(town: Town) -> None:
    run = await town.open()
    dossier = await town.declare(run, "birth", "newborn")
    stop = {"kind": "received", "dossier": dossier, "procedure": RESIDENCE}
    await town.post(f"/runs/{run}/clock", {"to": "settled", "stop_at": [stop]})
    path = f"/runs/{run}/dossiers/{dossier}/withdrawal"
    for _ in range(2):
        view = (await town.ask("PUT", path, {"reason": "Khai nhầm"})).raise_for_problem().body
        assert view["state"] == "withdrawn"
    await town.settle()
    outcomes = await town.outcomes(run, dossier)
    assert outcomes == {BIRTH: "granted", RESIDENCE: "withdrawn", CARD: "withdrawn"}
    assert (await town.kinds(run, dossier)).count("withdrawn") == 3
    worklist = await town.get(f"/runs/{run}/worklists/residence", state="withdrawn")
    assert [each["application_id"] for each in worklist] == [f"{dossier}.{RESIDENCE}"]


async def test_what_has_ended_cannot_be_withdrawn(town: Town) -> None:
    run = await town.open()
    dossier = await town.declare(run, "birth", "newborn")
    await town.settle()
    answer = await town.ask("PUT", f"/runs/{run}/dossiers/{dossier}/withdrawal", {"reason": ""})
    assert answer.status == 409


async def test_each_change_of_state_is_told_in_both_languages(town: Town) -> None:
    run = await town.open(
        faults=[{"kind": "second_supplement", "procedure": RESIDENCE, "papers": ["a", "b"]}]
    )
    dossier = await town.declare(run, "birth", "newborn_with_grandparents")
    await town.settle()
    told = await town.get(f"/runs/{run}/dossiers/{dossier}/messages")
    about = [message["about"] for message in told]
    assert about[0] == "declared"
    assert about[-1] == "results_returned"
    assert {"received", "supplement_requested", "supplemented", "granted", "consent_requested"} <= set(about)
    for message in told:
        assert "{" not in message["text_vi"] + message["text_en"]
        assert message["sample"] == "MÔ PHỎNG"
        assert message["to"] == ("relative" if message["about"] == "consent_requested" else "declarant")
    asked = next(message for message in told if message["about"] == "supplement_requested")
    assert "Thiếu giấy tờ" in asked["text_vi"]
    assert "a paper is missing" in asked["text_en"]


async def test_on_the_old_path_nobody_tells_anybody(town: Town) -> None:
    run = await town.open()
    dossier = await town.declare(run, "birth", "newborn", path="separate")
    await town.settle()
    assert await town.get(f"/runs/{run}/dossiers/{dossier}/messages") == []


async def forked(town: Town, dossier: str, at: int, **instead: Any) -> dict[str, Any]:
    fork: dict[str, Any] = await town.post(f"/runs/run/dossiers/{dossier}/forks", {"at": at, **instead})
    return fork


async def finished(
    town: Town, situation: str = "newborn_with_grandparents"
) -> tuple[str, list[dict[str, Any]]]:
    run = await town.open()
    dossier = await town.declare(run, "birth", situation)
    await town.settle()
    return dossier, await town.history(run, dossier)


async def test_a_fork_at_every_decision_shares_its_prefix_exactly_and_then_differs(town: Town) -> None:
    dossier, history = await finished(town)
    for event in history:
        if event["kind"] != "granted":
            continue
        told = {"decision": "reject", "reason": "Không đủ điều kiện"}
        fork = await forked(town, dossier, event["sequence"], decision=told)
        assert fork["shared"] == event["sequence"] - 1
        branch = await town.history(fork["run_id"], dossier)
        assert branch[: fork["shared"]] == history[: fork["shared"]], "hashes and all"
        assert fork["original"][0]["kind"] == "granted"
        assert [each["kind"] for each in fork["branch"][:2]] == ["fault_injected", "rejected"]
        assert fork["branch"][1]["procedure"] == event["procedure"]


async def test_a_fork_before_the_officer_opens_the_file_changes_what_is_found(town: Town) -> None:
    dossier, history = await finished(town)
    received = next(each for each in history if each["kind"] == "received" and each["procedure"] == RESIDENCE)
    asked = {"decision": "request_supplement", "reason": "Thiếu giấy", "remedy": ["proof_of_dwelling"]}
    fork = await forked(town, dossier, received["sequence"], decision=asked)
    assert fork["shared"] > received["sequence"]
    kinds = [(each["kind"], each["procedure"]) for each in fork["branch"]]
    assert ("supplemented", RESIDENCE) in kinds
    assert kinds[-1] == ("results_returned", None)


async def test_a_rejection_at_first_sight_can_be_undone_in_a_branch(town: Town) -> None:
    reject = {"kind": "officer_decides", "procedure": RESIDENCE, "decision": "reject", "reason_vi": "x"}
    run = await town.open(faults=[reject])
    dossier = await town.declare(run, "birth", "newborn")
    await town.settle()
    rejected = await town.event(run, dossier, "rejected", RESIDENCE)
    fork = await forked(town, dossier, rejected["sequence"], decision={"decision": "reject", "reason": "y"})
    assert fork["shared"] == rejected["sequence"] - 1
    assert fork["branch"][0]["payload"]["reason"] == "y"


async def test_a_fork_with_a_fault_or_an_act_shares_everything_up_to_its_instant(town: Town) -> None:
    dossier, history = await finished(town)
    lost = {"faults": [{"kind": "message_lost", "agency": "civil_status", "event": "granted"}]}
    withdrawn = {"act": {"act": "withdraw", "reason": "Thôi"}}
    for instead in (lost, withdrawn):
        fork = await forked(town, dossier, 3, **instead)
        assert fork["shared"] >= 3
        branch = await town.history(fork["run_id"], dossier)
        assert branch[: fork["shared"]] == history[: fork["shared"]]
        assert fork["branch"] != fork["original"]


async def test_the_same_fork_again_is_the_same_branch(town: Town) -> None:
    dossier, _ = await finished(town)
    told = {"decision": {"decision": "reject", "reason": "x", "procedure": CARD}}
    first = await forked(town, dossier, 4, **told)
    assert await forked(town, dossier, 4, **told) == first
    compared = await town.get(f"/runs/run/dossiers/{dossier}/forks/{first['run_id']}")
    assert compared == first


async def test_a_branch_repeats_what_people_did_before_it(town: Town) -> None:
    run = await town.open(citizens="human")
    dossier = await town.declare(run, "birth", "newborn_with_grandparents")
    await town.settle(to="2026-10-05T09:00:00+07:00")
    asked = await town.event(run, dossier, "consent_requested")
    path = f"/runs/{run}/dossiers/{dossier}/consents/{asked['payload']['party']}"
    (await town.ask("PUT", path, {"given": True})).raise_for_problem()
    await town.settle()
    granted = await town.event(run, dossier, "granted", RESIDENCE)
    fork = await forked(town, dossier, granted["sequence"], decision={"decision": "reject", "reason": "x"})
    assert fork["shared"] == granted["sequence"] - 1


@pytest.mark.parametrize(
    ("at", "instead", "status"),
    [
        (99, {"decision": {"decision": "reject", "reason": "x"}}, 404),
        (1, {"decision": {"decision": "reject", "reason": "x"}}, 409),
        (3, {}, 422),
        (3, {"decision": {"decision": "return_to_issuer", "reason": "x"}}, 422),
    ],
)
async def test_a_fork_that_makes_no_sense_is_refused(
    town: Town, at: int, instead: dict[str, Any], status: int
) -> None:
    dossier, _ = await finished(town, "newborn")
    answer = await town.ask("POST", f"/runs/run/dossiers/{dossier}/forks", {"at": at, **instead})
    assert answer.status == status, answer.body


async def test_when_nobody_is_there_to_ask_the_branch_that_needs_the_consent_does_not_start(
    town: Town,
) -> None:
    run = await town.open()
    nobody = {"residence.householder_id": "999099000001"}
    dossier = await town.declare(run, "birth", "newborn_with_grandparents", changes=nobody)
    assert (await town.settle())["settled"]
    outcomes = await town.outcomes(run, dossier)
    assert outcomes == {BIRTH: "granted", RESIDENCE: "not_started", CARD: "granted"}
    refused = await town.event(run, dossier, "consent_refused")
    assert refused["payload"]["party"] == "householder"


async def test_a_consent_refused_after_sending_takes_the_application_back(town: Town) -> None:
    run = await town.open(citizens="human")
    dossier = await town.declare(run, "birth", "newborn_with_grandparents")
    stop = {"kind": "sent", "dossier": dossier, "procedure": RESIDENCE}
    await town.post(f"/runs/{run}/clock", {"to": "settled", "stop_at": [stop]})
    path = f"/runs/{run}/dossiers/{dossier}/consents/householder"
    (await town.ask("PUT", path, {"given": False})).raise_for_problem()
    await town.settle()
    assert (await town.outcomes(run, dossier))[RESIDENCE] == "not_started"
    worklist = await town.get(f"/runs/{run}/worklists/residence", state="withdrawn")
    assert [each["application_id"] for each in worklist] == [f"{dossier}.{RESIDENCE}"]
    assert (await town.kinds(run, dossier))[-1] == "results_returned"
    assert (await town.get(f"/runs/{run}/referee"))["violations"] == []
