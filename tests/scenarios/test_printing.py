"""Plays in a terminal: what ended, what failed and how near it was, and how to play it again."""

from collections.abc import Sequence
from io import StringIO
from typing import Any

import pytest
from rich.console import Console

from scenarios.printing import Printer
from scenarios.verdict import Failure, Played
from tests.scenarios.written import CANCELLED, FAILED, PASSED, PLAYS, TIMED_OUT, played


def lines(plays: Sequence[Played], width: int = 100, *, end: bool = True, **more: Any) -> list[str]:
    file = StringIO()
    printer = Printer(Console(file=file, width=width, highlight=False, **more))
    for play in plays:
        printer.play(play)
    if end:
        printer.end(plays, 1.5)
    return file.getvalue().splitlines()


def test_a_failure_is_told_with_what_was_expected_what_came_and_the_nearest_miss() -> None:
    text = "\n".join(lines([FAILED]))
    for words in (
        "expect.outcomes.dossier.permanent_residence",
        "mong đợi (expected) granted",
        "thực tế (actual)    rejected",
        "gần nhất (nearest)  granted at round 1",
        "exactly 2 visits",
    ):
        assert words in text


@pytest.mark.parametrize("width", [40, 60, 100])
def test_the_command_stands_whole_on_a_line_of_its_own_to_be_copied(width: int) -> None:
    assert FAILED.command in [line.strip() for line in lines([FAILED], width)]


def test_a_story_that_never_ended_names_its_last_event_and_why() -> None:
    text = "\n".join(lines([TIMED_OUT]))
    assert "nothing more happened within 20 s" in text
    assert "sent residence_deregistration" in text


def test_each_play_is_one_line_with_its_mark_name_and_seconds() -> None:
    said = lines(PLAYS, end=False)
    assert [line[0] for line in said] == ["✓", "✗", "⏱", "✗", "–"]
    for line, play in zip(said, PLAYS, strict=True):
        assert play.scenario in line
        assert play.title_vi in line
        assert line.rstrip().endswith(" s")
    assert "0,25 s" in said[0]


def test_the_last_line_sums_up_with_the_time_that_passed() -> None:
    assert lines(PLAYS, 200)[-1] == (
        "1 đạt (passed) · 1 trượt (failed) · 1 quá giờ (timed out) · 1 lỗi (error) · "
        "1 đã hủy (cancelled) · 5 kịch bản, 1,50 s"
    )
    assert lines([PASSED])[-1] == "1 đạt (passed) · 0 trượt (failed) · 1 kịch bản, 1,50 s"


def test_only_what_did_not_pass_is_told_at_length() -> None:
    assert len(lines([PASSED, CANCELLED])) == 4


@pytest.mark.parametrize("width", [20, 40, 60])
def test_a_narrow_terminal_shortens_titles_and_loses_no_name(width: int) -> None:
    said = lines([PASSED, FAILED], width, end=False)
    assert max(map(len, said)) <= width
    long = played(scenario="a-very-long-name-of-a-story-about-grandparents", title_vi="x" * 200)
    joined = "".join("".join(lines([long], 60, end=False)).split())
    assert long.scenario in joined.replace("x", "").replace("…0,25s", "")


def test_nothing_that_a_story_says_is_read_as_markup() -> None:
    hostile = "[red]x[/red][/nothing] [link=file:///etc]y[/link]"
    play = played(
        verdict="failed",
        title_vi=hostile,
        error=hostile,
        last_event=hostile,
        failures=(Failure(hostile, hostile, hostile, hostile),),
    )
    text = "\n".join(lines([play], 200))
    assert text.count(hostile) == 7


def test_without_colour_there_are_no_escapes() -> None:
    assert "\x1b" not in "\n".join(lines(PLAYS, no_color=True))
    assert "\x1b[" in "\n".join(lines(PLAYS, force_terminal=True, color_system="standard"))
