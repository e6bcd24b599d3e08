"""(group, history, now) -> next moves. No I/O: the gateway does the moves and writes them down.

Each move carries the instant at which it falls due, so the same list is also the list of timers.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from flow_model.case import Case, Progress, Step
from flow_model.events import DECISIONS
from flow_model.group import Consent, Procedure
from flow_model.visits import plan_visit
from flow_model.working_time import CALENDAR

MOST_RETURNS = 3
# Ended without a paper: never begun, or refused at the counter.
NOTHING_TO_COLLECT = frozenset({"not_started", "refused"})


@dataclass(frozen=True)
class Move:
    """Something to do at an instant. ``about`` is a procedure, or a party for a consent."""

    kind: str
    about: str
    at: datetime
    round: int = 0
    detail: dict[str, Any] = field(default_factory=dict)

    @property
    def key(self) -> tuple[str, str, int]:
        """The name under which failed attempts at this move are remembered."""
        return self.kind, self.about, self.round


def next_moves(case: Case, progress: Progress) -> list[Move]:
    """What is to be done, and when; empty once the dossier is finished.

    Moves that failed before are not due until their next attempt, and what is stuck is not due at all.
    Sorted by instant, then by the group's order, so that two gateways do the same in the same order.
    """
    if progress.finished or progress.declared_at is None:
        return []
    moves = [*_consent_requests(case, progress)]
    for procedure in case.chosen():
        moves += _moves_for(case, progress, procedure)
    if all(step.ended for step in progress.steps.values()):
        moves = [_return_results(case, progress)] if _all_collected(case, progress) else moves
    late = [_tried_again(case, progress, move) for move in moves if move.key not in progress.stuck]
    return sorted(late, key=lambda move: move.at)


def _tried_again(case: Case, progress: Progress, move: Move) -> Move:
    """The move at its next attempt; a citizen who went in vain sets out anew."""
    again = progress.try_again.get(move.key)
    if again is None or again <= move.at:
        return move
    if move.kind == "visit":
        visit = plan_visit(case, move.about, move.detail["purpose"], again, move.round)
        return replace(move, at=visit.served_at, detail=visit.as_json())
    return replace(move, at=again)


def _all_collected(case: Case, progress: Progress) -> bool:
    return all(
        step.collected_at is not None
        or step.state == "not_started"
        or not case.visited(case.group.procedure(name))
        for name, step in progress.steps.items()
    )


def _moves_for(case: Case, progress: Progress, procedure: Procedure) -> Iterator[Move]:
    step = progress.steps[procedure.id]
    refused = [consent for consent in procedure.consents if consent.party in progress.consents_refused]
    if refused and step.state in ("waiting", "sent"):
        # Without this consent the clock can never start: the branch ends here, the others go on.
        at = progress.consents_refused[refused[0].party]
        yield Move("not_start", procedure.id, at, 0, {"because": f"consent_refused: {refused[0].party}"})
    elif step.state == "waiting":
        yield from _start(case, progress, procedure)
    elif step.state == "supplement_requested" and case.simulated_citizen:
        yield from _supplement(case, step, procedure)
    elif step.state == "returned_to_issuer":
        yield from _correct(case, progress, step, procedure)
    elif step.state in DECISIONS and case.visited(procedure) and step.collected_at is None:
        assert step.decided_at is not None
        ready_at = max(step.decided_at, step.due_at or step.decided_at)
        visit = plan_visit(case, procedure.id, "collect", ready_at)
        yield Move("visit", procedure.id, visit.served_at, 0, visit.as_json())
    if step.state == "sent":
        yield from _forward_consents(case, progress, step, procedure)
    if step.due_at is not None and not step.ended and not step.overdue and step.state == "received":
        yield Move("mark_overdue", procedure.id, step.due_at + timedelta(seconds=1))


def _start(case: Case, progress: Progress, procedure: Procedure) -> Iterator[Move]:
    assert progress.declared_at is not None
    before = [progress.steps[name] for name in procedure.requires]
    failed = next((step for step in before if step.ended and step.state != "granted"), None)
    if failed is not None and failed.decided_at is not None:
        yield Move("not_start", procedure.id, failed.decided_at, 0, {"because": failed.procedure})
        return
    if not case.visited(procedure):
        if all(step.state == "granted" for step in before):
            last = max((step.decided_at for step in before if step.decided_at), default=progress.declared_at)
            yield Move("send", procedure.id, last + timedelta(seconds=case.seconds("sync", procedure.id)))
        return
    ready_at = _free_for_next_counter(case, progress, procedure)
    if ready_at is not None:
        visit = plan_visit(case, procedure.id, "submit", ready_at)
        yield Move("visit", procedure.id, visit.served_at, 0, visit.as_json())


def _free_for_next_counter(case: Case, progress: Progress, procedure: Procedure) -> datetime | None:
    """When the citizen of the old path may set out: one counter after the other."""
    ready_at = progress.declared_at
    for earlier in case.chosen():
        if earlier.id == procedure.id:
            break
        step = progress.steps[earlier.id]
        if not case.visited(earlier) or step.state in NOTHING_TO_COLLECT:
            continue
        if step.collected_at is None:
            return None
        pause = case.seconds("before_next_counter", procedure.id)
        ready_at = CALENDAR.add_working_seconds(step.collected_at, pause)
    return ready_at


def _consent_requests(case: Case, progress: Progress) -> Iterator[Move]:
    assert progress.declared_at is not None
    for consent in consents_of(case):
        if consent.party not in progress.consents_asked:
            yield Move("request_consent", consent.party, progress.declared_at)


def consents_of(case: Case) -> list[Consent]:
    """The confirmations this dossier needs by VNeID; on the old path people sign the paper instead."""
    if case.path == "separate":
        return []
    return [
        consent
        for procedure in case.chosen()
        for consent in procedure.consents
        if consent.of(case.declaration) is not None
    ]


def _forward_consents(case: Case, progress: Progress, step: Step, procedure: Procedure) -> Iterator[Move]:
    for order, consent in enumerate(procedure.consents):
        given_at = progress.consents_given.get(consent.party)
        if given_at is not None and consent.party not in step.consents_forwarded and step.sent_at is not None:
            sync = timedelta(seconds=case.seconds("sync", f"{procedure.id}.{consent.party}"))
            at = max(step.sent_at, given_at + sync)
            yield Move("forward_consent", procedure.id, at, order, {"party": consent.party})


def remedies(step: Step) -> tuple[str, ...] | None:
    """The papers that put right what was found; None when papers alone cannot."""
    blocking = [finding for finding in step.findings if finding["effect"] == "supplement"]
    if not all(finding["remedy"] for finding in blocking):
        return None
    return tuple(finding["remedy"][0] for finding in blocking)


def _supplement(case: Case, step: Step, procedure: Procedure) -> Iterator[Move]:
    """The simulated citizen sends the papers asked for; what papers cannot mend is left to expire."""
    assert step.asked_at is not None
    if remedies(step) is None:
        return
    delay = case.seconds("supplement_reply", procedure.id, step.round)
    ready_at = CALENDAR.add_working_seconds(step.asked_at, delay)
    if case.visited(procedure):
        visit = plan_visit(case, procedure.id, "supplement", ready_at, step.round)
        yield Move("visit", procedure.id, visit.served_at, step.round, visit.as_json())
    else:
        yield Move("supplement", procedure.id, ready_at, step.round)


def _correct(case: Case, progress: Progress, step: Step, procedure: Procedure) -> Iterator[Move]:
    """Decree 63/2024 Art. 8.4: the issuer corrects, and the application goes on with the new data.

    What comes back again and again is left where it is, for people to look at: it stays returned.
    """
    if step.returns > MOST_RETURNS:
        return
    issuer = progress.steps[step.error["issuer"]]
    asked_at = datetime.fromisoformat(step.error["at"])
    sync = timedelta(seconds=case.seconds("sync", f"{procedure.id}.return"))
    if issuer.corrected_at is None or issuer.corrected_at < asked_at:
        if (procedure.id, step.returns) not in issuer.corrections_asked:
            yield Move(
                "ask_correction", procedure.id, asked_at + sync, step.returns, {"issuer": issuer.procedure}
            )
        return
    yield Move("resend", procedure.id, issuer.corrected_at + sync, step.returns)


def _return_results(case: Case, progress: Progress) -> Move:
    ends = [step.collected_at or step.decided_at for step in progress.steps.values()]
    last = max(end for end in ends if end is not None)
    sync = 0 if case.path == "separate" else case.seconds("sync", "results")
    return Move("return_results", case.dossier, last + timedelta(seconds=sync))
