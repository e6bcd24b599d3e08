"""For one dossier with one seed the live system and the simulator tell the same timeline, event for event."""

from collections import Counter
from datetime import timedelta

import pytest

from services import timing
from simulator.dossier import Dossier
from simulator.oracle import Oracle
from tests.simulator.twin import Told, differences, told
from tests.slices import some
from tests.town_in_memory import build_town

# Each town lives through so many runs of so many families: all in all more than a thousand dossiers.
TOWNS, RUNS, FAMILIES = 12, 6, 15
# What the dossiers of each town must have met, but for two at most, or the test would say nothing about it.
MET = {
    "consent_given", "verification_started", "supplement_requested", "supplemented", "rejected",
    "not_started", "returned_to_issuer", "corrected", "visited", "results_returned",
}  # fmt: skip


@pytest.mark.parametrize("town_number", some(range(TOWNS), 3))
async def test_the_simulator_tells_what_the_live_system_did(town_number: int) -> None:
    town = build_town()
    dossiers, met, failed, apart = 0, Counter[str](), Counter[str](), []
    for run in range(RUNS):
        for each in await told(town, 1 + town_number * RUNS + run, FAMILIES):
            dossiers += 1
            live = each.lines()
            met.update(line.kind for line in live)
            failed.update(e["payload"]["reason"] for e in each.history if e["kind"] == "attempt_failed")
            apart += [f"{each.name}: {line}" for line in _apart(each)]
        assert await town.emptied()
    town.close()
    assert apart == []
    assert dossiers >= 1000 / TOWNS
    assert met["taken_up"] > dossiers
    assert failed.total() > 0, "no closed door, and no system that was down"
    assert len(MET - met.keys()) <= 2, f"never met here: {sorted(MET - met.keys())}"


async def test_one_line_changed_on_either_side_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every draw a second longer in the simulator; then the queue at a desk a second longer in the town."""
    town = build_town()
    lived = await told(town, 1, FAMILIES)
    right = Dossier.seconds
    with monkeypatch.context() as patched:
        patched.setattr(Dossier, "seconds", lambda *given: right(*given) + 1)
        assert all(_apart(each) for each in lived)
    assert not any(_apart(each) for each in lived)
    taken = timing.take_up_at
    with monkeypatch.context() as patched:
        patched.setattr(timing, "take_up_at", lambda *given: taken(*given) + timedelta(seconds=1))
        assert any(_apart(each) for each in await told(town, 2, FAMILIES))
    town.close()


def _apart(each: Told) -> list[str]:
    (simulated,) = Oracle([each.dossier]).run()
    return differences(each.lines(), simulated.lines)
