"""The residence registry: households, residents and notices; identity cards stand beside them.

Nobody has two permanent residences at once, and nobody is removed: a deregistered resident stays in the
file with the day. A household with people in it has one of them as its head.
"""

from datetime import date

from sqlmodel import Field, Index, Session, SQLModel, UniqueConstraint, col, text

from chassis.prepared import matching
from chassis.rows import Rows, enter, get, get_one, write
from mock_registries.identity_cards import ISSUE_IDENTITY_CARD, IdentityCard
from mock_registries.numbering import Numbering, count
from mock_registries.people_records import Family
from mock_registries.registry import Action, Entered, Entry, Json, Registry, RegistryRefusal, address_json

_RESIDENCE_20 = "Luật Cư trú 68/2020/QH14, Điều 20"
_RESIDENCE_24 = "Luật Cư trú 68/2020/QH14, Điều 24"


class HouseholdRow(SQLModel, table=True):
    """A household at one address, with its head and the owner of the dwelling."""

    run_id: str = Field(primary_key=True)
    household_id: str = Field(primary_key=True)
    province_code: str
    commune_code: str
    detail: str
    head_id: str
    head_name: str
    owner_id: str
    owner_name: str


class Resident(SQLModel, table=True):
    """A person's permanent residence. A newborn may still be without a personal ID."""

    __table_args__ = (
        UniqueConstraint("run_id", "application_id"),
        Index(
            "one_residence_at_a_time",
            "run_id",
            "personal_id",
            unique=True,
            sqlite_where=text("deregistered_on IS NULL"),
            postgresql_where=text("deregistered_on IS NULL"),
        ),
    )

    run_id: str = Field(primary_key=True)
    household_id: str = Field(primary_key=True)
    line: int = Field(primary_key=True)
    personal_id: str | None
    full_name: str
    relation: str
    application_id: str | None = None
    deregistered_on: date | None = None


class ResidenceNotice(SQLModel, table=True):
    """A notice of a result: numbered within the year, one for each application."""

    __table_args__ = (UniqueConstraint("run_id", "year", "number"),)

    run_id: str = Field(primary_key=True)
    application_id: str = Field(primary_key=True)
    year: int
    number: int


def _fill(session: Session, run_id: str, families: list[Family]) -> None:
    households, residents = [], []
    for family in families:
        names = {person.key: person.full_name for person in family.persons}
        for home in family.households:
            households.append(
                {
                    "run_id": run_id,
                    "household_id": home.household_id,
                    **(address_json(home.address) or {}),
                    "head_id": home.head_id,
                    "head_name": names[home.head_id],
                    "owner_id": home.owner_id,
                    "owner_name": names[home.owner_id],
                }
            )
            residents += [
                {
                    "run_id": run_id,
                    "household_id": home.household_id,
                    "line": line,
                    "personal_id": member.personal_id,
                    "full_name": names[member.personal_id],
                    "relation": member.relation_to_head,
                }
                for line, member in enumerate(home.members, 1)
            ]
    enter(session, HouseholdRow, households)
    enter(session, Resident, residents)


_LIVES = col(Resident.deregistered_on).is_(None)
_BY_PERSON = Rows(Resident, _LIVES, *matching(Resident.run_id, Resident.personal_id))
_BY_HOUSEHOLD = Rows(
    Resident, _LIVES, *matching(Resident.run_id, Resident.household_id), order_by=[col(Resident.line)]
)


_LINES = Numbering(Resident.line, Resident.run_id, Resident.household_id)
_NOTICES = Numbering(ResidenceNotice.number, ResidenceNotice.run_id, ResidenceNotice.year)


def household(session: Session, run_id: str, key: str) -> Json | None:
    """The household where a person has their permanent residence now."""
    resident = _resident(session, run_id, key)
    if resident is None:
        return None
    home = get(session, HouseholdRow, run_id, resident.household_id)
    assert home is not None
    return {
        "household_id": home.household_id,
        "address": {
            "province_code": home.province_code,
            "commune_code": home.commune_code,
            "detail": home.detail,
        },
        "head_id": home.head_id,
        "head_name": home.head_name,
        "owner_id": home.owner_id,
        "owner_name": home.owner_name,
        "members": [
            {"personal_id": each.personal_id, "full_name": each.full_name, "relation": each.relation}
            for each in _members(session, run_id, home.household_id)
        ],
    }


def _resident(session: Session, run_id: str, personal_id: str | None) -> Resident | None:
    return _BY_PERSON.first(session, run_id=run_id, personal_id=personal_id or "")


