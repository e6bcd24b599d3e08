"""Tests whose body runs in a process of its own, which makes copies of itself by the thousand.

What a copy costs grows with what the process holds, and one that has run many tests holds a gigabyte and
more. The process is kept for the next such test: what it has set up is there already.
"""

import multiprocessing
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from functools import cache, wraps
from importlib import import_module
from typing import Any


@cache
def _process() -> ProcessPoolExecutor:
    return ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn"))


def apart(test: Callable[..., None]) -> Callable[..., None]:
    """The test, there. What it raises is raised here; its arguments go there, so they are plain values."""

    @wraps(test)
    def elsewhere(**arguments: Any) -> None:
        _process().submit(_do, test.__module__, test.__name__, arguments).result()

    return elsewhere


def _do(module: str, name: str, arguments: dict[str, Any]) -> None:
    getattr(import_module(module), name).__wrapped__(**arguments)
