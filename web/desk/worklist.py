"""The worklist of one agency: applications by due time, what is stuck first."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flow_model.working_time import CALENDAR
from web.agencies import name_of
from web.case.names import state_of
from web.formats import filters_for
from web.words import N_, Words

Json = Mapping[str, Any]
_OPEN = frozenset({"arrived", "received", "taken_up", "supplement_requested", "returned_to_issuer", "stuck"})
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
    agencies: Sequence[tuple[str, str, int]]
    rows: Sequence[Row]
    all: bool
    human: bool
    done: str


def rows_of(
    words: Words, run: Json, agency: str, told: Iterable[Json], subjects: Mapping[str, str], *, every: bool
) -> list[Row]:
    """The lines in the order in which they fall due; what has no due time yet comes last."""
    now = datetime.fromisoformat(run["now"])
    shown = [each for each in told if every or each["state"] in _OPEN]
    shown.sort(key=lambda each: (each["state"] != "stuck", each["due_at"] or "9", each["application_id"]))
    return [_row(words, run, agency, each, subjects, now) for each in shown]


def _row(words: Words, run: Json, agency: str, told: Json, subjects: Mapping[str, str], now: datetime) -> Row:
    state, kind = application_state(told["state"], words)
    left, late = time_left(words, now, told["due_at"], told["state"])
    return Row(
        id=told["application_id"],
        href=f"/can-bo/{run['run_id']}/{agency}/{told['application_id']}",
        procedure=words.of(told, "title"),
        subject=subjects.get(told["dossier"], ""),
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
    """The working time that is left, and whether it is over."""
    if due_at is None or state not in _OPEN:
        return "", False
    due = datetime.fromisoformat(due_at)
    if now > due:
        return words.say(N_("quá hạn")), True
    hours = CALENDAR.working_time_between(now, due).total_seconds() / 3600
    if hours >= _HOURS_A_DAY:
        return words.say(N_("còn %(n)s ngày làm việc"), n=round(hours / _HOURS_A_DAY)), False
    return words.say(N_("còn %(n)s giờ làm việc"), n=filters_for(words.language)["number"](hours, 1)), False


def title_of(agency: str, words: Words) -> str:
    """The desk's name."""
    return name_of(agency, words)
