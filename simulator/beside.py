"""A year beside the oracle: the same dossiers at the same desks, and the instants in which the two differ."""

from collections.abc import Hashable, Iterator, Sequence

import numpy as np

from flow_model.group import Procedure
from simulator.clock import Span
from simulator.country import Country
from simulator.national import National
from simulator.oracle import Desks, Oracle
from simulator.oracle_citizen import Citizen
from simulator.unfold import dossiers
from simulator.world import INSTANTS, Declared
from simulator.year import Lived, Wanted


def walked(
    year: National, path: str, place: Country, spanned: Span, who: Declared, wanted: Wanted
) -> list[Citizen]:
    """Every dossier of a country as it goes in the oracle."""
    every = list(dossiers(year, path, spanned, who, wanted, range(place.communes)))
    commune_of = np.repeat(np.arange(place.communes), np.diff(who.begins))
    area_of = np.searchsorted(place.areas, commune_of, side="right")

    def desk_of(number: int, procedure: Procedure) -> Hashable:
        desk = year.desks[procedure.id]
        return desk.name, int((area_of if desk.shared else commune_of)[number])

    officers: dict[Hashable, int] = {
        (desk.name, office): desk.officers
        for desk in year.desks.values()
        for office in range(place.communes + 1)
    }
    return Oracle(every, Desks(officers) if wanted.queueing else None, desk_of).run()


def differences(lived: Lived, walks: Sequence[Citizen]) -> Iterator[tuple[int, str]]:
    """Where the two differ: the number of the dossier, and what is not the same."""
    names = [each.id for each in lived.procedures]
    for number, walk in enumerate(walks):
        for step in walk.steps.values():
            file = lived.files[number, names.index(step.procedure.id)]
            for name in INSTANTS:
                at = getattr(step, f"{name}_at")
                told = -1 if at is None else lived.span.seconds(at)
                if told != file[name]:
                    yield number, f"{step.procedure.id} {name}: {told} and {file[name]}"
        finished = -1 if walk.finished_at is None else lived.span.seconds(walk.finished_at)
        if finished != lived.cases[number]["finished"]:
            yield number, f"finished: {finished} and {lived.cases[number]['finished']}"
