"""Measurement against figures worked out by hand; the arithmetic stands beside each of them."""

from dataclasses import replace
from datetime import timedelta

import pytest

from flow_model.catalogue import catalogue
from measurement.conservation import intervals_of, shares
from measurement.durations import Durations, ProcedureDurations
from measurement.report import DossierMeasure, compare, measure, summarise
from measurement.reuse import form_fields
from tests.unit.told_histories import (
    BIRTH,
    CARD,
    RESIDENCE,
    THREE,
    Story,
    at,
    case_of,
    interlinked_story,
    separate_story,
    span,
)

# Elapsed time


def test_the_interlinked_dossier_takes_its_time_on_both_clocks() -> None:
    found = measure(case_of("interlinked"), interlinked_story())
    # Monday 8:00 to Tuesday 9:35 is 25 h 35 min = 1.066 days.
    assert found.durations.elapsed == span("25:35")
    # Monday 3:30 + 4:00, Tuesday 2:05: 9 h 35 min of 8 h = 1.198 office days.
    assert found.durations.working == span("9:35")
    shown = found.as_json()
    assert (shown["elapsed_calendar_days"], shown["elapsed_working_days"]) == (1.07, 1.2)
    assert shown["finished"] is True


def test_the_separate_dossier_takes_its_time_on_both_clocks() -> None:
    shown = measure(case_of("separate", (BIRTH, CARD)), separate_story()).as_json()
    # 5 October 8:00 to 22 October 9:00 is 17 days and 1 hour.
    assert shown["elapsed_calendar_days"] == 17.04
    # 7.5 h on the 5th, twelve office days (6-9, 12-16, 19-21), 1.5 h on the 22nd: 105 h / 8 = 13.125.
    assert shown["elapsed_working_days"] == round(105 / 8, 2)
    assert shown["legal"]["value"] == 11  # 1 + 10


def test_a_dossier_that_goes_on_is_measured_until_its_last_event_or_until_now() -> None:
    history = interlinked_story()[:-2]
    found = measure(case_of("interlinked"), history)
    assert not found.finished
    assert found.durations.elapsed == at("05 16:00") - at("05 08:00")
    later = measure(case_of("interlinked"), history, now=at("06 08:00"))
    assert later.durations.elapsed == span("24:00")
    assert not later.finished


def test_a_withdrawn_dossier_ends_there_and_is_no_measure_of_how_long_things_take() -> None:
    story = Story().tell("05 08:05", "sent", BIRTH).tell("05 10:00", "withdrawn")
    found = measure(case_of("interlinked"), story.events, now=at("09 10:00"))
    assert found.durations.elapsed == span("2:00")
    assert not found.finished


def test_a_history_without_a_declaration_is_refused() -> None:
    with pytest.raises(ValueError, match="begins with a declaration"):
        measure(case_of("interlinked"), [])


# On time


def test_a_supplement_moves_the_due_date_and_a_second_one_makes_late() -> None:
    def asked(times: int) -> ProcedureDurations:
        story = Story().tell("05 08:05", "sent", BIRTH).received("05 08:30", BIRTH, "05 17:00")
        for turn in range(1, times + 1):
            story.tell(f"0{4 + turn} 09:00", "supplement_requested", BIRTH, turn, reason="x")
            story.tell(f"0{5 + turn} 09:00", "supplemented", BIRTH, turn, due_at=at("08 17:00").isoformat())
        return measure(case_of("interlinked"), story.granted("08 16:00", BIRTH).events).procedures[0]

    assert [asked(times).on_time for times in (1, 2)] == [True, False]
    assert asked(0).on_time is False  # decided on the 8th, due on the 5th
    assert asked(1).supplements == 1


def test_the_agency_holds_the_application_from_receipt_less_the_time_the_citizen_takes() -> None:
    card = measure(case_of("separate", (BIRTH, CARD)), separate_story()).procedures[1]
    # The 6th 13:30-17:00 and the 7th 7:30-9:30: 5.5 h. The 8th 10:00-11:30 and 13:00-17:00, the 9th
    # 7:30-8:30: 6.5 h.
    assert card.working == span("12:00")
    assert card.on_time is True
    assert card.due_at == at("22 08:00")


