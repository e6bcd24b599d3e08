"""What an open dossier waits for: each procedure that has not ended is in a state with a name and an owner.

There is no silence: what no timer and no event will move on its own is on somebody's worklist.
"""

from dataclasses import dataclass
from typing import Any

from flow_model.case import Case, Progress, Step
from flow_model.group import Procedure
from flow_model.progress import consents_of, next_moves
from flow_model.stuck import GATEWAY, Stuck

CITIZEN = "citizen"
_AT_THE_AGENCY = ("sent", "received", "supplement_sent", "returned_to_issuer")


@dataclass(frozen=True)
class Waiting:
    """One procedure, or the return of the results (None): its state by name, who acts next, and why."""

    procedure: str | None
    state: str
    owner: str
    reason: str = ""

    def as_json(self) -> dict[str, Any]:
        """As it is shown."""
        return {
            "procedure": self.procedure,
            "state": self.state,
            "owner": self.owner,
            "reason": self.reason,
        }


def waiting_for(case: Case, progress: Progress) -> list[Waiting]:
    """What each open procedure waits for, in the group's order; nothing once the dossier is finished."""
    if progress.finished:
        return []
    held = {each.about: each for each in progress.stuck.values()}
    found = [
        _of(case, progress, procedure, held)
        for procedure in case.chosen()
        if not progress.steps[procedure.id].ended
    ]
    if not found:
        stuck = held.get(case.dossier)
        found = [_stuck(None, stuck) if stuck else Waiting(None, "results", _collector(case, progress))]
    return found


def _of(case: Case, progress: Progress, procedure: Procedure, held: dict[str, Stuck]) -> Waiting:
    step, name = progress.steps[procedure.id], procedure.id
    about = [name, *(each.party for each in procedure.consents if each in consents_of(case))]
    stuck = next((held[each] for each in about if each in held), None)
    if stuck is not None:
        return _stuck(name, stuck)
    if step.state == "waiting":
        before = next((each for each in procedure.requires if not _granted(progress, each)), None)
        if before is not None:
            return Waiting(name, "waiting", case.group.procedure(before).agency, before)
        return Waiting(name, "waiting", CITIZEN if case.visited(procedure) else GATEWAY)
    if step.state == "supplement_requested" or _consents_missing(case, progress, procedure, step):
        return Waiting(name, step.state, CITIZEN)
    assert step.state in _AT_THE_AGENCY
    return Waiting(name, step.state, procedure.agency)


def _stuck(name: str | None, stuck: Stuck) -> Waiting:
    return Waiting(name, "stuck", stuck.owner, f"{stuck.move}: {stuck.reason}")


def _granted(progress: Progress, procedure: str) -> bool:
    return procedure in progress.steps and progress.steps[procedure].state == "granted"


def _consents_missing(case: Case, progress: Progress, procedure: Procedure, step: Step) -> bool:
    wanted = [each.party for each in procedure.consents if each in consents_of(case)]
    return step.state == "sent" and any(each not in progress.consents_given for each in wanted)


def _collector(case: Case, progress: Progress) -> str:
    """Who brings the results: on the old path the citizen, who goes and collects each."""
    visits = any(move.kind == "visit" for move in next_moves(case, progress))
    return CITIZEN if visits else GATEWAY
