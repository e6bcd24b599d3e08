"""One event through all three lenses: sentence, line, exchanges; and its place in the chain."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from web.agencies import name_of
from web.case.lenses import Exchange, citizen_s, exchanges_of, officer_s
from web.case.messages import TROUBLE, label_of
from web.formats import moment
from web.histories import Told
from web.words import Words

Json = Mapping[str, Any]


@dataclass(frozen=True)
class EventView:
    """The page."""

    case: str
    dossier: str
    subject: str
    number: int
    count: int
    label: str
    trouble: bool
    at: str
    procedure: str
    actor: str
    citizen: str
    officer: str
    exchanges: Sequence[Exchange]
    payload: str
    hash: str
    previous_hash: str


def event_view(
    words: Words, told: Told, number: int, told_to: Sequence[Json], recorded: Sequence[Json]
) -> EventView:
    """The event of this number."""
    event, raw = told.events[number - 1], told.raw[number - 1]
    procedure = told.case.group.procedure(event.procedure) if event.procedure else None
    return EventView(
        case=f"/ho-so/{told.name}",
        dossier=told.case.dossier,
        subject=told.subject,
        number=number,
        count=len(told.events),
        label=label_of(event, words),
        trouble=event.kind in TROUBLE,
        at=moment(event.at),
        procedure=words.pick(procedure.title_vi, procedure.title_en) if procedure else "",
        actor=name_of(event.actor, words),
        citizen=citizen_s(event, told_to, words),
        officer=officer_s(raw, told, words),
        exchanges=exchanges_of(event, recorded),
        payload=json.dumps(raw["payload"], ensure_ascii=False, indent=2),
        hash=event.hash,
        previous_hash=event.previous_hash,
    )
