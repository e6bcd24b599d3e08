"""Every story of the library is a lesson about things that exist; each rule is shown an offence."""

import re
from pathlib import Path

import pytest

from flow_model.catalogue import catalogue
from mock_registries.family_situations import SITUATIONS
from scenarios.lint import RULES, World, lint
from scenarios.loading import library, load_file
from scenarios.problems import BadScenario
from tests.architecture.house import ROOT
from tests.scenarios.written import story

WORLD = World(catalogue(), {each.id for each in SITUATIONS})
FILE = Path("birth_flow/scenarios/x.toml")
OFFENCES = [
    (
        "known_services",
        'agency = "residence"',
        'agency = "residense"',
        "28:10: fault[0].agency: no such service; did you mean 'residence'?",
    ),
    (
        "known_services",
        "[[tell]]",
        "[[act]]\ndoes='add_fault'\nfault = { kind = 'line_down', to = 'helth', from = 2026-03-03T08:00:00Z, "
        "working_days = 1 }\n[[tell]]",
        "34:36: act[1].fault.to: no such service; did you mean 'health'?",
    ),
    (
        "known_rules",
        "outcomes.dossier",
        "violations = ['decided_twice']\noutcomes.dossier",
        "38:15: expect.violations[0]: no such rule of law; did you mean 'decided_once'?",
    ),
    (
        "told_in_both_languages",
        "Em bé về ở nhà ông bà. Chủ hộ phải bấm đồng ý trên VNeID.",
        "The baby moves in. " * 3,
        "9:6: narration.vi: is not Vietnamese",
    ),
    ("told_in_both_languages", "The grandparents must consent", "     ", "3:12: title_en: is not English"),
    (
        "told_in_both_languages",
        "Công an xã đã đăng ký thường trú.",
        "Residence",
        "34:6: tell[0].vi: is not Vietnamese",
    ),
    ("cites_something", "Luật Cư trú 68/2020/QH14, Điều 20", " ", "4:10: cites[0]: cites nothing"),
    ("expects_something", "outcomes.dossier", "#", "37:1: expect: nothing is expected: it cannot fail"),
    (
        "known_law",
        "two-tier-2025",
        "two-tier-2026",
        "13:7: run.law: no such law profile; did you mean 'two-tier-2025'?",
    ),
    (
        "known_declarations",
        '"birth"',
        '"birht"',
        "17:9: declare[0].group: no such group; did you mean 'birth'?",
    ),
    (
        "known_declarations",
        "newborn_with_grandparents",
        "newborn_with_granparents",
        "18:13: declare[0].situation: no such situation; did you mean 'newborn_with_grandparents'?",
    ),
    (
        "known_declarations",
        '"birth"',
        '"birth"\nprocedures = ["death_registration"]',
        "18:15: declare[0].procedures[0]: no such procedure; did you mean 'birth_registration'?",
    ),
    (
        "known_procedures",
        "permanent_residence = ",
        "funeral_grant = ",
        "38:70: expect.outcomes.dossier.funeral_grant: no such procedure; there are: birth_registration,",
    ),
    (
        "known_procedures",
        "[[tell]]",
        "[[fault]]\nkind = 'no_seal'\nprocedure = 'permanent_residenc'\n[[tell]]",
        "34:13: fault[1].procedure: no such procedure; did you mean 'permanent_residence'?",
    ),
    (
        "known_events",
        "consent_requested",
        "consent_reqested",
        "23:9: act[0].after: no such event; did you mean 'consent_requested'?",
    ),
    (
        "known_events",
        "granted permanent_residence",
        "granted permanent_residnce",
        "33:6: tell[0].on: no such procedure; did you mean 'permanent_residence'?",
    ),
    (
        "known_events",
        "outcomes.dossier",
        "order = [{ never = ['granted', 'grantd'] }]\noutcomes.dossier",
        "38:32: expect.order[0].never[1]: no such event; did you mean 'granted'?",
    ),
]


def test_every_story_of_the_library_is_a_lesson() -> None:
    found = [problem for loaded in library(ROOT) for problem in lint(loaded, WORLD)]
    assert found == [], "\n".join(map(str, found))


def test_the_plain_story_breaks_no_rule() -> None:
    assert lint(load_file(FILE, story()), WORLD) == []


@pytest.mark.parametrize(("rule", "old", "new", "told"), OFFENCES)
def test_a_story_that_breaks_a_rule_is_told_where(rule: str, old: str, new: str, told: str) -> None:
    loaded = load_file(FILE, story(old, new))
    (problem,) = lint(loaded, WORLD)
    assert str(problem).startswith(f"{FILE}:{told}")
    assert [each.__name__ for each in RULES if list(each(loaded, WORLD))] == [rule]


def test_every_rule_is_shown_an_offence() -> None:
    assert {rule for rule, *_ in OFFENCES} == {each.__name__ for each in RULES}


@pytest.mark.parametrize("key", ["title_vi", "title_en", "cites", "vi", "en"])
def test_what_a_lesson_cannot_do_without_the_format_itself_demands(key: str) -> None:
    with pytest.raises(BadScenario, match="this key is missing"):
        load_file(
            FILE, story(f"\n{key} =", f"\n# {key} =") if key != "title_vi" else story("title_vi =", "# =")
        )


def test_being_refused_is_an_expectation() -> None:
    text = story('group = "birth"', 'group = "birth"\nrefused = "not_under_six"').replace(
        "outcomes.dossier", "# "
    )
    assert lint(load_file(FILE, text), WORLD) == []


def test_that_no_rule_of_law_is_broken_is_an_expectation_when_it_is_written_down() -> None:
    assert lint(load_file(FILE, story("outcomes.dossier", "violations = [] #")), WORLD) == []


def test_without_the_population_service_situations_are_not_asked_about() -> None:
    loaded = load_file(FILE, story("newborn_with_grandparents", "anything"))
    assert lint(loaded, World(catalogue())) == []


def test_the_story_of_the_docs_is_a_lesson_and_its_mistakes_are_told_as_the_docs_say() -> None:
    page = (ROOT / "docs" / "scenarios.md").read_text(encoding="utf-8")
    (text,) = re.findall(r"```toml\n(.*?)```", page, re.DOTALL)
    assert text.startswith("#:schema ../../docs/scenario.schema.json\n")
    file = Path("birth_flow/scenarios/grandparents.toml")
    assert (ROOT / file.parent / "../../docs/scenario.schema.json").resolve().is_file()
    assert lint(load_file(file, text), WORLD) == []
    with pytest.raises(BadScenario) as caught:
        load_file(file, text.replace("group =", "groupe =").replace('"consent"', '"consnt"', 1))
    shown = re.findall(r"^birth_flow/scenarios/grandparents\.toml:.*$", page, re.MULTILINE)
    assert len(shown) == 2
    assert set(shown) <= set(map(str, caught.value.problems))
