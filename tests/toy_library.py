"""A library that lends: a group nobody would confuse with a life event. The engines must not notice.

The reader's ``wish`` decides what the officers find, so that every effect can be played on both paths.
"""

from datetime import date
from typing import Any

from flow_model.assumptions import load_assumptions
from flow_model.catalogue import HERE
from flow_model.form_parts import Closed, FullName, OfficialForm, PersonalId, Source, Text, cell, entry, typed
from flow_model.group import Bundle, Consent, Effect, Facts, Finding, Group, LookUp, Prefill, Procedure
from flow_model.limits import LawBook
from flow_model.mapping import FormMapping, declared, derived, result_of

LAWS = ("claim-2023", "decree-63-2024", "two-tier-2025", "decree-301-2026")


class Application(Closed):
    """What a reader declares."""

    reader_id: PersonalId = typed("Số định danh", "Reader's ID")
    reader: FullName = entry(Source.POPULATION, "Họ tên", "Reader's name")
    guarantor_id: PersonalId | None = typed("Người bảo lãnh", "Guarantor", None)
    wish: Text = typed("Mong muốn", "Wish")
    papers: tuple[str, ...] = typed("Giấy tờ", "Papers", (), max_length=3)


class CardForm(OfficialForm):
    """The form for a reader's card."""

    reader: FullName = cell("1", "Họ tên", "Reader", default=...)
    reader_id: PersonalId = cell("2", "Số định danh", "ID", default=...)
    wish: Text = cell("3", "Mong muốn", "Wish", default=...)


class ShelfForm(OfficialForm):
    """The form for a shelf or a magazine; carries the card's number."""

    reader: FullName = cell("1", "Họ tên", "Reader", default=...)
    wish: Text = cell("2", "Mong muốn", "Wish", default=...)
    shouted: Text = cell("3", "Tên in hoa", "Name in capitals", default=...)
    card: Text | None = cell("-", "Số thẻ", "Card number", printed=True)


def as_wished(form: Any, facts: Facts) -> Finding | None:
    """Find what the reader wished for; the paper asked for puts it right."""
    wishes = {effect.value: effect for effect in Effect}
    effect = wishes.get(form.wish)
    if effect is None or "receipt" in facts.documents:
        return None
    return Finding(
        f"wished_{effect.value}", effect, "Như mong muốn", "as wished", "Nội quy thư viện", ("receipt",)
    )


def _shelf(procedure_id: str, agency: str, consents: tuple[Consent, ...] = ()) -> Procedure:
    return Procedure(
        id=procedure_id,
        title_vi=procedure_id,
        title_en=procedure_id,
        agency=agency,
        action="enter_in_book",
        mapping=FormMapping(
            ShelfForm,
            "Phiếu kệ",
            {
                "reader": declared("reader"),
                "wish": declared("wish"),
                "shouted": derived(str.upper, "viết hoa", declared("reader")),
                "card": result_of("reader_card", "entry_number"),
            },
        ),
        results=("entry_number",),
        result_title_vi="Kệ",
        result_title_en="Shelf",
        requires=("reader_card",),
        checks=(as_wished,),
        consents=consents,
        papers=("Thẻ",),
    )


CARD = Procedure(
    id="reader_card",
    title_vi="Thẻ bạn đọc",
    title_en="Reader's card",
    agency="social_protection",
    action="enter_in_book",
    mapping=FormMapping(
        CardForm,
        "Phiếu bạn đọc",
        {"reader": declared("reader"), "reader_id": declared("reader_id"), "wish": declared("wish")},
    ),
    results=("entry_number", "entered_on"),
    result_title_vi="Thẻ",
    result_title_en="Card",
    papers=("Ảnh",),
)


def _law() -> LawBook:
    rows: dict[str, Any] = {"profile": [], "limit": [], "term": []}
    for law in LAWS:
        rows["profile"].append(
            {
                "id": law,
                "default": law == LAWS[0],
                "title_vi": law,
                "title_en": law,
                "separate_as_of": date(2020, 1, 1),
                "interlinked_as_of": date(2020, 1, 1),
                "note_vi": "",
                "note_en": "",
            }
        )
    shared = {"path": "both", "since": date(2000, 1, 1), "article": "Nội quy", "confidence": "confirmed"}
    for procedure, value, unit in (
        ("reader_card", 2, "working_days"),
        ("shelf", 6, "days"),
        ("magazine", 3, "working_days"),
    ):
        rows["limit"].append({"procedure": procedure, "value": value, "unit": unit, **shared})
    rows["limit"].append(
        {"procedure": "shelf", "value": 12, "unit": "days", "when": ["verification"], **shared}
    )
    rows["term"].append({"term": "supplement", "value": 7, "unit": "working_days", **shared})
    return LawBook("library", rows)


LIBRARY = Group(
    id="library",
    letter="L",
    title_vi="Thư viện",
    title_en="Library",
    declaration=Application,
    procedures=(
        CARD,
        _shelf(
            "shelf",
            "residence",
            (Consent("guarantor", "Bảo lãnh", "Guarantee", "Nội quy", lambda d: d.guarantor_id),),
        ),
        _shelf("magazine", "social_insurance"),
    ),
    bundles=(
        Bundle(("reader_card", "shelf", "magazine"), "Tất cả", "All"),
        Bundle(("reader_card",), "Thẻ", "Card"),
    ),
    prefills=(Prefill(LookUp("reader", "population", "person", "reader_id"), {"reader": "full_name"}),),
    law=_law(),
    assumptions=load_assumptions(HERE / "birth_flow" / "assumptions.toml"),
    subject=lambda declaration: str(declaration.reader),
    natural_key=lambda declaration: str(declaration.reader_id),
    conditions=lambda declaration: (
        frozenset({"verification"}) if declaration.wish == "verify" else frozenset()
    ),
    documents=lambda declaration: declaration.papers,
)
