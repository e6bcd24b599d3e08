"""Where the time went, every minute of it: figures worked out by hand, the arithmetic beside each of them."""

from datetime import timedelta

import pytest

from flow_model.working_time import CALENDAR
from measurement.conservation import Interval, Intervals, assert_whole, intervals_of, shares
from measurement.office_hours import open_sessions, work_begins
from measurement.report import measure
from tests.unit.told_histories import (
    BIRTH,
    CARD,
    DEATH,
    DEREGISTRATION,
    RESIDENCE,
    Story,
    at,
    case_of,
    interlinked_story,
    separate_story,
    span,
)


def stages(intervals: Intervals) -> dict[str, timedelta]:
    return {stage: spent for stage, spent in shares(intervals).items() if spent}


def test_every_minute_of_the_interlinked_dossier_has_its_place() -> None:
    intervals = intervals_of(case_of("interlinked"), interlinked_story())
    assert stages(intervals) == {
        "work": span("1:30"),  # 10:30-11:00 on the birth, 8:30-9:30 on the residence
        "queue": span("6:45"),  # 8:05-10:30, 13:40-17:00, 7:30-8:30
        "transport": span("0:30"),  # 8:00-8:05, 11:00-11:10, 13:30-13:40, 9:30-9:35
        "waiting_for_citizen": span("2:20"),  # 11:10-13:30: the householder
        "closed": span("14:30"),  # 17:00-7:30
    }
    assert sum(shares(intervals).values(), timedelta()) == span("25:35")
    # The card was done first: the dossier waited for the residence.
    assert {each.procedure for each in intervals} == {BIRTH, RESIDENCE, None}


def test_every_minute_of_the_separate_dossier_has_its_place() -> None:
    intervals = intervals_of(case_of("separate", (BIRTH, CARD)), separate_story())
    assert stages(intervals) == {
        # 13:30-14:00; 16:00-17:00 and 7:30-8:30.
        "work": span("2:30"),
        # Birth 8:20-11:30, 13:00-13:30, 7:30-7:45. Card 13:00-17:00, 7:30-9:30, 9:30-11:30, 13:00-16:00,
        # 8:30-9:00.
        "queue": span("15:25"),
        "transport": span("2:10"),  # 20 + 20 + 30 + 30 + 30 minutes
        # 17:00-7:10 at home, 7:45-12:30 before the next counter, the 7th 9:30 to the 8th 9:00.
        "waiting_for_citizen": span("42:25"),
        # 14:00-17:00; the 9th 8:30 to the 22nd 8:00 is 13 days less half an hour.
        "waiting_for_appointment": span("314:30"),
        "closed": span("32:00"),  # two noons and two nights with the application on a desk
    }
    assert sum(shares(intervals).values(), timedelta()) == timedelta(days=17, hours=1)


def test_a_failed_attempt_is_time_lost_to_retrying_until_it_succeeds() -> None:
    story = Story().tell("05 08:05", "attempt_failed", BIRTH, move="send", about=BIRTH)
    story.tell("05 09:05", "sent", BIRTH).received("05 09:10", BIRTH, "05 17:00")
    story.tell("05 09:20", "attempt_failed", BIRTH, move="look_up", about=BIRTH)
    story.tell("05 09:50", "taken_up", BIRTH)
    # The work was done when the entry failed; it is entered half an hour later.
    for when in ("05 10:30", "05 10:40"):
        story.tell(when, "attempt_failed", BIRTH, move="decide", about=BIRTH)
    story.granted("05 11:00", BIRTH, 15)
    story.tell("05 11:02", "attempt_failed", move="return_results", about="B-2026-000001")
    story.tell("05 11:10", "results_returned")
    assert stages(intervals_of(case_of("interlinked", (BIRTH,)), story.events)) == {
        "work": span("0:15"),  # 10:15-10:30
        "queue": span("0:40"),  # 9:05-9:20, 9:50-10:15
        "transport": span("0:07"),  # 8:00-8:05, 11:00-11:02
        "retry": span("2:08"),  # 8:05-9:05, 9:20-9:50, 10:30-11:00, 11:02-11:10
    }