def test_what_is_undecided_or_has_no_limit_in_law_is_neither_on_time_nor_late() -> None:
    story = Story().tell("05 08:05", "sent", BIRTH).received("05 08:30", BIRTH, "05 17:00", None)
    undecided, *others = measure(case_of("interlinked"), story.events).procedures
    assert (undecided.outcome, undecided.on_time) == ("in_progress", None)
    assert [each.outcome for each in others] == ["waiting", "waiting"]
    decided = measure(case_of("interlinked"), story.granted("05 09:00", BIRTH).events).procedures[0]
    assert (decided.outcome, decided.on_time) == ("granted", None)


def test_what_waits_past_its_due_date_is_late_and_what_the_law_sets_no_limit_for_is_not() -> None:
    for limit, on_time in ((1, False), (None, None)):
        story = Story().tell("05 08:05", "sent", BIRTH).received("05 08:30", BIRTH, "05 17:00", limit)
        story = story.tell("05 17:01", "overdue", BIRTH)
        measured = measure(case_of("interlinked"), story.events)
        assert measured.procedures[0].on_time is on_time
        assert summarise([measured])["on_time_share"] == (None if on_time is None else 0.0)


# The citizen's side


def test_the_old_path_costs_visits_counters_blanks_papers_and_hours() -> None:
    found = measure(case_of("separate", (BIRTH, CARD)), separate_story()).burden
    assert (found.visits, found.counters, found.documents) == (5, 2, 6)
    assert (found.fields_typed, found.fields_prefilled) == (40, 0)
    # Out, counter, back: 20+40+20, 20+15+20, and three times 30+30+30 are 405 minutes; 40 blanks are 20 more.
    assert found.time == timedelta(minutes=425)


def test_the_interlinked_path_costs_typing_and_reading_only() -> None:
    found = measure(case_of("interlinked"), interlinked_story()).burden
    assert (found.visits, found.counters, found.documents) == (0, 0, 1)
    # 18 blanks of 30 seconds and 27 of 3.
    assert found.time == timedelta(seconds=18 * 30 + 27 * 3)


def test_a_supplement_sent_from_home_is_typed_and_uploaded_but_not_visited() -> None:
    story = Story(fields_typed=10).tell("05 08:00", "sent", BIRTH)
    story.tell(
        "05 09:00", "supplement_sent", BIRTH, 1, documents=["a", "b"], changes={"child.full_name": "x"}
    )
    found = measure(case_of("interlinked"), story.events).burden
    assert (found.visits, found.fields_typed, found.documents) == (0, 11, 2)


def test_the_night_and_an_office_whose_system_fails_are_no_time_at_the_counter() -> None:
    case = case_of("separate", (BIRTH,))
    late = Story().visit(BIRTH, "submit", "05 16:00, 05 16:00, 05 16:40, 06 07:50", back=40)
    # Out 40, at the counter 16:40-17:00 and 7:30-7:50, back 40.
    assert measure(case, late.events).burden.time == timedelta(minutes=120)
    down = Story().tell("05 09:00", "attempt_failed", BIRTH, move="visit", about=BIRTH)
    down.visit(BIRTH, "submit", "05 08:00, 05 08:00, 05 08:30, 06 10:00", back=30)
    down.tell("06 10:00", "sent", BIRTH)
    found = measure(case, down.events)
    assert found.burden.time == timedelta(minutes=90)
    assert shares(found.intervals)["retry"] == span("25:00")


# Reuse


def test_two_forms_repeat_what_the_mapping_says_they_repeat() -> None:
    found = form_fields(catalogue().group("birth"), (BIRTH, CARD))
    # 28 blanks and 17. Repeats: the birthday in words (1), the child's name, sex, birthday, nationality and
    # ethnicity on the card (5), the second empty district (1), commune and province of one address (2).
    assert (found.blanks, found.distinct, found.repeats) == (45, 36, 9)
    assert sum(found.by_form.values()) == sum(found.by_source.values()) == 45
    # Typed for the first time: relation, child's name, ethnicity, nationality, hometown, father's paper,
    # marriage, copies wanted, copies, phone, email, guardian, first-contact facility.
    assert found.reused == 45 - 13
    assert found.as_json()["reused_share"] == round(32 / 45, 4)


