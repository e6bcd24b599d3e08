"""The worklist of one agency: applications by due time, what is stuck first."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flow_model.working_time import CALENDAR
from web.asking import Asking
from web.case.names import PAUSED, state_of
from web.formats import filters_for
from web.words import N_, Words

Json = Mapping[str, Any]
OPEN = ("stuck", "arrived", "received", "taken_up", "supplement_requested", "returned_to_issuer")
MOST = 50
_HOURS_A_DAY = 8
_SAID = {
    "arrived": (N_("Mới đến"), "doing"),
    "taken_up": (N_("Đang xem"), "doing"),
    "supplement_requested": (N_("Chờ bổ sung"), "wait"),
}


@dataclass(frozen=True)
class Row:
    """One application on the list."""

    id: str
    href: str
    procedure: str
    subject: str
    dossier: str
    state: str
    kind: str
    due_at: str | None
    left: str
    late: bool
    path: str


@dataclass(frozen=True)
class WorklistView:
    """What the page shows."""

    run: Json
    agency: str
    name: str
    agencies: Sequence[tuple[str, str]]
    rows: Sequence[Row]
    all: bool
    more: bool
    human: bool
    done: str


async def applications(asking: Asking, run_id: str, agency: str, *, every: bool) -> list[Json]:
    """What lies on a desk; what is decided as well, or what is open, which is asked for state by state."""
    path = f"/runs/{run_id}/worklists/{agency}"
    states: tuple[str | None, ...] = (None,) if every else OPEN
    told = await asyncio.gather(*(asking.get(path, state=state, limit=MOST + 1) for state in states))
    once = {(each["application_id"], each["state"]): each for found in told for each in found}
    return sorted(once.values(), key=_order)


def _order(told: Json) -> tuple[bool, str, str]:
    """What is stuck first, then by due time; what has none yet comes last."""
    return told["state"] != "stuck", told["due_at"] or "9", told["application_id"]


def rows_of(words: Words, run: Json, agency: str, told: Iterable[Json]) -> list[Row]:
    """The lines of the list."""
    now = datetime.fromisoformat(run["now"])
    return [_row(words, run, agency, each, now) for each in told]


def _row(words: Words, run: Json, agency: str, told: Json, now: datetime) -> Row:
    state, kind = application_state(told["state"], words)
    left, late = time_left(words, now, told["due_at"], told["state"])
    return Row(
        id=told["application_id"],
        # What is stuck may never have come here as an application; it is put back on the page of the case.
        href=f"/ho-so/{run['run_id']}/{told['dossier']}"
        if told["state"] == "stuck"
        else f"/can-bo/{run['run_id']}/{agency}/{told['application_id']}",
        procedure=words.of(told, "title"),
        subject=told["subject"],
        dossier=told["dossier"],
        state=state,
        kind=kind,
        due_at=told["due_at"],
        left=left,
        late=late,
        path=told["path"],
    )


def application_state(state: str, words: Words) -> tuple[str, str]:
    """A state as the officer calls it, and the kind of its tag."""
    if state in _SAID:
        said, kind = _SAID[state]
        return words.say(said), kind
    return state_of(state, words)


def time_left(words: Words, now: datetime, due_at: str | None, state: str) -> tuple[str, bool]:
    """The working time that is left, and whether it is over; nothing runs out while others are waited for."""
    if due_at is None or state not in OPEN:
        return "", False
    if state in PAUSED:
        return words.say(N_("đồng hồ tạm dừng")), False
    due = datetime.fromisoformat(due_at)
    if now > due:
        return words.say(N_("quá hạn")), True
    hours = CALENDAR.working_time_between(now, due).total_seconds() / 3600
    if hours >= _HOURS_A_DAY:
        return words.say(N_("còn %(n)s ngày làm việc"), n=round(hours / _HOURS_A_DAY)), False
    return words.say(N_("còn %(n)s giờ làm việc"), n=filters_for(words.language)["number"](hours, 1)), False
