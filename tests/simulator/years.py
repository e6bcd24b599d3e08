"""Small years for tests: a few communes, and the dossiers of an engine beside those of the oracle."""

from collections.abc import Callable, Hashable
from datetime import date

import numpy as np

from flow_model.group import Procedure
from simulator.clock import Span
from simulator.country import Country, country
from simulator.national import National
from simulator.oracle import Desks, Oracle
from simulator.oracle_citizen import Citizen
from simulator.unfold import dossiers
from simulator.world import Declared
from simulator.year import Lived, Wanted, families, live

Engine = Callable[[National, str, Country, Span, Declared, Wanted], Lived]
SINCE = date(2025, 1, 1)


def small_country(communes: int = 24) -> Country:
    """The first communes of the first province."""
    whole = country()
    return Country(whole.provinces, whole.province_of[:communes], np.array([0, 9, communes], dtype=np.int64))


def both(
    national: National, path: str, wanted: Wanted, place: Country, engine: Engine = live
) -> tuple[Lived, list[Citizen]]:
    """A year as an engine lives it, and as the oracle does."""
    spanned, who = families(national, place, wanted)
    lived = engine(national, path, place, spanned, who, wanted)
    every = list(dossiers(national, path, spanned, who, wanted, range(place.communes)))
    commune_of = np.repeat(np.arange(place.communes), np.diff(who.begins))
    area_of = np.searchsorted(place.areas, commune_of, side="right")

    def desk_of(number: int, procedure: Procedure) -> Hashable:
        desk = national.desks[procedure.id]
        return desk.name, desk.shared, int((area_of if desk.shared else commune_of)[number])

    officers: dict[Hashable, int] = {
        (desk.name, shared, place_of): desk.officers
        for desk in national.desks.values()
        for shared in (False, True)
        for place_of in range(place.communes + 1)
    }
    return lived, Oracle(every, Desks(officers) if wanted.queueing else None, desk_of).run()


def apart(lived: Lived, walks: list[Citizen]) -> list[str]:
    """Where the two differ, case by case and application by application."""
    names = [each.id for each in lived.procedures]
    found = []
    for number, walk in enumerate(walks):
        for step in walk.steps.values():
            file = lived.files[number, names.index(step.procedure.id)]
            for name in ("sent", "received", "taken_up", "due", "decided", "collected"):
                at = getattr(step, f"{name}_at")
                told = -1 if at is None else lived.span.seconds(at)
                if told != file[name]:
                    found.append(f"case {number} {step.procedure.id} {name}: {told} and {file[name]}")
        finished = -1 if walk.finished_at is None else lived.span.seconds(walk.finished_at)
        if finished != lived.cases[number]["finished"]:
            found.append(f"case {number} finished: {finished} and {lived.cases[number]['finished']}")
    return found
