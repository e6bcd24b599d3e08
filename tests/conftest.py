"""Fixtures that many tests share."""

import gc
import os
import signal
from collections.abc import AsyncIterator, Iterator

import pytest
from hypothesis import HealthCheck, settings

from tests.town_in_memory import Town, build_town
from town.standing import CALLED_FROM

pytest_plugins = ("tests.postgres",)

# What takes longest, or waits for other processes, is begun first: a long test that is begun last would keep
# one worker while the others have nothing to do. Those that copy their own process come while it is small.
_FIRST = (
    "tests/town/test_api_fuzz.py",
    "tests/town/test_play.py",
    "tests/torture/",
    "tests/compose/",
    "tests/scenarios/test_player.py",
    "tests/property/",
    "tests/town/",
    "tests/conformance/",
)

# A town is a hundred thousand objects, and many are built: looking through all of them again and again took
# a good part of the time of the tests.
gc.set_threshold(100_000, 50, 100)

# How quickly examples are made and tried says how busy the machine is, and nothing of the project.
settings.register_profile("house", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("house")

# Whoever starts the tests in the background of a script has Ctrl-C ignored (with nohup, SIGHUP as well), and
# every process that they start would inherit that. So it would where they stand who started the tests.
signal.signal(signal.SIGINT, signal.default_int_handler)
if os.name == "posix":
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
os.environ.pop(CALLED_FROM, None)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The order of ``_FIRST``, and within it the order of the files."""
    items.sort(
        key=lambda item: next((at for at, start in enumerate(_FIRST) if item.nodeid.startswith(start)), 99)
    )


@pytest.fixture(scope="session")
def spare_towns() -> Iterator[list[Town]]:
    """Towns of this process that were emptied: to build one takes a quarter of a second."""
    spare: list[Town] = []
    yield spare
    for town in spare:
        town.close()


@pytest.fixture
async def town(spare_towns: list[Town]) -> AsyncIterator[Town]:
    """A town in memory that holds nothing. Whoever leaves something behind in it gets one of their own."""
    town = spare_towns.pop() if spare_towns else build_town()
    yield town
    if await town.emptied():
        spare_towns.append(town)
    else:
        town.close()
