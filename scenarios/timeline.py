"""When things are done in a story: at instants, or a while after events. Pure: no clock, no I/O."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flow_model.working_time import CALENDAR, in_vietnam
from scenarios.acts import Declare, When

Json = dict[str, Any]
Histories = Mapping[str, Sequence[Mapping[str, Any]]]  # by name of the dossier in the file


@dataclass(frozen=True)
class Item:
    """Something to do: its place in the file, and what it is."""

    number: int
    where: str
    what: When

    @property
    def dossier(self) -> str:
        """Whose event `after` means."""
        if isinstance(self.what, Declare):
            return self.what.after_dossier
        return str(getattr(self.what, "dossier", ""))


def instant_of(item: Item, histories: Histories, starts_at: datetime) -> datetime | None:
    """When it is done; None while the event that it waits for has not come."""
    what = item.what
    if what.at is not None:
        return in_vietnam(what.at)
    if what.after is None:
        return starts_at
    event = nth_event(histories.get(item.dossier, ()), what.after, what.nth)
    if event is None:
        return None
    return waited(in_vietnam(datetime.fromisoformat(event["at"])), what.wait)


def nth_event(history: Sequence[Mapping[str, Any]], name: str, nth: int = 1) -> Mapping[str, Any] | None:
    """The n-th event of a name, such as 'received permanent_residence'."""
    found = [event for event in history if is_called(event, name)]
    return found[nth - 1] if len(found) >= nth else None


def is_called(event: Mapping[str, Any], name: str) -> bool:
    """Whether an event is of this kind and, if one is named, of this procedure."""
    kind, _, procedure = name.partition(" ")
    return event["kind"] == kind and procedure in ("", event["procedure"])


def waited(at: datetime, wait: str | None) -> datetime:
    """A while after an instant. Working days keep the time of day."""
    if wait is None:
        return at
    amount, unit = wait.split(" ")
    number = int(amount)
    match unit:
        case "minutes" | "hours" | "days":
            return at + timedelta(**{unit: number})
        case "working_days":
            day = CALENDAR.add_working_days(at.date(), number)
            return at.replace(year=day.year, month=day.month, day=day.day)
        case _:
            return CALENDAR.add_working_seconds(
                at, number * {"working_minutes": 60, "working_hours": 3600}[unit]
            )


def stops(items: Sequence[Item], codes: Mapping[str, str], histories: Histories) -> list[Json]:
    """Where the clock must stop: the events that something still waits for."""
    wanted = []
    for item in items:
        what = item.what
        if what.after is None or item.dossier not in codes:
            continue
        if nth_event(histories.get(item.dossier, ()), what.after, what.nth) is None:
            kind, _, procedure = what.after.partition(" ")
            stop: Json = {"kind": kind, "dossier": codes[item.dossier], "count": what.nth}
            wanted.append(stop | ({"procedure": procedure} if procedure else {}))
    return wanted
