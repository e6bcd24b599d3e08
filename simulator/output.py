"""A year as files: dossiers and applications as Parquet, and events as a view over them.

One file set a study: ``cases-GROUP-PATH.parquet``, ``applications-GROUP-PATH.parquet``, and ``events.sql``:
with it DuckDB shows the events. Everything in it is invented: no row is about a person.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from simulator.clock import Span
from simulator.country import Country
from simulator.world import NEVER, NOT_CHOSEN, Declared
from simulator.year import Lived

STATES = ("not_chosen", "granted", "rejected", "not_started", "waiting")
_INSTANT = pa.timestamp("ms", tz="+07:00")
_INSTANTS = ("sent", "received", "taken_up", "due", "decided", "collected")
_ROWS = 1 << 20
_EVENTS = """-- The events of a study, over its Parquet files: duckdb -init events.sql
CREATE OR REPLACE VIEW applications AS SELECT * FROM read_parquet('applications-*.parquet');
CREATE OR REPLACE VIEW cases AS SELECT * FROM read_parquet('cases-*.parquet');
CREATE OR REPLACE VIEW events AS
  SELECT "group", path, dossier, NULL AS procedure, 'declared' AS kind, declared AS at FROM cases
  UNION ALL SELECT "group", path, dossier, NULL, 'results_returned', finished FROM cases
    WHERE finished IS NOT NULL
{kinds};
"""


def write_year(
    folder: Path, lived: Lived, who: Declared, place: Country, group: str, kinds: Sequence[str]
) -> int:
    """Write one group on one path; the number of applications written."""
    folder.mkdir(parents=True, exist_ok=True)
    keys = np.repeat(who.first_key, np.diff(who.begins)) + _within(who.begins)
    commune = np.repeat(np.arange(place.communes, dtype=np.int32), np.diff(who.begins))
    fixed = {"group": group, "path": str(lived.path)}
    cases = {
        **_constant(fixed, len(keys)),
        "dossier": keys,
        "province": _names(place.provinces, place.province_of[commune]),
        "commune": commune,
        "kind": _names(kinds, lived.cases["kind"]),
        "declared": _instants(lived.cases["declared"], lived.span),
        "finished": _instants(lived.cases["finished"], lived.span),
    }
    _write(folder / f"cases-{group}-{lived.path}.parquet", cases)
    chosen = lived.files["state"] != NOT_CHOSEN
    row, number = np.nonzero(chosen)
    files = lived.files[chosen]
    applications = {
        **_constant(fixed, len(files)),
        "dossier": keys[row],
        "procedure": _names([each.id for each in lived.procedures], number),
        **{name: _instants(files[name], lived.span) for name in _INSTANTS},
        "state": _names(STATES, files["state"]),
        "supplements": files["rounds"],
        "verified": files["verified"] == 1,
    }
    _write(folder / f"applications-{group}-{lived.path}.parquet", applications)
    return len(files)


def write_events_view(folder: Path) -> None:
    """The statements that make events of applications."""
    kinds = [(name, f"'{name}'") for name in ("sent", "received", "taken_up", "collected")]
    selects = [
        f'  UNION ALL SELECT "group", path, dossier, procedure, {kind}, {name} FROM applications '
        f"WHERE {name} IS NOT NULL"
        for name, kind in [*kinds, ("decided", "state")]
    ]
    (folder / "events.sql").write_text(_EVENTS.format(kinds="\n".join(selects)), encoding="utf-8")


def _within(begins: NDArray[np.int64]) -> NDArray[np.int64]:
    sizes = np.diff(begins)
    return np.arange(int(begins[-1])) - np.repeat(begins[:-1], sizes)


def _instants(seconds: NDArray[Any], span: Span) -> pa.Array:
    first = int(span.instant(0).timestamp() * 1000)
    at = seconds.astype(np.int64) * 1000 + first
    return pa.array(at, type=_INSTANT, mask=seconds == NEVER)


def _names(names: Sequence[str], places: NDArray[Any]) -> pa.Array:
    return pa.DictionaryArray.from_arrays(pa.array(places.astype(np.int16)), pa.array(list(names)))


def _constant(values: dict[str, str], rows: int) -> dict[str, pa.Array]:
    zeros = np.zeros(rows, dtype=np.int16)
    return {name: _names([value], zeros) for name, value in values.items()}


def _write(path: Path, columns: dict[str, Any]) -> None:
    table = pa.table(columns)
    packed = {
        name: "DELTA_BINARY_PACKED" for name in table.column_names if _is_whole(table.schema.field(name).type)
    }
    words = [name for name in table.column_names if name not in packed]
    pq.write_table(
        table, path, compression="zstd", compression_level=3, row_group_size=_ROWS, use_dictionary=words,
        column_encoding=packed,
    )  # fmt: skip


def _is_whole(kind: pa.DataType) -> bool:
    return bool(pa.types.is_timestamp(kind) or pa.types.is_integer(kind)) and not pa.types.is_int8(kind)
