"""The journal appends, chains, and takes an event of a service in once."""

from dataclasses import dataclass
from datetime import datetime

import pytest

from chassis.storage import open_store
from chassis.store_errors import LostRace
from flow_model.events import first_broken
from gateway.journal import Journal, Note
from gateway.tables import EventRow, RunRow

AT = datetime.fromisoformat("2026-10-05T08:00:00+07:00")


@dataclass
class KnownRun:
    """A run as one gateway knows it."""

    run_id: str
    version: int = 0
    genesis: str = "start"


@pytest.fixture
def journal() -> Journal:
    journal = Journal(open_store(None, [RunRow, EventRow]))
    with journal.store.session() as session:
        for name in ("run", "other"):
            session.add(RunRow(run_id=name, terms="{}", now=AT.isoformat()))
    return journal


@pytest.fixture
def run() -> KnownRun:
    return KnownRun("run")


def test_an_event_that_a_service_tells_twice_is_taken_in_once(journal: Journal, run: KnownRun) -> None:
    note = Note("B-2026-000001", "received", AT, "birth_registration", source="civil_status:1")
    assert len(journal.append(run, [note])) == 1
    assert journal.append(run, [note]) == []
    assert len(journal.read("run", "B-2026-000001")) == 1


def test_the_same_number_of_another_service_or_run_is_another_event(journal: Journal) -> None:
    run, other = KnownRun("run"), KnownRun("other")
    for written, source in ((run, "civil_status:1"), (run, "residence:1"), (other, "civil_status:1")):
        note = Note("B-2026-000001", "received", AT, "birth_registration", source=source)
        assert len(journal.append(written, [note])) == 1
    assert [event.sequence for event in journal.read("run", "B-2026-000001")] == [1, 2]


def test_each_dossier_has_a_chain_of_its_own_that_begins_with_the_terms_of_the_run(
    journal: Journal, run: KnownRun
) -> None:
    for dossier in ("B-2026-000001", "D-2026-000001", "B-2026-000001"):
        journal.append(run, [Note(dossier, "declared", AT)])
    for dossier, length in (("B-2026-000001", 2), ("D-2026-000001", 1)):
        history = journal.read("run", dossier)
        assert len(history) == length
        assert first_broken(history, "start") is None
        assert first_broken(history, "another start") == 1


def test_a_kind_that_is_no_event_is_refused(journal: Journal, run: KnownRun) -> None:
    with pytest.raises(ValueError, match="no kind of event"):
        journal.append(run, [Note("B-2026-000001", "approved", AT)])


def test_a_gateway_that_does_not_know_what_another_wrote_writes_nothing(journal: Journal) -> None:
    quick, slow = KnownRun("run"), KnownRun("run")
    told: list[int] = []
    journal.listeners.append(lambda _run, before, events: told.append(before + len(events)))
    journal.append(quick, [Note("B-2026-000001", "declared", AT)])
    with pytest.raises(LostRace):
        journal.append(slow, [Note("D-2026-000001", "declared", AT)])
    with pytest.raises(LostRace):
        journal.append(slow, [], now="2026-10-06T08:00:00+07:00")
    assert (quick.version, slow.version, told) == (1, 0, [1])
    assert journal.dossiers("run") == 1
    journal.append(KnownRun("run", version=1), [Note("D-2026-000001", "declared", AT)])
    assert journal.dossiers("run") == 2
    assert journal.last_dossier("run", "B-2026-") == "B-2026-000001"
    assert journal.last_dossier("run", "C-2026-") is None
