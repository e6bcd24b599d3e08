"""A year as files: dossiers and applications as Parquet, and events as a view over them.

One file set a study: ``cases-GROUP-PATH.parquet``, ``applications-GROUP-PATH.parquet`` (for the second of two
laws with its name at the end), and ``events.sql``: with it DuckDB shows the events. Each row says under which
law it was lived. Everything in it is invented: no row is about a person.
"""

from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from simulator.clock import Span
from simulator.columns import columns_of
from simulator.country import Country
from simulator.world import INSTANTS, NEVER, Declared
from simulator.year import Lived

STATES = ("not_chosen", "granted", "rejected", "not_started", "waiting")
_INSTANT = pa.timestamp("ms", tz="+07:00")
_EVENTS = """-- The events of a study, over its Parquet files: duckdb -init {folder}/events.sql
-- If the folder is moved, change its name in the next two statements.
CREATE OR REPLACE VIEW applications AS SELECT * FROM read_parquet([{applications}]);
CREATE OR REPLACE VIEW cases AS SELECT * FROM read_parquet([{cases}]);
CREATE OR REPLACE VIEW events AS
  SELECT law, "group", path, dossier, NULL AS procedure, 'declared' AS kind, declared AS at FROM cases
  UNION ALL SELECT law, "group", path, dossier, NULL, 'results_returned', finished FROM cases
    WHERE finished IS NOT NULL
{kinds};
"""


class YearFiles:
    """The files of one group under one law, written part after part: no more room is needed than for a part.

    ``mark``: what tells their names from those of the same group under another law.
    """

    def __init__(
        self,
        folder: Path,
        group: str,
        law: str,
        procedures: Sequence[str],
        kinds: Sequence[str],
        place: Country,
        mark: str = "",
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder, self._place, self._mark = folder, place, mark
        self._fixed = {"law": law, "group": group}
        self._procedures, self._kinds = tuple(procedures), tuple(kinds)
        self._open: dict[str, pq.ParquetWriter] = {}
        self.names: dict[str, list[str]] = {"cases": [], "applications": []}
        self.applications = 0

    def keep(self, path: str, lived: Lived, who: Declared, first: int) -> None:
        """Write what was lived in the communes from the ``first`` one on."""
        sizes = np.diff(who.begins)
        keys = np.repeat(who.first_key, sizes) + _within(who.begins)
        commune = np.repeat(np.arange(first, first + len(sizes), dtype=np.int32), sizes)
        fixed = {**self._fixed, "path": path}
        cases = {
            **_constant(fixed, len(keys)),
            "dossier": keys,
            "province": _names(self._place.provinces, self._place.province_of[commune]),
            "commune": commune,
            "kind": _names(self._kinds, lived.cases["kind"]),
            "declared": _seconds(lived.cases["declared"], lived.span),
            "finished": _seconds(lived.cases["finished"], lived.span),
        }
        self._write("cases", path, cases)
        found = columns_of(lived.files, _first_ms(lived.span))
        instants = zip(INSTANTS, found.at, found.happened, strict=True)
        applications = {
            **_constant(fixed, len(found.row)),
            "dossier": keys[found.row],
            "procedure": _names(self._procedures, found.procedure),
            **{name: _instants(at, happened) for name, at, happened in instants},
            "state": _names(STATES, found.state),
            "supplements": found.rounds,
            "verified": found.verified.view(np.bool_),
        }
        self._write("applications", path, applications)
        self.applications += len(found.row)

    def close(self) -> None:
        """The files are whole after this."""
        for writer in self._open.values():
            writer.close()
        self._open = {}

    def _write(self, what: str, path: str, columns: dict[str, Any]) -> None:
        table, name = pa.table(columns), f"{what}-{self._fixed['group']}-{path}{self._mark}.parquet"
        if name not in self._open:
            self.names[what].append(name)
            apart = [each.name for each in table.schema if _is_whole(each.type)]
            self._open[name] = pq.ParquetWriter(
                self._folder / name,
                table.schema,
                compression="snappy",
                use_dictionary=[each for each in table.column_names if each not in apart],
                # The bytes of a number apart, then what repeats written once: the fastest that is small.
                column_encoding=dict.fromkeys(apart, "BYTE_STREAM_SPLIT"),
                write_statistics=["declared", "dossier"],
            )
        self._open[name].write_table(table)


def write_events_view(folder: Path, years: Collection[YearFiles]) -> None:
    """The statements that make events of applications.

    They name each file where it is, so they work from anywhere, and see nothing of an earlier study.
    """
    kinds = [(name, f"'{name}'") for name in ("sent", "received", "taken_up", "collected")]
    selects = [
        f'  UNION ALL SELECT law, "group", path, dossier, procedure, {kind}, {name} FROM applications '
        f"WHERE {name} IS NOT NULL"
        for name, kind in [*kinds, ("decided", "state")]
    ]
    where = folder.resolve()
    files = {
        what: ", ".join(_quoted(where / name) for each in years for name in each.names[what])
        for what in ("cases", "applications")
    }
    text = _EVENTS.format(folder=where, kinds="\n".join(selects), **files)
    (folder / "events.sql").write_text(text, encoding="utf-8")


def _quoted(file: Path) -> str:
    return "'" + file.as_posix().replace("'", "''") + "'"


def _within(begins: NDArray[np.int64]) -> NDArray[np.int64]:
    sizes = np.diff(begins)
    return np.arange(int(begins[-1])) - np.repeat(begins[:-1], sizes)


def _first_ms(span: Span) -> int:
    return int(span.instant(0).timestamp() * 1000)


def _seconds(seconds: NDArray[Any], span: Span) -> pa.Array:
    """Instants in seconds of a span, as they are written."""
    return _instants(seconds.astype(np.int64) * 1000 + _first_ms(span), _bits(seconds != NEVER))


def _instants(at: NDArray[np.int64], happened: NDArray[np.uint8]) -> pa.Array:
    """Milliseconds as instants, without those whose bit is not set."""
    return pa.Array.from_buffers(_INSTANT, len(at), [pa.py_buffer(happened), pa.py_buffer(at)])


def _bits(true: NDArray[np.bool_]) -> NDArray[np.uint8]:
    return np.packbits(true, bitorder="little")


def _names(names: Sequence[str], places: NDArray[Any]) -> pa.Array:
    return pa.DictionaryArray.from_arrays(pa.array(places.astype(np.int8)), pa.array(list(names)))


def _constant(values: dict[str, str], rows: int) -> dict[str, pa.Array]:
    zeros = np.zeros(rows, dtype=np.int8)
    return {name: _names([value], zeros) for name, value in values.items()}


def _is_whole(kind: pa.DataType) -> bool:
    return bool(pa.types.is_timestamp(kind) or pa.types.is_integer(kind))
