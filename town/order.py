"""What was asked of `play` on the command line."""

from dataclasses import dataclass
from pathlib import Path

from scenarios.player import LIMIT_SECONDS


@dataclass(frozen=True)
class Order:
    """What was asked for on the command line."""

    wanted: tuple[str, ...]
    everything: bool = False
    failed: bool = False
    seed: int | None = None
    gateway: str | None = None
    jobs: int = 1
    limit_seconds: float = LIMIT_SECONDS
    json: bool = False
    junit: Path | None = None
    html: Path | None = None
    coverage: bool | None = None
    tell: bool = False
    keep: bool = False
    lines: bool = False
    workers: int | None = None
    record: Path | None = None
    replay: Path | None = None
    processes: bool = False
    memory: bool = False
    var_dir: Path = Path("var")
