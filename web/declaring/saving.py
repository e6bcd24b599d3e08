"""A topic that was sent: read its boxes, keep it, or say what is wrong, or that another page was faster."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from flow_model.declaration_pages import Topic
from flow_model.documents import changed, value_at, without
from flow_model.errors import ConflictingContent, ServiceDown
from flow_model.form_parts import Source
from web.asking import Asking, Passed
from web.declaring.boxes import Boxes, boxes_sent, text_of, value_sent
from web.declaring.draft import Draft, Drafts
from web.declaring.filling import filled
from web.declaring.looking_up import filled_under, new_keys, unheard_on
from web.declaring.mistakes import Wrong, wrong_with
from web.declaring.plan import EMPTY, boxes_on
from web.declaring.topic_view import mistakes_of
from web.forms import Mistake, Sent
from web.section import Parts
from web.showing import fields_of
from web.words import Words

# What the gateway counts as no value when it says who knew what.
NO_VALUE: tuple[object, ...] = (None, False, "", [], ())


@dataclass(frozen=True)
class Difference:
    """A field of which two pages say different things."""

    path: str
    theirs: Any
    mine: Any
    as_typed: bool = False


@dataclass(frozen=True)
class Read:
    """What a form said: values by path, the boxes as they stood, and what could not be read."""

    values: Mapping[str, Any]
    boxes: Mapping[str, Boxes]
    mending: tuple[str, ...]


class OtherPage(Exception):
    """Another page saved this topic since this one was opened, and said something else."""

    def __init__(self, draft: Draft, differences: Sequence[Difference]) -> None:
        super().__init__(draft.name)
        self.draft, self.differences = draft, differences


def read_topic(words: Words, draft: Draft, topic: Topic, sent: Sent) -> Read:
    """The boxes of this topic's form; mistakes are noted in ``sent``."""
    mending = tuple(path for path in sent.texts("sua") if path in topic.fields)
    fields = boxes_on(replace(draft, wrong=(*draft.wrong, *mending)), topic)
    boxes = {each.path: boxes_sent(each, sent) for each in fields}
    values = {each.path: value_sent(each, boxes[each.path], sent, words) for each in fields}
    return Read(values, boxes, mending)


def require_newest(draft: Draft, topic: Topic, sent: Sent, read: Read) -> None:
    """Raise OtherPage when this topic was saved meanwhile with other content."""
    if sent.text("version") == draft.version(topic.id):
        return
    left = draft.left_boxes(topic.id)
    found = []
    for path, value in read.values.items():
        theirs, mine = value_at(draft.typed, path), value
        if path in left:
            theirs, mine = text_of(left[path]), text_of(read.boxes[path])
        if (theirs or None) != (mine or None):
            found.append(Difference(path, theirs, mine, as_typed=path in left))
    if found:
        raise OtherPage(draft, found)


async def save_topic(
    parts: Parts, asking: Asking, drafts: Drafts, draft: Draft, topic: Topic, read: Read, sent: Sent
) -> Draft:
    """Keep what was typed, with what the registries add to it. Raises OtherPage."""
    wrong = tuple(dict.fromkeys((*draft.wrong, *read.mending)))
    kept_wrong = tuple(
        path for path in wrong if read.values.get(path, "") not in EMPTY or path not in read.values
    )
    saved = replace(draft.with_typed(read.values, topic.id), wrong=kept_wrong)
    if asks_anew(draft, topic, read):
        saved = await _filled_or_kept(parts, asking, saved, read)
    else:
        saved = _kept(saved, read)
    unseen = [each.path for each in boxes_on(saved, topic) if each.path not in read.boxes]
    if unseen:  # nobody has looked at these boxes yet: the topic is not done
        saved = saved.with_left(topic.id, {}, ())
    try:
        return drafts.save(saved)
    except ConflictingContent:
        newest = drafts.read(draft.group.id, draft.name)
        require_newest(newest, topic, sent, read)
        again = newest.with_typed(read.values, topic.id)
        return drafts.save(await _filled_or_kept(parts, asking, again, read))


def asks_anew(draft: Draft, topic: Topic, read: Read) -> bool:
    """Whether what was sent may bring something from a registry, or take it away.

    That is a key, a field that a registry knows, or one on which topics depend; the rest is kept at once.
    A registry that did not answer is asked once more.
    """
    group, known = draft.group, fields_of(draft.group)
    moving = {each.look_up.key for each in group.prefills}
    moving |= {topic.when.field for topic in group.pages.topics if topic.when is not None}
    changed_paths = [
        path
        for path, value in read.values.items()
        if (value_at(draft.typed, path) or None) != (value or None)
    ]
    if not draft.filled_at or unheard_on(draft, topic):
        return True
    return any(path in moving or known[path].pulled for path in changed_paths)


async def _filled_or_kept(parts: Parts, asking: Asking, draft: Draft, read: Read) -> Draft:
    """With what the registries add; while nobody answers for them, what was typed is kept all the same."""
    try:
        return await filled(asking, draft, parts.clock)
    except (Passed, ServiceDown):
        return replace(_kept(draft, read), filled_at="")


def _kept(draft: Draft, read: Read) -> Draft:
    """With what was typed, as the registries would leave it."""
    typed = {path for path, value in read.values.items() if value not in NO_VALUE}
    sources = {path: source for path, source in draft.sources.items() if path not in read.values}
    sources |= dict.fromkeys(typed, Source.TYPED.value)
    return replace(draft, filled=_with(draft, read), sources=sources)


def mistakes_after(words: Words, draft: Draft, read: Read, sent: Sent) -> list[Mistake]:
    """What is wrong with the boxes that were sent, in the order of the page; each field once.

    What is about to be looked up under a new key may still be empty.
    """
    found: dict[str, Mistake] = {each.name: each for each in reversed(sent.mistakes)}
    awaited = filled_under(draft, new_keys(draft, read.values))
    asked = {path for path in read.boxes if path not in awaited or read.values[path] not in EMPTY}
    told: list[Wrong] = wrong_with(draft.group, _with(draft, read))
    for each in mistakes_of(words, draft, [each for each in told if each.path in asked]):
        found.setdefault(each.name, each)
    return [found[path] for path in read.boxes if path in found]


def _with(draft: Draft, read: Read) -> Mapping[str, Any]:
    """The declaration as it would be, were this topic kept."""
    emptied = [path for path, value in read.values.items() if value in EMPTY]
    whole = without(dict(draft.filled), emptied)
    return changed(whole, {path: value for path, value in read.values.items() if value not in EMPTY})
