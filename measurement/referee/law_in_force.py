"""The rows of law that a dossier is judged by. What the law leaves unknown accuses nobody."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from math import ceil

from flow_model.errors import BadContract
from flow_model.group import Consent, Procedure
from flow_model.limits import Limit
from flow_model.progress import consents_of
from flow_model.working_time import CALENDAR
from measurement.referee.model import Record

ONE_SECOND = timedelta(seconds=1)


def limit_of(record: Record, procedure: Procedure, *more_conditions: str) -> Limit | None:
    """The limit in force; None where no row covers it, or where its value was not found."""
    case = record.case
    holding: Iterable[str] = (*_conditions(record), *case.procedures, *more_conditions)
    try:
        limit = case.group.law.limit(procedure.id, case.path, case.law, holding)
    except BadContract:
        return None
    return None if limit.value is None else limit


def term_of(record: Record, name: str) -> Limit | None:
    """A term in force; None where no row covers it, or where its value was not found."""
    case = record.case
    try:
        term = case.group.law.term(name, case.path, case.law)
    except BadContract:
        return None
    return None if term.value is None else term


def ends_at(begins: datetime, limit: Limit) -> datetime:
    """When so much time is over, by the legal clock; minutes run day and night."""
    assert limit.value is not None, "unknown rows are never measured by"
    if limit.unit == "minutes":
        return begins + timedelta(minutes=limit.value)
    return CALENDAR.due_at(begins, limit.value, limit.unit)


def office_seconds(begins: datetime, ends: datetime) -> int:
    """Whole seconds of office time between two instants, begun ones counted."""
    return ceil(CALENDAR.working_time_between(begins, max(begins, ends)) / ONE_SECOND)


def consents_needed(record: Record, procedure: Procedure) -> list[Consent]:
    """The confirmations by VNeID without which its clock may not start; none where paper is signed."""
    return [consent for consent in consents_of(record.case) if consent in procedure.consents]


def window_closes_at(record: Record, consent: Consent) -> datetime | None:
    """When the agency may go on without this confirmation; None when it may not, or nobody knows."""
    term = None if consent.window is None else term_of(record, consent.window)
    if term is None or record.declared is None:
        return None
    return ends_at(record.declared.at, term)


def _conditions(record: Record) -> Iterable[str]:
    told = None if record.declared is None else record.declared.payload.get("conditions")
    return record.case.group.conditions(record.case.declaration) if told is None else tuple(told)
