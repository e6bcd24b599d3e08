"""Scenario cards: on the front the situation, what to do, a question; on the back what happened, and why."""

import tomllib
from collections.abc import Iterable, Mapping
from typing import Any

from flow_model.catalogue import Catalogue
from flow_model.errors import UnknownThing
from scenarios.acts import Act
from scenarios.model import Scenario
from scenarios.shown import PATHS, STATES
from web.formats import moment
from web.handouts.common import Json, sheet
from web.words import N_, Words

_SAID = {
    "card": N_("Thẻ kịch bản"),
    "situation": N_("Tình huống"),
    "steps": N_("Việc cần làm"),
    "question": N_("Theo bạn, chuyện gì sẽ xảy ra? Ghi dự đoán trước khi lật thẻ."),
    "expected": N_("Kết quả mong đợi"),
    "answer": N_("Lời giải"),
    "why": N_("Căn cứ"),
    "command": N_("Tự chạy lại"),
    "procedure": N_("Thủ tục"),
    "outcome": N_("Kết cục"),
    "course": N_("Diễn biến"),
}
_ACTS = {
    "consent": N_("%(party)s trả lời trên VNeID"),
    "supplement": N_("Người dân bổ sung hồ sơ: %(procedure)s"),
    "decide": N_("Đóng vai cán bộ, giải quyết: %(procedure)s"),
    "withdraw": N_("Người dân rút hồ sơ"),
    "pull_again": N_("Cán bộ kéo lại hồ sơ từ cổng"),
    "add_fault": N_("Sự cố bắt đầu: %(fault)s"),
    "ask": N_("Tra cứu hồ sơ bằng một mã"),
}
_PARTIES = {
    "householder": N_("Chủ hộ"),
    "owner": N_("Chủ sở hữu chỗ ở"),
    "parent": N_("Cha hoặc mẹ còn lại"),
    "relatives": N_("Thân nhân"),
}
_COUNTED = {
    "visits": N_("lượt đi lại"),
    "documents": N_("giấy tờ"),
    "fields_typed": N_("ô phải nhập"),
    "supplements": N_("lần bổ sung"),
}
_NONE, _EXACTLY = N_("%(what)s: không có"), N_("%(what)s: đúng %(n)s")
_AT_LEAST, _AT_MOST = N_("%(what)s: ít nhất %(n)s"), N_("%(what)s: nhiều nhất %(n)s")
_NTH = N_("hồ sơ thứ %(n)s")


def scenario_cards(
    words: Words,
    catalogue: Catalogue,
    told: Iterable[Mapping[str, Any]],
    families: Mapping[str, str] | None = None,
) -> Json:
    """A sheet of cards, two pages each; ``told`` are stories as ``GET /scenarios/{id}`` tells them.

    ``families`` are the titles of kinds of families, where somebody knows them.
    """
    cards = [_card(words, catalogue, each, families or {}) for each in told]
    if not cards:
        raise UnknownThing("Chưa chọn kịch bản nào", "no story is chosen")
    title = cards[0]["title"] if len(cards) == 1 else words.say(_SAID["card"])
    return sheet(words, title, said=_SAID, cards=cards)


def _card(words: Words, catalogue: Catalogue, told: Mapping[str, Any], families: Mapping[str, str]) -> Json:
    story = Scenario.model_validate(tomllib.loads(told["text"]) | {"id": told["id"]})
    return {
        "id": told["id"],
        "title": words.of(told, "title"),
        "tags": list(told["tags"]),
        "situation": words.of(told, "narration"),
        "steps": _steps(words, catalogue, story, families),
        "question": words.say(_SAID["question"]),
        "outcomes": _outcomes(words, catalogue, story),
        "expected": _expected(words, catalogue, story),
        "course": [words.pick(each["vi"], each["en"]) for each in told["tells"]],
        "cites": list(told["cites"]),
        "command": f"python3 run.py play {told['id']} --tell",
    }


