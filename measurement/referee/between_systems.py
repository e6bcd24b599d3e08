"""What the systems owe one another: to acknowledge, and to pass on what a step came to."""

from collections.abc import Iterator
from datetime import datetime

from flow_model.case import ENDED
from flow_model.events import Event
from flow_model.group import Procedure
from flow_model.limits import Limit
from measurement.referee.law_in_force import consents_needed, ends_at, term_of, window_closes_at
from measurement.referee.model import Offence, Record, acted_at
from measurement.referee.words import Both, at_the_latest, told

ANSWERS = frozenset({"received", "withdrawn"}) | ENDED


def acknowledged_in_time(record: Record) -> Iterator[Offence]:
    """The agency acknowledges what arrived, once the confirmations it needs arrived as well."""
    term = term_of(record, "acknowledge")
    if term is None:
        return
    for procedure in record.case.chosen():
        for sent in record.own(procedure.id, "sent"):
            yield from _acknowledged(record, procedure, sent, term)


def _acknowledged(record: Record, procedure: Procedure, sent: Event, term: Limit) -> Iterator[Offence]:
    own = [event for event in record.as_done(procedure.id) if event.kind in ANSWERS]
    after = (event for event in own if (acted_at(event), event.sequence) > (sent.at, sent.sequence))
    answer = next(after, None)
    complete = _complete_at(record, procedure, sent, answer)
    if complete is None or (answer is not None and answer.kind != "received"):
        return
    due = ends_at(complete, term)
    late = answer if answer is not None else record.first_after(due)
    if late is None or acted_at(late) <= due:
        return
    found = told(late)
    if answer is None:
        found = Both(f"chưa tiếp nhận; {found.vi}", f"not acknowledged; {found.en}")
    yield Offence(late, at_the_latest(term, due), found, term, procedure.id)


def _complete_at(record: Record, procedure: Procedure, sent: Event, answer: Event | None) -> datetime | None:
    """When application and confirmations had arrived; None when one is missing that must be waited for."""
    known = [
        event for event in record.own(procedure.id) if answer is None or event.sequence < answer.sequence
    ]
    arrived: dict[str, datetime] = {}
    for event in known:
        if event.kind == "consent_forwarded":
            arrived.setdefault(event.payload["party"], event.at)
        elif event.kind == "sent":
            arrived |= {
                party: event.at for party in event.payload.get("consents", ()) if party not in arrived
            }
    complete = [sent.at]
    for consent in consents_needed(record, procedure):
        at = arrived.get(consent.party) or window_closes_at(record, consent)
        if at is None:
            return None
        complete.append(at)
    return max(complete)


def synchronised_in_time(record: Record) -> Iterator[Offence]:
    """What a step came to reaches the next system within the minutes that the law gives."""
    term = term_of(record, "sync")
    if term is None:
        return
    for event in record.events:
        if event.at > (due := ends_at(acted_at(event), term)):
            yield _unsynchronised(event, due, term, event)
        before = _step_before(record, event, term)
        if before is not None and event.at > (due := ends_at(before[1], term)):
            yield _unsynchronised(event, due, term, before[0])


def _unsynchronised(event: Event, due: datetime, term: Limit, before: Event) -> Offence:
    after = told(before)
    found = Both(f"{told(event).vi}, sau {after.vi}", f"{told(event).en}, after {after.en}")
    return Offence(event, at_the_latest(term, due), found, term)


def _step_before(record: Record, event: Event, term: Limit) -> tuple[Event, datetime] | None:
    """The step whose outcome this event passes on, and when the minutes began to run."""
    steps: list[Event] = []
    match event.kind:
        case "sent":
            steps = _before_sending(record, event)
        case "correction_requested":
            steps = record.before(event, event.payload["found_by"], "returned_to_issuer")[-1:]
        case "consent_forwarded" if event.procedure is not None:
            party = event.payload["party"]
            given = [each for each in record.of("consent_given") if each.payload["party"] == party]
            steps = [*given[:1], *record.before(event, event.procedure, "sent")[-1:]]
        case "results_returned":
            steps = _ends_before(record, event)
    counted = [(step, _known_at(step, term)) for step in steps]
    return max(counted, key=lambda each: each[1], default=None)


def _ends_before(record: Record, returned: Event) -> list[Event]:
    """How each branch ended; nothing while one goes on, for then it is too early and not too late."""
    ends = [record.before(returned, each, *ENDED, "withdrawn")[:1] for each in record.case.procedures]
    return [end for several in ends for end in several] if all(ends) else []


def _before_sending(record: Record, sent: Event) -> list[Event]:
    """Sent again after a correction; else after what is required; else after the declaration."""
    procedure = record.case.group.procedure(sent.procedure or "")
    returned = record.before(sent, procedure.id, "returned_to_issuer")
    if returned:
        return record.before(sent, returned[-1].payload["issuer"], "corrected")[-1:]
    if procedure.requires:
        return [event for each in procedure.requires for event in record.before(sent, each, "granted")[:1]]
    return [] if record.declared is None else [record.declared]


def _known_at(step: Event, term: Limit) -> datetime:
    """From the step itself; one heard too late is accused already, so what follows counts from hearing it."""
    happened_at = acted_at(step)
    return step.at if step.at > ends_at(happened_at, term) else happened_at