def test_time_in_which_nobody_was_there_is_trouble_and_no_queue() -> None:
    story = Story().tell("05 08:05", "sent", BIRTH).received("05 08:30", BIRTH, "05 17:00")
    story = story.tell("05 10:00", "fault_injected", BIRTH, fault="absence", who="officers")
    story = story.tell("06 07:30", "taken_up", BIRTH).granted("06 09:30", BIRTH, 60)
    found = stages(
        intervals_of(case_of("interlinked", (BIRTH,)), story.tell("06 09:30", "results_returned").events)
    )
    assert found == {
        "transport": span("0:05"),
        "queue": span("2:55"),  # 8:05-10:00; 7:30-8:30
        "retry": span("21:30"),  # 10:00 to 7:30 of the next day
        "work": span("1:00"),
    }


def test_a_consent_that_never_comes_is_waiting_for_the_citizen() -> None:
    story = Story().tell("05 08:00", "consent_requested", party="householder")
    story.tell("05 08:00", "sent", BIRTH).received("05 08:00", BIRTH, "05 17:00").granted("05 08:30", BIRTH)
    story.tell("05 08:30", "sent", RESIDENCE)
    intervals = intervals_of(case_of("interlinked"), story.events, now=at("09 08:30"))
    assert intervals[-1] == Interval("waiting_for_citizen", RESIDENCE, at("05 08:30"), at("09 08:30"))


def test_a_consent_that_arrives_before_the_application_delays_nothing() -> None:
    story = Story().tell("05 08:00", "consent_requested", party="householder")
    story.tell("05 08:10", "consent_given", party="householder")
    story.tell("05 08:00", "sent", BIRTH).received("05 08:00", BIRTH, "05 17:00").granted("05 08:30", BIRTH)
    story.tell("05 08:40", "sent", RESIDENCE, consents=["householder"])
    story.received("05 09:00", RESIDENCE, "07 17:00").granted("05 09:30", RESIDENCE)
    found = stages(intervals_of(case_of("interlinked", (BIRTH, RESIDENCE)), story.in_time()))
    assert found == {"queue": span("1:20"), "transport": span("0:10")}


def test_a_wrong_certificate_costs_its_correction() -> None:
    story = Story().tell("05 08:00", "sent", BIRTH).received("05 08:00", BIRTH, "05 17:00")
    story.granted("05 08:30", BIRTH).tell("05 08:30", "sent", CARD).received("05 08:40", CARD, "07 17:00")
    story.tell("05 09:00", "taken_up", CARD)
    story.tell("05 09:00", "returned_to_issuer", CARD, issuer=BIRTH, error="x", at=at("05 09:00").isoformat())
    story.tell("05 09:02", "attempt_failed", CARD, 1, move="ask_correction", about=CARD)
    story.tell("05 09:06", "correction_requested", BIRTH, 1, found_by=CARD, error="x")
    story.tell("05 10:00", "corrected", BIRTH, 1, results={}).tell("05 10:05", "sent", CARD, 1)
    story.received("05 10:15", CARD, "07 17:00").granted("05 10:45", CARD)
    story.tell("05 10:45", "results_returned")
    case = case_of("interlinked", (BIRTH, CARD))
    assert measure(case, story.events).procedures[1].sent_at == at("05 08:30")
    found = stages(intervals_of(case, story.events))
    # Queue: 8:00-8:30, 8:30-9:00, 10:05-10:45. Correction: 9:00-9:02, 9:06-10:05.
    assert found == {"queue": span("1:40"), "correction": span("1:01"), "retry": span("0:04")}


def test_an_id_filled_in_after_the_decision_keeps_nobody_waiting() -> None:
    story = Story().visit(BIRTH, "submit", "05 08:00, 05 08:00, 05 08:00, 05 08:30", back=0)
    story.tell("05 08:30", "sent", BIRTH).received("05 08:30", BIRTH, "05 17:00").granted("05 10:00", BIRTH)
    story.tell("05 11:00", "attempt_failed", BIRTH, move="fill_in_id", about=BIRTH)
    intervals = intervals_of(case_of("separate", (BIRTH,)), story.events, now=at("05 12:00"))
    assert intervals[-1] == Interval("waiting_for_appointment", BIRTH, at("05 10:00"), at("05 12:00"))


