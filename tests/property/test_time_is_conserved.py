"""Whatever happens to a dossier, its time is cut without loss: the stages add up to the microsecond."""

from dataclasses import replace
from datetime import datetime, timedelta
from functools import reduce
from operator import add
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel

from flow_model.case import Case
from flow_model.catalogue import catalogue
from flow_model.events import Event
from flow_model.visits import Visit
from flow_model.working_time import CALENDAR, VIETNAM
from measurement.conservation import Interval, Intervals, assert_whole, intervals_of, shares
from measurement.durations import durations, procedure_durations
from measurement.history import in_order, span_of
from measurement.report import measure

# Any instant to the microsecond, weekends and the holidays of New Year among them.
starts = st.datetimes(datetime(2025, 12, 1), datetime(2026, 3, 31), timezones=st.just(VIETNAM))  # noqa: DTZ001
gaps = st.one_of(
    st.just(timedelta()),
    st.timedeltas(timedelta(), timedelta(hours=3)),
    st.timedeltas(timedelta(), timedelta(9)),
)
CASES = [
    (
        "birth",
        "interlinked",
        "decree-63-2024",
        ("birth_registration", "permanent_residence", "health_insurance_card"),
    ),
    (
        "birth",
        "separate",
        "claim-2023",
        ("birth_registration", "permanent_residence", "health_insurance_card"),
    ),
    (
        "death",
        "interlinked",
        "two-tier-2025",
        ("death_registration", "residence_deregistration", "survivor_benefit"),
    ),
    # The deregistration needs no visit here: it runs beside the counters.
    (
        "death",
        "separate",
        "decree-301-2026",
        ("death_registration", "residence_deregistration", "survivor_benefit"),
    ),
]


class NoDeclaration(BaseModel):
    """Measurement reads events; what was declared is not its business."""


class Life:
    """A dossier that lives through whatever the draw says, one procedure at a time."""

    def __init__(self, data: st.DataObject, case: Case) -> None:
        self.data = data
        self.case = case
        self.events: list[Event] = []
        self.consents: dict[str, datetime] = {}
        self.start = data.draw(starts, "declared at")

    def gap(self) -> timedelta:
        return self.data.draw(gaps)

    def often(self) -> int:
        return self.data.draw(st.sampled_from([0, 0, 0, 1, 2]))

    def tell(
        self, at: datetime, /, kind: str, procedure: str | None, turn: int = 0, **payload: Any
    ) -> datetime:
        number = len(self.events) + 1
        self.events.append(Event(self.case.dossier, number, kind, at, procedure, turn, payload=payload))
        return at

    def fails(self, at: datetime, procedure: str | None, move: str, about: str) -> datetime:
        for _ in range(self.often()):
            at = self.tell(at, "attempt_failed", procedure, move=move, about=about) + self.gap()
        return at

    def live(self) -> list[Event]:
        blank: dict[str, Any] = {"fields_typed": 3, "fields_prefilled": 2, "documents": 1, "conditions": []}
        free_at = self.tell(self.start, "declared", None, **blank)
        if self.case.path == "interlinked":
            self.ask_for_consents()
        decided: dict[str, datetime] = {}
        ended = [free_at]
        for procedure in self.case.chosen():
            visited = self.case.visited(procedure)
            since = (
                free_at if visited else max((decided[each] for each in procedure.requires), default=free_at)
            )
            at = self.sent(procedure.id, since, visited)
            decided[procedure.id] = at = self.examined(procedure.id, at, visited)
            if visited:
                at = free_at = self.visit(procedure.id, "collect", at + self.gap(), 0)
            ended.append(at)
        at = self.fails(max(ended) + self.gap(), None, "return_results", self.case.dossier)
        self.tell(at, "results_returned", None)
        return [replace(each, sequence=place) for place, each in enumerate(in_order(self.events), start=1)]

    def ask_for_consents(self) -> None:
        for party in {each.party: None for procedure in self.case.chosen() for each in procedure.consents}:
            if self.data.draw(st.booleans(), f"{party} is asked"):
                at = self.fails(self.start, None, "request_consent", party)
                asked_at = self.tell(at, "consent_requested", None, party=party)
                self.consents[party] = self.tell(asked_at + self.gap(), "consent_given", None, party=party)

    def visit(self, procedure: str, purpose: str, ready_at: datetime, turn: int) -> datetime:
        leaves_at = ready_at + self.gap()
        arrives_at = leaves_at + self.gap()
        served_at = arrives_at + self.gap()
        visit = Visit(purpose, ready_at, leaves_at, arrives_at, served_at, 600)
        counted = {"fields_typed": 5, "documents": 1}
        return self.tell(served_at, "visited", procedure, turn, **visit.as_json(), **counted)

    def sent(self, procedure: str, since: datetime, visited: bool) -> datetime:
        at = self.visit(procedure, "submit", since + self.gap(), 0) if visited else since + self.gap()
        at = self.fails(at, procedure, "send", procedure)
        parties = [
            each.party
            for each in self.case.group.procedure(procedure).consents
            if each.party in self.consents
        ]
        there = [party for party in parties if self.consents[party] <= at]
        self.tell(at, "sent", procedure, consents=there)
        for order, party in enumerate(party for party in parties if party not in there):
            at = max(at, self.consents[party] + self.gap())
            at = self.fails(at, procedure, "forward_consent", procedure)
            self.tell(at, "consent_forwarded", procedure, order, party=party)
        return at

    def examined(self, procedure: str, at: datetime, visited: bool) -> datetime:
        due = (at + self.gap()).isoformat()
        at = self.tell(at + self.gap(), "received", procedure, due_at=due)
        at = self.fails(at + self.gap(), procedure, "look_up", procedure)
        at = self.tell(at, "taken_up", procedure)
        for turn in range(1, 1 + self.often()):
            asked_at = self.tell(at, "supplement_requested", procedure, turn, reason="x")
            at = asked_at + self.gap()
            if visited:
                at = self.visit(procedure, "supplement", at, turn)
            self.tell(at, "supplement_sent", procedure, turn, documents=["x"], changes={})
            self.tell(at, "supplemented", procedure, turn, due_at=due)
            at = self.tell(at + self.gap(), "taken_up", procedure, turn)
        required = self.case.group.procedure(procedure).requires
        for turn in range(1, 1 + self.often() if required else 1):
            self.tell(at, "returned_to_issuer", procedure, issuer=required[0], error="x", at=at.isoformat())
            at = self.fails(at + self.gap(), procedure, "ask_correction", procedure)
            at = self.tell(at, "correction_requested", required[0], turn, found_by=procedure, error="x")
            at = self.tell(at + self.gap(), "corrected", required[0], turn, results={}) + self.gap()
            self.tell(at, "sent", procedure, turn)
            at = self.tell(at + self.gap(), "received", procedure, due_at=due)
            at = self.tell(at + self.gap(), "taken_up", procedure)
        at = self.fails(at + self.gap(), procedure, "decide", procedure)
        work = self.data.draw(st.integers(0, 40_000), "seconds of work")
        return self.tell(at, "granted", procedure, results={}, work_seconds=work)


