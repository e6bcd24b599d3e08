"""Where somebody stands who starts run.py: the files that they name are there, not in the project's folder.

run.py goes to the project's folder before it becomes the town, and leaves a note of where it came from.
"""

import os
from pathlib import Path

# Written by run.py.
CALLED_FROM = "TOWN_CALLED_FROM"


def as_named(name: str) -> Path:
    """The file or folder that somebody means by a name."""
    return _standing() / name


def word_or_file(word: str) -> str:
    """The file of this name where they stand, if there is one; else the word, which may mean anything."""
    file = as_named(word)
    return str(file) if file.exists() else word


def _standing() -> Path:
    """Empty where they stand in the project's folder already: names stay as short as they were typed."""
    noted = os.environ.get(CALLED_FROM, "")
    return Path() if not noted or os.path.realpath(noted) == os.getcwd() else Path(noted)
