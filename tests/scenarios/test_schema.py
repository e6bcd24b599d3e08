"""The published JSON Schema says what the program says: it takes what loads and refuses what does not."""

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from flow_model.faults import OFFICE_WORDS
from scenarios.loading import PATTERNS, load, plain
from scenarios.problems import BadScenario, Problem
from scenarios.schema import ID, schema, text
from tests.architecture.house import ROOT
from tests.scenarios.written import story

PUBLISHED = ROOT / "docs" / "scenario.schema.json"
LIBRARY = sorted(path for pattern in PATTERNS for path in ROOT.glob(pattern))
VALIDATOR = Draft202012Validator(schema(), format_checker=Draft202012Validator.FORMAT_CHECKER)
REPEATED = "[[expect.count]]\nof = 'visits'\nexactly = 1\n"


def check(written: str) -> None:
    VALIDATOR.validate(plain(tomllib.loads(written)))


def test_the_published_schema_is_the_one_that_the_classes_make() -> None:
    published = PUBLISHED.read_text(encoding="utf-8")
    assert published == text(), "stale: .venv/bin/python -m scenarios.schema > docs/scenario.schema.json"


def test_the_published_schema_is_a_schema_of_its_draft() -> None:
    published = json.loads(PUBLISHED.read_text(encoding="utf-8"))
    assert published["$schema"] == Draft202012Validator.META_SCHEMA["$id"]
    assert published["$id"] == ID
    Draft202012Validator.check_schema(published)


def parts(node: Any) -> list[Any]:
    below = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
    return [node, *(part for each in below for part in parts(each))]


def test_every_part_says_what_it_is_and_nothing_can_be_null() -> None:
    for name, part in schema()["$defs"].items():
        assert part["title"], name
        assert part["description"], name
        assert part["additionalProperties"] is False, name
    assert {"type": "null"} not in parts(schema())


def test_an_editor_shows_the_office_words_of_each_fault() -> None:
    titles = {part["title"] for part in schema()["$defs"].values()}
    words = {f"{kind.title_vi} / {kind.title_en}" for kind in OFFICE_WORDS}
    assert len(words) > 20
    assert words <= titles


@pytest.mark.parametrize("file", LIBRARY, ids=lambda path: path.stem)
def test_a_story_of_the_library_keeps_to_the_schema(file: Path) -> None:
    check(file.read_text(encoding="utf-8"))


def test_a_story_keeps_to_the_schema() -> None:
    check(story())
    check(story() + REPEATED)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("outcomes.dossier", "outcoms.dossier"),
        ('does = "consent"', ""),
        ('does = "consent"', 'does = "consnt"'),
        ("agency", "agenzy"),
        ("from", "starts"),
        ("working_days = 2", ""),
        ("working_days = 2", "working_days = 2\nuntil = 2026-03-05T08:00:00+07:00"),
        ("working_days = 2", 'working_days = "2"'),
        ('["F10"]', '["F23"]'),
        ("title_en", "# title_en"),
        ("[run]", "[run]\nseed = -1"),
        ("birth_registration =", '"birth registration" ='),
        ('after = "consent_requested"', ""),
        ('after = "consent_requested"', "after = 'consent_requested'\nat = 2026-03-05T08:00:00+07:00"),
        ("[expect]", "[[expect.count]]\nof = 'visits'\n[expect]"),
        ("[expect]", "[[expect.row]]\nservice = 'x'\nlook_up = 'y'\n[expect]"),
        ("[expect]", "[[expect.row]]\nservice = 'x'\nlook_up = 'y'\nkey = 'z'\nkey_from = 'z'\n[expect]"),
        ("[expect]", "[[expect.deadline]]\nprocedure = 'x'\n[expect]"),
    ],
)
def test_what_the_program_refuses_the_schema_refuses(old: str, new: str) -> None:
    with pytest.raises(BadScenario):
        load(Path("x.toml"), story(old, new))
    with pytest.raises(ValidationError):
        check(story(old, new))


def test_after_any_slip_of_a_finger_program_and_schema_agree_and_neither_falls_over() -> None:
    """One letter missing, anywhere: either both take the file or both refuse it, with a place inside it.

    A name that no declaration bears is more than JSON Schema can see.
    """
    whole = story()
    refused = 0
    for place in range(len(whole)):
        slip = whole[:place] + whole[place + 1 :]
        told: list[Problem] = []
        try:
            load(Path("x.toml"), slip)
        except BadScenario as bad:
            told = bad.problems
        assert all(1 <= problem.line <= slip.count("\n") + 1 for problem in told)
        try:
            document = plain(tomllib.loads(slip))
        except tomllib.TOMLDecodeError:
            assert told
            continue
        seen_by_both = [each for each in told if "no declaration is called" not in each.message]
        assert VALIDATOR.is_valid(document) == (not seen_by_both), (slip, told)
        refused += bool(seen_by_both)
    assert refused > 150