def _members(session: Session, run_id: str, household_id: str) -> list[Resident]:
    return _BY_HOUSEHOLD.all(session, run_id=run_id, household_id=household_id)


def _may_register(session: Session, entry: Entry) -> None:
    if _resident(session, entry.run_id, entry.form["personal_id"]) is not None:
        raise RegistryRefusal(
            "already_resident",
            "Người này đã có đăng ký thường trú",
            "this person already has a permanent residence",
            _RESIDENCE_20,
        )


def _register(session: Session, entry: Entry) -> Entered:
    _may_register(session, entry)
    form, run_id = entry.form, entry.run_id
    head = _resident(session, run_id, form["householder_id"])
    household_id = head.household_id if head is not None else _new_household(session, entry)
    session.add(
        Resident(
            run_id=run_id,
            household_id=household_id,
            line=_LINES.next(session, run_id=run_id, household_id=household_id),
            personal_id=form["personal_id"],
            full_name=form["full_name"],
            relation=form["relation_to_householder"] or "",
            application_id=entry.application_id,
        )
    )
    number = _notice(session, entry)
    return Entered(
        {"notice_number": number, "household_id": household_id, "registered_on": entry.on.isoformat()}
    )


def _new_household(session: Session, entry: Entry) -> str:
    """A household for a dwelling where nobody is registered yet; the newcomer is on its first line."""
    form = entry.form
    households = count(session, HouseholdRow, entry.run_id)
    household_id = f"98{households:07d}"
    head_id = form["householder_id"] or form["personal_id"] or ""
    head_name = form["householder_name"] or form["full_name"]
    session.add(
        HouseholdRow(
            run_id=entry.run_id,
            household_id=household_id,
            **form["address"],
            head_id=head_id,
            head_name=head_name,
            owner_id=head_id,
            owner_name=head_name,
        )
    )
    return household_id


def _may_deregister(session: Session, entry: Entry) -> None:
    form = entry.form
    resident = _resident(session, entry.run_id, form["member_personal_id"])
    if resident is None:
        raise RegistryRefusal(
            "no_permanent_residence",
            "Người chết không có đăng ký thường trú",
            "the deceased has no permanent residence",
            _RESIDENCE_24,
        )
    home = get_one(session, HouseholdRow, entry.run_id, resident.household_id)
    others = {each.personal_id for each in _members(session, entry.run_id, home.household_id)}
    others.discard(resident.personal_id)
    if home.head_id == resident.personal_id and others and form["new_householder_id"] not in others:
        raise RegistryRefusal(
            "new_householder_missing",
            "Chủ hộ đã chết, hộ còn người khác: chủ hộ mới phải là người trong hộ",
            "the householder died and others remain: one of them must become householder",
            "Luật Cư trú 68/2020/QH14, Điều 10",
        )


def _deregister(session: Session, entry: Entry) -> Entered:
    _may_deregister(session, entry)
    resident = _resident(session, entry.run_id, entry.form["member_personal_id"])
    assert resident is not None
    home = get_one(session, HouseholdRow, entry.run_id, resident.household_id)
    resident.deregistered_on = entry.on
    session.add(resident)
    heir = _resident(session, entry.run_id, entry.form["new_householder_id"])
    if home.head_id == resident.personal_id and heir is not None:
        home.head_id, home.head_name, heir.relation = heir.personal_id or "", heir.full_name, "head"
        session.add_all([home, heir])
    return Entered({"notice_number": _notice(session, entry), "deregistered_on": entry.on.isoformat()})


def _notice(session: Session, entry: Entry) -> str:
    year = entry.on.year
    number = _NOTICES.next(session, run_id=entry.run_id, year=year)
    session.add(
        ResidenceNotice(run_id=entry.run_id, application_id=entry.application_id, year=year, number=number)
    )
    write(session)
    return f"{number:05d}/{year}/TB-CT"


REGISTRY = Registry(
    tables=(HouseholdRow, Resident, ResidenceNotice, IdentityCard),
    fill=_fill,
    look_ups={"household": household},
    actions={
        "register_resident": Action(
            frozenset({"notice_number", "household_id", "registered_on"}), _register, _may_register
        ),
        "deregister_resident": Action(
            frozenset({"notice_number", "deregistered_on"}), _deregister, _may_deregister
        ),
        "issue_identity_card": ISSUE_IDENTITY_CARD,
    },
)
