"""Who may do what, and how often: agencies decide, citizens speak for themselves."""

from collections.abc import Iterator

from flow_model.events import DECISIONS, Event, first_broken
from measurement.referee.model import Offence, Record
from measurement.referee.words import Both, told

AGENCY_ACTS = (
    "received",
    "taken_up",
    "verification_started",
    "supplement_requested",
    "supplemented",
    "returned_to_issuer",
    "granted",
    "rejected",
    "corrected",
)
CITIZEN_ACTS = ("declared", "consent_given", "consent_refused", "supplement_sent", "visited")
CITIZEN = "citizen"


def decided_by_its_agency(record: Record) -> Iterator[Offence]:
    """Only the agency that the procedure names receives, examines and decides."""
    for procedure in record.case.chosen():
        for event in record.own(procedure.id, *AGENCY_ACTS):
            if event.actor != procedure.agency:
                yield _by(event, procedure.agency)


def citizens_speak_for_themselves(record: Record) -> Iterator[Offence]:
    """Declarations, consents and supplements come from citizens, and from nobody in their place."""
    for event in record.of(*CITIZEN_ACTS):
        if event.actor != CITIZEN and not _nobody_was_there(event):
            yield _by(event, CITIZEN)


def _nobody_was_there(event: Event) -> bool:
    """The population database knows nobody who could be asked, and says so itself."""
    return event.kind == "consent_refused" and event.payload.get("service") == event.actor


def _by(event: Event, actor: str) -> Offence:
    return Offence(
        event,
        Both(f"do {actor} thực hiện", f"done by {actor}"),
        Both(f"{told(event).vi}, do {event.actor}", f"{told(event).en}, by {event.actor}"),
    )


def decided_once(record: Record) -> Iterator[Offence]:
    """One decision for each application: granted, or rejected, once."""
    for procedure in record.case.procedures:
        decisions = record.own(procedure, *DECISIONS)
        for event in decisions[1:]:
            first = told(decisions[0])
            yield Offence(
                event,
                Both(f"một quyết định: {first.vi}", f"one decision: {first.en}"),
                Both(f"quyết định lần nữa: {told(event).vi}", f"decided again: {told(event).en}"),
            )


def chain_is_whole(record: Record) -> Iterator[Offence]:
    """No event was changed, taken out or put in after it was written; without a genesis nobody can tell."""
    if record.genesis is None or not record.history:
        return
    broken = first_broken(record.history, record.genesis)
    if broken is not None:
        event = next((each for each in record.events if each.sequence >= broken), record.events[-1])
        yield Offence(
            event,
            Both("chuỗi băm nguyên vẹn", "the chain of hashes is whole"),
            Both(f"đứt ở sự kiện {broken}", f"broken at event {broken}"),
        )
