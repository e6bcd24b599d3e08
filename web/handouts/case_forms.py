"""The official forms of one case, filled from the one declaration, each cell with its source."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import BaseModel

from flow_model.form_parts import Source
from flow_model.group import Group, Procedure
from flow_model.mapping import CellOrigin, fill, lineage
from web.agencies import name_of
from web.formats import day
from web.handouts.common import Json, sheet
from web.showing import show_cell
from web.words import N_, Words

# Who said each field; None where every form was written by hand.
Sources = Mapping[str, str] | None
_SAID = {
    "to": N_("Kính gửi"),
    "empty": N_("(để trống)"),
    "printed_by_system": N_("Hệ thống ghi thêm khi chuyển hồ sơ"),
    "pledge": N_(
        "Tôi cam đoan những lời khai trên đây là đúng sự thật và chịu trách nhiệm về lời cam đoan của mình."
    ),
    "declarant": N_("Người yêu cầu"),
    "signed_electronically": N_("(Ký điện tử, mô phỏng)"),
    "what_the_marks_say": N_("Các dấu nguồn nói gì"),
    "mark": N_("Dấu"),
    "meaning": N_("Ý nghĩa"),
    "cells": N_("Số ô"),
}


def case_forms(
    words: Words,
    group: Group,
    dossier: Mapping[str, Any],
    declared: Mapping[str, Any],
    results: Mapping[str, Mapping[str, Any]],
) -> Json:
    """The sheet: ``declared`` is the payload of the case's first event, ``results`` what came back so far."""
    declaration = group.declaration.model_validate(declared["declaration"])
    sources = sources_of(declared)
    procedures = [group.procedure(each) for each in declared["procedures"]]
    forms = [official_form(words, group, each, declaration, sources, results) for each in procedures]
    cells = [cell for form in forms for cell in (*form["cells"], *form["printed"])]
    return sheet(
        words,
        words.say(N_("Tờ khai của hồ sơ %(code)s"), code=dossier["dossier"]),
        dossier["dossier"],
        said=_SAID,
        forms=forms,
        declarant=_declarant(declared["declaration"]),
        place_and_day=words.say(N_("Khai ngày %(day)s"), day=day(dossier["declared_at"])),
        legend=_legend(words, group, cells),
    )


def official_form(
    words: Words,
    group: Group,
    procedure: Procedure,
    declaration: BaseModel,
    sources: Sources,
    results: Mapping[str, Mapping[str, Any]],
) -> Json:
    """One official form, filled from the declaration."""
    filled = fill(procedure.mapping, declaration, results)
    return form_as_sent(words, group, procedure, filled, sources, results)


def form_as_sent(
    words: Words,
    group: Group,
    procedure: Procedure,
    filled: Mapping[str, Any],
    sources: Sources,
    results: Mapping[str, Mapping[str, Any]] | None = None,
) -> Json:
    """One official form: the cells that people once wrote by hand, then those that the system adds.

    ``results`` are those that came back so far; None for a form that was sent with all of them.
    """
    shown = [
        _cell(words, group, line, filled.get(line.cell), sources)
        | {"awaited": "" if results is None else _awaited(words, group, line, results)}
        for line in lineage(procedure.id, procedure.mapping, group.declaration)
        if not line.internal
    ]
    return {
        "procedure": procedure.id,
        "name": procedure.mapping.form_code,
        "title": words.pick(procedure.title_vi, procedure.title_en),
        "agency": name_of(procedure.agency, words),
        "cells": [each for each in shown if not each["printed"]],
        "printed": [each for each in shown if each["printed"]],
    }


def sources_of(declared: Mapping[str, Any]) -> Sources:
    """Who said what in a declaration; None on the old path, where every form is written by hand."""
    return None if declared["path"] == "separate" else dict(declared["sources"])


def really_from(line: CellOrigin, sources: Sources) -> Source:
    """Where a cell's value really came from: what a registry should have known may have been typed."""
    if sources is None:
        return line.source if line.printed else Source.TYPED
    if line.source in (Source.RESULT, Source.DERIVED) or len(line.roots) != 1:
        return line.source
    return Source(sources.get(line.roots[0], line.source.value))


def _cell(words: Words, group: Group, line: CellOrigin, value: Any, sources: Sources) -> Json:
    source = really_from(line, sources)
    return {
        "cell": line.cell,
        "number": line.number,
        "label": words.pick(line.title_vi, line.title_en),
        "value": show_cell(group, line, value, words.language),
        "source": source.value,
        "mark": group.pages.source(source).short.said(words.language),
        "printed": line.printed,
        "roots": list(line.roots),
    }


def _awaited(words: Words, group: Group, line: CellOrigin, results: Mapping[str, Mapping[str, Any]]) -> str:
    """What fills a cell by itself, as long as that is still to come."""
    if line.source is not Source.RESULT:
        return ""
    procedure = group.procedure(line.roots[0].partition(".")[0])
    if procedure.id in results:
        return ""
    result = words.pick(procedure.result_title_vi, procedure.result_title_en)
    return words.say(N_("Tự điền khi có kết quả: %(result)s"), result=result)


def _legend(words: Words, group: Group, cells: Iterable[Json]) -> list[Json]:
    counted = Counter(cell["source"] for cell in cells if cell["value"])
    return [
        {
            "source": source.value,
            "mark": said.short.said(words.language),
            "meaning": said.long.said(words.language),
            "cells": counted[source.value],
        }
        for source, said in ((each, group.pages.source(each)) for each in Source)
        if counted[source.value]
    ]


def _declarant(declaration: Mapping[str, Any]) -> str:
    return str((declaration.get("declarant") or {}).get("full_name", ""))
