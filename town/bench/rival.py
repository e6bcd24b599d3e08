"""The durable engine that ours is held against, in a process of its own."""

import asyncio
import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from town.bench.recording import Call

ROOT = Path(__file__).resolve().parent.parent.parent


class Rival:
    """DBOS on PostgreSQL: one workflow a case."""

    def __init__(self, database: str, urls: Mapping[str, str], calls: Sequence[Call]) -> None:
        self._order = {"database": database, "urls": dict(urls), "calls": [asdict(call) for call in calls]}

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "town.bench.dbos_cases"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        self._asked(self._order)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.kill()
        self._process.communicate()

    @property
    def pid(self) -> int:
        """Its process."""
        return self._process.pid

    async def do(self, runs: Sequence[str], at_once: int) -> dict[str, Any]:
        """Do these cases, so many at once: the seconds in all, and of each."""
        return await asyncio.to_thread(self._asked, {"runs": list(runs), "at_once": at_once})

    def _asked(self, line: Any) -> dict[str, Any]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(line) + "\n")
        self._process.stdin.flush()
        said = self._process.stdout.readline()
        if not said:
            raise RuntimeError(f"the rival ended with code {self._process.wait()}")
        return dict(json.loads(said))
