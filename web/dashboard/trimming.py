"""Make the file of the simulated year that the dashboard shows out of a whole study.

    python3 run.py simulate both --seed 2026 --json > var/study.json
    .venv/bin/python -m web.dashboard.trimming var/study.json "python3 run.py simulate both …" (the command)

Nothing is computed here: what the pages do not show is left out, and how it was made is added.
"""

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from chassis.clock import WallClock
from web.dashboard.study import MEASURED

Json = dict[str, Any]
_STUDY = ("group", "title_vi", "title_en", "law", "per_year", "per_year_confidence", "per_year_source",
          "sample", "causes", "knobs")  # fmt: skip
_PATH = ("dossiers", "finished", "on_time", "elapsed_working_days", "by_working_day", "visits",
         "hours_on_the_way", "hours_at_counters", "fields_typed", "fields_prefilled", "documents",
         "hours_writing", "agencies", "legal")  # fmt: skip
_WHOLE = ("seed", "since", "days", "replications", "communes", "provinces", "seconds")


def trimmed(study: Mapping[str, Any], command: str, made_on: str) -> Json:
    """What the pages show of a study, with the command and the day of its making."""
    return {
        "made": {"command": command, "on": made_on, **{name: study[name] for name in _WHOLE}},
        "studies": [_study(each) for each in study["studies"]],
    }


def _study(study: Mapping[str, Any]) -> Json:
    paths = {name: _path(path) for name, path in study["paths"].items()}
    return {**{name: study[name] for name in _STUDY if name in study}, "paths": paths}


def _path(path: Mapping[str, Any]) -> Json:
    provinces = [
        {
            "province": each["province"],
            "dossiers": each["dossiers"],
            "finished": each["finished"],
            "on_time": each["on_time"],
            "elapsed_working_days": {
                name: each["elapsed_working_days"][name] for name in ("n", "mean", "median", "p95")
            },
        }
        for each in path["provinces"]
    ]
    return {**{name: path[name] for name in _PATH if name in path}, "provinces": provinces}


def main(source: str, command: str) -> None:
    """Write the file that is committed."""
    study = json.loads(Path(source).read_text(encoding="utf-8"))
    document = trimmed(study, command, WallClock().now().date().isoformat())
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    MEASURED.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:3])
