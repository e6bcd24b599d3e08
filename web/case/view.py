"""All that the page of a case shows."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any
from urllib.parse import urlencode

from markupsafe import Markup

from flow_model.working_time import CALENDAR
from web.agencies import name_of
from web.case.asked import Asked, all_asked
from web.case.lenses import LENSES
from web.case.lines import MOST_LINES, EventLine, Wanted, event_lines, wanted_numbers
from web.case.messages import label_of, messages
from web.case.names import DECISIONS, FILTERS, MOVES, PAUSED, dossier_state, limit_of, state_of
from web.case.pictures import case_sequence, case_timeline
from web.formats import as_instant, day, filters_for, moment
from web.handouts.results import value_name
from web.histories import Told
from web.measured import law_name, limit_title
from web.race.names import LANES
from web.words import Words

Json = Mapping[str, Any]
_FORKABLE = ("received", "taken_up", "supplement_requested", "supplemented", "granted", "rejected")


@dataclass(frozen=True)
class Answers:
    """What the gateway said of a dossier."""

    view: Json
    due: Sequence[Json]
    told_to: Sequence[Json]
    moves: Sequence[Json]
    results: Json
    measured: Json
    recorded: Sequence[Json]


@dataclass(frozen=True)
class StepCard:
    """A procedure: how it stands, its limit and why, its result."""

    title: str
    agency: str
    state: str
    tag: str
    application: str
    due: str
    limit: str
    article: str
    why: Sequence[str]
    result: str
    values: Sequence[tuple[str, str]]
    reason: str


@dataclass(frozen=True)
class CaseView:
    """The whole page."""

    name: str
    dossier: str
    run_id: str
    subject: str
    group_title: str
    path: str
    path_title: str
    state: str
    tag: str
    facts: Sequence[tuple[str, str]]
    finished: bool
    asked: Sequence[Asked]
    timeline: Markup
    steps: Sequence[StepCard]
    sequence: Markup
    lenses: Sequence[tuple[str, str, bool]]
    lines: Sequence[EventLine]
    filters: Sequence[tuple[str, str]]
    procedures: Sequence[tuple[str, str]]
    wanted: Wanted
    pages: Sequence[tuple[int, str]]
    count: int
    whole: bool
    clock: str
    moves: Sequence[str]
    waiting: Sequence[str]
    fork_events: Sequence[tuple[str, str]]
    decisions: Sequence[tuple[str, str]]


def case_view(words: Words, told: Told, answers: Answers, wanted: Wanted) -> CaseView:
    """The page of one dossier."""
    case = told.case
    titles = {each.id: words.pick(each.title_vi, each.title_en) for each in case.chosen()}
    numbers = wanted_numbers(told, wanted)
    shown = numbers[(wanted.page - 1) * MOST_LINES : wanted.page * MOST_LINES]
    arrows = [each for each in messages(told, words) if each.event in set(shown)]
    state, tag = dossier_state(answers.view, words)
    return CaseView(
        name=told.name,
        dossier=case.dossier,
        run_id=told.run["run_id"],
        subject=told.subject,
        group_title=words.pick(case.group.title_vi, case.group.title_en),
        path=case.path,
        path_title=words.say(LANES[case.path]),
        state=state,
        tag=tag,
        facts=_facts(words, told, answers),
        finished=answers.view["state"] in ("finished", "withdrawn"),
        asked=all_asked(words, told, answers.view["steps"]),
        timeline=case_timeline(words, told, answers.view["steps"], answers.measured["legal"]),
        steps=[_step(words, told, answers, step) for step in answers.view["steps"]],
        sequence=case_sequence(words, told, arrows),
        lenses=[
            (address(told, replace(wanted, lens=lens)), words.say(title), lens == wanted.lens)
            for lens, title in LENSES.items()
        ],
        lines=event_lines(words, told, shown, wanted.lens, answers.told_to, answers.recorded),
        filters=[(name, words.say(title)) for name, (title, _) in FILTERS.items()],
        procedures=[("", words.say("Mọi thủ tục")), *titles.items()],
        wanted=wanted,
        pages=[
            (number, address(told, replace(wanted, page=number)))
            for number in range(1, -(-len(numbers) // MOST_LINES) + 1)
        ],
        count=len(numbers),
        whole=told.whole,
        clock=told.run["terms"]["clock"],
        moves=[_move(words, each, titles) for each in answers.moves],
        waiting=[_waiting(words, each, titles) for each in answers.view["waiting"]],
        fork_events=[
            (
                str(event.sequence),
                f"{moment(event.at)} · {titles[event.procedure]}: {label_of(event, words)}",
            )
            for event in told.events
            if event.kind in _FORKABLE and event.procedure in titles
        ],
        decisions=[(name, words.say(title)) for name, title in DECISIONS.items()],
    )


def address(told: Told, wanted: Wanted) -> str:
    """Where a view of this case is."""
    names = {"lens": "mat", "which": "loc", "procedure": "thu_tuc", "page": "trang"}
    usual = asdict(Wanted("can-bo", "", "", 1))
    asked = {names[key]: value for key, value in asdict(wanted).items() if value != usual[key]}
    return f"/ho-so/{told.name}" + (f"?{urlencode(asked)}" if asked else "") + "#lich-su"


def _facts(words: Words, told: Told, answers: Answers) -> list[tuple[str, str]]:
    number = filters_for(words.language)["number"]
    view, legal = answers.view, answers.measured["legal"]
    now = as_instant(told.run["now"])
    facts = [
        (words.say("Mã hồ sơ"), told.case.dossier),
        (words.say("Khai lúc"), moment(view["declared_at"])),
        (
            limit_title(words, told.case.group, [answers.measured]),
            limit_of(legal, words) or words.say("chưa rõ trong luật"),
        ),
    ]
    open_steps = [step for step in view["steps"] if step["due_at"] and not step["decided_at"]]
    dues = [as_instant(step["due_at"]) for step in open_steps if step["state"] not in PAUSED]
    if view["returned_at"]:
        granted = any(step["state"] == "granted" for step in view["steps"])
        said = words.say("Trả đủ kết quả") if granted else words.say("Kết thúc lúc")
        facts.append((said, moment(view["returned_at"])))
        facts.append(
            (words.say("Thời gian đã dùng, ngày làm việc"), number(answers.measured["elapsed_working_days"]))
        )
    elif dues:
        left = max(dues)
        facts.append((words.say("Hẹn trả muộn nhất"), moment(left)))
        if left > now:
            seconds = CALENDAR.working_time_between(now, left).total_seconds()
            days = seconds * 1_000_000 / CALENDAR.office_day
            facts.append((words.say("Còn lại, ngày làm việc"), number(days, 1)))
        else:
            facts.append((words.say("Còn lại, ngày làm việc"), words.say("đã quá hẹn")))
    elif open_steps:
        facts.append((words.say("Hẹn trả"), words.say("tạm dừng trong lúc chờ, sẽ lùi đúng bấy lâu")))
    facts.append((words.say("Luật áp dụng"), law_name(words, told.case.group, told.case.law)))
    return facts


def _step(words: Words, told: Told, answers: Answers, step: Json) -> StepCard:
    state, tag = state_of(step["state"], words)
    due = next((each for each in reversed(answers.due) if each["procedure"] == step["procedure"]), None)
    result: Json = answers.results.get(step["procedure"], {})
    return StepCard(
        title=words.of(step, "title"),
        agency=name_of(step["agency"], words),
        state=words.say("Quá hạn") if step["overdue"] and not step["decided_at"] else state,
        tag="bad" if step["overdue"] and not step["decided_at"] else tag,
        application=f"{told.case.dossier}.{step['procedure']}",
        due=moment(step["due_at"]),
        limit=limit_of(due["limit"], words) if due else "",
        article=due["limit"]["article"] if due else "",
        why=(due["why_vi"] if words.language == "vi" else due["why_en"]) if due else (),
        result=words.of(result, "title") if result else "",
        values=[
            (value_name(name, words), _value(name, value))
            for name, value in result.get("values", {}).items()
            if value
        ],
        reason=step["reason"],
    )


def _value(name: str, value: Any) -> str:
    if name.endswith("_on") or name.startswith("valid_"):
        return day(value)
    if name.endswith("_vnd"):
        return filters_for("vi")["money"](value)
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _move(words: Words, move: Json, titles: Mapping[str, str]) -> str:
    what = words.say(MOVES[move["kind"]]) if move["kind"] in MOVES else move["kind"]
    about = titles.get(move["about"], move["about"])
    when = (
        moment(move["at"]) if move["at"] else words.say("chờ %(owner)s", owner=name_of(move["owner"], words))
    )
    said = f"{when} · {what}: {about}"
    if move["attempts"]:
        said += " " + words.say("(đã thử %(n)s lần: %(error)s)", n=move["attempts"], error=move["error"])
    return said


def _waiting(words: Words, waiting: Json, titles: Mapping[str, str]) -> str:
    title = titles.get(waiting["procedure"] or "", words.say("Cả hồ sơ"))
    return words.say("%(title)s: đang chờ %(owner)s", title=title, owner=name_of(waiting["owner"], words)) + (
        f" ({titles.get(waiting['reason'], waiting['reason'])})" if waiting["reason"] else ""
    )
