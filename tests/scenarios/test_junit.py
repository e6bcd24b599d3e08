"""JUnit XML of plays: failing ones first, for a report is needed most when something failed."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from junitparser import Error, JUnitXml, Skipped
from junitparser import Failure as Failed
from lxml import etree

from scenarios.junit import junit_xml
from scenarios.verdict import Failure, Played
from tests.scenarios.written import BROKEN, CANCELLED, FAILED, PASSED, PLAYS, TIMED_OUT, played

XSD = etree.XMLSchema(etree.parse(str(Path(__file__).with_name("junit.xsd"))))


def read(plays: Sequence[Played]) -> JUnitXml:
    """The report as a standard reader has it; it keeps to the schema."""
    document = junit_xml(plays, name="library")
    XSD.assertValid(etree.fromstring(document))
    return JUnitXml.fromstring(document)


def test_a_failed_story_names_every_expectation_that_failed_and_how_to_play_it_again() -> None:
    (suite,) = read([FAILED])
    (case,) = suite
    (failure,) = case.result
    assert isinstance(failure, Failed)
    assert failure.type == "failed"
    assert failure.message == (
        "expect.outcomes.dossier.permanent_residence: expected granted, got rejected; "
        "nearest: granted at round 1 (and 1 more)"
    )
    assert failure.text == (
        "expect.outcomes.dossier.permanent_residence\n  expected: granted\n  actual:   rejected\n"
        "  nearest:  granted at round 1\n\n"
        "expect.count[0]\n  expected: exactly 2 visits\n  actual:   3 visits\n\n"
        "last event: results_returned\n\n"
        "Play it again:\n  python3 run.py play birth_flow/scenarios/late.toml --seed 2026"
    )


@pytest.mark.parametrize("play", [TIMED_OUT, BROKEN])
def test_a_story_that_never_ended_is_an_error_with_its_last_event(play: Played) -> None:
    ((case,),) = read([play])
    (error,) = case.result
    assert isinstance(error, Error)
    assert (error.type, error.message) == (play.verdict, play.error)
    assert "last event: sent residence_deregistration" in error.text


def test_a_cancelled_story_is_skipped() -> None:
    ((case,),) = read([CANCELLED])
    assert isinstance(case.result[0], Skipped)


def test_a_passed_story_carries_its_seed_and_command() -> None:
    ((case,),) = read([PASSED])
    assert case.is_passed
    assert (case.name, case.classname, case.time) == ("grandparents", "birth_flow.scenarios", 0.25)
    ((_, *written),) = [list(each.iter()) for each in case._elem.iter("properties")]
    properties = {each.get("name"): each.get("value") for each in written}
    assert properties["seed"] == "2026"
    assert properties["command"] == PASSED.command
    assert f"command: {PASSED.command}" in case.system_out


def test_what_was_played_again_and_again_is_told_apart_by_its_seed() -> None:
    again = [played(seed=seed, file="mine.toml") for seed in (7, 8)]
    (suite,) = read([*again, played(scenario="other", file="other.toml")])
    assert suite.name == "stories"
    assert [(case.name, case.classname) for case in suite] == [
        ("grandparents (seed 7)", "stories"),
        ("grandparents (seed 8)", "stories"),
        ("other", "stories"),
    ]


def test_a_suite_is_a_folder_and_counts_its_own() -> None:
    report = read(PLAYS)
    assert (report.tests, report.failures, report.errors) == (5, 1, 2)
    assert [(suite.name, suite.tests, suite.failures, suite.errors, suite.skipped) for suite in report] == [
        ("birth_flow/scenarios", 2, 1, 0, 0),
        ("death_flow/scenarios", 3, 0, 2, 1),
    ]
    assert report.time == pytest.approx(sum(play.seconds for play in PLAYS))
    assert sum(suite.time for suite in report) == pytest.approx(report.time)


def test_a_suite_without_plays_is_a_report_too() -> None:
    assert read([]).tests == 0


def test_the_order_of_plays_does_not_change_the_report() -> None:
    assert junit_xml(PLAYS, name="x") == junit_xml(PLAYS[::-1], name="x")


@pytest.mark.parametrize("hostile", ["\x00\x1b[31m", "\ud800", "]]>", "<&\"'>", "\ufffe", "Đặng Thị Ổn 😀"])
def test_no_text_breaks_the_document(hostile: str) -> None:
    play = played(
        verdict="failed",
        failures=(Failure(f"a{hostile}", f"b{hostile}", f"c{hostile}", f"d{hostile}"),),
        **dict.fromkeys(("scenario", "file", "title_vi", "title_en", "command", "error"), f"x/{hostile}y"),
    )
    ((case,),) = read([play])
    written = f"x/{hostile}y"
    kept = "".join("\ufffd" if each in "\x00\x1b\ud800\ufffe" else each for each in written)
    assert case.name == kept


def test_the_schema_refuses_what_no_reader_would_take() -> None:
    document = junit_xml([FAILED], name="x").decode()
    for old, new in [("<failure", "<failures"), ('name="late"', ""), ('tests="1"', 'tests="one"')]:
        assert old in document
        broken = document.replace(old, new).replace(
            "</failure>", "</failures>" if new == "<failures" else "</failure>"
        )
        assert not XSD.validate(etree.fromstring(broken.encode()))
