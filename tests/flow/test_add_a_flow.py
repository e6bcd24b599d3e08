"""docs/add-a-flow.md, done to the letter: one new folder, no edit elsewhere, and the marriage runs."""

import re
import shutil
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from flow_model.catalogue import HERE, Catalogue, catalogue, load_groups
from tests.town_in_memory import build_town
from town.conformance.material import NothingToSend, record

PAGE = HERE / "docs" / "add-a-flow.md"
BLOCK = re.compile(r"^```(?:toml|python) (marriage_flow/\S+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@pytest.fixture
def groups(tmp_path: Path) -> Iterator[Catalogue]:
    """The groups of this installation and the one that the page builds."""
    for name, text in BLOCK.findall(PAGE.read_text(encoding="utf-8")):
        file = tmp_path / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(text, encoding="utf-8")
    shutil.copy(HERE / "birth_flow" / "assumptions.toml", tmp_path / "marriage_flow" / "assumptions.toml")
    yield Catalogue([*catalogue().groups.values(), *load_groups(tmp_path)])
    sys.path.remove(str(tmp_path))
    for name in [name for name in sys.modules if name.startswith("marriage_flow")]:
        del sys.modules[name]


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
