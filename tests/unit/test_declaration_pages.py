"""Pages of a declaration: every field on one page, every choice in words; a group without pages has some."""

from pathlib import Path

import pytest

from flow_model.catalogue import catalogue
from flow_model.declaration_pages import ethnicities, load_pages
from flow_model.declared_fields import Kind, declared_fields, empty_blocks
from flow_model.errors import BadContract
from flow_model.group import Group
from flow_model.mapping import field_sources
from tests.toy_library import LIBRARY, Application

GROUPS = list(catalogue().groups.values())
PAGES = """
sign = []
[[topic]]
id = "all"
title = { vi = "Tất cả", en = "All" }
fields = ["reader_id", "reader", "guarantor_id", "wish", "papers"]
"""


@pytest.mark.parametrize("group", GROUPS, ids=lambda group: group.id)
def test_every_field_that_has_a_source_has_a_page(group: Group) -> None:
    paths = [path for path, *_ in field_sources(group.declaration)]
    asked = [path for topic in group.pages.topics for path in topic.fields] + list(group.pages.sign)
    assert sorted(asked) == sorted(paths)
    assert paths == [each.path for each in declared_fields(group.declaration)]


def test_a_group_that_says_nothing_has_a_page_for_each_block() -> None:
    assert [topic.id for topic in LIBRARY.pages.topics] == [
        "reader_id",
        "reader",
        "guarantor_id",
        "wish",
        "papers",
    ]
    kinds = {each.path: each.kind for each in declared_fields(LIBRARY.declaration)}
    assert kinds["papers"] is Kind.LINES
    assert kinds["guarantor_id"] is Kind.PERSONAL_ID


def test_a_block_that_may_be_absent_is_not_begun() -> None:
    for group in GROUPS:
        blocks = empty_blocks(group.declaration)
        assert all(group.declaration.model_fields[name].is_required() for name in blocks)
        assert "declarant" in blocks
        assert "mother" not in blocks


def test_the_ethnic_groups_are_those_that_a_field_accepts() -> None:
    assert list(ethnicities()) == [f"{number:02d}" for number in range(1, 57)]


@pytest.mark.parametrize(
    ("found", "instead", "says"),
    [
        ('"wish", ', "", "field wish stands on 0 pages"),
        ('"wish", ', '"wish", "wish", ', "field wish stands on 2 pages"),
        ('"wish"', '"whim"', "unknown field whim"),
        (', en = "All"', "", "all is not said in both languages"),
        ('id = "all"', 'id = "all"\nwhen = { field = "x", is = ["y"] }', "depends on an unknown field x"),
    ],
)
def test_pages_that_do_not_fit_are_refused(found: str, instead: str, says: str, tmp_path: Path) -> None:
    file = tmp_path / "pages.toml"
    file.write_text(PAGES, encoding="utf-8")
    assert load_pages(file, Application).topic_of("wish") == "all"
    file.write_text(PAGES.replace(found, instead, 1), encoding="utf-8")
    with pytest.raises(BadContract, match=says):
        load_pages(file, Application)


def test_a_choice_without_words_is_refused(tmp_path: Path) -> None:
    group = GROUPS[0]
    text = (Path(group.declaration.__module__.partition(".")[0]) / "pages.toml").read_text(encoding="utf-8")
    file = tmp_path / "pages.toml"
    file.write_text(text.replace("carer = {", "keeper = {"), encoding="utf-8")
    with pytest.raises(BadContract, match=r"value carer of declarant\.relation has no words"):
        load_pages(file, group.declaration)
