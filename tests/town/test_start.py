"""What a command waits for before it begins."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
# Half a second together, and help, a plan of a story or a simulated year need none of them.
HEAVY = ("sqlalchemy", "structlog", "fastapi", "numba", "pyarrow")


def test_commands_wait_for_no_library_that_they_may_not_need() -> None:
    asked = f"import sys, town.commands; print(*(each for each in {HEAVY!r} if each in sys.modules))"
    told = subprocess.run(
        [sys.executable, "-c", asked], cwd=ROOT, capture_output=True, text=True, check=True, timeout=60
    )
    assert told.stdout.strip() == ""
