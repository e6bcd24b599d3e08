"""Where somebody stands who starts run.py: the files that they name are there, not in the project's folder.

run.py goes to the project's folder before it becomes the town, and leaves a note of where it came from.
"""

import os
from pathlib import Path

from flow_model.errors import SandboxError

# Written by run.py.
CALLED_FROM = "TOWN_CALLED_FROM"


class NotWritable(SandboxError):
    """Whoever typed the command names another file or folder."""

    slug = "not-writable"

    def __init__(self, path: Path, why_vi: str, why_en: str) -> None:
        super().__init__(f"Không ghi được {path}: {why_vi}", f"{path} cannot be written: {why_en}")


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


def require_file(path: Path) -> None:
    """What takes long is to end in this file: that it can be written is seen before. Raises NotWritable."""
    if path.is_dir():
        raise NotWritable(path, "đây là thư mục", "this is a folder")
    if not path.parent.is_dir():
        raise NotWritable(path, f"không có thư mục {path.parent}", f"there is no folder {path.parent}")
    if not os.access(path if path.exists() else path.parent, os.W_OK):
        raise NotWritable(path, "không có quyền ghi", "you may not write there")


def require_folder(path: Path) -> None:
    """The same of a folder, which is made. Raises NotWritable."""
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise NotWritable(path, str(error.strerror), str(error.strerror)) from error
    if not os.access(path, os.W_OK):
        raise NotWritable(path, "không có quyền ghi", "you may not write there")
