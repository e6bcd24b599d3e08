"""Reads the files that a flow is declared in. A file that cannot be read is named, with the line."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from flow_model.errors import BadContract


def name_of(path: Path) -> str:
    """A file as people are told of it: with the folder of its group."""
    return f"{path.parent.name}/{path.name}"


def read_toml(path: Path) -> Mapping[str, Any]:
    """The tables of a file; BadContract when there is none, or when it is not written as TOML is."""
    try:
        return tomllib.loads(path.read_bytes().decode("utf-8"))
    except OSError as error:
        raise BadContract(name_of(path), error.strerror or str(error)) from error
    except UnicodeDecodeError as error:
        raise BadContract(name_of(path), "is not UTF-8 text") from error
    except tomllib.TOMLDecodeError as error:
        raise BadContract(name_of(path), f"is not TOML: {error}") from error
