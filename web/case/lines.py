"""The history of a case as lines, seen through one of three lenses."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from web.agencies import name_of
from web.case.lenses import citizen_s, exchanges_of, officer_s
from web.case.messages import TROUBLE, label_of
from web.case.names import FILTERS
from web.formats import moment
from web.histories import Told
from web.words import Words

Json = Mapping[str, Any]
MOST_LINES = 40


@dataclass(frozen=True)
class Wanted:
    """How the history is to be shown."""

    lens: str
    which: str
    procedure: str
    page: int


@dataclass(frozen=True)
class EventLine:
    """One event."""

    number: int
    at: str
    label: str
    procedure: str
    actor: str
    text: str
    href: str
    trouble: bool


def wanted_numbers(told: Told, wanted: Wanted) -> list[int]:
    """The numbers of all events that pass the filters."""
    kinds = FILTERS[wanted.which][1]
    return [
        event.sequence
        for event in told.events
        if (kinds is None or event.kind in kinds) and wanted.procedure in ("", event.procedure)
    ]


def event_lines(
    words: Words,
    told: Told,
    numbers: Sequence[int],
    lens: str,
    told_to: Sequence[Json],
    recorded: Sequence[Json],
) -> list[EventLine]:
    """These events."""
    titles = {each.id: words.pick(each.title_vi, each.title_en) for each in told.case.group.procedures}
    found = []
    for number in numbers:
        event, raw = told.events[number - 1], told.raw[number - 1]
        if lens == "nguoi-dan":
            text = citizen_s(event, told_to, words) or words.say("(không báo cho người dân)")
        elif lens == "http":
            exchanges = exchanges_of(event, recorded)
            text = "; ".join(
                f"{each.method} {each.url} → {each.failure or each.status}" for each in exchanges
            )
            text = text or words.say("(trong cổng, không gọi ai)")
        else:
            text = officer_s(raw, told, words)
        found.append(
            EventLine(
                number=number,
                at=moment(event.at),
                label=label_of(event, words),
                procedure=titles.get(event.procedure or "", ""),
                actor=name_of(event.actor, words),
                text=text,
                href=f"/ho-so/{told.name}/su-kien/{number}",
                trouble=event.kind in TROUBLE,
            )
        )
    return found
