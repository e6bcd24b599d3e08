"""A form that answers a request for a supplement: the ticked papers, the fields that were changed."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from chassis.problem_table import STATUS
from chassis.text_policy import composed
from flow_model.declared_fields import DeclaredField, Kind
from flow_model.documents import changed, value_at
from flow_model.errors import FieldError
from flow_model.form_parts import Source
from flow_model.group import Group
from web.asking import Passed
from web.case.asked import number_of_last
from web.declaring.boxes import Boxes, boxes_of, boxes_sent, value_sent
from web.declaring.mistakes import Wrong, of_door
from web.declaring.topic_view import mistakes_of
from web.forms import Sent
from web.histories import Told
from web.lineage import lineage_of
from web.showing import fields_of
from web.words import N_, Words

PAPERS = "papers"
_NOTHING = N_("Chọn giấy tờ hoặc sửa ít nhất một ô.")
_TICKED = (Kind.AGREED, Kind.SEVERAL)
_TELLABLE = (409, 422)


@dataclass(frozen=True)
class Standing:
    """What was declared, as it stood when the agency asked."""

    group: Group
    document: Mapping[str, Any]
    sources: Mapping[str, str]

    def value(self, path: str) -> Any:
        """What stands there; None for nothing."""
        return value_at(self.document, path)

    def pulled(self, path: str) -> bool:
        """Whether somebody else than the citizen said it."""
        return self.sources.get(path, Source.TYPED.value) != Source.TYPED.value


def standing(told: Told, procedure: str) -> Standing:
    """The declaration with all supplements but the answer to the newest request.

    So the same answer sent twice says the same twice, and the gateway knows it again.
    """
    declared, asked = told.events[0].payload, number_of_last(told, procedure) or 0
    document, sources = declared["declaration"], dict(declared["sources"])
    for number, event in enumerate(told.events):
        own = event.procedure == procedure and number > asked
        if event.kind == "supplement_sent" and not own:
            document = changed(document, event.payload["changes"])
            sources |= dict.fromkeys(event.payload["changes"], Source.TYPED.value)
    return Standing(told.case.group, document, sources)


def fields_taken(words: Words, group: Group, procedure: str) -> list[DeclaredField]:
    """The fields that the form of a procedure takes, but for papers and what is ticked at the signature."""
    known = fields_of(group)
    paths = [each.path for each in lineage_of(group, (procedure,), words).fields]
    left_out = {PAPERS, *group.pages.sign}
    return [known[path] for path in paths if path in known and path not in left_out]


def papers_offered(group: Group, remedies: Sequence[str]) -> list[str]:
    """The papers to choose from, first those that put it right."""
    field = fields_of(group).get(PAPERS)
    return list(dict.fromkeys((*remedies, *(field.values if field else ()))))


def answer_sent(
    words: Words, stated: Standing, fields: Sequence[DeclaredField], papers: Sequence[str], sent: Sent
) -> dict[str, Any]:
    """What the gateway is sent; what is wrong with the form is noted in ``sent``."""
    documents = [each for each in papers if each in sent.texts("documents")]
    changes = dict(_changes(words, stated, fields, sent))
    if not (documents or changes or sent.mistakes):
        sent.wrong("documents", words.say(_NOTHING), "" if papers else "answer")
    return {"documents": documents, "changes": changes}


def note_refused(
    words: Words, stated: Standing, fields: Sequence[DeclaredField], sent: Sent, problem: Passed
) -> int:
    """Note what the gateway refused, at the fields that it names; the status of the page.

    Raises the problem again when it is none that the citizen can put right here.
    """
    status = STATUS[problem.slug][0]
    if status not in _TELLABLE:
        raise problem
    here = {"documents", *(each.path for each in fields)}
    errors = problem.errors or [FieldError("", problem.slug, problem.detail_vi, problem.detail_en)]
    for each in mistakes_of(words, stated, of_door(stated.group, list(errors))):
        sent.wrong(each.name, each.message, each.anchor if each.name in here else "answer")
    return status


def touched(stated: Standing, field: DeclaredField, sent: Sent) -> bool:
    """Whether its boxes say something else than what stands there."""
    stood = boxes_of(field, _before(stated, field))
    return _was_sent(field, sent) and _plain(field, boxes_sent(field, sent)) != _plain(field, stood)


def _before(stated: Standing, field: DeclaredField) -> Any:
    value = stated.value(field.path)
    return field.default if value is None else value


def _changes(
    words: Words, stated: Standing, fields: Sequence[DeclaredField], sent: Sent
) -> Iterator[tuple[str, Any]]:
    for each in fields:
        if not touched(stated, each, sent):
            continue
        noted = len(sent.mistakes)
        value = value_sent(each, boxes_sent(each, sent), sent, words)
        if value is None and len(sent.mistakes) == noted:
            # What is emptied is again what it is when nobody says anything.
            value = each.default
            if each.needed:
                _note_empty(words, stated, each, sent)
        if len(sent.mistakes) == noted and value != _before(stated, each):
            yield each.path, value


def _note_empty(words: Words, stated: Standing, field: DeclaredField, sent: Sent) -> None:
    wrong = Wrong(field.path, "", "missing", "", "")
    sent.mistakes.extend(mistakes_of(words, stated, [wrong]))


def _was_sent(field: DeclaredField, sent: Sent) -> bool:
    """Whether its boxes were in the form: a choice without a chosen value sends and says nothing."""
    name = field.path
    return field.kind in _TICKED or any(each == name or each.startswith(f"{name}-") for each in sent.values)


def _plain(field: DeclaredField, boxes: Boxes) -> Any:
    """The boxes so that two of them can be compared: as a browser sends back what it was shown."""
    if "rows" in boxes:
        rows = [[_text(row.get(part)) for part in field.parts] for row in boxes["rows"]]
        return [row for row in rows if any(row)]
    if "chosen" in boxes:
        return sorted(boxes["chosen"])
    if field.kind is Kind.AGREED:
        return boxes["text"] == "yes"
    return {part: _text(value) for part, value in boxes.items()}


def _text(value: Any) -> str:
    return "" if value is None else composed(str(value)).replace("\r\n", "\n").strip()
