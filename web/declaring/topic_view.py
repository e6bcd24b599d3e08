"""One topic as a page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from flow_model.declaration_pages import Topic
from flow_model.declared_fields import Kind
from flow_model.documents import value_at
from web.declaring.boxes import Boxes, boxes_of, text_of
from web.declaring.draft import Draft
from web.declaring.field_view import FieldView, Stated, field_view
from web.declaring.looking_up import Note, notes_on
from web.declaring.mistakes import Wrong, told
from web.declaring.plan import EMPTY, Look, State, Step, fields_on, steps_of
from web.forms import Mistake
from web.lineage import lineage_of
from web.showing import fields_of, show_field
from web.words import N_, Words

STATES = {
    State.DONE: (N_("Đã xong"), "good"),
    State.DOING: (N_("Đang khai"), "doing"),
    State.NOT_BEGUN: (N_("Chưa khai"), "plain"),
    State.NOT_YET: (N_("Chưa thể khai"), "wait"),
}


@dataclass(frozen=True)
class TaskView:
    """A line of the task list."""

    id: str
    title: str
    href: str | None
    state: str
    kind: str
    hint: str
    current: bool = False


@dataclass(frozen=True)
class TopicView:
    """What the page of a topic shows."""

    draft: Draft
    title: str
    intro: str
    number: int
    count: int
    action: str
    version: str
    saved: bool
    left: bool
    unkept: bool
    fields: Sequence[FieldView]
    mistakes: Sequence[Mistake]
    tasks: Sequence[TaskView]
    hand: Sequence[tuple[str, str]]
    notes: Sequence[Note]
    mending: Sequence[str]
    forms: Sequence[str]


def topic_view(
    words: Words,
    draft: Draft,
    topic: Topic,
    *,
    sent: Mapping[str, Boxes] | None = None,
    mistakes: Sequence[Mistake] = (),
    mending: Sequence[str] = (),
    by_hand: bool = False,
    looked_up: bool = False,
    listed: str = "",
) -> TopicView:
    """The page; ``sent`` are the boxes of a form with mistakes, else they stand as they were left.

    ``by_hand`` fills in what is in hand, ``listed`` is the address whose communes were asked for.
    """
    unkept = sent is not None
    if sent is None:
        sent = draft.left_boxes(topic.id)
        mending = list(dict.fromkeys((*draft.left.get(topic.id, {}).get("mending", ()), *mending)))
    draft = replace(draft, wrong=(*draft.wrong, *mending))
    lineage = lineage_of(draft.group, draft.procedures, words)
    steps = steps_of(draft)
    order = [step.topic.id for step in steps]
    fields = []
    for each, look in fields_on(draft, topic):
        stands = sent.get(each.path)
        hand = value_at(draft.hand, each.path)
        untouched = stands is None or not text_of(stands)
        if by_hand and look is Look.BOX and untouched and hand is not None:
            stands = boxes_of(each, hand)
        shown = field_view(words, draft, each, look, lineage, stands)
        fields.append(replace(shown, listed=each.path == listed))
    return TopicView(
        draft=draft,
        title=topic.title.said(words.language),
        intro=topic.intro.said(words.language) if topic.intro else "",
        number=order.index(topic.id) + 1,
        count=len(order),
        action=f"{draft.address}/{topic.id}",
        version=draft.version(topic.id),
        saved=topic.id in draft.topics or topic.id in draft.left,
        left=bool(draft.left_boxes(topic.id)),
        unkept=unkept,
        fields=fields,
        mistakes=mistakes,
        tasks=tasks_of(words, draft, steps, topic.id),
        hand=_hand(words, draft, fields),
        notes=notes_on(words, draft, topic, just_now=looked_up),
        mending=mending,
        forms=[form.name for form in lineage.forms],
    )


def tasks_of(words: Words, draft: Draft, steps: Sequence[Step], current: str = "") -> list[TaskView]:
    """The task list; a topic that cannot be filled in yet has no link."""
    found = []
    for step in steps:
        said, kind = STATES[step.state]
        found.append(
            TaskView(
                step.topic.id,
                step.topic.title.said(words.language),
                None if step.state is State.NOT_YET else f"{draft.address}/{step.topic.id}",
                words.say(said),
                kind,
                words.say(N_("Tùy câu trả lời ở phần trước")) if step.state is State.NOT_YET else "",
                step.topic.id == current,
            )
        )
    return found


def mistakes_of(words: Words, stated: Stated, wrong: Sequence[Wrong]) -> list[Mistake]:
    """For the summary and the fields: the link leads to the first box of the field."""
    return [Mistake(each.path, told(words, stated.group, each), anchor_of(stated, each)) for each in wrong]


def anchor_of(stated: Stated, wrong: Wrong) -> str:
    """The id of the first box of a field."""
    field = fields_of(stated.group).get(wrong.path)
    base = f"f-{wrong.path}"
    if field is None:
        return base
    if field.kind in (Kind.DAY, Kind.INSTANT):
        return f"{base}-day"
    if field.kind is Kind.PEOPLE:
        return f"{base}-{(wrong.part or f'0.{field.parts[0]}').replace('.', '-')}"
    return base


def _hand(words: Words, draft: Draft, fields: Sequence[FieldView]) -> list[tuple[str, str]]:
    """What the papers in hand say about the boxes of this page."""
    found = []
    for each in fields:
        value = value_at(draft.hand, each.path)
        if each.box and value not in EMPTY:
            found.append((each.title, show_field(draft.group, each.path, value, words.language)))
    return found
