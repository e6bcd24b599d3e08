"""What must hold, whatever went wrong on the way.

At the end everything that was written down is what it would have been had nothing gone wrong: the history of
the dossier hash by hash, the run's log, each service's events and books. That is more than the invariants of
the design ask for (no declaration lost, nothing registered twice, no partial failure silent, time conserved
on the legal clock, outbox and inbox equal). After every commit, what an end may hide is looked at as well.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import inspect
from sqlmodel import SQLModel

from town.torture.virtual.stage import RUN, Stage

Json = dict[str, Any]
# How often a gateway has looked, and which of its lives gave an answer, is no part of what happened.
_NOT_TOLD = ("version", "epoch", "opened_at")
_SCOPE = f"{RUN}:dossiers"


@dataclass(frozen=True)
class Everything:
    """All that the town wrote down."""

    parts: Mapping[str, Any]

    def differences(self, other: "Everything") -> list[str]:
        """What is different, one line for each part."""
        found = []
        for name, expected in self.parts.items():
            actual = other.parts.get(name)
            if actual != expected:
                found.append(f"{name}: {_first_difference(expected, actual)}")
        return found


def _first_difference(expected: Any, actual: Any) -> str:
    if isinstance(expected, list) and isinstance(actual, list):
        for number, (one, other) in enumerate(zip(expected, actual, strict=False), 1):
            if one != other:
                return f"entry {number} should be {one}, is {other}"
        return f"{len(expected)} entries expected, {len(actual)} there"
    return f"should be {expected}, is {actual}"


def everything(stage: Stage) -> Everything:
    """Every row of the run in every table, as kept: read from the stores, not through the apps."""
    parts: Json = {}
    for name, process in stage.world.processes.items():
        store = process.app.state.store
        for table in store.tables:
            asked = _rows_of_the_run(table)
            if asked is not None:
                # Opened now, if a process died and nobody asked it since.
                kept = store.link.connection.connection
                rows = kept.cursor().execute(asked, (RUN, _SCOPE)).fetchall()
                parts[f"{name}.{table.__tablename__}"] = sorted(map(str, rows))
    return Everything(parts)


@cache
def _rows_of_the_run(table: type[SQLModel]) -> str | None:
    """What asks for them; None for a table that knows no runs."""
    columns = [column.name for column in inspect(table).columns]
    where = next((each for each in ("run_id", "scope") if each in columns), None)
    if where is None:
        return None
    shown = ", ".join(f'"{column}"' for column in columns if column not in _NOT_TOLD)
    return f'SELECT {shown} FROM "{table.__tablename__}" WHERE {where} IN (?, ?)'


class Watch:
    """Looks at the committed rows after every commit."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._born: set[str] = set()
        stage.world.committed = self._look

    def _look(self, name: str) -> None:
        rows = self._reader(name)
        if name == "gateway":
            self._acknowledged(rows)
        elif name != "health":
            self._decided(name, rows)

    def _reader(self, name: str) -> Callable[[str], list[Any]]:
        store = self._stage.world.processes[name].app.state.store
        driver = store.link.driver
        return lambda statement: driver.execute(statement).fetchall()

    def _acknowledged(self, rows: Callable[[str], list[Any]]) -> None:
        """I1: a declaration that was answered stays."""
        if f"declare-{RUN}" in self._stage.ledger.answers:
            (found,) = rows("SELECT count(*) FROM event WHERE kind = 'declared' AND run_id = 'run'")[0]
            if found != 1:
                self._wrong(f"I1: {found} declarations in the journal after one was acknowledged")

    def _decided(self, name: str, rows: Callable[[str], list[Any]]) -> None:
        """I2 and I4: one decision for an application, and no result without the birth it rests on."""
        decided = rows("SELECT application_id, count(*) FROM eventrow WHERE kind = 'granted' GROUP BY 1")
        for application, times in decided:
            if times > 1:
                self._wrong(f"I2: {application} granted {times} times")
            dossier, _, procedure = application.partition(".")
            if procedure == "birth_registration":
                self._born.add(dossier)
            elif dossier.startswith("B-") and dossier not in self._born:
                self._wrong(f"I4: {name} granted {application} before a birth was committed")

    def _wrong(self, what: str) -> None:
        self._stage.world.wrong.append(what)


def violations(stage: Stage, expected: Everything) -> list[str]:
    """What does not hold at the end; empty when all is well."""
    world = stage.world
    found = [*dict.fromkeys(world.wrong), *dict.fromkeys(world.loop.mistakes)]
    found += [f"I15: two answers to the key {key}" for key in dict.fromkeys(stage.ledger.twice)]
    return found + expected.differences(everything(stage))
