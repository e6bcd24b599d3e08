"""Whether a year can be swept desk after desk, or needs the general engine; and why, in words."""

from collections import defaultdict
from dataclasses import dataclass

from simulator.national import National
from simulator.plan import held, odds_of


@dataclass(frozen=True)
class Reason:
    """Why a sweep cannot do it."""

    vi: str
    en: str


def obstacles(year: National, law: str) -> list[Reason]:
    """What makes a later desk change an earlier one; empty when nothing flows back."""
    chosen = {name for kind in year.kinds if kind.share > 0 for name in kind.procedures}
    procedures = [each for each in held(year.group, law) if each.id in chosen]
    at_desk: dict[str, list[str]] = defaultdict(list)
    for each in procedures:
        at_desk[year.desks[each.id].name].append(each.id)
    found = [
        Reason(
            f"Cùng cán bộ giải quyết {', '.join(names)}: hồ sơ sau có thể phải chờ hồ sơ trước, và ngược lại",
            f"the same officers work on {', '.join(names)}: each of them can hold up the others",
        )
        for names in at_desk.values()
        if len(names) > 1
    ]
    for each in procedures:
        if odds_of(year.odds, each).returned > 0:
            found.append(
                Reason(
                    f"Hồ sơ {each.id} có thể bị trả lại cơ quan cấp {each.requires[0]} để đính chính",
                    f"{each.id} may be returned to the issuer of {each.requires[0]} for a correction",
                )
            )
    return found
