"""``bench overload``: five times as many come as can be served. How many are served, and how quickly?"""

from contextlib import aclosing
from math import ceil
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from rich.console import Console
from rich.progress import Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from chassis.client import ServiceClient
from town.bench.arrivals import Came, Crowd, prepared, quantile, together
from town.bench.raw import RawClient
from town.stage import on_free_ports

Json = dict[str, Any]
TIMES, USUAL = 5, 0.8
# What must hold: the share of the peak, the multiple of the usual p99, the seconds until all is as before.
LEAST_GOODPUT, MOST_P99, MOST_SECONDS = 0.85, 2.0, 10
_AT_ONCE, _FIRST = 16, 4000
_WARM_SECONDS, _PEAK_SECONDS, _CALM_SECONDS = 5.0, 15.0, 15.0
# Back to normal: a second in which nobody is refused and the p99 is at most so much above the usual.
_NORMAL = 1.5


async def measure(seconds: float) -> Json:
    """Find out how many can be served, bring four fifths of them, then five times as many for so long.

    How many can be served is found out once more at the end: a machine that others share is not the same
    from one minute to the next, and the rush lies between the two.
    """
    columns = (TextColumn("{task.description}"), TimeElapsedColumn())
    with (
        TemporaryDirectory() as folder,
        Progress(*columns, console=Console(stderr=True), transient=True) as bar,
    ):
        task = bar.add_task("processes start", total=None)
        async with (
            on_free_ports(Path(folder), processes=True) as running,
            ServiceClient.over_http(running.urls, timeout_seconds=60) as client,
            aclosing(RawClient(running.urls["gateway"])) as raw,
        ):
            bar.update(task, description="how many can be served?")
            crowd = Crowd(raw, await prepared(client, "peak", _FIRST))
            await crowd.hurry(_AT_ONCE, _WARM_SECONDS)  # what is only slow the first time
            peak = await crowd.hurry(_AT_ONCE, _PEAK_SECONDS)
            calm = USUAL * 2 * _CALM_SECONDS + 2 * _PEAK_SECONDS
            many = ceil(peak.per_second * (calm + 1.5 * seconds)) + 1000
            crowd = Crowd(raw, await prepared(client, "more", many))
            bar.update(task, description=f"{USUAL:.0%} of that")
            usual = await crowd.come(USUAL * peak.per_second, _CALM_SECONDS, seed=1)
            bar.update(task, description=f"{TIMES} times that")
            over = await crowd.come(TIMES * peak.per_second, seconds, seed=2)
            bar.update(task, description=f"{USUAL:.0%} again")
            after = await crowd.come(USUAL * peak.per_second, _CALM_SECONDS, seed=3)
            bar.update(task, description="how many can be served now?")
            again = await crowd.hurry(_AT_ONCE, _PEAK_SECONDS)
    return document(together(peak, again), usual, over, after)


def document(peak: Came, usual: Came, over: Came, after: Came) -> Json:
    """The figures, and which of the aims were met."""
    figures = {
        "peak_per_s": round(peak.per_second, 1),
        "usual_p99_ms": round(usual.milliseconds(99), 1),
        "goodput_per_s": round(over.per_second, 1),
        "goodput_of_peak": round(over.per_second / peak.per_second, 2),
        "accepted_p99_ms": round(over.milliseconds(99), 1),
        "refused": len(over.refused),
        "refusal_p99_ms": round(quantile([took for _, took in over.refused], 99), 1),
        "failed": len(peak.failed) + len(usual.failed) + len(over.failed) + len(after.failed),
        "seconds_until_normal": normal_again(after, usual),
    }
    held = {
        "goodput": figures["goodput_of_peak"] >= LEAST_GOODPUT,
        "p99_of_accepted": figures["accepted_p99_ms"] <= MOST_P99 * figures["usual_p99_ms"],
        "back_to_normal": figures["seconds_until_normal"] <= MOST_SECONDS,
        "nothing_failed": figures["failed"] == 0,
    }
    return {"times": TIMES, "seconds": over.seconds, **figures, "held": held}


def normal_again(after: Came, usual: Came) -> int:
    """How many seconds after the rush it takes until a second is as usual; all of them when none is."""
    limit = _NORMAL * usual.milliseconds(99)
    for second in range(int(after.seconds)):
        turned_away = [1 for came, _ in after.refused if second <= came < second + 1]
        if not turned_away and after.milliseconds(99, second, second + 1) <= limit:
            return second
    return int(after.seconds)


def tell(figures: Json) -> None:
    """A table of the figures, and what held."""
    console = Console()
    table = Table(
        box=None, pad_edge=False, title=f"{figures['times']} times the capacity for {figures['seconds']} s"
    )
    table.add_column("figure")
    table.add_column("value", justify="right")
    for name, value in figures.items():
        if name not in ("held", "times", "seconds"):
            table.add_row(name.replace("_", " "), str(value))
    console.print(table)
    for name, held in figures["held"].items():
        console.print(f"{name.replace('_', ' ')}: {'[green]held[/]' if held else '[red]did not hold[/]'}")
