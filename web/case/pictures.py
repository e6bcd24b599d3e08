"""The two pictures of a case, drawn from its history."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from markupsafe import Markup

from flow_model.working_time import CALENDAR
from measurement.history import in_order
from web.agencies import name_of
from web.case.messages import Message, parties
from web.case.names import limit_of
from web.charts.sequence import SequenceText, sequence
from web.charts.timeline import Limit, Line, TimelineRow, span_words, timeline, until
from web.formats import as_instant, clock, moment, short_day
from web.histories import Told
from web.race.lanes import Axis, axis_of, row_of
from web.race.names import WHERE
from web.words import Words

Json = Mapping[str, Any]


def case_timeline(words: Words, told: Told, steps: Sequence[Json], legal: Json) -> Markup:
    """Each procedure on the calendar, its limit, and the limit of the whole."""
    now = as_instant(told.run["now"])
    finished = any(event.kind in ("results_returned", "withdrawn") for event in told.events)
    dues = [as_instant(each["due_at"]) for each in steps if each["due_at"]]
    whole = _whole_limit(told, legal)
    axis = until(axis_of(told), *dues, whole, *([] if finished else [now]))
    events = in_order(told.events)
    rows = []
    for step in steps:
        row = row_of(told, step["procedure"], events, axis, None if finished else now)
        rows.append(
            TimelineRow(
                row=row,
                title=words.of(step, "title"),
                agency=name_of(step["agency"], words),
                limit=_limit(words, step, axis),
                where=lambda where: words.say(WHERE[where]),
                late=step["overdue"],
                ended=f"{clock(step['decided_at'])} {short_day(step['decided_at'])}",
            )
        )
    lines = []
    if whole is not None:
        lines.append(
            Line(axis.minute(whole), words.say("Hạn chung: %(limit)s", limit=limit_of(legal, words)), "due")
        )
    if not finished:
        lines.append(Line(axis.minute(now), words.say("Bây giờ"), "now"))
    described = " ".join(_described(words, each) for each in steps)
    return timeline(rows, axis, lines, words.say("Tiến trình của từng thủ tục"), described)


def case_sequence(words: Words, told: Told, arrows: Sequence[Message]) -> Markup:
    """Who told whom what; each arrow leads to its event."""
    present = parties(arrows, [each.agency for each in told.case.chosen()])
    names = {party: name_of(party, words) for party in present}
    text = SequenceText(
        title=words.say("Thông điệp giữa các bên"),
        description=words.say(
            "%(n)s thông điệp giữa: %(parties)s.", n=len(arrows), parties=", ".join(names.values())
        ),
        names=names,
        link=lambda message: f"/ho-so/{told.name}/su-kien/{message.event}",
    )
    return sequence(arrows, present, text)


def _whole_limit(told: Told, legal: Json) -> datetime | None:
    """When the limit of the whole ends, counted from the declaration; None where the law gives none."""
    if legal.get("value") is None:
        return None
    return CALENDAR.due_at(told.events[0].at, legal["value"], legal["unit"])


def _limit(words: Words, step: Json, axis: Axis) -> Limit | None:
    if not step["received_at"] or not step["due_at"]:
        return None
    starts, ends = as_instant(step["received_at"]), as_instant(step["due_at"])
    said = words.say("Thời hạn: %(span)s", span=span_words(starts, ends))
    return Limit(axis.minute(starts), axis.minute(ends), said)


def _described(words: Words, step: Json) -> str:
    return words.say(
        "%(title)s: tiếp nhận %(received)s, hạn %(due)s, xong %(decided)s.",
        title=words.of(step, "title"),
        received=moment(step["received_at"]),
        due=moment(step["due_at"]),
        decided=moment(step["decided_at"]),
    )
