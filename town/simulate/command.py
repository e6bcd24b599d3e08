"""Runs a study, shows how far it is, and tells, prints or writes what came of it."""

import json
import sys
from collections.abc import Callable
from datetime import date
from functools import partial
from time import perf_counter
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from flow_model.catalogue import catalogue
from flow_model.limits import PATHS
from simulator.causes import causes
from simulator.cluster import Cluster
from simulator.country import Country, country
from simulator.knobs import tornado
from simulator.staffing import smallest_staff
from simulator.study import Cell, Keep, Order, lived, one_by_one, study
from simulator.year import Wanted, national_year
from town.simulate.files import StudyFiles
from town.simulate.telling import tell
from town.simulate.wish import Wish
from town.standing import require_folder

Json = dict[str, Any]
# What is split and turned again and again is looked at in some provinces: enough dossiers to tell days apart.
_SAMPLE = 30_000
_WARM = 200


def main(wish: Wish) -> int:
    """The whole command; 0 when it went well."""
    began = perf_counter()
    order = _order(wish)
    if wish.out is not None:
        require_folder(wish.out)
    for name in wish.skipped():
        print(
            f"{name}: chưa có national.toml, bỏ qua / no national.toml, left out (docs/add-a-flow.md)",
            file=sys.stderr,
        )
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        _warm(order, bar)
        files = None if wish.out is None else StudyFiles(wish.out, order)
        document = _study(wish, order, files, bar)
        if not wish.brief:
            _look_closer(document, order, bar)
        if files is not None:
            files.close(document)
    document["seconds"] = round(perf_counter() - began, 2)
    if wish.json:
        print(json.dumps(document, ensure_ascii=False, indent=2), flush=True)
    else:
        tell(document, wish)
    return 0


def _order(wish: Wish) -> Order:
    return Order(
        groups=wish.groups(),
        laws=wish.laws(),
        seed=wish.seed,
        since=date(wish.year, 1, 1),
        dossiers=wish.dossiers,
        replications=wish.replications,
        before_2025=wish.before_2025,
        cores=wish.cores,
    )


def _warm(order: Order, bar: Progress) -> None:
    """A few dossiers, so that kernels are compiled: once for this machine, and some twenty seconds then."""
    task = bar.add_task("Biên dịch lần đầu (compiling, once)", total=1)
    few = Order(order.groups[:1], order.laws[:1], order.seed, order.since, dossiers=_WARM)
    for _ in one_by_one(few.cells()):
        bar.advance(task)
    bar.remove_task(task)


def _study(wish: Wish, order: Order, files: StudyFiles | None, bar: Progress) -> Json:
    task = bar.add_task("Mô phỏng (simulating)", total=len(order.cells()))
    keeper: Callable[[Cell], Keep | None] = files.keeper if files else lambda _cell: None
    run = partial(one_by_one, keeper=keeper) if wish.cluster is None else Cluster(wish.cluster)
    document = study(order, run, lambda _cell: bar.advance(task))
    if files and wish.cluster is not None:  # other machines count, and this one writes
        for cell in files.cells:
            lived(cell, keeper(cell))
    return document


def _look_closer(document: Json, order: Order, bar: Progress) -> None:
    """Causes, knobs and staffing, for each study, in some provinces."""
    place = country(before_2025=order.before_2025)
    for each in document["studies"]:
        year = national_year(catalogue().group(each["group"]), each["law"])
        some, wanted = sample(place, year.per_year, order, each["law"])
        each["sample"] = {"communes": some.communes, "dossiers_expected": round(year.per_year * wanted.share)}
        split = causes(year, some, wanted, _told(bar, "Nguyên nhân (causes)"))
        if split is not None:
            each["causes"] = split.as_json(_writing_saved(each["paths"]))
        each["knobs"] = tornado(year, some, wanted, _told(bar, "Nút thắt (knobs)"))
        staff = _told(bar, "Nhân lực (staff)")
        each["staffing"] = smallest_staff(year, "interlinked", some, wanted, staff)


def _writing_saved(paths: Json) -> float | None:
    old, new = (paths[path]["hours_writing"] for path in PATHS)
    return None if old is None or new is None else round(old - new, 4)


def sample(place: Country, per_year: int, order: Order, law: str) -> tuple[Country, Wanted]:
    """Whole provinces, spread over the country, with as many families each as the order gives them."""
    provinces = sorted(set(place.province_of.tolist()))
    part = order.share()
    kept = max(1, round(len(provinces) * min(1.0, _SAMPLE / (per_year * part))))
    some = place.only([provinces[len(provinces) * number // kept] for number in range(kept)])
    share = part * some.communes / place.communes
    return some, Wanted(
        law=law, seed=order.seed, since=order.since, days=order.days, share=share, cores=order.cores
    )


def _told(bar: Progress, title: str) -> Callable[[int, int], None]:
    task = bar.add_task(title, total=None)

    def done(number: int, total: int) -> None:
        bar.update(task, completed=number, total=total)
        if number == total:
            bar.remove_task(task)

    return done
