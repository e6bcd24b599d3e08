"""What all office words have in common: their names, what they stand for, and how long a spell lasts."""

from datetime import datetime, time
from typing import Any, ClassVar

from pydantic import Field, model_validator

from flow_model.faults.live import Absence, LineFault, LiveFault, MessageFault, OfficerDecides
from flow_model.faults.parts import Closed, Moment
from flow_model.working_time import CALENDAR


class Words(Closed):
    """One thing that people say. ``reported`` names the faults of the domain sheet it stands for."""

    title_vi: ClassVar[str]
    title_en: ClassVar[str]
    reported: ClassVar[tuple[str, ...]] = ()

    def live(self) -> list[LiveFault]:
        """What it comes to in the live system."""
        raise NotImplementedError

    def require_whole(self) -> None:
        """Raise ValueError when what was said leaves open what it means."""

    @model_validator(mode="after")
    def _comes_to_something(self) -> "Words":
        self.require_whole()
        try:
            self.live()
        except ValueError:
            raise ValueError("it ends before it begins, or lies outside the calendar") from None
        return self


class Spell(Words):
    """Something that lasts from an instant until another, or for so many working days."""

    starts: Moment = Field(alias="from")
    until: Moment | None = None
    working_days: int | None = Field(None, ge=1, le=250)

    def require_whole(self) -> None:
        """Raise ValueError unless exactly one end was given."""
        if (self.until is None) == (self.working_days is None):
            raise ValueError("give either until or working_days")

    @property
    def ends(self) -> datetime:
        """The first instant after it: given, or the opening of the day after so many working days."""
        if self.until is not None:
            return self.until
        assert self.working_days is not None
        first = self.starts.date()
        back = CALENDAR.add_working_days(first, self.working_days + (not CALENDAR.is_working_day(first)))
        return CALENDAR.next_open(datetime.combine(back, time(), self.starts.tzinfo))


def window(spell: Spell) -> dict[str, Any]:
    """The two ends of a spell, as a live fault names them."""
    return {"from": spell.starts, "until": spell.ends}


def absence_of(who: str, agency: str, procedure: str | None, spell: Spell) -> LiveFault:
    """Nobody of an office, or no officer, for the length of a spell."""
    about = {"kind": "absence", "who": who, "agency": agency, "procedure": procedure}
    return Absence.model_validate(about | window(spell))


def line(to: str, effect: str, **more: Any) -> LiveFault:
    """Something that happens to calls."""
    return LineFault.model_validate({"kind": "line", "to": to, "effect": effect, **more})


def message(sender: str, effect: str, **more: Any) -> LiveFault:
    """Something that happens to what an agency tells."""
    return MessageFault.model_validate({"kind": "message", "sender": sender, "effect": effect, **more})


def decides(
    procedure: str,
    decision: str,
    turn: int,
    code: str,
    reason: tuple[str, str],
    remedy: tuple[str, ...] = (),
) -> LiveFault:
    """An officer who decides otherwise than the papers suggest."""
    return OfficerDecides.model_validate(
        {
            "kind": "officer_decides",
            "procedure": procedure,
            "decision": decision,
            "turn": turn,
            "code": code,
            "reason_vi": reason[0],
            "reason_en": reason[1],
            "remedy": remedy,
        }
    )
