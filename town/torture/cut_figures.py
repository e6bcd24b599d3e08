"""What was counted while the power was cut, and how it is told."""

from collections import Counter
from dataclasses import asdict, dataclass, field
from typing import Any

from rich.table import Table

from town.torture.writers import Seen


@dataclass
class Figures:
    """Of one way of keeping (`durable`: SQLite's synchronous). A piece is what one append writes."""

    durable: str
    cuts: int = 0
    moments: Counter[str] = field(default_factory=Counter)
    deaths: int = 0
    failed_syncs: int = 0
    pieces_written: int = 0
    pieces_told: int = 0
    pieces_lost: int = 0
    cuts_losing: int = 0
    most_lost: int = 0
    damaged: int = 0
    halves: int = 0
    broken_chains: int = 0
    surprises: Counter[str] = field(default_factory=Counter)
    seconds: float = field(default=0.0, compare=False)

    @property
    def unharmed(self) -> bool:
        """Whether nothing that was told to be kept is gone or changed, and nothing is there by half."""
        bad = (self.pieces_lost, self.cuts_losing, self.damaged, self.halves, self.broken_chains)
        return not any(bad) and not self.surprises

    def count(self, seen: Seen | None) -> None:
        """Count what an opened store showed; None when it could not be opened."""
        if seen is None or not seen.sound:
            self.damaged += 1
            return
        self.pieces_lost += seen.lost
        self.cuts_losing += seen.lost > 0
        self.most_lost = max(self.most_lost, seen.lost)
        self.halves += not seen.whole

    def as_json(self) -> dict[str, Any]:
        """All of it."""
        return {**asdict(self), "moments": dict(self.moments), "surprises": dict(self.surprises)}


@dataclass
class Report:
    """What FULL keeps, and two controls that must not keep it: a test that they pass would be blind."""

    full: Figures
    normal: Figures
    off: Figures

    @property
    def sees(self) -> bool:
        """Whether the controls were caught."""
        return self.normal.pieces_lost > 0 and self.off.cuts_losing + self.off.damaged > 0

    @property
    def fine(self) -> bool:
        """Whether the store holds, and whoever says so can see."""
        return self.full.unharmed and self.sees

    def as_json(self) -> dict[str, Any]:
        """All of it."""
        each = {name: getattr(self, name).as_json() for name in ("full", "normal", "off")}
        return {"fine": self.fine, "sees": self.sees, **each}

    def table(self) -> Table:
        """For a terminal."""
        table = Table(box=None, pad_edge=False)
        table.add_column("synchronous")
        for title in ("cuts", "told", "lost", "cuts losing", "damaged", "half", "chains", "other", "cuts/s"):
            table.add_column(title, justify="right")
        for each in (self.full, self.normal, self.off):
            speed = f"{each.cuts / each.seconds:.0f}" if each.seconds else ""
            counted = (each.cuts, each.pieces_told, each.pieces_lost, each.cuts_losing, each.damaged)
            rest = (each.halves, each.broken_chains, each.surprises.total())
            table.add_row(each.durable, *(f"{number:,}" for number in (*counted, *rest)), speed)
        return table
