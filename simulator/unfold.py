"""The dossiers of a national year one by one, drawn as kernels draw them: for the oracle and for people."""

from collections.abc import Iterator

from flow_model import chance
from flow_model.group import Effect
from simulator.clock import Span
from simulator.dossier import Branch, Branches, Dossier
from simulator.national import National
from simulator.plan import Kind, Odds, odds_of
from simulator.world import Declared
from simulator.year import Wanted


def dossiers(
    national: National, path: str, spanned: Span, who: Declared, wanted: Wanted, communes: range
) -> Iterator[Dossier]:
    """The dossiers of some communes, in their order."""
    for commune in communes:
        for case in range(who.begins[commune], who.begins[commune + 1]):
            key = int(who.first_key[commune] + case - who.begins[commune])
            yield dossier(national, path, spanned, wanted, key, int(who.at[case]))


def dossier(national: National, path: str, spanned: Span, wanted: Wanted, key: int, at: int) -> Dossier:
    """One dossier by its number."""
    kind = _kind(national.kinds, wanted.seed, key)
    silent = [
        party
        for procedure, parties in kind.consents.items()
        for party in parties
        if chance.happens(_odds(national, procedure).silent, wanted.seed, key, party, "silence", 0)
    ]
    return Dossier(
        key=key,
        group=national.group,
        path=path,
        law=wanted.law,
        seed=wanted.seed,
        procedures=kind.procedures,
        declared_at=spanned.instant(at),
        conditions=kind.conditions,
        consents=kind.consents if path == "interlinked" else {},
        silent=frozenset(silent),
        branches=_branches(national, wanted.seed, key),
        faults=wanted.absences,
    )


def _kind(kinds: tuple[Kind, ...], seed: int, key: int) -> Kind:
    luck, below = chance.uniform(seed, key, "kind", "kind", 0), 0.0
    for kind in kinds:
        below += kind.share
        if luck < below:
            return kind
    return kinds[-1]


def _odds(national: National, procedure: str) -> Odds:
    return odds_of(national.odds, national.group.procedure(procedure))


def _branches(national: National, seed: int, key: int) -> Branches:
    def branch(procedure: str, turn: int) -> Branch:
        odds = _odds(national, procedure)
        luck = chance.uniform(seed, key, procedure, "finding", turn)
        answered = not chance.happens(odds.unanswered, seed, key, procedure, "answering", turn)
        below = 0.0
        for effect, share in (
            (Effect.REJECT, odds.rejected),
            (Effect.SUPPLEMENT, odds.supplemented),
            (Effect.VERIFY, odds.verified),
            (Effect.RETURN, odds.returned),
        ):
            below += share
            if luck < below:
                return Branch(effect, answered=answered)
        return Branch(answered=answered)

    return branch
