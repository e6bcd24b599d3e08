"""docs/add-a-flow.md, done to the letter: one new folder, no edit elsewhere, and the marriage runs."""

import re
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from flow_model.catalogue import HERE, Catalogue, catalogue, load_groups
from tests.town_in_memory import build_town

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


async def test_the_new_group_is_shown_beside_the_others(groups: Catalogue) -> None:
    town = build_town(groups)
    assert [group["id"] for group in await town.get("/groups")] == ["birth", "death", "marriage"]
    lineage = await town.get("/groups/marriage/lineage")
    assert {cell["source"] for cell in lineage["cells"]} == {"typed", "population", "result"}
    town.close()
