"""For one dossier with one seed the live system and the simulator tell the same timeline, event for event."""

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta

import pytest

from services import timing
from simulator.dossier import Dossier
from simulator.oracle import Oracle
from simulator.oracle_calls import Calling, Way
from simulator.oracle_hearing import Hearing
from tests.simulator.twin import Told, differences, told
from tests.slices import some
from tests.town_in_memory import build_town

# Each town lives through so many runs of so many families: all in all more than a thousand dossiers.
TOWNS, RUNS, FAMILIES = 12, 6, 16
# What the dossiers of each town must have met, but for two at most, or the test would say nothing about it.
MET = {
    "consent_given", "verification_started", "supplement_requested", "supplemented", "rejected",
    "not_started", "returned_to_issuer", "corrected", "visited", "results_returned",
}  # fmt: skip
# The kinds of faults that must have shown themselves in each town.
FAULTS = ("absence", "outage", "line", "message", "officer_decides", "attachment_lost")


@pytest.mark.parametrize("town_number", some(range(TOWNS), 3))
async def test_the_simulator_tells_what_the_live_system_did(town_number: int) -> None:
    town = build_town()
    dossiers, met, failed, apart = 0, Counter[str](), Counter[str](), []
    spoilt = Counter[str]()
    for run in range(RUNS):
        lived = await told(town, 1 + town_number * RUNS + run, FAMILIES)
        for each in lived:
            dossiers += 1
            met.update(line.kind for line in each.lines())
            failed.update(e["payload"]["reason"] for e in each.history if e["kind"] == "attempt_failed")
            spoilt.update(e["payload"]["fault"] for e in each.history if e["kind"] == "fault_injected")
        apart += _apart(lived)
        assert await town.emptied()
    town.close()
    assert apart == []
    assert dossiers >= 1000 / TOWNS
    assert met["taken_up"] > dossiers
    assert failed.total() > 0, "no closed door, and no system that was down"
    assert sum(spoilt[each] == 0 for each in FAULTS) <= 1, spoilt
    assert len(MET - met.keys()) <= 2, f"never met here: {sorted(MET - met.keys())}"


async def test_one_line_changed_on_either_side_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every draw a second longer in the simulator; then the queue at a desk a second longer in the town."""
    town = build_town()
    lived = await told(town, 1, FAMILIES)
    right = Dossier.seconds
    with monkeypatch.context() as patched:
        patched.setattr(Dossier, "seconds", lambda *given: right(*given) + 1)
        assert {line.partition(":")[0] for line in _apart(lived)} == {each.name for each in lived}
    assert not _apart(lived)
    taken = timing.take_up_at
    with monkeypatch.context() as patched:
        patched.setattr(timing, "take_up_at", lambda *given: taken(*given) + timedelta(seconds=1))
        assert _apart(await told(town, 2, FAMILIES))
    town.close()


async def test_a_fault_that_the_simulator_knows_nothing_of_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lines that never fail, registries that always answer, messages that all arrive, nobody who pulls."""
    town = build_town()
    lived = [await told(town, run, FAMILIES) for run in (*range(1, 7), 8)]
    for owner, name, made in (
        (Calling, "_way", lambda *_given: Way(True, None)),
        (Calling, "_asked_again", lambda *_given: None),
        (Calling, "_number_held", lambda *_given: None),
        (Hearing, "_hit", lambda *_given: None),
        (Hearing, "pulled", lambda *_given: None),
    ):
        with monkeypatch.context() as patched:
            patched.setattr(owner, name, made)
            assert any(_apart(each) for each in lived), name
    town.close()


def _apart(lived: Sequence[Told]) -> list[str]:
    """The lines in which the dossiers of a run differ, each with the name of its dossier."""
    walks = Oracle([each.dossier for each in lived], pulls=lived[0].pulls).run()
    return [
        f"{each.name}: {line}"
        for each, walk in zip(lived, walks, strict=True)
        for line in differences(each.lines(), walk.lines)
    ]
