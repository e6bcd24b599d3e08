"""A scenario file is read, or its author learns where it is wrong and what was probably meant."""

from datetime import datetime
from pathlib import Path

import pytest

from flow_model.errors import SandboxError, UnknownThing
from scenarios.loading import library, load, load_file, select
from scenarios.problems import BadScenario
from tests.scenarios.written import story

FILE = Path("birth_flow/scenarios/x.toml")


def problems(text: str, path: Path = FILE) -> list[str]:
    with pytest.raises(BadScenario) as caught:
        load(path, text)
    assert isinstance(caught.value, SandboxError)
    assert str(caught.value) == caught.value.detail_en
    assert len(caught.value.errors) == len(caught.value.problems)
    return [str(each) for each in caught.value.problems]


def test_a_story_is_read_and_takes_its_id_from_the_file() -> None:
    scenario = load(FILE, story())
    assert scenario.id == "x"
    assert scenario.run.starts_at == datetime.fromisoformat("2026-03-02T08:00:00+07:00")
    assert [fault.kind for fault in scenario.fault] == ["office_closed"]


def test_a_date_in_a_change_becomes_the_string_that_a_declaration_holds() -> None:
    text = story(
        'situation = "newborn_with_grandparents"',
        'situation = "x"\nchanges = { "child.born_on" = 2026-02-01 }',
    )
    assert load(FILE, text).declare[0].changes == {"child.born_on": "2026-02-01"}


def test_an_id_of_its_own_must_be_the_file_s_name() -> None:
    assert load(FILE, 'id = "x"\n' + story()).id == "x"
    (told,) = problems('id = "y"\n' + story())
    what_to_do = (
        'rename the file to y.toml, or write id = "x" (to save a dossier under it: …/scenario?name=x)'
    )
    assert told == f"{FILE}:1:6: id: is not the file's name 'x': {what_to_do}"


def test_a_file_name_that_cannot_be_an_id_is_told() -> None:
    (told,) = problems(story(), Path("Kịch bản.toml"))
    assert told.startswith("Kịch bản.toml:1:1: id: not of the required form")


def test_a_place_is_told_alike_in_both_languages() -> None:
    with pytest.raises(BadScenario) as wrong:
        load(FILE, 'id = "y"\n' + story())
    for told in (wrong.value.detail_vi, wrong.value.detail_en):
        assert f"{FILE}:1:6: id: " in told
    with pytest.raises(BadScenario) as missing:
        load(Path("none.toml"))
    assert "none.toml:1:1: không đọc được tệp" in missing.value.detail_vi


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (
            "outcomes.dossier",
            "outcoms.dossier",
            "38:1: expect.outcoms: no such key; did you mean 'outcomes'?",
        ),
        ("title_en", "titel_en", "3:1: titel_en: no such key; did you mean 'title_en'?"),
        ("starts_at", "start_at", "14:1: run.start_at: no such key; did you mean 'starts_at'?"),
        ("does =", "doe =", "21:1: act[0].doe: no such key; did you mean 'does'?"),
        (
            'does = "consent"',
            "",
            "20:1: act[0].does: this key is missing; there are: consent, supplement, decide,",
        ),
        ('"consent"\nparty', '"consnt"\nparty', "21:8: act[0].does: no such kind; did you mean 'consent'?"),
        ("party", "partie", "22:1: act[0].partie: no such key; did you mean 'party'?"),
        (
            '"office_closed"',
            '"offce_closed"',
            "27:8: fault[0].kind: no such kind; did you mean 'office_closed'?",
        ),
        ("agency", "agenzy", "28:1: fault[0].agenzy: no such key; did you mean 'agency'?"),
        (
            "from",
            "starts",
            "29:1: fault[0].starts: no such key; there are: from, until, working_days, kind, agency",
        ),
        ("from", "form", "29:1: fault[0].form: no such key; did you mean 'from'?"),
        ("[run]", '[run]\nofficers = "humn"', "13:12: run.officers: no such value; did you mean 'human'?"),
        ("[run]", '[run]\nseed = "5"', "13:8: run.seed: A whole number is needed."),
        ("[run]", "[run]\nseed = nan", "13:8: run.seed: must be a finite number"),
        ("+07:00\n\n[[decl", "\n\n[[decl", "14:13: run.starts_at: A date and time with its offset is needed"),
        ('["F10"]', '["F10", "F23"]', "6:20: reported[1]: not of the required form"),
        ('"2 days"', '"2 dayz"', "24:8: act[0].wait: not of the required form: "),
        (
            "outcomes.dossier",
            "outcomes.dosier",
            "38:10: expect.outcomes.dosier: no declaration is called 'dosier'",
        ),
        (
            "party",
            'dossier = "dossir"\nparty',
            "22:11: act[0].dossier: no declaration is called 'dossir'; did you",
        ),
        (
            "[[fault]]",
            '[[declare]]\ngroup = "death"\nsituation = "merit"\n[[fault]]',
            "26:1: declare[1].name: another",
        ),
        ("working_days = 2", "working_days = 0", "30:16: fault[0].working_days: Must not be less than 1."),
        ("working_days = 2", "", "26:1: fault[0]: give either until or working_days"),
        ('party = "householder"', "", "20:1: act[0].party: this key is missing"),
        ('title_en = "The', 'title_en "The', "3:10: TOML: expected '=' after a key in a key/value pair"),
        ('"granted" }', '"granted"', "38:85: TOML: unclosed inline table"),
    ],
)
def test_a_mistake_is_told_with_its_place_and_the_nearest_right_word(old: str, new: str, told: str) -> None:
    said = problems(story(old, new))
    assert any(line.startswith(f"{FILE}:{told}") for line in said), said


