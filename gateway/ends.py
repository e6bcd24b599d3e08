"""Where the chains of a run end, remembered from one append to the next: the last event of each dossier.

It is a memory and never the truth. It is used by whoever knows the version of the run that it belongs to, and
what is written upon it is kept only if that still is the run's version (``Journal.append``).
"""

from collections import OrderedDict
from dataclasses import dataclass

from chassis.storage import Store

End = tuple[int, str]
"""The sequence and the hash of a dossier's last event."""
MOST_RUNS = 256


@dataclass(frozen=True)
class _Known:
    version: int
    failures: int
    ends: dict[str, End]


class Ends:
    """Of the runs that were written to last."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._runs: OrderedDict[str, _Known] = OrderedDict()

    def of(self, run_id: str, version: int) -> dict[str, End]:
        """What is known for this version of a run, to be gone on with and kept again, or lost.

        Nothing is known any more once a commit has failed: it may have undone what was remembered.
        """
        known = self._runs.pop(run_id, None)
        if known is None or (known.version, known.failures) != (version, self._store.failures):
            return {}
        return known.ends

    def keep(self, run_id: str, version: int, ends: dict[str, End]) -> None:
        """Remember; the run that was not written to for longest goes."""
        self._runs[run_id] = _Known(version, self._store.failures, ends)
        while len(self._runs) > MOST_RUNS:
            self._runs.popitem(last=False)

    def forget(self, run_id: str) -> None:
        """Drop a run."""
        self._runs.pop(run_id, None)