def lived(data: st.DataObject) -> tuple[Case, list[Event]]:
    group, path, law, procedures = data.draw(st.sampled_from(CASES), "case")
    case = Case("X-2026-000001", catalogue().group(group), path, law, 7, procedures, NoDeclaration())
    return case, Life(data, case).live()


def total(intervals: Intervals) -> timedelta:
    return reduce(add, shares(intervals).values(), timedelta())


@given(st.data())
@settings(max_examples=150, deadline=None)
def test_the_stages_add_up_to_the_elapsed_time_exactly(data: st.DataObject) -> None:
    case, history = lived(data)
    intervals = intervals_of(case, history)
    assert total(intervals) == history[-1].at - history[0].at
    assert total(intervals) == durations(span_of(history)).elapsed


@given(st.data())
@settings(max_examples=150, deadline=None)
def test_a_dossier_stopped_at_any_point_is_conserved_until_now(data: st.DataObject) -> None:
    case, history = lived(data)
    cut = data.draw(st.integers(1, len(history)), "events that happened")
    later = data.draw(gaps, "time since")
    so_far = history[:cut]
    now = so_far[-1].at + later
    intervals = intervals_of(case, so_far, now)
    finished = so_far[-1].kind == "results_returned"
    assert total(intervals) == (so_far[-1].at if finished else now) - history[0].at
    assert measure(case, so_far, now).finished is finished


@given(st.data())
@settings(max_examples=100, deadline=None)
def test_work_and_queues_lie_in_office_hours_and_nights_do_not(data: st.DataObject) -> None:
    case, history = lived(data)
    for interval in intervals_of(case, history):
        open_time = CALENDAR.working_time_between(interval.starts_at, interval.ends_at)
        if interval.stage in ("work", "queue"):
            assert open_time == interval.length
        elif interval.stage == "closed":
            assert not open_time


@given(st.data())
@settings(max_examples=100, deadline=None)
def test_no_officer_works_longer_than_the_decision_says(data: st.DataObject) -> None:
    case, history = lived(data)
    said = {each.procedure: each.payload["work_seconds"] for each in history if each.kind == "granted"}
    for name, seconds in said.items():
        own = tuple(each for each in intervals_of(case, history) if each.procedure == name)
        assert shares(own)["work"] <= timedelta(seconds=seconds)


@given(st.data())
@settings(max_examples=100, deadline=None)
def test_no_agency_holds_an_application_longer_than_from_receipt_to_decision(data: st.DataObject) -> None:
    case, history = lived(data)
    for times in procedure_durations(case, history, span_of(history)).values():
        assert times.received_at is not None
        assert times.decided_at is not None
        assert times.working <= CALENDAR.working_time_between(times.received_at, times.decided_at)


@given(st.data())
@settings(max_examples=100, deadline=None)
def test_one_interval_broken_by_a_microsecond_is_found(data: st.DataObject) -> None:
    case, history = lived(data)
    intervals, span = intervals_of(case, history), span_of(history)
    if not intervals:
        return
    place = data.draw(st.integers(0, len(intervals) - 1), "interval")
    broken: list[Interval] = list(intervals)
    shift = timedelta(microseconds=data.draw(st.sampled_from([-1, 1])))
    match data.draw(st.sampled_from(["lost", "twice", "begins", "ends"])):
        case "lost":
            del broken[place]
        case "twice":
            broken.insert(place, intervals[place])
        case "begins":
            broken[place] = replace(intervals[place], starts_at=intervals[place].starts_at + shift)
        case "ends":
            broken[place] = replace(intervals[place], ends_at=intervals[place].ends_at + shift)
    assert_whole(intervals, span.starts_at, span.ends_at)
    with pytest.raises(ValueError, match=r"gap|overlap|no length"):
        assert_whole(broken, span.starts_at, span.ends_at)
