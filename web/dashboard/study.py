"""The simulated year that is shown: the one that is committed, or the operator's own when there is one."""

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from chassis.settings import Settings
from flow_model.errors import SandboxError

Json = Mapping[str, Any]
MEASURED = Path(__file__).resolve().parent.parent / "data" / "year.json"
OWN = "python3 run.py simulate both --out var/year"
PATHS = ("separate", "interlinked")


class BadStudy(SandboxError):
    """The operator makes the file again, or removes it."""

    slug = "bad-setting"


@dataclass(frozen=True)
class Study:
    """Figures of a year, and how they were made. ``own``: the operator's file instead of ours."""

    made: Json
    studies: Sequence[Json]
    own: str
    changed: int

    def of(self, group: str) -> Json:
        """The figures of a group; those of the first when there are none."""
        return next((each for each in self.studies if each["group"] == group), self.studies[0])


def study() -> Study:
    """The operator's file when it lies where ``simulate --out`` writes it by default, or else ours."""
    own = Settings.from_environment(os.environ).var_dir / "year" / "study.json"
    try:
        changed = own.stat().st_mtime_ns
    except OSError:
        return _read(MEASURED, 0)
    return _read(own, changed)


@lru_cache(4)
def _read(path: Path, changed: int) -> Study:
    try:
        document = json.loads(path.read_bytes())
        made = document.get("made") or {**document, "command": OWN, "on": None}
        found = Study(made, document["studies"], "" if path == MEASURED else str(path), changed)
        for each in found.studies:
            for path_name in PATHS:
                each["paths"][path_name]["elapsed_working_days"]["median"]["value"]
    except (OSError, ValueError, KeyError, TypeError):
        raise BadStudy(
            f"Tệp {path} không phải kết quả của `run.py simulate`. Hãy xóa nó, hoặc chạy lại: {OWN}",
            f"{path} is no result of `run.py simulate`. Remove it, or make it again: {OWN}",
        ) from None
    return found
