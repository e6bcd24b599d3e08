"""How much of the universe the plays reached, and what none of them did.

The universe is declared elsewhere: procedures, bundles, law and consents by the groups, faults by their
classes, reported faults by the domain sheet. A play says what it reached (``Played.reached``).
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, get_args

from flow_model.catalogue import Catalogue
from flow_model.faults import KINDS, OFFICE_WORDS, Closed
from flow_model.group import Bundle, Group, Procedure
from flow_model.limits import PATHS
from scenarios.verdict import Played

STATES = (
    "received",
    "taken_up",
    "verification_started",
    "supplement_requested",
    "supplemented",
    "returned_to_issuer",
    "corrected",
    "granted",
    "rejected",
    "refused",
    "not_started",
    "overdue",
    "withdrawn",
)
# Of a dossier: the worst that came of it, from the mildest to the gravest.
OUTCOMES = ("granted", "supplemented", "corrected", "withdrawn", "not_started", "refused", "rejected")
REPORTED = tuple(f"F{number}" for number in range(1, 23))
VERIFICATION = "verification"  # the condition under which a limit is longer
Reach = Mapping[Any, int]


@dataclass(frozen=True)
class Coverage:
    """By part: for each thing of the universe, how many plays reached it (0: none did).

    ``states`` by (procedure, state), ``paths`` by (bundle, path, outcome), ``findings`` by (procedure,
    code); findings have no universe: only those that were met are listed. ``titles`` names procedures,
    bundles and kinds of faults in Vietnamese and English.
    """

    plays: int
    states: Mapping[tuple[str, str], int]
    faults: Mapping[str, int]
    reported: Mapping[str, int]
    articles: Mapping[str, int]
    paths: Mapping[tuple[str, str, str], int]
    findings: Mapping[tuple[str, str], int]
    titles: Mapping[str, tuple[str, str]]

    def title(self, name: str) -> tuple[str, str]:
        """What people call a thing; its own name in both languages when nobody gave it another."""
        return self.titles.get(name, (name, name))

    def parts(self) -> dict[str, Reach]:
        """The parts that have a universe, by name."""
        return {
            "states": self.states,
            "faults": self.faults,
            "reported": self.reported,
            "articles": self.articles,
            "paths": self.paths,
        }

    def as_json(self) -> dict[str, Any]:
        """For each part: how many of how many, each thing with its count, and what no play reached."""
        told: dict[str, Any] = {"plays": self.plays}
        for name, part in self.parts().items():
            told[name] = {
                "reached": len(part) - len(unreached(part)),
                "of": len(part),
                "counts": {spelt(thing): count for thing, count in part.items()},
                "unreached": [spelt(thing) for thing in unreached(part)],
            }
        told["findings"] = {spelt(thing): count for thing, count in self.findings.items()}
        return told


def coverage(plays: Iterable[Played], catalogue: Catalogue) -> Coverage:
    """What these plays reached, whatever their verdict. A thing counts once for each play.

    What a play reached outside of the universe (an article that only a check knows) joins it; states that
    do not matter (sent, visited) and dossiers that came to no end are left out.
    """
    reached = [play.reached for play in plays]
    states = [[each for each in one.states if each[1] in STATES] for one in reached]
    paths = [[each for each in one.paths if each[2] in OUTCOMES] for one in reached]
    groups = list(catalogue.groups.values())
    return Coverage(
        plays=len(reached),
        states=_counted(_states(groups), states),
        faults=_counted(_fault_kinds(), [each.faults for each in reached]),
        reported=_counted(REPORTED, [each.reported for each in reached]),
        articles=_counted(_articles(groups), [each.articles for each in reached]),
        paths=_counted(_paths(groups), paths),
        findings=_counted((), [each.checks for each in reached]),
        titles=_titles(groups),
    )


def bundle_name(procedures: Iterable[str]) -> str:
    """A bundle's name in ``Reached.paths``: its procedures, in the group's order, joined by a plus."""
    return "+".join(procedures)


def unreached(part: Reach) -> list[Any]:
    """What no play reached, in the order of the universe."""
    return [thing for thing, count in part.items() if count == 0]


def spelt(thing: str | Sequence[str]) -> str:
    """A thing in one word: ``birth_registration granted``."""
    return thing if isinstance(thing, str) else " ".join(thing)


def states_that_matter(procedure: Procedure, group: Group) -> tuple[str, ...]:
    """The states that this procedure can be in, of STATES.

    A paper goes back only if it came with one; corrected is what others wait for; a limit that knows no
    verification has none.
    """
    impossible = set()
    if not procedure.requires:
        impossible.add("returned_to_issuer")
        if not procedure.consents:
            impossible.add("not_started")
    if not any(procedure.id in other.requires for other in group.procedures):
        impossible.add("corrected")
    limits = [limit for limit in group.law.limits if limit.subject == procedure.id]
    if not any(VERIFICATION in limit.when for limit in limits):
        impossible.add("verification_started")
    return tuple(state for state in STATES if state not in impossible)


def _counted(universe: Iterable[Any], reached: Sequence[Iterable[Any]]) -> dict[Any, int]:
    counts = Counter(thing for each in reached for thing in set(each))
    known = list(dict.fromkeys(universe))
    return {thing: counts[thing] for thing in [*known, *sorted(set(counts) - set(known))]}


def _states(groups: Sequence[Group]) -> list[tuple[str, str]]:
    return [
        (procedure.id, state)
        for group in groups
        for procedure in group.procedures
        for state in states_that_matter(procedure, group)
    ]


def _fault_kinds() -> list[str]:
    """Office words first, then what the live system obeys; of lines and messages each effect (line:slow)."""
    found = []
    for fault in KINDS:
        kind = _kind(fault)
        found += [kind, *(f"{kind}:{effect}" for effect in _words(fault, "effect"))]
    return found


def _kind(fault: type[Closed]) -> str:
    (word,) = _words(fault, "kind")
    return word


def _words(fault: type[Closed], field: str) -> tuple[str, ...]:
    """The words that a field may hold; none when there is no such field."""
    return get_args(fault.model_fields[field].annotation) if field in fault.model_fields else ()


def _titles(groups: Sequence[Group]) -> dict[str, tuple[str, str]]:
    titles = {_kind(each): (each.title_vi, each.title_en) for each in OFFICE_WORDS}
    for group in groups:
        titles |= {each.id: (each.title_vi, each.title_en) for each in group.procedures}
        titles |= {_named(group, each): _bundle_title(group, each) for each in group.bundles}
    return titles


def _bundle_title(group: Group, bundle: Bundle) -> tuple[str, str]:
    """A title that begins in the middle of a sentence goes on where that of the first bundle ends."""
    if bundle.title_vi[0].isupper():
        return bundle.title_vi, bundle.title_en
    first = group.bundles[0]
    return f"{first.title_vi} {bundle.title_vi}", f"{first.title_en} {bundle.title_en}"


def _named(group: Group, bundle: Bundle) -> str:
    return bundle_name(each.id for each in group.procedures if each.id in bundle.procedures)


def _articles(groups: Sequence[Group]) -> list[str]:
    rows = [row.article for group in groups for row in _rows(group)]
    consents = [
        consent.article
        for group in groups
        for procedure in group.procedures
        for consent in procedure.consents
    ]
    return sorted({*rows, *consents})


def _rows(group: Group) -> list[Any]:
    return [*group.law.limits, *group.law.totals, *group.law.terms]


def _paths(groups: Sequence[Group]) -> list[tuple[str, str, str]]:
    return [
        (_named(group, bundle), path, ended)
        for group in groups
        for bundle in group.bundles
        for path in PATHS
        for ended in OUTCOMES
    ]
