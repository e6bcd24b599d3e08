"""The page on which a citizen answers a request for a supplement."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from flow_model.declared_fields import DeclaredField
from flow_model.group import Group
from web.case.answering import Standing, touched
from web.case.asked import Asked, paper_named
from web.declaring.boxes import boxes_sent
from web.declaring.field_view import FieldView, field_view
from web.declaring.plan import Look
from web.forms import Mistake, Sent
from web.histories import Told
from web.lineage import lineage_of
from web.words import N_, Words

_PUTS_IT_RIGHT = N_("Khắc phục được điều cơ quan nêu.")


@dataclass(frozen=True)
class Part:
    """The fields of one topic; open when there is something to see in it."""

    title: str
    fields: Sequence[FieldView]
    open: bool


@dataclass(frozen=True)
class AnswerView:
    """The whole page."""

    case: str
    dossier: str
    subject: str
    asked: Asked
    papers: Sequence[tuple[str, str, str]]
    ticked: Sequence[str]
    parts: Sequence[Part]
    mistakes: Sequence[Mistake]


def answer_view(
    words: Words,
    told: Told,
    asked: Asked,
    stated: Standing,
    fields: Sequence[DeclaredField],
    papers: Sequence[str],
    sent: Sent | None = None,
) -> AnswerView:
    """The page; with ``sent`` as it was typed."""
    return AnswerView(
        case=f"/ho-so/{told.name}",
        dossier=told.case.dossier,
        subject=told.subject,
        asked=asked,
        papers=[_paper(words, stated.group, asked, each) for each in papers],
        ticked=sent.texts("documents") if sent else (),
        parts=_parts(words, asked, stated, fields, sent),
        mistakes=sent.mistakes if sent else (),
    )


def _paper(words: Words, group: Group, asked: Asked, name: str) -> tuple[str, str, str]:
    hint = words.say(_PUTS_IT_RIGHT) if name in asked.remedies else ""
    return name, paper_named(words, group, name), hint


def _parts(
    words: Words, asked: Asked, stated: Standing, fields: Sequence[DeclaredField], sent: Sent | None
) -> list[Part]:
    lineage = lineage_of(stated.group, (asked.procedure,), words)
    topics = {each.path: each.topic for each in lineage.fields}
    wrong = {each.name for each in sent.mistakes} if sent else set()
    listed = sent.text("list") if sent else ""
    found = []
    for topic, title in lineage.topics:
        here = [each for each in fields if topics[each.path] == topic]
        views = []
        for each in here:
            boxes = boxes_sent(each, sent) if sent else None
            view = field_view(words, stated, each, Look.BOX, lineage, boxes)
            views.append(replace(view, listed=each.path == listed))
        seen = [
            each for each in here if each.path in (*wrong, listed) or (sent and touched(stated, each, sent))
        ]
        if views:
            found.append(Part(title or asked.title, views, bool(seen)))
    return found
