"""One field as its page shows it: a box, or a value with its source; to trainers also where it flows."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from markupsafe import Markup

from flow_model.declared_fields import DeclaredField, Kind
from flow_model.form_parts import Source
from flow_model.group import Group
from web.declaring.boxes import Boxes, boxes_of
from web.declaring.options import communes, options
from web.declaring.plan import Look
from web.lineage import Lineage
from web.showing import show_field
from web.words import N_, Words

Item = tuple[str, str]
_OPTIONAL = N_("(không bắt buộc)")
_MORE_ROWS = 2


class Stated(Protocol):
    """A declaration as it stands, whether it is still a draft or was sent long ago."""

    @property
    def group(self) -> Group:
        """Whose declaration it is."""

    @property
    def sources(self) -> Mapping[str, str]:
        """Who said each field that has a value."""

    def value(self, path: str) -> Any:
        """What stands there now; None for nothing."""

    def pulled(self, path: str) -> bool:
        """Whether somebody else than the citizen said it."""


@dataclass(frozen=True)
class FormMark:
    """A form into which a field flows: its place in the order of forms, for its colour, and its name."""

    number: int
    name: str
    cells: int


@dataclass(frozen=True)
class FieldView:
    """Everything that the template shows of a field."""

    path: str
    title: str
    label: str
    hint: str
    kind: str
    box: bool
    shown: str
    boxes: Boxes
    items: Sequence[Item]
    source: str
    source_short: str
    source_long: str
    article: str
    known: bool
    options: Markup
    communes: Markup
    forms: Sequence[FormMark] = ()
    parts: Sequence[Item] = ()
    listed: bool = False


def field_view(
    words: Words,
    stated: Stated,
    each: DeclaredField,
    look: Look,
    lineage: Lineage,
    boxes: Boxes | None,
) -> FieldView:
    """The field on its page; ``boxes`` are those that were sent, when the page is shown again."""
    value = stated.value(each.path)
    known = stated.pulled(each.path)
    source = Source(stated.sources.get(each.path, each.source.value))
    if look is Look.BOX and (not known or boxes is not None):
        source = Source.TYPED
    start = value if value is not None else each.default
    stands = boxes if boxes is not None else boxes_of(each, start)
    title = words.pick(each.title_vi, each.title_en)
    said = stated.group.pages.source(source)
    hint = stated.group.pages.hints.get(each.path)
    return FieldView(
        path=each.path,
        title=title,
        label=title if each.needed or each.default is not None else f"{title} {words.say(_OPTIONAL)}",
        hint=hint.said(words.language) if hint else "",
        kind=each.kind.value,
        box=look is Look.BOX,
        shown=show_field(stated.group, each.path, start, words.language),
        boxes=_with_empty_rows(stands, each),
        items=_items(words, stated, each),
        source=source.value,
        source_short=said.short.said(words.language),
        source_long=said.long.said(words.language),
        article=stated.group.pages.articles.get(each.path) or said.article,
        known=known,
        forms=marks_of(lineage, each.path),
        parts=_parts(words, stated, each),
        options=options(each.kind, words, stands.get("text") or stands.get("province", "")),
        communes=communes(stands["province"], words, stands["commune"])
        if each.kind is Kind.ADDRESS
        else Markup(""),
    )


def marks_of(lineage: Lineage, path: str) -> list[FormMark]:
    """The forms into which a field flows."""
    cells = {flow.procedure: len(flow.cells) for flow in lineage.flows if flow.path == path}
    return [
        FormMark(number, form.name, cells[form.procedure])
        for number, form in enumerate(lineage.forms, start=1)
        if form.procedure in cells
    ]


def _items(words: Words, stated: Stated, each: DeclaredField) -> list[Item]:
    """What may be chosen. Free text of which the flow says the words is a choice as well."""
    if each.kind is Kind.YES_NO:
        return [("yes", words.say(N_("Có"))), ("no", words.say(N_("Không")))]
    if each.kind is Kind.AGREED:
        return [("yes", words.pick(each.title_vi, each.title_en))]
    values: Iterable[str] = each.values or stated.group.pages.choices.get(each.path, {})
    return [(value, _word(words, stated, each.path, value)) for value in values]


def _word(words: Words, stated: Stated, path: str, value: str) -> str:
    said = stated.group.pages.words_of(path, value)
    return said.said(words.language) if said else value


def _parts(words: Words, stated: Stated, each: DeclaredField) -> list[Item]:
    return [
        (part, stated.group.pages.parts[part].said(words.language))
        for part in each.parts
        if part in stated.group.pages.parts
    ]


def _with_empty_rows(boxes: Boxes, each: DeclaredField) -> Boxes:
    """People are added in empty rows, of which there are always some."""
    if each.kind is not Kind.PEOPLE:
        return boxes
    rows = [row for row in boxes["rows"] if any(row.values())]
    return {"rows": [*rows, *({} for _ in range(_MORE_ROWS))]}
