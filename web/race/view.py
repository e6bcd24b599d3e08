"""All that a frame of the race shows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from markupsafe import Markup

from flow_model.catalogue import Catalogue
from flow_model.working_time import CALENDAR
from scenarios.story import sayings, sentence
from web.agencies import name_of
from web.charts.race import legend_swatch
from web.charts.spent import Spent, spent_bars
from web.families import Pair
from web.formats import clock, day, filters_for
from web.forms import Mistake, Sent
from web.histories import Told
from web.measured import days_note, limit_articles, limit_title
from web.race.baseline import Baseline, Undisturbed, baseline
from web.race.faults import choices, faults_told
from web.race.lane_views import LaneView, lane_view
from web.race.lanes import Axis, axis_of, lane_of, working_days_until
from web.race.names import LANES, STAGES, WHERE
from web.race.script import script_data
from web.words import Words

DAY = 1440


@dataclass(frozen=True)
class Asked:
    """What the address asks for."""

    separate: str | None
    interlinked: str | None
    minute: float | None
    guessing: bool
    guess: str


@dataclass(frozen=True)
class Line:
    """One thing that happened."""

    minute: float
    at: str
    path: str
    title: str
    text: str
    past: bool


@dataclass(frozen=True)
class RaceView:
    """The whole page."""

    pair: Pair
    group_title: str
    law: str
    law_title: str
    limit_title: str
    limit_articles: list[str]
    days_note: str
    families: list[tuple[str, str]]
    chosen: str
    lanes: list[LaneView]
    legend: list[tuple[Markup, str]]
    minute: float
    minutes: int
    moment: str
    weekday_of: datetime
    working_day: float
    start: str
    back: str
    forward: str
    end: str
    link: str
    guessing: bool
    guess: float | None
    guess_form: str
    lines: list[Line]
    measured: Mapping[str, Any]
    spent: list[Spent]
    spent_drawing: Markup
    days_off: str
    faults: list[str]
    baseline: Baseline | None
    fault_kinds: list[tuple[str, str]]
    agencies: list[tuple[str, str]]
    form: Mapping[str, str]
    mistakes: list[Mistake]
    script: str


def race_view(
    words: Words,
    catalogue: Catalogue,
    asked: Asked,
    pair: Pair,
    found: Sequence[Pair],
    both: tuple[Told, Told],
    measured: Mapping[str, Any],
    sent: Sent | None,
    calm: Undisturbed | None,
) -> RaceView:
    """The frame that the address asks for; without a minute, the start of the first office day."""
    axis = axis_of(*both)
    lanes = [lane_of(each, axis) for each in both]
    case = both[0].case
    law = case.group.law.profile(case.law)
    start = min(lane.costs[0].minute for lane in lanes)
    minute = min(start if asked.minute is None else asked.minute, axis.minutes)
    guess = _guess(asked.guess)
    guessing = asked.guessing and guess is None
    lines = _lines(words, both, axis, minute)
    pair = Pair(case.group.id, both[0].subject, case.law, case.seed, pair.separate, pair.interlinked)
    address = _addresses(pair, asked)
    spent = _spent(words, measured["paths"])
    return RaceView(
        pair=pair,
        group_title=words.pick(case.group.title_vi, case.group.title_en),
        law=case.law,
        law_title=words.pick(law.title_vi, law.title_en),
        limit_title=limit_title(words, case.group, list(measured["paths"].values())),
        limit_articles=limit_articles(list(measured["paths"].values())),
        days_note=days_note(words),
        families=[
            (
                f"{each.separate.name}~{each.interlinked.name}",
                _family(words, catalogue, each),
            )
            for each in found
        ],
        chosen=f"{pair.separate.name}~{pair.interlinked.name}",
        lanes=[
            lane_view(words, lane, axis, minute, told, guessing)
            for lane, told in zip(lanes, both, strict=True)
        ],
        legend=[(legend_swatch(where), words.say(title)) for where, title in WHERE.items()],
        minute=round(minute),
        minutes=axis.minutes,
        moment=f"{clock(axis.instant(minute))} {day(axis.instant(minute))}",
        weekday_of=axis.instant(minute),
        working_day=working_days_until(axis, start, minute) if minute > start else 0.0,
        start=address(start),
        back=address(max(start, minute - DAY)),
        forward=address(min(axis.minutes, minute + DAY)),
        end=address(axis.minutes),
        link=address(minute),
        guessing=guessing,
        guess=guess,
        guess_form=f"/dua?{urlencode({'cu': pair.separate.name, 'moi': pair.interlinked.name, 'doan': 1})}",
        lines=lines,
        measured=measured["paths"],
        spent=spent,
        spent_drawing=spent_bars(
            spent, words.say("Thời gian của hồ sơ nằm ở đâu"), filters_for(words.language)["number"]
        ),
        days_off=_days_off(axis),
        faults=faults_told(words, both[0]),
        baseline=baseline(words, calm, measured["paths"]),
        fault_kinds=choices(words),
        agencies=_agencies(words, both[0]),
        form={name: values[-1] for name, values in (sent.values if sent else {}).items()},
        mistakes=sent.mistakes if sent else [],
        script=script_data(words, axis, lanes, start),
    )


def _family(words: Words, catalogue: Catalogue, pair: Pair) -> str:
    group, known = catalogue.group(pair.group), dict(choices(words))
    title = words.pick(group.title_vi, group.title_en)
    faults = [known.get(fault, fault) for fault in pair.faults]
    return " · ".join([pair.subject, title, *faults])


def _guess(text: str) -> float | None:
    try:
        value = float(text.replace(",", "."))
    except ValueError:
        return None
    return value if 0 <= value <= 1000 else None


def _addresses(pair: Pair, asked: Asked) -> Any:
    def address(minute: float) -> str:
        asks: dict[str, Any] = {"cu": pair.separate.name, "moi": pair.interlinked.name, "phut": round(minute)}
        if asked.guessing:
            asks |= {"doan": 1, "so": asked.guess}
        return f"/dua?{urlencode(asks, safe='/')}"

    return address


def _lines(words: Words, both: tuple[Told, Told], axis: Axis, minute: float) -> list[Line]:
    """What happened on both paths, in one order."""
    found = []
    for told in both:
        titles, results = sayings(told.case.group)
        for raw, event in zip(told.raw, told.events, strict=True):
            if event.kind in ("taken_up", "consent_forwarded"):
                continue
            at = axis.minute(event.at)
            found.append(
                Line(
                    at,
                    f"{clock(event.at)} {day(event.at)}",
                    told.case.path,
                    words.say(LANES[told.case.path]),
                    sentence(raw, titles, results, words.language),
                    at <= minute,
                )
            )
    return sorted(found, key=lambda line: line.minute)


def _spent(words: Words, paths: Mapping[str, Any]) -> list[Spent]:
    """Where the hours of each path lay; together they are the whole time."""
    return [
        Spent(
            path,
            words.say(LANES[path]),
            [(stage, words.say(title), paths[path]["stages"][stage]) for stage, title in STAGES.items()],
        )
        for path in LANES
    ]


def _days_off(axis: Axis) -> str:
    """Public holidays on the way, by name."""
    kinds = [CALENDAR.day_kind(axis.instant(number * DAY).date()) for number in range(axis.days)]
    return ", ".join(dict.fromkeys(kind.name_vi for kind in kinds if kind.kind == "holiday"))


def _agencies(words: Words, told: Told) -> list[tuple[str, str]]:
    agencies = dict.fromkeys(procedure.agency for procedure in told.case.chosen())
    return [(agency, name_of(agency, words)) for agency in agencies]
