"""A case in every state that stories bring it to: nothing is told in raw identifiers, nothing breaks."""

import re
from typing import Any, get_args

import pytest

from flow_model.catalogue import catalogue
from flow_model.events import KINDS
from flow_model.faults.live import Decision, LineEffect, MessageEffect
from tests.town_in_memory import Town
from tests.web.pages_in_memory import Reader
from web.case.messages import QUIET, TROUBLE, named_kinds
from web.case.names import STATES

OF_THE_RUN = {
    "run_opened",
    "clock_moved",
    "acted",
    "fork_begun",
    "forked",
    "preview_shown",
    "preview_answered",
}
LIVE = ("attachment_lost", "certificate_error", "officer_decides", "id_issue")
IDENTIFIERS = [
    each
    for each in (*KINDS, *STATES, *get_args(LineEffect), *get_args(MessageEffect), *get_args(Decision), *LIVE)
    if "_" in each
]
PARTIES = {
    consent.party
    for group in catalogue().groups.values()
    for procedure in group.procedures
    for consent in procedure.consents
}
OUTAGE = {
    "kind": "outage",
    "service": "residence",
    "from": "2026-10-05T10:00:00+07:00",
    "until": "2026-10-06T09:00:00+07:00",
}
ASKED_TWICE = {
    "kind": "second_supplement",
    "procedure": "permanent_residence",
    "papers": ["witness_statement", "pledge"],
}
STORIES: dict[str, tuple[str, str, dict[str, Any]]] = {
    "a supplement": (
        "birth",
        "newborn",
        {"faults": [ASKED_TWICE]},
    ),
    "no seal": ("birth", "newborn", {"faults": [{"kind": "no_seal", "procedure": "permanent_residence"}]}),
    "a service is down": ("birth", "newborn", {"faults": [OUTAGE]}),
    "a late birth without a notice": ("birth", "no_birth_notice", {}),
    "grandparents": ("birth", "newborn_with_grandparents", {}),
    "a pensioner": ("death", "pensioner", {}),
    "merit": ("death", "merit", {"law": "decree-63-2024"}),
}


def test_every_kind_of_event_has_words() -> None:
    assert named_kinds() | {"visited"} >= KINDS - OF_THE_RUN
    assert (TROUBLE | QUIET) <= KINDS


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("path", ["interlinked", "separate"])
@pytest.mark.parametrize("story", STORIES)
async def test_a_case_of_a_story_is_told_in_words(
    town: Town, run: str, story: str, path: str, language: str
) -> None:
    group, situation, terms = STORIES[story]
    await town.post("/runs", {"run_id": run, "record": True, "terms": {"seed": 7, **terms}})
    dossier = await town.declare(run, group, situation, path=path)
    reader = Reader(town, language)
    going_on = await reader.open(f"/ho-so/{run}/{dossier}")
    assert going_on.all("//section[@id='live-next']//li")
    await town.settle(run)
    page = await reader.open(f"/ho-so/{run}/{dossier}")
    assert len(page.answer.content) <= 60_000
    told = page.text("//table") + page.text("//*[@id='sequence']") + page.text_of_main
    raw = [each for each in IDENTIFIERS if re.search(rf"\b{each}\b(?!\.)", told)]
    if language == "vi":
        raw += [each for each in PARTIES if re.search(rf"\b{each}\b", told)]
    assert raw == [], "identifiers are for programs"
    for lens in ("nguoi-dan", "http"):
        assert (await reader.open(f"/ho-so/{run}/{dossier}?mat={lens}")).status == 200
    for number in range(1, len(page.all("//table[caption[@id='history-t']]//tbody/tr")) + 1):
        await reader.open(f"/ho-so/{run}/{dossier}/su-kien/{number}")


async def test_what_failed_and_was_tried_again_shows_every_attempt(town: Town, run: str) -> None:
    await town.post("/runs", {"run_id": run, "record": True, "terms": {"seed": 7, "faults": [OUTAGE]}})
    dossier = await town.declare(run, "birth", "newborn")
    await town.settle(run)
    events = await town.history(run, dossier)
    sent = next(
        each for each in events if each["kind"] == "sent" and each["procedure"] == "permanent_residence"
    )
    page = await Reader(town).open(f"/ho-so/{run}/{dossier}/su-kien/{sent['sequence']}")
    assert len(page.all("//section[@aria-labelledby='l3']//h3")) >= 2
    case = await Reader(town).open(f"/ho-so/{run}/{dossier}")
    assert case.all("//*[contains(@class, 'way trouble')]"), "in red, and dashed"


async def test_a_run_that_is_not_recorded_says_so(town: Town, run: str) -> None:
    await town.open(run)
    dossier = await town.declare(run, "birth", "newborn")
    await town.settle(run)
    page = await Reader(town).open(f"/ho-so/{run}/{dossier}/su-kien/2")
    assert "Không có trao đổi nào được ghi" in page.text_of_main


async def test_a_page_is_made_anew_when_something_happened(town: Town, run: str) -> None:
    await town.open(run)
    dossier = await town.declare(run, "birth", "newborn")
    reader, address = Reader(town), f"/ho-so/{run}/{dossier}"
    first = await reader.open(address)
    assert (await reader.open(address)).answer.content == first.answer.content
    await town.settle(run, "next")
    assert "2 việc" in (await reader.open(address)).text_of_main
    assert "2 events" in (await Reader(town, "en").open(address)).text_of_main


async def test_only_a_case_that_is_finished_offers_its_story(town: Town, run: str) -> None:
    await town.open(run)
    reader, address = Reader(town), f"/ho-so/{run}/{await town.declare(run, 'birth', 'newborn')}"
    assert "kich-ban.toml" not in (await reader.open(address)).answer.content.decode()
    await town.settle(run)
    assert "kich-ban.toml" in (await reader.open(address)).answer.content.decode()
