"""Measurement against figures worked out by hand; the arithmetic stands beside each of them.

Offices are open 7:30-11:30 and 13:00-17:00, so an office day has 8 hours. 5 October 2026 is a Monday, and
no holiday falls between it and 22 October.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from pydantic import BaseModel

from flow_model.assumptions import Assumptions
from flow_model.case import Case
from flow_model.catalogue import catalogue
from flow_model.events import Event
from flow_model.working_time import CALENDAR, VIETNAM
from measurement.conservation import Interval, Intervals, assert_whole, intervals_of, shares
from measurement.durations import Durations, ProcedureDurations
from measurement.legal import legal_length
from measurement.office_hours import open_sessions, work_begins
from measurement.report import DossierMeasure, compare, measure, summarise
from measurement.reuse import form_fields

BIRTH, RESIDENCE, CARD, IDENTITY = (
    "birth_registration",
    "permanent_residence",
    "health_insurance_card",
    "identity_card",
)
DEATH, DEREGISTRATION, ALLOWANCE = "death_registration", "residence_deregistration", "funeral_allowance"
SUPPORT, GRANT, SURVIVOR = "funeral_support", "funeral_grant", "survivor_benefit"
THREE = (BIRTH, RESIDENCE, CARD)
# Writing a blank takes half a minute and reading a filled-in one three seconds, whatever the flow believes.
BELIEFS = {
    "assume": [
        {"name": name, "title_vi": "x", "shape": "fixed", "value": value, "unit": "seconds", "source": "test"}
        for name, value in (("seconds_per_field", 30), ("read_prefilled_field", 3))
    ]
}


class NoDeclaration(BaseModel):
    """Measurement reads events; what was declared is not its business."""


def at(text: str) -> datetime:
    """An instant of October 2026, written "05 08:30"."""
    return datetime.fromisoformat(f"2026-10-{text}").replace(tzinfo=VIETNAM)


def span(text: str) -> timedelta:
    """A length written "h:mm"."""
    hours, minutes = text.split(":")
    return timedelta(hours=int(hours), minutes=int(minutes))


def case_of(
    path: str,
    procedures: tuple[str, ...] = THREE,
    *,
    group: str = "birth",
    law: str = "decree-63-2024",
) -> Case:
    assumed = replace(catalogue().group(group), assumptions=Assumptions("test", BELIEFS))
    return Case("B-2026-000001", assumed, path, law, 7, procedures, NoDeclaration())


class Story:
    """A history told line by line."""

    def __init__(self, declared: str = "05 08:00", **payload: Any) -> None:
        self.events: list[Event] = []
        blank: dict[str, Any] = {"fields_typed": 0, "fields_prefilled": 0, "documents": 0, "conditions": []}
        self.tell(declared, "declared", **(blank | payload))

    def tell(
        self, when: str, kind: str, procedure: str | None = None, turn: int = 0, **payload: Any
    ) -> "Story":
        number = len(self.events) + 1
        self.events.append(Event("B-2026-000001", number, kind, at(when), procedure, turn, payload=payload))
        return self

    def visit(
        self, procedure: str, purpose: str, times: str, *, back: int, fields: int = 0, papers: int = 0
    ) -> "Story":
        """``times`` are ready, leaves, arrives and served, separated by commas."""
        ready, leaves, arrives, served = (each.strip() for each in times.split(","))
        return self.tell(
            served,
            "visited",
            procedure,
            1 if purpose == "supplement" else 0,
            purpose=purpose,
            ready_at=at(ready).isoformat(),
            leaves_at=at(leaves).isoformat(),
            arrives_at=at(arrives).isoformat(),
            back_seconds=60 * back,
            fields_typed=fields,
            documents=papers,
        )

    def received(self, when: str, procedure: str, due: str, value: int | None = 2) -> "Story":
        limit = {"value": value, "unit": "working_days"}
        return self.tell(when, "received", procedure, due_at=at(due).isoformat(), limit=limit)

    def granted(self, when: str, procedure: str, work_minutes: int = 0) -> "Story":
        return self.tell(when, "granted", procedure, results={}, work_seconds=60 * work_minutes)

    def in_time(self) -> list[Event]:
        """The events by instant, numbered so."""
        ordered = sorted(self.events, key=lambda event: event.at)
        return [replace(event, sequence=number) for number, event in enumerate(ordered, start=1)]


def interlinked_story() -> list[Event]:
    """Three procedures; the householder lets the residence application wait."""
    story = Story(fields_typed=18, fields_prefilled=27, documents=1)
    story.tell("05 08:00", "consent_requested", party="householder")
    story.tell("05 08:05", "sent", BIRTH).received("05 08:30", BIRTH, "05 17:00")
    story.tell("05 09:00", "taken_up", BIRTH).granted("05 11:00", BIRTH, 30)
    story.tell("05 11:05", "sent", CARD).received("05 11:20", CARD, "07 17:00")
    story.tell("05 13:00", "taken_up", CARD).granted("05 15:00", CARD, 20)
    story.tell("05 11:10", "sent", RESIDENCE).tell("05 13:30", "consent_given", party="householder")
    story.tell("05 13:40", "consent_forwarded", RESIDENCE, party="householder", order=0)
    story.received("05 14:00", RESIDENCE, "07 17:00").tell("05 16:00", "taken_up", RESIDENCE)
    story.granted("06 09:30", RESIDENCE, 60)
    return story.tell("06 09:35", "results_returned").in_time()


def separate_story() -> list[Event]:
    """Two procedures, one counter after the other; the second asks for a paper."""
    story = Story()
    story.visit(BIRTH, "submit", "05 08:00, 05 08:00, 05 08:20, 05 09:00", back=20, fields=25, papers=3).tell(
        "05 09:00", "sent", BIRTH
    )
    story.received("05 09:00", BIRTH, "05 17:00").tell("05 10:00", "taken_up", BIRTH)
    story.granted("05 14:00", BIRTH, 30)
    story.visit(BIRTH, "collect", "05 17:00, 06 07:10, 06 07:30, 06 07:45", back=20)
    story.visit(CARD, "submit", "06 09:45, 06 12:30, 06 13:00, 06 13:30", back=30, fields=15, papers=2)
    story.tell("06 13:30", "sent", CARD).received("06 13:30", CARD, "20 17:00", 10)
    story.tell("07 08:30", "taken_up", CARD)
    story.tell("07 09:30", "supplement_requested", CARD, 1, reason="x", answer_by="x")
    story.visit(CARD, "supplement", "08 09:00, 08 09:00, 08 09:30, 08 10:00", back=30, papers=1)
    story.tell("08 10:00", "supplement_sent", CARD, 1, documents=["x"], changes={})
    story.tell("08 10:00", "supplemented", CARD, 1, due_at=at("22 08:00").isoformat())
    story.tell("08 11:00", "taken_up", CARD, 1).granted("09 08:30", CARD, 120)
    story.visit(CARD, "collect", "22 08:00, 22 08:00, 22 08:30, 22 09:00", back=30)
    return story.tell("22 09:00", "results_returned").events


def stages(intervals: Intervals) -> dict[str, timedelta]:
    return {stage: spent for stage, spent in shares(intervals).items() if spent}


# The law's length


@pytest.mark.parametrize(
    ("law", "path", "procedures", "conditions", "value", "unit", "basis", "summed"),
    [
        # 1 + 15 + 5 and 1 + 3: the published claim, and its inferred parts beside it.
        ("claim-2023", "separate", THREE, (), 21, "days", "stated", 21),
        ("claim-2023", "interlinked", THREE, (), 4, "working_days", "stated", 4),
        # Two procedures only: the claim says nothing about them. 1 + 5; 1 + 15.
        ("claim-2023", "separate", (BIRTH, CARD), (), 6, "working_days", "summed", 6),
        ("claim-2023", "separate", (BIRTH, RESIDENCE), (), 16, "days", "summed", 16),
        # 1 + 7 + 10 one after the other; 1 + max(2, 2) in parallel; the decree says 5 where 1 + 5 is 6.
        ("decree-63-2024", "separate", THREE, (), 18, "working_days", "summed", 18),
        ("decree-63-2024", "interlinked", THREE, (), 3, "working_days", "stated", 3),
        ("decree-63-2024", "interlinked", THREE, ("verification",), 5, "working_days", "stated", 6),
        # 1 + 7 + 5.
        ("two-tier-2025", "separate", THREE, (), 13, "working_days", "summed", 13),
        ("two-tier-2025", "interlinked", THREE, (), 3, "working_days", "stated", 3),
        ("decree-301-2026", "separate", THREE, (), 13, "working_days", "summed", 13),
        # The total was not found; 1 + max(2, 2) is kept beside it.
        ("decree-301-2026", "interlinked", THREE, (), None, "working_days", "stated", 3),
    ],
)
def test_the_legal_length_of_a_birth_is_what_each_profile_says(
    law: str,
    path: str,
    procedures: tuple[str, ...],
    conditions: tuple[str, ...],
    value: int | None,
    unit: str,
    basis: str,
    summed: int | None,
) -> None:
    found = legal_length(catalogue().group("birth"), law, path, procedures, conditions)
    assert (found.value, found.unit, found.basis, found.summed) == (value, unit, basis, summed)
    assert found.article
    assert found.as_json()["value"] == value


@pytest.mark.parametrize(
    ("law", "path", "money", "conditions", "value", "unit", "summed"),
    [
        ("claim-2023", "separate", ALLOWANCE, (), 21, "days", 21),  # 1 + 5 + 15
        ("claim-2023", "interlinked", ALLOWANCE, (), 4, "working_days", 4),  # 1 + max(1, 3)
        ("decree-63-2024", "separate", ALLOWANCE, (), 14, "working_days", 14),  # 1 + 5 + 8
        ("decree-63-2024", "interlinked", ALLOWANCE, (), 9, "working_days", 9),  # 1 + max(1, 8)
        ("decree-63-2024", "interlinked", SURVIVOR, (), 9, "working_days", 9),  # 1 + max(1, 8)
        ("decree-63-2024", "interlinked", SUPPORT, (), 6, "working_days", 6),  # 1 + max(1, 5)
        ("decree-63-2024", "interlinked", SUPPORT, ("over_eighty",), 11, "working_days", 11),  # 1 + 10
        ("decree-63-2024", "interlinked", GRANT, (), 18, "working_days", 18),  # 1 + max(1, 17)
        ("two-tier-2025", "separate", ALLOWANCE, (), 16, "working_days", 16),  # 1 + 5 + 10
        # Since 15 March 2026 the deregistration runs by itself: 1 + max(1, 10), not 1 + 1 + 10.
        ("decree-301-2026", "separate", ALLOWANCE, (), 11, "working_days", 11),
    ],
)
def test_the_legal_length_of_a_death_depends_on_the_benefit(
    law: str, path: str, money: str, conditions: tuple[str, ...], value: int, unit: str, summed: int
) -> None:
    chosen = (DEATH, DEREGISTRATION, money)
    found = legal_length(catalogue().group("death"), law, path, chosen, conditions)
    assert (found.value, found.unit, found.summed) == (value, unit, summed)


def test_what_needs_no_visit_is_not_on_the_longest_chain_of_the_old_path() -> None:
    chosen, group = (DEATH, DEREGISTRATION, ALLOWANCE), catalogue().group("death")
    before = legal_length(group, "two-tier-2025", "separate", chosen, ())
    after = legal_length(group, "decree-301-2026", "separate", chosen, ())
    assert before.critical == chosen
    assert after.critical == (DEATH, ALLOWANCE)


def test_an_unknown_limit_leaves_no_number_and_says_what_is_missing() -> None:
    group, four = catalogue().group("birth"), (*THREE, IDENTITY)
    separate = legal_length(group, "decree-301-2026", "separate", four, ())
    assert (separate.value, separate.summed, separate.unknown) == (None, None, (IDENTITY,))
    # One counter after the other: whatever the unknown limit is, all four are on the chain.
    assert separate.critical == four
    interlinked = legal_length(group, "decree-301-2026", "interlinked", four, ())
    assert (interlinked.value, interlinked.unknown) == (None, ("total", IDENTITY))
    # In parallel the unknown one may or may not be the longest.
    assert interlinked.critical == ()


def test_a_sum_is_as_uncertain_as_its_least_certain_part() -> None:
    found = legal_length(catalogue().group("birth"), "claim-2023", "separate", (BIRTH, CARD), ())
    assert [part.confidence for part in found.parts] == ["confirmed", "unverified"]
    assert found.confidence == "unverified"
    assert found.article.count(";") >= 1
    inferred = legal_length(catalogue().group("birth"), "claim-2023", "interlinked", (BIRTH, CARD), ())
    assert (inferred.value, inferred.confidence) == (4, "inferred")  # 1 + 3


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


# Where the time went


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