def test_what_a_family_really_typed_comes_from_its_declaration() -> None:
    assert measure(case_of("interlinked"), interlinked_story()).reuse.share == 27 / 45
    assert measure(case_of("separate", (BIRTH, CARD)), separate_story()).reuse.share is None


# Reports


def test_verification_during_examination_lengthens_the_legal_length() -> None:
    history = interlinked_story()
    usual = measure(case_of("interlinked"), history)
    verified = Story().tell("05 08:00", "verification_started", RESIDENCE, due_at=at("09 17:00").isoformat())
    found = measure(case_of("interlinked"), verified.events)
    assert (usual.legal.value, found.legal.value) == (3, 5)
    assert found.conditions == ("verification",)


def test_both_paths_side_by_side_say_what_is_saved() -> None:
    old = measure(case_of("separate", (BIRTH, CARD)), separate_story())
    new = measure(case_of("interlinked"), interlinked_story())
    found = compare(old, new)
    assert found["enough_data"] is True
    assert found["paths"]["separate"]["visits"] == 5
    assert found["saved"] == {
        "calendar_days": round(17.04 - 1.07, 2),
        "working_days": round(13.12 - 1.2, 2),
        "visits": 5,
        "counters": 2,
        "fields": 22,
        "documents": 5,
        "hours": round(7.08 - 0.17, 2),  # 425 minutes, 621 seconds
    }
    with pytest.raises(ValueError, match="not interlinked with separate"):
        compare(new, old)


def test_nothing_is_saved_while_a_path_goes_on() -> None:
    old = measure(case_of("separate", (BIRTH, CARD)), separate_story()[:-1])
    found = compare(old, measure(case_of("interlinked"), interlinked_story()))
    assert found["enough_data"] is False
    assert set(found["saved"].values()) == {None}


def test_the_measure_has_the_shape_that_others_rely_on() -> None:
    shown = measure(case_of("interlinked"), interlinked_story()).as_json()
    assert shown["legal"] | {"value": 3, "unit": "working_days"} == shown["legal"]
    assert isinstance(shown["elapsed_calendar_days"], float)
    assert shown["stages"]["closed"] == 14.5
    assert [each["id"] for each in shown["procedures"]] == list(THREE)
    assert shown["procedures"][0]["sent_at"] == "2026-10-05T08:05:00+07:00"
    assert shown["procedures"][0]["decided_at"] == "2026-10-05T11:00:00+07:00"
    assert len(shown["intervals"]) == len(intervals_of(case_of("interlinked"), interlinked_story()))


def many(*office_days: int, finished: bool = True) -> list[DossierMeasure]:
    one = measure(case_of("interlinked"), interlinked_story())
    return [
        replace(one, durations=Durations(timedelta(), timedelta(hours=8 * days), finished))
        for days in office_days
    ]


def test_a_summary_gives_the_median_and_the_dossiers_at_the_slow_end() -> None:
    found = summarise([*many(*range(1, 11)), *many(99, finished=False)])
    assert (found["n"], found["unfinished"], found["path"]) == (10, 1, "interlinked")
    # Of 1..10: the middle is 5.5, the ninth is p90, the tenth is p95 and the longest.
    assert (found["median"], found["p90"], found["p95"], found["max"]) == (5.5, 9.0, 10.0, 10.0)
    assert (found["on_time_share"], found["decisions"]) == (1.0, 33)


def test_without_data_a_summary_gives_no_figures() -> None:
    found = summarise([])
    assert found["n"] == found["decisions"] == 0
    assert {found[name] for name in ("median", "p90", "p95", "max", "on_time_share")} == {None}


def test_two_paths_are_never_averaged() -> None:
    old = measure(case_of("separate", (BIRTH, CARD)), separate_story())
    with pytest.raises(ValueError, match="two paths"):
        summarise([old, *many(1)])
