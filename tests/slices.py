"""What a change is tried with where every minute is counted, and what it is tried with elsewhere.

Continuous integration (CI=true) takes a part of the few things that take minutes; `python3 run.py test` takes
them whole.
"""

import os
from collections.abc import Sequence
from typing import TypeVar

Thing = TypeVar("Thing")
IN_HASTE = os.environ.get("CI", "").lower() == "true"


def some(things: Sequence[Thing], one_in: int) -> list[Thing]:
    """All of them, or in haste one in so many, the first among them."""
    return list(things)[:: one_in if IN_HASTE else 1]