def test_a_queue_ends_when_the_office_closes_and_the_night_is_not_the_queue() -> None:
    story = Story().tell("05 16:00", "sent", BIRTH)
    intervals = intervals_of(case_of("interlinked", (BIRTH,)), story.events, now=at("05 20:00"))
    assert stages(intervals) == {"transport": span("8:00"), "queue": span("1:00"), "closed": span("3:00")}


def test_after_a_rejection_nothing_else_is_waited_for() -> None:
    story = Story().tell("05 08:00", "sent", BIRTH).received("05 08:30", BIRTH, "05 17:00")
    story.tell("05 10:00", "rejected", BIRTH, reason="x")
    for later in (RESIDENCE, CARD):
        story.tell("05 10:00", "not_started", later, because=BIRTH)
    story.tell("05 10:05", "results_returned")
    found = measure(case_of("interlinked"), story.events)
    assert [each.outcome for each in found.procedures] == ["rejected", "not_started", "not_started"]
    assert [each.on_time for each in found.procedures] == [True, None, None]
    assert {each.procedure for each in found.intervals} == {BIRTH, None}


def test_on_the_old_path_a_procedure_without_a_visit_may_be_the_one_waited_for() -> None:
    case = case_of("separate", (DEATH, DEREGISTRATION), group="death", law="decree-301-2026")
    story = Story().visit(DEATH, "submit", "05 08:00, 05 08:00, 05 08:00, 05 08:30", back=0)
    story.tell("05 08:30", "sent", DEATH).received("05 08:30", DEATH, "05 17:00")
    story.granted("05 10:00", DEATH).tell("05 10:05", "sent", DEREGISTRATION)
    story.received("05 10:30", DEREGISTRATION, "06 17:00")
    story.visit(DEATH, "collect", "05 17:00, 06 07:30, 06 07:30, 06 08:00", back=0)
    story.granted("06 09:00", DEREGISTRATION).tell("06 09:00", "results_returned")
    intervals = intervals_of(case, story.in_time())
    # It started at the decision on the death, not when the paper was collected.
    assert next(each for each in intervals if each.procedure == DEREGISTRATION).starts_at == at("05 10:00")
    assert "waiting_for_appointment" not in stages(intervals)


def test_a_gap_an_overlap_and_an_empty_interval_are_named() -> None:
    first = Interval("queue", BIRTH, at("05 08:00"), at("05 09:00"))
    late = Interval("work", BIRTH, at("05 09:10"), at("05 10:00"))
    early = Interval("work", BIRTH, at("05 08:50"), at("05 10:00"))
    start, end = at("05 08:00"), at("05 10:00")
    with pytest.raises(ValueError, match=r"gap of 0:10:00 before work of birth_registration"):
        assert_whole([first, late], start, end)
    with pytest.raises(ValueError, match=r"overlap of 0:10:00 before work"):
        assert_whole([first, early], start, end)
    with pytest.raises(ValueError, match="gap of 1:00:00 at the end"):
        assert_whole([first], start, end)
    with pytest.raises(ValueError, match="no length"):
        assert_whole([Interval("queue", BIRTH, start, start)], start, start)
    assert_whole([], start, start)


def test_open_sessions_add_up_to_the_office_time() -> None:
    # Friday noon to Monday morning: 13:00-17:00 and 7:30-9:00.
    sessions = list(open_sessions(at("09 12:00"), at("12 09:00")))
    assert sessions == [(at("09 13:00"), at("09 17:00")), (at("12 07:30"), at("12 09:00"))]
    assert work_begins(at("09 12:00"), at("12 09:00"), span("2:00")) == at("09 16:30")
    assert work_begins(at("09 12:00"), at("12 09:00"), span("1:30")) == at("12 07:30")
    assert work_begins(at("09 12:00"), at("12 09:00"), span("99:00")) == at("09 13:00")
    assert CALENDAR.working_time_between(at("09 12:00"), at("12 09:00")) == span("5:30")
