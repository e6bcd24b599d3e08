"""Families that many tests look through."""

import pytest

from mock_registries.people import Family, families
from tests.unit.people.situations import MOMENT, SEED


@pytest.fixture(scope="package")
def sample() -> list[Family]:
    return list(families(SEED, 3000, MOMENT))
