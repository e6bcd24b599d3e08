"""Entering a death: the extract's number, and the marriages that a declaration may name."""

from sqlmodel import Session, col

from chassis.prepared import matching
from chassis.rows import Rows, get_one, write
from mock_registries.civil_status.books import DeathEntry, MarriageEntry, Place, next_place
from mock_registries.registry import Action, Entered, Entry, Json, RegistryRefusal

_BY_NOTICE = Rows(DeathEntry, *matching(DeathEntry.run_id, DeathEntry.notice_code))
_BY_PERSON = Rows(DeathEntry, *matching(DeathEntry.run_id, DeathEntry.personal_id))
_MARRIAGES = Rows(
    MarriageEntry,
    *matching(MarriageEntry.run_id, MarriageEntry.number),
    order_by=[col(MarriageEntry.family_index)],
)


def _check(session: Session, entry: Entry) -> None:
    form = entry.form
    same_notice = _BY_NOTICE.first(session, run_id=entry.run_id, notice_code=form["notice_code"] or "")
    if by_person(session, entry.run_id, form["personal_id"]) or same_notice:
        raise RegistryRefusal(
            "already_registered",
            "Người này đã được đăng ký khai tử",
            "this death is already registered",
            "Luật Hộ tịch 60/2014/QH13, Điều 12",
        )


def _enter(session: Session, entry: Entry) -> Entered:
    form, place = entry.form, next_place(session, DeathEntry, entry.run_id, entry.on)
    row = DeathEntry(
        run_id=entry.run_id,
        application_id=entry.application_id,
        year=place.year,
        number=place.number,
        notice_code=form["notice_code"],
        personal_id=form["personal_id"],
        full_name=form["full_name"],
        died_at=form["died_at"],
        registered_on=entry.on,
    )
    session.add(row)
    write(session)
    return Entered(_results(row))


def _correct(session: Session, entry: Entry, results: Json) -> Json:
    row = get_one(session, DeathEntry, entry.run_id, entry.application_id)
    row.full_name, row.died_at = entry.form["full_name"], entry.form["died_at"]
    session.add(row)
    return results | _results(row)


def by_person(session: Session, run_id: str, key: str) -> Json | None:
    """The entry of a deceased, by personal ID."""
    row = _BY_PERSON.first(session, run_id=run_id, personal_id=key)
    if row is None:
        return None
    own = {"application_id": row.application_id, "full_name": row.full_name, "died_at": row.died_at}
    return own | _results(row)


def marriage(session: Session, run_id: str, key: str) -> Json | None:
    """A marriage by its number, or by number, book and day as a declaration writes them."""
    number = key.partition(",")[0].strip()
    for row in _MARRIAGES.all(session, run_id=run_id, number=number):
        if number == key.strip() or (row.registered_on.isoformat() in key and row.book in key):
            return {
                "number": row.number,
                "book": row.book,
                "registered_on": row.registered_on.isoformat(),
                "commune_code": row.commune_code,
                "province_code": row.province_code,
                "spouse_ids": [row.husband_id, row.wife_id],
            }
    return None


def _results(row: DeathEntry) -> Json:
    place = Place(row.year, row.number)
    return {
        "extract_number": place.certificate_number,
        "book": place.book,
        "page": place.page,
        "registered_on": row.registered_on.isoformat(),
    }


REGISTER_DEATH = Action(
    gives=frozenset({"extract_number", "book", "page", "registered_on"}),
    enter=_enter,
    check=_check,
    correct=_correct,
)
