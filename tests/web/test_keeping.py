"""What pages keep: two tabs cannot overwrite each other."""

from collections.abc import Iterator
from datetime import datetime

import pytest

from chassis.clock import VIETNAM, HeldClock
from chassis.storage import open_store
from flow_model.errors import ConflictingContent, UnknownThing
from web.keeping import Keeping, KeptRow


@pytest.fixture
def keeping() -> Iterator[Keeping]:
    store = open_store(None, [KeptRow], schema="web")
    yield Keeping(store, HeldClock(datetime(2026, 10, 5, 10, 32, 7, tzinfo=VIETNAM)))
    store.close()


def test_a_document_is_written_upon_the_version_that_was_read(keeping: Keeping) -> None:
    first = keeping.add("draft", "a", {"name": "Tâm"})
    assert (first.version, first.kept_at) == (1, "2026-10-05T10:32:07+07:00")
    second = keeping.write(first, {"name": "Tâm An"})
    assert keeping.read("draft", "a") == second
    with pytest.raises(ConflictingContent):
        keeping.write(first, {"name": "of the other tab"})
    assert keeping.read("draft", "a").content == {"name": "Tâm An"}


def test_the_same_name_again_is_the_same_document(keeping: Keeping) -> None:
    first = keeping.add("draft", "a", {"n": 1})
    assert keeping.add("draft", "a", {"n": 2}) == first
    assert keeping.add("class", "a", {"n": 2}) != first, "another kind"
    assert [each.content for each in keeping.all("draft")] == [{"n": 1}]


def test_what_was_removed_is_gone(keeping: Keeping) -> None:
    keeping.add("draft", "a", {})
    keeping.remove("draft", "a")
    keeping.remove("draft", "a")
    with pytest.raises(UnknownThing):
        keeping.read("draft", "a")
