"""The people that the population registry knows, the personal IDs it issues, and the deaths it is told of."""

from datetime import date
from typing import Any

from sqlmodel import JSON, Field, Index, Session, SQLModel, UniqueConstraint, col

from chassis.prepared import matching
from chassis.rows import Rows, enter, get, write
from flow_model.errors import ConflictingContent, UnknownThing
from mock_registries.numbering import count
from mock_registries.people_numbers import newborn_personal_id
from mock_registries.people_records import Family, Sex
from mock_registries.places import provinces
from mock_registries.registry import Json, address_json

_IDENTITY = ("full_name", "sex", "born_on", "province_code", "mother_id")


class PersonRow(SQLModel, table=True):
    """A person under the number they are known by: the personal ID, or a foreigner's passport."""

    __table_args__ = (Index("children_of_a_day", "run_id", "mother_id", "born_on"),)

    run_id: str = Field(primary_key=True)
    person_key: str = Field(primary_key=True)
    personal_id: str | None
    full_name: str
    sex: str
    born_on: str
    ethnicity: str | None = None
    nationality: str = "VN"
    hometown: dict[str, Any] | None = Field(default=None, sa_type=JSON)
    residence: dict[str, Any] | None = Field(default=None, sa_type=JSON)
    id_issued_on: str | None = None
    id_issued_by: str | None = None
    mother_id: str | None = None
    died_at: str | None = None


class IssuedId(SQLModel, table=True):
    """A personal ID issued for an application: one each, numbered within the run."""

    __table_args__ = (UniqueConstraint("run_id", "serial"), UniqueConstraint("run_id", "personal_id"))

    run_id: str = Field(primary_key=True)
    application_id: str = Field(primary_key=True)
    serial: int
    personal_id: str
    told: str


_SAME_DAY = Rows(
    PersonRow,
    *matching(PersonRow.run_id, PersonRow.mother_id, PersonRow.born_on),
    order_by=[col(PersonRow.person_key)],
)


def fill(session: Session, run_id: str, families: list[Family]) -> None:
    """Enter the people of the families; the newborn children are still to come."""
    rows = [
        {
            "run_id": run_id,
            "person_key": person.key,
            "personal_id": person.personal_id or None,
            "full_name": person.full_name,
            "sex": person.sex,
            "born_on": person.born_on.isoformat(),
            "ethnicity": person.ethnicity,
            "nationality": person.nationality,
            "hometown": address_json(person.hometown),
            "residence": address_json(person.residence),
            "id_issued_on": person.id_issued_on.isoformat() if person.id_issued_on else None,
            "id_issued_by": person.id_issued_by or None,
            "mother_id": family.parentage[person.key].mother_id or None
            if person.key in family.parentage
            else None,
        }
        for family in families
        for person in family.persons
    ]
    enter(session, PersonRow, rows)


def person(session: Session, run_id: str, key: str) -> Json | None:
    """A person by personal ID or passport."""
    row = get(session, PersonRow, run_id, key)
    if row is None:
        return None
    return row.model_dump(exclude={"run_id", "person_key", "mother_id"})


def issue(session: Session, run_id: str, seed: int, application_id: str, asked: Json) -> Json:
    """A personal ID for a newborn: issued, suspected of being another's, or not issued at all.

    The answer to an application that has its ID already is that ID; ConflictingContent when it now tells
    of another child.
    """
    told = " | ".join(str(asked[name]) for name in _IDENTITY)
    kept = get(session, IssuedId, run_id, application_id)
    if kept is not None:
        if kept.told != told:
            raise ConflictingContent(
                f"Số định danh cho {application_id} đã cấp theo nội dung khác.",
                f"The personal ID for {application_id} was issued for other content.",
            )
        return {"status": "issued", "personal_id": kept.personal_id, "quoted": None}
    if asked["sex"] not in ("male", "female") or asked["province_code"] not in provinces():
        return {"status": "not_issued", "personal_id": None, "quoted": None}
    other = _same_mother_and_day(session, run_id, asked)
    if other is not None and not asked["twin_confirmed"]:
        return {"status": "suspected_duplicate", "personal_id": None, "quoted": other.personal_id}
    serial = count(session, IssuedId, run_id)
    sex: Sex = "male" if asked["sex"] == "male" else "female"
    born_on = date.fromisoformat(asked["born_on"])
    number = newborn_personal_id(seed, serial, asked["province_code"], sex, born_on)
    session.add(
        IssuedId(
            run_id=run_id,
            application_id=application_id,
            serial=serial,
            personal_id=number,
            told=told,
        )
    )
    session.add(
        PersonRow(
            run_id=run_id,
            person_key=number,
            personal_id=number,
            full_name=asked["full_name"],
            sex=asked["sex"],
            born_on=asked["born_on"],
            mother_id=asked["mother_id"],
        )
    )
    write(session)
    return {"status": "issued", "personal_id": number, "quoted": None}


def _same_mother_and_day(session: Session, run_id: str, asked: Json) -> PersonRow | None:
    if asked["mother_id"] is None:
        return None
    return _SAME_DAY.first(session, run_id=run_id, mother_id=asked["mother_id"], born_on=asked["born_on"])


def report_death(session: Session, run_id: str, key: str, died_at: str) -> Json:
    """Note that a person died; the same report again is the same fact, another one a conflict."""
    row = get(session, PersonRow, run_id, key)
    if row is None:
        raise UnknownThing("Không có người này.", "There is no such person.")
    if row.died_at not in (None, died_at):
        raise ConflictingContent(
            "Người này đã có giờ chết khác.", "Another time of death is known for this person."
        )
    row.died_at = died_at
    session.add(row)
    return {"personal_id": key, "died_at": died_at}


def lives(session: Session, run_id: str, key: str) -> bool:
    """Whether this is a person who is known and of whom no death is known."""
    row = get(session, PersonRow, run_id, key)
    return row is not None and row.died_at is None
