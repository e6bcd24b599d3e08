"""Performing what is due. An act that fails again and again is set aside with its reason; others go on."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Protocol

from sqlmodel import Session

from chassis.attempts import Attempts, Poisoned
from chassis.storage import Store
from flow_model.errors import NotAllowedNow
from flow_model.stuck import stuck_payload
from services import agenda, stuck
from services.agenda import Act
from services.journal import append
from services.terms import Terms, terms_of

Perform = Callable[[Terms, Act], Awaitable[None]]
STUCK, PUT_BACK = "stuck", "put_back"


class Performing(Protocol):
    """The service whose agenda it is."""

    @property
    def name(self) -> str: ...

    @property
    def store(self) -> Store: ...

    @property
    def attempts(self) -> Attempts: ...


async def perform_until(service: Performing, perform: Perform, run_id: str, until: datetime) -> None:
    """Every act due by an instant, in the order of instant and application, each at its own instant."""
    terms: Terms | None = None
    while True:
        with service.store.session() as session:
            terms = terms or terms_of(session, run_id)
            act = agenda.next_act(session, run_id, until)
        if act is None:
            return
        await _perform(service, perform, terms, act)


async def _perform(service: Performing, perform: Perform, terms: Terms, act: Act) -> None:
    try:
        await service.attempts.make(f"{act.kind} {act.application_id}", lambda: perform(terms, act))
    except Poisoned as poisoned:
        with service.store.session() as session:
            if stuck.set_aside(session, act, poisoned.reason, poisoned.attempts):
                payload = stuck_payload(
                    act.kind,
                    about(act.application_id),
                    service.name,
                    poisoned.service or service.name,
                    poisoned.reason,
                    poisoned.attempts,
                )
                append(session, act.run_id, act.application_id, STUCK, act.instant, payload)


def put_back(session: Session, run_id: str, application_id: str, kind: str, at: datetime) -> None:
    """What was wrong is put right: an act that was stuck is performed at this instant, with new attempts.

    Asked again while it waits for that, it changes nothing.
    """
    waiting = stuck.put_back(session, run_id, application_id, kind, at)
    if waiting is not None:
        payload = {"move": kind, "about": about(application_id), "since": waiting.since}
        append(session, run_id, application_id, PUT_BACK, at, payload)
    elif agenda.find(session, run_id, application_id, kind) is None:
        raise NotAllowedNow(
            f"Việc “{kind}” của {application_id} không bị kẹt.",
            f"The act {kind!r} of {application_id} is not stuck.",
        )


def about(application_id: str) -> str:
    """The procedure, or for a consent the party."""
    return application_id.partition(".")[2]