def _steps(words: Words, catalogue: Catalogue, story: Scenario, families: Mapping[str, str]) -> list[str]:
    steps = []
    if story.run.law is not None:
        law = catalogue.group(story.declare[0].group).law.profile(story.run.law)
        title = words.pick(law.title_vi, law.title_en)
        steps.append(words.say(N_("Mở một lượt chạy theo luật “%(law)s”."), law=title))
    for fault in story.fault:
        steps.append(words.say(N_("Sự cố đặt sẵn: %(fault)s."), fault=_fault(words, fault)))
    for number, each in enumerate(story.declare, 1):
        group = catalogue.group(each.group)
        said = words.say(
            N_("Khai cho gia đình kiểu “%(situation)s”: %(group)s (%(path)s)."),
            situation=families.get(each.situation, each.situation),
            group=words.pick(group.title_vi, group.title_en),
            path=words.pick(*PATHS[each.path][1:]),
        )
        many = len(story.declare) > 1
        steps.append(f"{said.removesuffix('.')}, {words.say(_NTH, n=number)}." if many else said)
    steps += [f"{_act(words, catalogue, each, story)}." for each in story.act]
    steps.append(words.say(N_("Cho đồng hồ chạy đến khi không còn việc gì.")))
    return steps


def _act(words: Words, catalogue: Catalogue, act: Act, story: Scenario) -> str:
    party = getattr(act, "party", "")
    fault = getattr(act, "fault", None)
    said = words.say(
        _ACTS[act.does],
        party=words.say(_PARTIES.get(party, party)) if party else "",
        procedure=_procedure(words, catalogue, story, getattr(act, "procedure", "")),
        fault=_fault(words, fault) if fault is not None else "",
    )
    return f"{said} ({moment(act.at)})" if act.at is not None else said


def _fault(words: Words, fault: Any) -> str:
    """In office words; a fault that was written down as the live system sees it has none but its kind."""
    return words.pick(getattr(fault, "title_vi", fault.kind), getattr(fault, "title_en", fault.kind))


def _procedure(words: Words, catalogue: Catalogue, story: Scenario, name: str) -> str:
    for each in story.declare:
        for procedure in catalogue.group(each.group).procedures:
            if procedure.id == name:
                return words.pick(procedure.title_vi, procedure.title_en)
    return name


def _outcomes(words: Words, catalogue: Catalogue, story: Scenario) -> list[Json]:
    found = []
    named = [each.name for each in story.declare]
    many = len(story.expect.outcomes) > 1
    for dossier, steps in story.expect.outcomes.items():
        nth = words.say(_NTH, n=named.index(dossier) + 1)
        for procedure, state in steps.items():
            title = _procedure(words, catalogue, story, procedure)
            found.append(
                {
                    "procedure": f"{title} ({nth})" if many else title,
                    "outcome": words.pick(*STATES[state][1:]) if state in STATES else state,
                }
            )
    return found


def _counted(words: Words, catalogue: Catalogue, story: Scenario, of: str) -> str:
    """What is counted: a burden of the citizen, or an event of a procedure."""
    if of in _COUNTED:
        return words.say(_COUNTED[of])
    event, _, procedure = of.partition(" ")
    said = words.pick(*STATES[event][1:]) if event in STATES else event
    return f"{said} ({_procedure(words, catalogue, story, procedure)})" if procedure else said


def _expected(words: Words, catalogue: Catalogue, story: Scenario) -> list[str]:
    said = []
    for count in story.expect.count:
        what = _counted(words, catalogue, story, count.of)
        bounds = ((_EXACTLY, count.exactly), (_AT_LEAST, count.at_least), (_AT_MOST, count.at_most))
        said += [
            words.say(_NONE if kind != _AT_LEAST and bound == 0 else kind, what=what, n=bound)
            for kind, bound in bounds
            if bound is not None
        ]
    for deadline in story.expect.deadline:
        if deadline.met is not None:
            on_time = N_("đúng hạn") if deadline.met else N_("quá hạn")
            said.append(f"{_procedure(words, catalogue, story, deadline.procedure)}: {words.say(on_time)}")
    refused = [each.refused for each in (*story.declare, *story.act) if each.refused]
    said += [words.say(N_("bị từ chối tại cửa với mã %(code)s"), code=each) for each in refused]
    return said
