"""The health registry: notices of births and deaths, as the facilities signed them."""

from typing import Any

from sqlmodel import JSON, Field, Session, SQLModel

from chassis.rows import enter, get
from mock_registries.people_records import BirthNotice, DeathNotice, Family
from mock_registries.registry import Json, Registry, address_json


class NoticeRow(SQLModel, table=True):
    """A signed notice is never changed: it is kept as it was told. `kind` is the look-up's."""

    run_id: str = Field(primary_key=True)
    kind: str = Field(primary_key=True)
    code: str = Field(primary_key=True)
    record: dict[str, Any] = Field(sa_type=JSON)


def _fill(session: Session, run_id: str, families: list[Family]) -> None:
    told = [
        *(("birth_notice", _birth(notice)) for family in families for notice in family.birth_notices),
        *(("death_notice", _death(notice)) for family in families for notice in family.death_notices),
    ]
    rows = [{"run_id": run_id, "kind": kind, "code": each["code"], "record": each} for kind, each in told]
    enter(session, NoticeRow, rows)


def _birth(notice: BirthNotice) -> Json:
    mother = notice.mother
    place = address_json(notice.place) or {}
    return {
        "code": notice.code,
        "born_at": notice.child_born_at.isoformat(),
        "born_on": notice.child_born_at.date().isoformat(),
        "sex": notice.sex,
        "weight_grams": notice.weight_grams,
        "place": place | {"detail": notice.facility_name},
        "children_this_birth": notice.children_this_birth,
        "mother_personal_id": mother.personal_id or None,
        "mother_full_name": mother.name or None,
        "mother_born_on": mother.born_on.isoformat() if mother.born_on else None,
        "died_on": notice.died_on.isoformat() if notice.died_on else None,
        "issued_at": notice.issued_at.isoformat(),
        "issued_on": notice.issued_at.date().isoformat(),
        "facility_name": notice.facility_name,
        "intended_name": notice.intended_name or None,
    }


def _death(notice: DeathNotice) -> Json:
    return {
        "code": notice.code,
        "died_at": notice.died_at.isoformat(),
        "place_text": notice.place_text,
        "cause": notice.cause,
        "issuer_kind": notice.issuer_kind,
        "issuer_name": notice.issuer_name,
        "issued_on": notice.issued_at.date().isoformat(),
        "deceased_id": notice.deceased_id,
    }


def birth_notice(session: Session, run_id: str, key: str) -> Json | None:
    """A birth notice by its code."""
    return _notice(session, run_id, "birth_notice", key)


def death_notice(session: Session, run_id: str, key: str) -> Json | None:
    """A death notice by its code."""
    return _notice(session, run_id, "death_notice", key)


def _notice(session: Session, run_id: str, kind: str, code: str) -> Json | None:
    row = get(session, NoticeRow, run_id, kind, code)
    return None if row is None else row.record


REGISTRY = Registry(
    tables=(NoticeRow,),
    fill=_fill,
    look_ups={"birth_notice": birth_notice, "death_notice": death_notice},
)
