"""The same calls without us: a loop, and one durable write for each step. Nothing is ever resumed."""

import sqlite3
from collections.abc import Sequence
from pathlib import Path

from chassis.client import ServiceClient
from town.bench.recording import Call

_MADE = "CREATE TABLE step (run TEXT, number INTEGER, answer TEXT, PRIMARY KEY (run, number)) WITHOUT ROWID"


class Bare:
    """One file, as durable as ours."""

    def __init__(self, path: Path, calls: Sequence[Call]) -> None:
        self._calls = calls
        self._kept = sqlite3.connect(path, isolation_level=None)
        for statement in ("PRAGMA journal_mode=WAL", "PRAGMA synchronous=FULL", _MADE):
            self._kept.execute(statement).fetchall()

    async def case(self, client: ServiceClient, run: str) -> None:
        """One case: each answer is kept before the next call is made."""
        for number, call in enumerate(self._calls):
            answer = await call.named(run).make(client)
            self._kept.execute("INSERT INTO step VALUES (?, ?, ?)", (run, number, answer.content.decode()))

    def close(self) -> None:
        """Let go of the file."""
        self._kept.close()
