"""What the script of the race needs to move by itself: the same numbers that the page is made from."""

import json
from collections.abc import Sequence

from flow_model.working_time import CALENDAR
from web.formats import day, filters_for
from web.race.lanes import Axis, Lane
from web.race.names import LANES
from web.words import Words

_DAY = 1440


def script_data(words: Words, axis: Axis, lanes: Sequence[Lane], start: float) -> str:
    """What the script needs to move by itself, as JSON: the same numbers that the page is made from."""
    number = filters_for(words.language)["number"]
    weekday = filters_for(words.language)["weekday"]
    days = [axis.instant(at * _DAY) for at in range(axis.days + 1)]
    document = {
        "start": start,
        "minutes": axis.minutes,
        "days": [[f"{weekday(at)} {day(at)}", int(CALENDAR.is_working_day(at.date()))] for at in days],
        "sessions": [[opens // 60_000_000, closes // 60_000_000] for opens, closes in CALENDAR.sessions],
        "comma": words.pick(",", "."),
        "lanes": [
            {
                "path": lane.path,
                "ends": lane.ends,
                "finished": lane.finished,
                "costs": [[cost.minute, cost.visits, cost.documents, cost.fields] for cost in lane.costs],
                "done": words.say(
                    "%(lane)s đã xong sau %(days)s ngày làm việc.",
                    lane=words.say(LANES[lane.path]),
                    days=number(lane.working_days),
                ),
            }
            for lane in lanes
        ],
        "say": {
            "run": words.say("Chạy"),
            "pause": words.say("Dừng"),
            "day": words.say("Ngày làm việc thứ"),
        },
    }
    # Inside a script element nothing is decoded, and nothing may end it.
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
