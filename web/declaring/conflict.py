"""Two pages said different things about one topic: both are shown, and the citizen chooses."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from flow_model.declaration_pages import Topic
from web.declaring.boxes import Boxes
from web.declaring.draft import Draft
from web.declaring.saving import OtherPage, Read
from web.showing import fields_of, show_field
from web.words import Words


@dataclass(frozen=True)
class ConflictView:
    """What the page shows: what differs, and a form that sends mine once more upon the newest version."""

    draft: Draft
    title: str
    action: str
    version: str
    rows: Sequence[tuple[str, str, str]]
    boxes: Sequence[tuple[str, str]]


def conflict_view(words: Words, other: OtherPage, topic: Topic, read: Read) -> ConflictView:
    """The view of a conflict."""
    draft, known = other.draft, fields_of(other.draft.group)
    rows = []
    for each in other.differences:
        title = words.pick(known[each.path].title_vi, known[each.path].title_en)
        said = [
            value if each.as_typed else show_field(draft.group, each.path, value, words.language)
            for value in (each.theirs, each.mine)
        ]
        rows.append((title, said[0], said[1]))
    boxes = [pair for path, stands in read.boxes.items() for pair in _inputs(path, stands)]
    return ConflictView(
        draft=draft,
        title=topic.title.said(words.language),
        action=f"{draft.address}/{topic.id}",
        version=draft.version(topic.id),
        rows=rows,
        boxes=[*boxes, *(("sua", path) for path in read.mending)],
    )


def _inputs(path: str, boxes: Boxes) -> Iterator[tuple[str, str]]:
    """The boxes of a field as the names and values of a form."""
    for part, value in boxes.items():
        if part in ("text", "chosen"):
            values: Any = value if isinstance(value, list) else [value]
            yield from ((path, each) for each in values)
        elif part == "rows":
            for number, row in enumerate(value):
                yield from ((f"{path}-{number}-{name}", each) for name, each in row.items())
        else:
            yield f"{path}-{part}", value
