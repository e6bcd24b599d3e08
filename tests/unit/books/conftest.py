"""One file for all books."""

from collections.abc import Iterator

import pytest

from chassis.storage import Store, open_store
from tests.unit.books.entries import REGISTRIES


@pytest.fixture
def store() -> Iterator[Store]:
    store = open_store(None, [table for registry in REGISTRIES for table in registry.tables])
    yield store
    store.close()
