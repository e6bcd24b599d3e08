"""Where data flow in a group: from sources into fields of the one declaration, and on into official forms."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flow_model.declaration_pages import SourceWords
from flow_model.form_parts import Source
from flow_model.group import Group, Procedure
from flow_model.mapping import CellOrigin
from measurement.reuse import FormFields, form_fields
from web.showing import fields_of
from web.words import N_, Words

RESULTS = "results"


@dataclass(frozen=True)
class FieldNode:
    """One thing that is known once: a field of the declaration, or a result of an earlier procedure."""

    path: str
    title: str
    source: Source
    topic: str
    article: str


@dataclass(frozen=True)
class FormNode:
    """One official form, and how many cells it has for hands to fill."""

    procedure: str
    name: str
    title: str
    blanks: int


@dataclass(frozen=True)
class Flow:
    """From a field into so many cells of a form."""

    path: str
    procedure: str
    cells: tuple[CellOrigin, ...]


@dataclass(frozen=True)
class Lineage:
    """The whole picture, and the counts beside it: all of it comes from the mapping."""

    sources: tuple[Source, ...]
    topics: tuple[tuple[str, str], ...]
    fields: tuple[FieldNode, ...]
    forms: tuple[FormNode, ...]
    flows: tuple[Flow, ...]
    counts: FormFields
    called: Mapping[Source, SourceWords]

    def fields_from(self, source: Source) -> list[FieldNode]:
        """The fields that one source knows."""
        return [each for each in self.fields if each.source is source]

    def forms_of(self, path: str) -> list[FormNode]:
        """The forms that a field flows into."""
        reached = {flow.procedure for flow in self.flows if flow.path == path}
        return [form for form in self.forms if form.procedure in reached]


# Each topic of a declaration asks for the same one, and it costs as much as the page.
_made: dict[tuple[str, tuple[str, ...], str], tuple[Group, Lineage]] = {}


def lineage_of(group: Group, procedures: Sequence[str], words: Words) -> Lineage:
    """The lineage of the chosen procedures' forms. A field that flows into none of them is left out."""
    key = group.id, tuple(procedures), words.language
    known = _made.get(key)
    if known is None or known[0] is not group:
        known = _made[key] = group, _lineage(group, procedures, words)
    return known[1]


def _lineage(group: Group, procedures: Sequence[str], words: Words) -> Lineage:
    cells = group.lineage(tuple(procedures))
    flows: dict[tuple[str, str], list[CellOrigin]] = {}
    for cell in cells:
        for root in dict.fromkeys(cell.roots):
            flows.setdefault((root, cell.procedure), []).append(cell)
    reached = dict.fromkeys(path for path, _ in flows)
    fields = [*_declared(group, words, reached), *_results(group, words, reached)]
    topics = {each.topic: _topic_title(group, each.topic, words) for each in fields}
    return Lineage(
        sources=tuple(source for source in Source if any(each.source is source for each in fields)),
        topics=tuple(topics.items()),
        fields=tuple(fields),
        forms=tuple(_form(group, each, cells, words) for each in procedures),
        flows=tuple(Flow(path, procedure, tuple(found)) for (path, procedure), found in flows.items()),
        counts=form_fields(group, procedures),
        called={source: group.pages.source(source) for source in Source},
    )


def _declared(group: Group, words: Words, reached: dict[str, None]) -> list[FieldNode]:
    known = fields_of(group)
    order = [path for topic in group.pages.topics for path in topic.fields] + list(group.pages.sign)
    return [
        FieldNode(
            path,
            words.pick(known[path].title_vi, known[path].title_en),
            known[path].source,
            group.pages.topic_of(path) or "",
            group.pages.articles.get(path) or group.pages.source(known[path].source).article,
        )
        for path in order
        if path in reached
    ]


def _results(group: Group, words: Words, reached: dict[str, None]) -> list[FieldNode]:
    by_name = {f"{each.id}.{name}": (each, name) for each in group.procedures for name in each.results}
    return [
        FieldNode(
            path,
            ": ".join((_result_title(procedure, words), _cell_title(group, path, words))),
            Source.RESULT,
            RESULTS,
            group.pages.source(Source.RESULT).article,
        )
        for path, (procedure, _) in by_name.items()
        if path in reached
    ]


def _result_title(procedure: Procedure, words: Words) -> str:
    return words.pick(procedure.result_title_vi, procedure.result_title_en)


def _cell_title(group: Group, root: str, words: Words) -> str:
    """What a result is called: as the first form that takes it calls it."""
    for each in group.procedures:
        for cell in group.lineage((each.id,)):
            if cell.roots == (root,):
                return words.pick(cell.title_vi, cell.title_en)
    return root.rpartition(".")[2]


def _topic_title(group: Group, topic: str, words: Words) -> str:
    if topic == RESULTS:
        return words.say(N_("Kết quả của thủ tục trước"))
    return next((each.title.said(words.language) for each in group.pages.topics if each.id == topic), "")


def _form(group: Group, procedure_id: str, cells: list[CellOrigin], words: Words) -> FormNode:
    procedure = group.procedure(procedure_id)
    blanks = [cell for cell in cells if cell.procedure == procedure_id and not cell.printed]
    return FormNode(
        procedure_id,
        procedure.mapping.form_code,
        words.pick(procedure.title_vi, procedure.title_en),
        len(blanks),
    )
