"""One lane as a frame of the race shows it."""

from dataclasses import dataclass

from markupsafe import Markup

from web.charts.race import LaneText, race_lane
from web.formats import clock, day
from web.histories import Told
from web.race.lanes import Axis, Cost, Lane, Row, working_days_until
from web.race.names import LANES, OUTCOMES, WHERE
from web.words import Words


@dataclass(frozen=True)
class LaneView:
    """One lane, as it stands at this minute."""

    path: str
    title: str
    tag: str
    drawing: Markup
    cost: Cost
    waited: float
    share: float
    done: bool
    finished: bool
    working_days: float
    calendar_days: float
    case: str
    hidden: bool


def lane_view(words: Words, lane: Lane, axis: Axis, minute: float, told: Told, guessing: bool) -> LaneView:
    text = LaneText(
        title=words.say(LANES[lane.path]),
        description=" ".join(_described(words, row, axis) for row in lane.rows),
        where={where: words.say(title) for where, title in WHERE.items()},
        row=lambda row: words.pick(row.title_vi, row.title_en),
        day=day,
    )
    ran = min(minute, lane.ends)
    began = lane.costs[0].minute
    hidden = guessing and lane.path == "interlinked"
    return LaneView(
        path=lane.path,
        title=text.title,
        tag="old" if lane.path == "separate" else "new",
        drawing=Markup("") if hidden else race_lane(lane, axis, minute, text),
        cost=lane.cost_at(minute),
        waited=working_days_until(axis, began, ran) if ran > began else 0.0,
        share=min(1.0, max(0.0, (ran - began) / (lane.ends - began))) if lane.ends > began else 1.0,
        done=lane.finished and minute >= lane.ends,
        finished=lane.finished,
        working_days=lane.working_days,
        calendar_days=lane.calendar_days,
        case=f"/ho-so/{told.name}",
        hidden=hidden,
    )


def _described(words: Words, row: Row, axis: Axis) -> str:
    title = words.pick(row.title_vi, row.title_en)
    outcome = words.say(OUTCOMES.get(row.outcome, OUTCOMES["waiting"]))
    if not row.segments or row.ends is None:
        return f"{title}: {outcome}."
    begins, ends = (
        f"{clock(at)} {day(at)}" for at in (axis.instant(row.segments[0].starts), axis.instant(row.ends))
    )
    return words.say(
        "%(title)s: từ %(begins)s đến %(ends)s, %(outcome)s.",
        title=title,
        begins=begins,
        ends=ends,
        outcome=outcome,
    )
