"""The journal appends, chains, and takes an event of a service in once."""

from datetime import datetime

import pytest

from chassis.storage import open_store
from flow_model.events import first_broken
from gateway.journal import Journal, Note
from gateway.tables import EventRow, RunRow

AT = datetime.fromisoformat("2026-10-05T08:00:00+07:00")


@pytest.fixture
def journal() -> Journal:
    return Journal(open_store(None, [RunRow, EventRow]))


def test_an_event_that_a_service_tells_twice_is_taken_in_once(journal: Journal) -> None:
    note = Note("B-2026-000001", "received", AT, "birth_registration", source="civil_status:1")
    assert len(journal.append("run", "start", [note])) == 1
    assert journal.append("run", "start", [note]) == []
    assert len(journal.read("run", "B-2026-000001")) == 1


def test_the_same_number_of_another_service_or_run_is_another_event(journal: Journal) -> None:
    for run, source in (("run", "civil_status:1"), ("run", "residence:1"), ("other", "civil_status:1")):
        note = Note("B-2026-000001", "received", AT, "birth_registration", source=source)
        assert len(journal.append(run, "start", [note])) == 1
    assert [event.sequence for event in journal.read("run", "B-2026-000001")] == [1, 2]


def test_each_dossier_has_a_chain_of_its_own_that_begins_with_the_terms_of_the_run(journal: Journal) -> None:
    for dossier in ("B-2026-000001", "D-2026-000001", "B-2026-000001"):
        journal.append("run", "start", [Note(dossier, "declared", AT)])
    for dossier, length in (("B-2026-000001", 2), ("D-2026-000001", 1)):
        history = journal.read("run", dossier)
        assert len(history) == length
        assert first_broken(history, "start") is None
        assert first_broken(history, "another start") == 1


def test_a_kind_that_is_no_event_is_refused(journal: Journal) -> None:
    with pytest.raises(ValueError, match="no kind of event"):
        journal.append("run", "start", [Note("B-2026-000001", "approved", AT)])
