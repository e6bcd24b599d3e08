"""What comes before what: procedures that require one another, steps, results, withdrawal."""

from collections.abc import Iterator

from flow_model.case import ENDED
from flow_model.events import DECISIONS, Event
from flow_model.group import Procedure
from measurement.referee.model import Offence, Record, acted_at
from measurement.referee.words import Both, clock, name_of, told

# What moves an application. Marks, failed attempts and the withdrawal's own echo move nothing, and what
# was granted before may still be corrected or completed.
ACTS = frozenset(
    {
        "sent",
        "received",
        "taken_up",
        "verification_started",
        "supplement_requested",
        "supplement_sent",
        "supplemented",
        "returned_to_issuer",
        "granted",
        "rejected",
        "results_returned",
    }
)


def sent_after_required(record: Record) -> Iterator[Offence]:
    """An application leaves only when every procedure it requires is granted."""
    yield from _after_required(record, "sent", Both("gửi", "sent"))


def granted_after_required(record: Record) -> Iterator[Offence]:
    """A result stands on the results it requires: without them it is not granted."""
    yield from _after_required(record, "granted", Both("giải quyết", "granted"))


def _after_required(record: Record, kind: str, done: Both) -> Iterator[Offence]:
    for procedure in record.case.chosen():
        for event in record.own(procedure.id, kind):
            for required in map(record.case.group.procedure, procedure.requires):
                if not record.before(event, required.id, "granted"):
                    yield _too_early(record, event, required, done)


def _too_early(record: Record, event: Event, required: Procedure, done: Both) -> Offence:
    name = name_of(required)
    ends = [end for end in record.own(required.id) if end.kind in ENDED]
    stood = told(ends[0]) if ends else Both("chưa có quyết định", "no decision yet")
    return Offence(
        event,
        Both(f"{done.vi} sau khi “{name.vi}” đã được giải quyết", f"{done.en} after {name.en} is granted"),
        Both(f"{told(event).vi}; “{name.vi}”: {stood.vi}", f"{told(event).en}; {name.en}: {stood.en}"),
    )


def decided_what_was_received(record: Record) -> Iterator[Offence]:
    """The statuses come in their order: who decides has received."""
    for procedure in record.case.chosen():
        for event in record.own(procedure.id, *DECISIONS):
            if not record.before(event, procedure.id, "received"):
                yield Offence(
                    event,
                    Both("tiếp nhận trước khi quyết định", "received before it is decided"),
                    Both(f"{told(event).vi}, chưa tiếp nhận", f"{told(event).en}, never received"),
                )


def one_after_another(record: Record) -> Iterator[Offence]:
    """In one procedure no event lies before the one written down ahead of it, nor was heard before it was."""
    for procedure in record.case.procedures:
        last: Event | None = None
        for event in record.own(procedure):
            earliest = acted_at(event) if last is None else max(last.at, acted_at(event))
            if event.at < earliest:
                when = clock(earliest)
                yield Offence(event, Both(f"không trước {when.vi}", f"not before {when.en}"), told(event))
            last = event


def results_returned_when_all_ended(record: Record) -> Iterator[Offence]:
    """The results go back once, when the last branch has ended."""
    returned = record.of("results_returned")
    for event in returned[1:]:
        yield Offence(
            event,
            Both("kết quả được trả một lần", "the results are returned once"),
            Both(f"trả lần nữa: {told(event).vi}", f"returned again: {told(event).en}"),
        )
    for event in returned[:1]:
        going_on = [
            procedure
            for procedure in record.case.chosen()
            if not record.before(event, procedure.id, *ENDED, "withdrawn")
        ]
        if going_on:
            names = [name_of(procedure) for procedure in going_on]
            yield Offence(
                event,
                Both("trả kết quả khi mọi thủ tục đã kết thúc", "returned when every branch has ended"),
                Both(
                    f"chưa kết thúc: {', '.join(name.vi for name in names)}",
                    f"not ended: {', '.join(name.en for name in names)}",
                ),
            )


def nothing_after_withdrawal(record: Record) -> Iterator[Offence]:
    """Who withdraws is left in peace: the dossier, or the one application, goes no further."""
    withdrawn = {event.procedure: event for event in reversed(record.of("withdrawn"))}
    if not withdrawn:
        return
    for event in record.events:
        ends = [withdrawn[about] for about in {None, event.procedure} if about in withdrawn]
        end = min(ends, key=lambda each: each.sequence, default=None)
        if end is not None and event.kind in ACTS and acted_at(event) > acted_at(end):
            when = clock(acted_at(end))
            yield Offence(
                event,
                Both(
                    f"dừng lại từ khi rút hồ sơ lúc {when.vi}", f"nothing after the withdrawal at {when.en}"
                ),
                told(event),
            )