def test_every_mistake_of_a_file_is_told_at_once_in_its_order_and_in_both_languages() -> None:
    text = story("party", "partie").replace("agency", "agenzy").replace("[expect]", "[expct]")
    with pytest.raises(BadScenario) as caught:
        load(FILE, text)
    told = caught.value.problems
    assert [each.path for each in told if "did you mean" in each.message] == [
        "act[0].partie",
        "fault[0].agenzy",
        "expct",
    ]
    assert [each.line for each in told] == sorted(each.line for each in told)
    assert "không có khóa này; có phải “party”?" in caught.value.detail_vi


def test_a_list_whose_items_are_wrong_is_not_also_called_too_short() -> None:
    assert problems(story('group = "birth"', "")) == [f"{FILE}:16:1: declare[0].group: this key is missing"]


def test_what_the_class_checks_as_a_whole_is_told_at_its_table() -> None:
    count = "\n[[expect.count]]\nof = 'visits'\n"
    assert problems(story() + count) == [
        f"{FILE}:40:1: expect.count[0]: a count says exactly, at_least or at_most"
    ]


def test_what_would_be_done_before_the_run_begins_is_told() -> None:
    early = story('after = "consent_requested"\nwait = "2 days"', "at = 2026-03-02T07:59:59+07:00")
    told = "23:6: act[0].at: is before the run begins, which is 2026-03-02T08:00:00+07:00"
    assert problems(early) == [f"{FILE}:{told}"]
    assert load(FILE, early.replace("07:59:59", "08:00:00")).act[0].at is not None


def test_bytes_that_are_no_text_and_files_that_are_not_there_are_told(tmp_path: Path) -> None:
    file = tmp_path / "x.toml"
    file.write_bytes(b"# caf\xe9\n")
    with pytest.raises(BadScenario, match=r"x\.toml:1:6: TOML: is not UTF-8 text"):
        load(file)
    with pytest.raises(BadScenario, match="cannot be read: No such file"):
        load(tmp_path / "none.toml")


def test_a_file_nested_beyond_reason_is_refused_and_does_not_end_the_program() -> None:
    assert problems("cites = " + "[" * 20_000 + "]" * 20_000) == [f"{FILE}:1:1: TOML: is nested too deep"]


def write(root: Path, name: str, text: str) -> None:
    (root / name).parent.mkdir(parents=True, exist_ok=True)
    (root / name).write_text(text, encoding="utf-8")


@pytest.fixture
def shelf(tmp_path: Path) -> Path:
    write(tmp_path, "death_flow/scenarios/a-pension.toml", story('"consent"', '"money"').replace("F10", "F5"))
    write(tmp_path, "birth_flow/scenarios/b-baby.toml", story())
    write(tmp_path, "scenarios/library/c-both.toml", story())
    write(tmp_path, "scenarios/c-elsewhere.toml", story())
    return tmp_path


def test_the_library_is_found_in_the_flows_and_beside_them_in_the_order_of_ids(shelf: Path) -> None:
    held = library(shelf)
    assert [each.scenario.id for each in held] == ["a-pension", "b-baby", "c-both"]
    assert held[0].file == "death_flow/scenarios/a-pension.toml"


def test_two_files_with_one_id_are_refused(shelf: Path) -> None:
    write(shelf, "scenarios/library/b-baby.toml", story())
    with pytest.raises(BadScenario) as caught:
        library(shelf)
    assert str(caught.value) == (
        "scenarios/library/b-baby.toml:1:1: id: 'b-baby' is the id of birth_flow/scenarios/b-baby.toml too"
    )


def test_the_mistakes_of_all_files_of_the_library_are_told_together(shelf: Path) -> None:
    write(shelf, "scenarios/library/c-both.toml", story("party", "partie"))
    write(shelf, "birth_flow/scenarios/b-baby.toml", "title_vi = ")
    with pytest.raises(BadScenario) as caught:
        library(shelf)
    assert {each.file for each in caught.value.problems} == {
        "scenarios/library/c-both.toml",
        "birth_flow/scenarios/b-baby.toml",
    }


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ([], ["a-pension", "b-baby", "c-both"]),
        (["b-baby"], ["b-baby"]),
        (["money"], ["a-pension"]),
        (["F10"], ["b-baby", "c-both"]),
        (["f10"], ["b-baby", "c-both"]),
        (["c-both", "F5", "a-pension"], ["a-pension", "c-both"]),
        (["birth_flow/scenarios/b-baby.toml"], ["b-baby"]),
    ],
)
def test_a_scenario_is_wanted_by_id_tag_reported_fault_or_file(
    shelf: Path, wanted: list[str], found: list[str]
) -> None:
    assert [each.scenario.id for each in select(library(shelf), wanted)] == found


def test_a_file_outside_the_library_may_be_wanted_too(shelf: Path) -> None:
    held = library(shelf)
    outside = str(shelf / "scenarios/c-elsewhere.toml")
    assert [each.scenario.id for each in select(held, [outside, "a-pension"])] == ["a-pension", "c-elsewhere"]
    assert [each.scenario.id for each in select(held, [str(shelf / "scenarios/library/c-both.toml")])] == [
        "c-both"
    ]


def test_a_name_that_nothing_bears_is_refused_with_the_nearest(shelf: Path) -> None:
    with pytest.raises(UnknownThing, match="did you mean 'b-baby'"):
        select(library(shelf), ["b-bady"])


def test_a_problem_can_be_told_at_any_place_of_a_loaded_file() -> None:
    loaded = load_file(FILE, story())
    assert loaded.problem(("declare", 0, "path"), "m", "n").line == 16
    assert loaded.problem((), "m", "n").as_json()["line"] == 1
