"""Histories told line by line, whose figures can be worked out by hand.

Offices are open 7:30-11:30 and 13:00-17:00, so an office day has 8 hours. 5 October 2026 is a Monday, and
no holiday falls between it and 22 October.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from pydantic import BaseModel

from flow_model.assumptions import Assumptions
from flow_model.case import Case
from flow_model.catalogue import catalogue
from flow_model.events import Event
from flow_model.working_time import VIETNAM

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
