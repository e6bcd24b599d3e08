"""What services tell the gateway: verified, taken in once and in order, whatever happens to it on the way.

A service numbers its events from 1 in each run and is read from where it was read before. So a message that
is lost, refused or out of order is noticed, and asked for again; one that comes twice is known already.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from chassis.signing import Signer
from flow_model.faults import MessageFault
from flow_model.working_time import in_vietnam
from gateway.dossiers import Dossiers
from gateway.journal import Journal, Note
from gateway.neighbours import Neighbours
from gateway.runs import AWAITS_PULL, Run, Runs

Json = dict[str, Any]
CONSENTS = ("consent_given", "consent_refused")
OF_CONSENTS = "population"  # all that it tells is about a person who is asked
# Without a fault's own words: a message that was refused is asked for again at the next poll.
POLL = timedelta(minutes=10)
# What is refused so often without any fault of the run will not come right by itself: staff have it pulled.
MOST_REFUSALS = 8


@dataclass
class _Taken:
    """What a hearing comes to: how far the service was read, the notes, and until when it is not heard."""

    cursor: int
    notes: list[Note]
    held: str | None = None


class Intake:
    """Hears services; one an instant, in the gateway's order."""

    def __init__(
        self, journal: Journal, runs: Runs, dossiers: Dossiers, neighbours: Neighbours, secret: str
    ) -> None:
        self._journal = journal
        self._dossiers = dossiers
        self._runs = runs
        self._neighbours = neighbours
        self._signers = {name: Signer(secret, name) for name in neighbours.services}

    async def hear(self, run: Run, service: str) -> None:
        """Let a service do what is due by now, and take in what it tells, unless it is not heard now."""
        events = await self._neighbours.work(run, service)
        held = run.held.get(service)
        if held == AWAITS_PULL or (held is not None and datetime.fromisoformat(held) > run.now):
            return
        if events or held is not None:
            taken = self._taken(run, service, events)
            if taken.notes or taken.cursor != run.cursors.get(service, 0) or taken.held != held:
                self._runs.take_in(run, service, taken.cursor, taken.notes, taken.held)

    def _taken(self, run: Run, service: str, events: Sequence[Json]) -> _Taken:
        taken = _Taken(run.cursors.get(service, 0), [])
        for event in events:
            dossier, _, about = event["application_id"].partition(".")
            if self._dossiers.owes(run, dossier, about):
                break  # what it answers to was sent and not written down: that comes first, and this after it
            number, fault = self._fault(run, service, event)
            if fault is not None:
                taken.notes.append(_fault_note(run, service, event, number, fault))
            refused = self._refused(run, service, event, taken.cursor, fault)
            if refused is not None:
                taken.held = self._heard_again(run, service, event, fault)
                if refused != "lost":
                    taken.notes.append(_refused_note(run, service, event, refused, taken.held))
                break
            notes = [_as_heard(note_from(service, event), run.now)]
            taken.notes += notes if fault is None else [*notes, *notes]  # told twice: the second is known
            taken.cursor = event["id"]
        return taken

    def _fault(self, run: Run, service: str, event: Json) -> tuple[int, MessageFault | None]:
        """The fault that hits this message, if it has hit none before; each hits once."""
        about = event["application_id"].partition(".")[2]
        for number, fault in enumerate(run.faults):
            if (
                isinstance(fault, MessageFault)
                and fault.hits(service, about, event["kind"])
                and not self._journal.knows(run.run_id, _source(number))
            ):
                return number, fault
        return 0, None

    def _heard_again(self, run: Run, service: str, event: Json, fault: MessageFault | None) -> str:
        if fault is not None:
            return _after_fault(run, fault)
        told = {"service": service, "event": event["kind"]}
        history = self._journal.read(run.run_id, event["application_id"].partition(".")[0])
        refused = [each.payload for each in history if each.kind == "message_refused"]
        before = sum(told.items() <= each.items() for each in refused)
        return AWAITS_PULL if before + 1 >= MOST_REFUSALS else (run.now + POLL).isoformat()

    def _refused(
        self, run: Run, service: str, event: Json, cursor: int, fault: MessageFault | None
    ) -> str | None:
        """Why this message is not taken in; None when it is."""
        effect = fault.effect if fault is not None else None
        signature = event.get("signature", "")
        if effect == "wrong_signature":
            signature = signature[:-4] + signature[-4:][::-1].swapcase()
        content = {name: value for name, value in event.items() if name != "signature"}
        signed = {"run_id": run.run_id, "service": service, **content}
        if not self._signers[service].verifies(signed, signature):
            return "wrong_signature"
        if effect == "lost":
            return "lost"
        if effect == "out_of_order" or event["id"] != cursor + 1:
            return "out_of_order"
        return None


def _source(number: int) -> str:
    return f"fault:{number}"


def _after_fault(run: Run, fault: MessageFault) -> str:
    if fault.until == AWAITS_PULL:
        return AWAITS_PULL
    at = fault.until if isinstance(fault.until, datetime) else run.now + timedelta(minutes=fault.minutes)
    return in_vietnam(max(at, run.now + timedelta(seconds=1))).isoformat()


def _fault_note(run: Run, service: str, event: Json, number: int, fault: MessageFault) -> Note:
    dossier, _, about = event["application_id"].partition(".")
    payload = {"fault": "message", "effect": fault.effect, "service": service, "event": event["kind"]}
    procedure = None if service == OF_CONSENTS else about
    return Note(
        dossier, "fault_injected", run.now, procedure, event["round"], payload=payload, source=_source(number)
    )


def _refused_note(run: Run, service: str, event: Json, reason: str, again_at: str) -> Note:
    dossier, _, about = event["application_id"].partition(".")
    payload = {"service": service, "event": event["kind"], "reason": reason, "again_at": again_at}
    procedure = None if service == OF_CONSENTS else about
    source = f"refused:{service}:{event['id']}:{run.now.isoformat()}"
    return Note(dossier, "message_refused", run.now, procedure, payload=payload, source=source)


def _as_heard(note: Note, now: datetime) -> Note:
    """The gateway writes down when it heard; when it happened, as others say, stands beside it.

    That is before, or after by a clock that is ahead of ours.
    """
    if note.at == now:
        return note
    return replace(note, at=now, payload={**note.payload, "happened_at": note.at.isoformat()})


def note_from(service: str, event: Json) -> Note:
    """What a service's event becomes in the journal; it is known by the service's own number."""
    dossier, _, about = event["application_id"].partition(".")
    consent = event["kind"] in CONSENTS
    return Note(
        dossier=dossier,
        kind=event["kind"],
        at=datetime.fromisoformat(event["at"]),
        procedure=None if service == OF_CONSENTS else about,
        round=event["round"],
        actor="citizen" if consent else service,
        payload={"party": about} if consent else event["payload"],
        source=f"{service}:{event['id']}",
    )
