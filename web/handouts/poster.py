"""The lineage poster: an A3 sheet of source, field and form, and a table that says the same."""

from collections.abc import Sequence
from typing import Any

from flow_model.form_parts import Source
from flow_model.group import Group
from web.charts.lineage import ROW, Layout, layout
from web.handouts.common import Json, sheet
from web.lineage import FieldNode, Lineage, lineage_of
from web.words import N_, Words

# What is left of an A3 page, in millimetres, after margins, title and counters.
_WIDE, _HIGH, _TALLEST_ROW = 267.0, 318.0, 7.0
_SAID = {
    "table_title": N_("Từng ô, dạng bảng"),
    "field": N_("Ô của tờ khai"),
    "source": N_("Nguồn"),
    "flows_into": N_("Chảy vào (số ô trên mẫu)"),
    "article": N_("Căn cứ"),
}
_TITLE = N_("Khai một lần, dùng nhiều lần")
_LEAD = N_(
    "Mỗi đường nối một điều chỉ được biết một lần với những ô mà trước đây người dân phải viết lại "
    "trên từng tờ khai."
)


def counters(found: Lineage, words: Words) -> list[Json]:
    """The counts beside the picture, as the mapping gives them: of fields, those that are drawn."""
    counts, typed = found.counts, len(found.fields_from(Source.TYPED))
    pulled = len(found.fields) - typed - len(found.fields_from(Source.RESULT))
    return [
        {"number": typed, "said": words.say(N_("ô người dân nhập, mỗi ô một lần"))},
        {"number": pulled, "said": words.say(N_("ô lấy từ VNeID, cơ sở dữ liệu, giấy báo điện tử"))},
        {"number": counts.blanks, "said": words.say(N_("ô phải viết tay trên các tờ khai cũ"))},
        {"number": counts.repeats, "said": words.say(N_("ô trong đó hỏi lại điều đã hỏi"))},
    ]


def lineage_poster(words: Words, group: Group, procedures: Sequence[str]) -> Json:
    """The poster of the chosen procedures."""
    found = lineage_of(group, procedures, words)
    drawn = layout(found, words)
    return sheet(
        words,
        words.say(_TITLE),
        words.pick(group.title_vi, group.title_en),
        said=_SAID,
        lead=words.say(_LEAD),
        procedures=" · ".join(form.title for form in found.forms),
        counters=counters(found, words),
        rows=[_row(found, each, words) for each in found.fields],
        **_drawn(drawn),
    )


def flows_into(found: Lineage, each: FieldNode) -> str:
    """The forms that a field flows into, with the number of cells."""
    cells = {flow.procedure: len(flow.cells) for flow in found.flows if flow.path == each.path}
    return "; ".join(f"{form.name} ({cells[form.procedure]})" for form in found.forms_of(each.path))


def _row(found: Lineage, each: FieldNode, words: Words) -> Json:
    return {
        "title": each.title,
        "source": each.source.value,
        "mark": found.called[each.source].short.said(words.language),
        "forms": flows_into(found, each),
        "article": each.article,
    }


def _drawn(drawn: Layout) -> dict[str, Any]:
    boxes = [
        {name: getattr(box, name) for name in ("column", "kind", "x", "y", "width", "height")}
        | {"lines": list(box.lines)}
        for box in drawn.boxes
    ]
    curves = [
        {
            "kind": each.kind,
            "weight": each.weight,
            "x": each.begins[0],
            "y": each.begins[1],
            "to-x": each.ends[0],
            "to-y": each.ends[1],
        }
        for each in drawn.curves
    ]
    titles = [
        {"text": text, "x": x, "y": y, "size": 11 if number < 3 else 9}
        for number, (text, x, y) in enumerate(drawn.headings)
    ]
    return {
        "width": drawn.width,
        "height": drawn.height,
        "wide": _WIDE / drawn.width,
        "high": min(_TALLEST_ROW / ROW, _HIGH / drawn.height),
        "boxes": boxes,
        "curves": curves,
        "headings": titles,
    }
