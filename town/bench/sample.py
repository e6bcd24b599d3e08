"""Parts of the country in which every desk is as busy as in the whole of it."""

from datetime import date

import numpy as np

from simulator.country import Country, country

SINCE = date(2025, 1, 1)


def part_of(communes: int) -> tuple[Country, float]:
    """The first communes, in areas as they are; and the share of the national year that is theirs.

    More than there are: the country several times over.
    """
    whole = country()
    times = -(-communes // whole.communes)
    begins = np.concatenate([whole.areas[:-1] + turn * whole.communes for turn in range(times)])
    areas = np.append(begins[begins < communes], communes).astype(np.int64)
    province_of = np.tile(whole.province_of, times)[:communes]
    return Country(whole.provinces, province_of, areas), communes / whole.communes
