"""The keys that are typed on a page: which of them were typed anew, and what was found under them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from flow_model.declaration_pages import Topic
from flow_model.group import Prefill
from web.declaring.draft import Draft
from web.declaring.plan import EMPTY, boxes_on
from web.showing import fields_of
from web.words import N_, Words


class Found(StrEnum):
    """What came of a key."""

    SOMETHING = "something"
    NOTHING = "nothing"
    NO_ANSWER = "no_answer"
    NO_KEY = "no_key"


@dataclass(frozen=True)
class Note:
    """What the page says of a look-up, in a box of this kind."""

    kind: str
    title: str
    text: str


_NOTES = {
    Found.SOMETHING: (
        "info",
        N_("Đã tra cứu"),
        N_("Kiểm tra phần vừa lấy được, điền nốt phần còn trống rồi bấm Tiếp tục."),
    ),
    Found.NOTHING: (
        "warning",
        N_("Không tìm thấy dữ liệu"),
        N_(
            "Không tìm thấy dữ liệu nào theo “%(field)s”: %(key)s. Hãy kiểm tra lại số rồi bấm Tiếp tục để "
            "tra cứu lại. Nếu số đúng, hãy điền tay các ô còn trống."
        ),
    ),
    Found.NO_ANSWER: (
        "warning",
        N_("Chưa tra cứu được"),
        N_(
            "Cơ sở dữ liệu chưa trả lời nên chưa lấy được gì theo “%(field)s”: %(key)s. Hãy điền tay các ô "
            "còn trống, hoặc để sau rồi bấm Tiếp tục để tra cứu lại."
        ),
    ),
    Found.NO_KEY: (
        "info",
        N_("Chưa tra cứu"),
        N_(
            "Chưa nhập “%(field)s” nên chưa tra cứu gì. Có số thì nhập rồi bấm Tiếp tục để tra cứu; "
            "không có thì điền tay các ô còn lại."
        ),
    ),
}


def new_keys(draft: Draft, values: Mapping[str, Any]) -> set[str]:
    """The keys among what was sent under which something else is to be looked up than before."""
    keys = {each.look_up.key for each in draft.group.prefills}
    return {
        path
        for path, value in values.items()
        if path in keys and value not in EMPTY and value != draft.value(path)
    }


def filled_under(draft: Draft, keys: set[str]) -> set[str]:
    """The fields that a registry fills under these keys."""
    return {path for each in draft.group.prefills if each.look_up.key in keys for path in each.fills}


def found_under(draft: Draft, topic: Topic, key: str) -> Found:
    """What came of a key, for the page where it is typed."""
    if draft.value(key) in EMPTY:
        return Found.NO_KEY
    asked = _asked(draft, topic, key)
    if any(draft.pulled(path) for each in asked for path in each.fills):
        return Found.SOMETHING
    unheard = not draft.filled_at or any(each.look_up.service in draft.silent for each in asked)
    return Found.NO_ANSWER if unheard else Found.NOTHING


def _asked(draft: Draft, topic: Topic, key: str) -> Sequence[Prefill]:
    """The look-ups of a key that fill something on this page; where none does, all of them."""
    under = [each for each in draft.group.prefills if each.look_up.key == key]
    return [each for each in under if set(each.fills) & set(topic.fields)] or under


def keys_typed_on(draft: Draft, topic: Topic) -> list[str]:
    """The keys that have a box on this page, in its order."""
    keys = {each.look_up.key for each in draft.group.prefills}
    return [field.path for field in boxes_on(draft, topic) if field.path in keys]


def unheard_on(draft: Draft, topic: Topic) -> bool:
    """Whether a registry still owes an answer to a key of this page."""
    return any(found_under(draft, topic, key) is Found.NO_ANSWER for key in keys_typed_on(draft, topic))


def something_to_see(draft: Draft, topic: Topic, keys: set[str]) -> bool:
    """Whether keys that were typed anew brought something to this very page, or nothing at all."""
    here = set(topic.fields)
    return any(
        found_under(draft, topic, key) is not Found.SOMETHING
        or any(draft.pulled(path) for path in filled_under(draft, {key}) & here)
        for key in keys & here
    )


def notes_on(words: Words, draft: Draft, topic: Topic, *, just_now: bool) -> list[Note]:
    """What the page says of its keys; that nothing was found stays said until it is put right."""
    if topic.id not in draft.topics:
        return []
    found = []
    for key in keys_typed_on(draft, topic):
        came = found_under(draft, topic, key)
        if just_now or came in (Found.NOTHING, Found.NO_ANSWER):
            field = fields_of(draft.group)[key]
            kind, title, text = _NOTES[came]
            called = words.pick(field.title_vi, field.title_en)
            found.append(Note(kind, words.say(title), words.say(text, key=draft.value(key), field=called)))
    return found
