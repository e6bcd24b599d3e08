"""Which topics are asked, which of their fields are boxes and which are only shown, and what comes next."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from flow_model.declaration_pages import Topic
from flow_model.declared_fields import DeclaredField, empty_blocks
from flow_model.documents import changed, without
from flow_model.group import Group
from web.declaring.draft import Draft
from web.declaring.mistakes import Wrong, wrong_with
from web.showing import fields_of

EMPTY: tuple[Any, ...] = (None, "", [], ())


class Look(StrEnum):
    """How a field stands on its page."""

    BOX = "box"
    SHOWN = "shown"
    HIDDEN = "hidden"


class State(StrEnum):
    """How far a topic is."""

    DONE = "done"
    DOING = "doing"
    NOT_BEGUN = "not_begun"
    NOT_YET = "not_yet"


@dataclass(frozen=True)
class Step:
    """A topic and how far it is."""

    topic: Topic
    state: State


def keys_of(group: Group) -> Mapping[str, str]:
    """For each field that a registry fills: the field under which it is looked up."""
    return {path: prefill.look_up.key for prefill in group.prefills for path in prefill.fills}


def any_pulled(draft: Draft, key: str | None) -> bool:
    """Whether a registry knew anything under this key."""
    return any(draft.pulled(path) for path, under in keys_of(draft.group).items() if under == key)


def look_of(draft: Draft, topic: Topic, field: DeclaredField) -> Look:
    """A field that a registry told is shown, not asked; one that it may tell soon waits for the key."""
    path = field.path
    if path in draft.wrong or not field.pulled:
        return Look.BOX
    if draft.value(path) not in EMPTY:
        return Look.SHOWN if draft.pulled(path) else Look.BOX
    if path in draft.group.pages.if_told:
        return Look.HIDDEN
    key = keys_of(draft.group).get(path)
    # Under a key that is typed right here, nothing may be known: then it is asked.
    known = key not in topic.fields or any_pulled(draft, key)
    answered = key is not None and draft.value(key) not in EMPTY and known
    if not answered and key in topic.fields and topic.id not in draft.topics:
        return Look.HIDDEN
    if field.default is not None or (answered and not field.needed):
        return Look.SHOWN
    return Look.BOX


def fields_on(draft: Draft, topic: Topic) -> list[tuple[DeclaredField, Look]]:
    """The fields of a topic as they stand now, without the hidden ones."""
    known = fields_of(draft.group)
    found = [(known[path], look_of(draft, topic, known[path])) for path in topic.fields]
    return [(field, look) for field, look in found if look is not Look.HIDDEN]


def boxes_on(draft: Draft, topic: Topic) -> list[DeclaredField]:
    """The fields that the citizen fills in on this page."""
    return [field for field, look in fields_on(draft, topic) if look is Look.BOX]


def topics_of(draft: Draft) -> list[Topic]:
    """The topics that this case and these procedures need; one that is not decided yet is among them."""
    return [
        topic
        for topic in draft.group.pages.topics
        if _wanted(draft, topic) and decided(draft, topic) is not False
    ]


def decided(draft: Draft, topic: Topic) -> bool | None:
    """Whether the field on which a topic depends wants it; None while that field has no value."""
    if topic.when is None:
        return True
    value = draft.value(topic.when.field)
    return None if value in EMPTY else value in topic.when.values


def _wanted(draft: Draft, topic: Topic) -> bool:
    return not topic.only_for or bool(set(topic.only_for) & set(draft.procedures))


def topic_named(draft: Draft, name: str) -> Topic | None:
    """The topic of this name, if it is asked in this draft."""
    return next((topic for topic in topics_of(draft) if topic.id == name), None)


def document(draft: Draft) -> dict[str, Any]:
    """What is sent to the registries: what was typed, without topics that are not asked any more."""
    asked = {path for topic in topics_of(draft) for path in topic.fields} | set(draft.group.pages.sign)
    gone = [path for path in fields_of(draft.group) if path not in asked]
    typed = without(dict(draft.typed), gone)
    typed = {name: block for name, block in typed.items() if block != {}}
    return changed(empty_blocks(draft.group.declaration), _flat(typed))


def _flat(document: Mapping[str, Any]) -> dict[str, Any]:
    """Blocks of the first level by dotted paths, so that they join the empty ones."""
    flat: dict[str, Any] = {}
    for name, value in document.items():
        if isinstance(value, Mapping):
            flat |= {f"{name}.{below}": each for below, each in value.items()}
        else:
            flat[name] = value
    return flat


def steps_of(draft: Draft) -> list[Step]:
    """Every topic with its state, in order."""
    found = wrong_with(draft.group, draft.filled)
    return [Step(topic, _state(draft, topic, found)) for topic in topics_of(draft)]


def _state(draft: Draft, topic: Topic, found: list[Wrong]) -> State:
    if decided(draft, topic) is None:
        return State.NOT_YET
    if topic.id in draft.left:
        return State.DOING
    if topic.id not in draft.topics:
        return State.NOT_BEGUN
    return State.DOING if any(each.path in topic.fields for each in found) else State.DONE


def next_after(draft: Draft, topic_id: str) -> Topic | None:
    """The next topic that is not done, first behind this one, then from the beginning; None when all are."""
    steps = steps_of(draft)
    order = [each.topic.id for each in steps]
    at = order.index(topic_id) + 1 if topic_id in order else 0
    for step in (*steps[at:], *steps[:at]):
        if step.state in (State.NOT_BEGUN, State.DOING):
            return step.topic
    return None
