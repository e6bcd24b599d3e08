"""What a registry offers to the agency that keeps it: tables, an opening, look-ups and entries.

Functions take a session that is in a transaction and never end it: an entry, the decision that made it
and the event that tells of it are kept together or not at all. Everything is told here, nothing is read
from a clock: `at` is the simulated instant of the act.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlmodel import Session, SQLModel

from flow_model.group import Finding
from mock_registries import places
from mock_registries.people_records import Address, Family

Json = dict[str, Any]


class RegistryRefusal(Exception):
    """A book does not take an entry: the application is rejected with this reason."""

    def __init__(self, code: str, message_vi: str, message_en: str, article: str) -> None:
        super().__init__(message_en)
        self.code = code
        self.message_vi = message_vi
        self.message_en = message_en
        self.article = article


@dataclass(frozen=True)
class Entry:
    """What is to be entered: the official form as plain values, and what the officer knows beside it.

    `told` is what a shared registry answered before; `misspell` is the run's certificate fault.
    """

    run_id: str
    seed: int
    application_id: str
    dossier: str
    form: Json
    documents: tuple[str, ...]
    terms: Mapping[str, int]
    at: datetime
    told: Mapping[str, Any] = field(default_factory=dict)
    misspell: bool = False

    @property
    def is_twin(self) -> bool:
        """Whether the declaration says, or a paper confirms, that more than one child was born."""
        return (self.form.get("children_this_birth") or 1) > 1 or "twin_confirmation" in self.documents

    @property
    def on(self) -> date:
        """The day of the entry."""
        return self.at.date()


@dataclass(frozen=True)
class Entered:
    """The results of an entry, and what is noted about it; `pending` names what is still to come."""

    results: Json
    findings: tuple[Finding, ...] = ()
    pending: tuple[str, ...] = ()


@dataclass(frozen=True)
class Action:
    """One act on the books. `check` raises RegistryRefusal where the books would not take the entry.

    `correct` brings an entry back to what the form says and gives the full results again.
    """

    gives: frozenset[str]
    enter: Callable[[Session, Entry], Entered]
    check: Callable[[Session, Entry], None] | None = None
    correct: Callable[[Session, Entry, Json], Json] | None = None


LookUpFunction = Callable[[Session, str, str], Json | None]


@dataclass(frozen=True)
class Registry:
    """The tables of one registry and all that can be done with them.

    `fill` enters what the registry already holds of the families when a run opens; a look-up is asked
    for a run and a key.
    """

    tables: tuple[type[SQLModel], ...]
    fill: Callable[[Session, str, list[Family]], None]
    look_ups: Mapping[str, LookUpFunction]
    actions: Mapping[str, Action] = field(default_factory=dict)


def address_json(address: Address | None) -> Json | None:
    """An address as registries tell it. One without house and street is told by its commune's name,
    because a form does not take an address without a text."""
    if address is None:
        return None
    detail = address.detail or place_name(places.commune_name, address.commune_code)
    return {
        "province_code": address.province_code,
        "commune_code": address.commune_code,
        "detail": detail,
    }


def place_name(name_of: Callable[[str], str], code: str) -> str:
    """The name of a commune or province; the code itself where the list has none."""
    try:
        return name_of(code)
    except KeyError:
        return code
