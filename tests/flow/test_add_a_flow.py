"""docs/add-a-flow.md, done to the letter: one new folder, no edit elsewhere, and the marriage runs."""

import re
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
import typer

from flow_model.catalogue import HERE, Catalogue, catalogue, load_groups
from flow_model.errors import BadContract
from tests.town_in_memory import build_town
from town.cli import end_with
from town.conformance.material import NothingToSend, record

PAGE = HERE / "docs" / "add-a-flow.md"
BLOCK = re.compile(r"^```(?:toml|python) (marriage_flow/\S+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


Change = tuple[str, str, str]


def build_folder(root: Path, *changes: Change) -> None:
    """What the page says; with a mistake, where in a file something stands instead of something else."""
    for name, text in BLOCK.findall(PAGE.read_text(encoding="utf-8")):
        file = root / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(text, encoding="utf-8")
    shutil.copy(HERE / "birth_flow" / "assumptions.toml", root / "marriage_flow" / "assumptions.toml")
    for name, old, new in changes:
        file = root / "marriage_flow" / name
        before = file.read_text(encoding="utf-8") if old else ""
        assert old in before
        file.write_text(before.replace(old, new, 1) if old else new, encoding="utf-8")


@contextmanager
def loaded(root: Path) -> Iterator[Catalogue]:
    """The groups of this installation and those of a folder."""
    try:
        yield Catalogue([*catalogue().groups.values(), *load_groups(root)])
    finally:
        sys.path.remove(str(root))
        for name in [name for name in sys.modules if name.startswith("marriage_flow")]:
            del sys.modules[name]


@pytest.fixture
def groups(tmp_path: Path) -> Iterator[Catalogue]:
    """The groups of this installation and the one that the page builds."""
    build_folder(tmp_path)
    with loaded(tmp_path) as both:
        yield both


async def test_the_page_builds_a_group_that_runs_on_both_paths(groups: Catalogue) -> None:
    town = build_town(groups)
    for path in ("interlinked", "separate"):
        run = await town.open(path)
        families = await town.get(f"/runs/{run}/families", situation="unmarried_parents", limit=1)
        couple = {
            "husband_id": families[0]["roles"]["father"],
            "wife_id": families[0]["roles"]["mother"],
        }
        filled = await town.post(f"/runs/{run}/prefill", {"group": "marriage", "declaration": couple})
        assert filled["missing"] == []
        body = {
            "group": "marriage",
            "path": path,
            "procedures": ["marriage_registration", "household_joining"],
            "declaration": filled["declaration"],
            "consent": True,
        }
        dossier = (await town.post(f"/runs/{run}/dossiers", body))["dossier"]
        assert dossier == "M-2026-000001"
        await town.settle(run)
        assert set((await town.outcomes(run, dossier)).values()) == {"granted"}
        results = await town.get(f"/runs/{run}/dossiers/{dossier}/results")
        assert results["marriage_registration"]["values"]["entry_number"] == "01/2026"
    town.close()


async def test_the_example_fills_a_whole_declaration(groups: Catalogue) -> None:
    town = build_town(groups)
    dossier = await town.declare(await town.open("run"), "marriage", "unmarried_parents")
    await town.settle()
    assert set((await town.outcomes("run", dossier)).values()) == {"granted"}
    town.close()


async def test_the_new_group_is_shown_beside_the_others(groups: Catalogue) -> None:
    town = build_town(groups)
    assert [group["id"] for group in await town.get("/groups")] == ["birth", "death", "marriage"]
    lineage = await town.get("/groups/marriage/lineage")
    assert {cell["source"] for cell in lineage["cells"]} == {"typed", "population", "result"}
    town.close()


@pytest.mark.parametrize(
    ("agency", "procedure"), [("civil_status", "marriage_registration"), ("residence", "household_joining")]
)
async def test_conformance_sends_what_the_example_of_the_new_group_declares(
    groups: Catalogue, agency: str, procedure: str
) -> None:
    material = await record(agency, groups)
    sent = {each.procedure.id for each in material.applications}
    assert sent == {each for _, each in groups.procedures_of(agency)}
    assert material.left_out == ()
    granted = {each.procedure.id for each in material.applications if each.granted}
    assert procedure in granted


def _without_example(groups: Catalogue, *only: str) -> Catalogue:
    """The catalogue, or some of its groups, where the marriage has no example."""
    kept = [each for name, each in groups.groups.items() if not only or name in only]
    return Catalogue(replace(each, example=None) if each.id == "marriage" else each for each in kept)


async def test_conformance_leaves_out_a_group_without_an_example_and_says_so(groups: Catalogue) -> None:
    material = await record("residence", _without_example(groups))
    assert material.left_out == ("marriage.household_joining",)
    assert "permanent_residence" in {each.procedure.id for each in material.applications}
    with pytest.raises(NothingToSend, match=r"can declare marriage\.household_joining"):
        await record("residence", _without_example(groups, "marriage"))


async def test_a_group_without_an_example_says_so_when_it_is_asked_for_one(groups: Catalogue) -> None:
    town = build_town(_without_example(groups))
    run = await town.open("run")
    answer = await town.ask(
        "GET", f"/runs/{run}/examples/marriage", params={"situation": "unmarried_parents"}
    )
    assert answer.status == 404
    assert "nhóm marriage không có tờ khai mẫu" in answer.body["detail"].casefold()
    town.close()


PAGES_TOML = """
[[topic]]
id = "all"
title = { vi = "Tất cả", en = "All" }
fields = ["husband_id", "husband_name", "husband_born_on", "wife_id", "wife_name", "wife_born_on", "home"]
"""


def test_pages_toml_is_read_without_a_word_in_the_code(tmp_path: Path) -> None:
    build_folder(tmp_path, ("pages.toml", "", PAGES_TOML))
    with loaded(tmp_path) as both:
        assert [topic.id for topic in both.group("marriage").pages.topics] == ["all"]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (
            ("flow.py", 'agency="residence"', 'agency="residense"'),
            "marriage_flow: marriage.household_joining.agency: there is no agency 'residense', but: "
            "civil_status, residence, social_insurance, social_protection; did you mean 'residence'?",
        ),
        (
            ("flow.py", '"population", "person", "husband_id"', '"population", "persn", "husband_id"'),
            "marriage_flow: marriage.prefills.husband: there is no look-up at population 'persn', but: "
            "person; did you mean 'person'?",
        ),
        (
            ("flow.py", '"population", "person", "husband_id"', '"populace", "person", "husband_id"'),
            "marriage_flow: marriage.prefills.husband: there is no service 'populace', but: ",
        ),
        (
            ("pages.toml", "", PAGES_TOML.replace('"home"', '"hom"')),
            "marriage_flow/pages.toml: names an unknown field hom of the declaration",
        ),
        (
            ("pages.toml", "", PAGES_TOML.replace("title =", "titel =")),
            "marriage_flow/pages.toml: a row lacks 'title'",
        ),
        (
            ("flow.py", 'id="marriage",', 'id="birth",'),
            "catalogue: two groups have the id birth: birth_flow and marriage_flow",
        ),
        (
            ("limits.toml", "[[limit]]", "[[limit]"),
            "marriage_flow/limits.toml: is not TOML: ",
        ),
        (
            ("assumptions.toml", "[[assume]]", "[[assume]"),
            "marriage_flow/assumptions.toml: is not TOML: ",
        ),
        (
            ("limits.toml", "since = 2016-01-01", 'since = "2016-01-01"'),
            "marriage_flow/limits.toml: the row for marriage_registration has no day but '2016-01-01'",
        ),
    ],
)
def test_a_mistake_stops_the_program_and_names_file_and_field(
    change: Change, says: str, tmp_path: Path
) -> None:
    build_folder(tmp_path, change)
    with pytest.raises(BadContract) as stopped, loaded(tmp_path) as both:
        build_town(both).close()
    assert stopped.value.detail_en.startswith(says)
    assert "\n" not in stopped.value.detail_en


def test_such_a_mistake_is_one_line_and_status_2(capsys: pytest.CaptureFixture[str]) -> None:
    def start() -> int:
        raise BadContract("marriage_flow/limits.toml", "is not TOML")

    with pytest.raises(typer.Exit) as ended:
        end_with(start)
    assert ended.value.exit_code == 2
    assert capsys.readouterr().err == "marriage_flow/limits.toml: is not TOML\n"
