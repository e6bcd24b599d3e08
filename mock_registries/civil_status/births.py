"""Entering a birth: the certificate's number, the names as registered, and the personal ID if it came."""

from sqlalchemy import bindparam
from sqlmodel import Session, col

from chassis.rows import Rows, get_one, write
from flow_model.group import Effect, Finding
from mock_registries import places
from mock_registries.civil_status.books import BirthEntry, Place, births_entered, next_place
from mock_registries.registry import Action, Entered, Entry, Json, RegistryRefusal, place_name

FILL_IN_ID = "fill_in_id"
_CIVIL_STATUS_12 = "Luật Hộ tịch 60/2014/QH13, Điều 12"
_ID_ERRORS = "Hướng dẫn xử lý lỗi cấp số định danh của Bộ Tư pháp"
_NOTES = {
    "unreachable": Finding(
        "personal_id_pending",
        Effect.NOTE,
        "Chưa có số định danh: cơ sở dữ liệu dân cư chưa trả lời, giấy khai sinh vẫn có giá trị",
        "no personal ID yet: the population registry did not answer; the certificate is valid without it",
        "Công văn 3160/BTP-CNTT (13/9/2021)",
    ),
    "suspected_duplicate": Finding(
        "suspected_duplicate",
        Effect.NOTE,
        "Nghi trùng: cùng mẹ, cùng ngày sinh với một người đã có số định danh; cấp giấy khai sinh chưa có số",
        "suspected duplicate: another person has this mother and birthday; registered without a personal ID",
        _ID_ERRORS,
    ),
    "refused": Finding(
        "personal_id_refused",
        Effect.NOTE,
        "Cơ sở dữ liệu dân cư báo lỗi dữ liệu: cấp giấy khai sinh chưa có số định danh, kiểm tra lại",
        "the population registry refused the data: registered without a personal ID, to be checked",
        _ID_ERRORS,
    ),
    "system_error": Finding(
        "personal_id_system_error",
        Effect.NOTE,
        "Lỗi hệ thống khi xin số định danh (thông báo tiếng Anh): kiểm tra, gửi lại sau",
        "a system error when the personal ID was asked for: checked, and sent again later",
        _ID_ERRORS,
    ),
    "format_error": Finding(
        "personal_id_format_error",
        Effect.NOTE,
        "Cơ sở dữ liệu dân cư báo sai định dạng ngày sinh dù đúng: gửi lại sau",
        "the population registry calls a correct date of birth a format error: sent again later",
        _ID_ERRORS,
    ),
    "to_be_verified": Finding(
        "personal_id_to_be_verified",
        Effect.NOTE,
        "Thông tin cần xác minh: cấp giấy khai sinh chưa có số định danh, số đến sau",
        "information to be verified: registered without a personal ID, which comes later",
        _ID_ERRORS,
    ),
    "overridden": Finding(
        "suspected_duplicate_overridden",
        Effect.NOTE,
        "Nghi trùng đã được xác nhận là sinh đôi trở lên",
        "the suspected duplicate was confirmed as a twin",
        _ID_ERRORS,
    ),
}


def natural_key(form: Json) -> str | None:
    """Parent's paper, day of birth and name, as `-` joins them in a look-up; None with no parent known."""
    parent = form["mother_paper"] or form["father_paper"]
    if parent is None:
        return None
    return f"{parent} {form['child_born_on']} {form['child_full_name'].casefold()}"


def _check(session: Session, entry: Entry) -> None:
    same_notice = by_notice(session, entry.run_id, entry.form["notice_code"] or "")
    same_child = by_child(session, entry.run_id, natural_key(entry.form) or "")
    if same_notice or same_child:
        raise RegistryRefusal(
            "already_registered",
            "Trẻ này đã được đăng ký khai sinh",
            "this birth is already registered",
            _CIVIL_STATUS_12,
        )


def _enter(session: Session, entry: Entry) -> Entered:
    form, place = entry.form, next_place(session, BirthEntry, entry.run_id, entry.on)
    name = form["child_full_name"]
    if entry.misspell and births_entered(session, entry.run_id) == 0:
        name = misspelt(name)
    to = form["registration_place"]
    row = BirthEntry(
        run_id=entry.run_id,
        application_id=entry.application_id,
        year=place.year,
        number=place.number,
        notice_code=form["notice_code"],
        natural_key=natural_key(form),
        personal_id=entry.told.get("personal_id"),
        registered_on=entry.on,
        registered_full_name=name,
        registered_commune=place_name(places.commune_name, to["commune_code"]),
        registered_province=place_name(places.province_name, to["province_code"]),
    )
    session.add(row)
    write(session)
    notes = tuple(_NOTES[note] for note in entry.told.get("notes", ()))
    waits = entry.told.get("unreachable") is not None
    return Entered(_results(row), notes, (FILL_IN_ID,) if waits else ())


def _correct(session: Session, entry: Entry, results: Json) -> Json:
    row = get_one(session, BirthEntry, entry.run_id, entry.application_id)
    row.registered_full_name = entry.form["child_full_name"]
    session.add(row)
    return results | _results(row)


def fill_in_id(session: Session, run_id: str, application_id: str, personal_id: str) -> None:
    """Write the personal ID that came after the certificate."""
    row = get_one(session, BirthEntry, run_id, application_id)
    row.personal_id = personal_id
    session.add(row)


def misspelt(full_name: str) -> str:
    """A clerk's slip, always the same: the last two letters of the given name change places."""
    *before, given = full_name.split()
    slip = (given[:-2] + given[-1] + given[-2]).capitalize() if len(given) > 1 else given * 2
    return " ".join([*before, slip if slip != given else given + given[-1]])


_OF_RUN = col(BirthEntry.run_id) == bindparam("run_id")
_BY_NOTICE = Rows(BirthEntry, _OF_RUN, col(BirthEntry.notice_code) == bindparam("key"))
_BY_CHILD = Rows(BirthEntry, _OF_RUN, col(BirthEntry.natural_key) == bindparam("key"))


def by_notice(session: Session, run_id: str, key: str) -> Json | None:
    """The entry made from a birth notice."""
    return _found(session, _BY_NOTICE, run_id, key)


def by_child(session: Session, run_id: str, key: str) -> Json | None:
    """The entry of a child, by natural key."""
    return _found(session, _BY_CHILD, run_id, key)


def _found(session: Session, entries: Rows[BirthEntry], run_id: str, key: str) -> Json | None:
    row = entries.first(session, run_id=run_id, key=key)
    return None if row is None else {"application_id": row.application_id, **_results(row)}


def _results(row: BirthEntry) -> Json:
    place = Place(row.year, row.number)
    return {
        "personal_id": row.personal_id,
        "certificate_number": place.certificate_number,
        "book": place.book,
        "page": place.page,
        "registered_on": row.registered_on.isoformat(),
        "registered_full_name": row.registered_full_name,
        "registered_commune": row.registered_commune,
        "registered_province": row.registered_province,
    }


REGISTER_BIRTH = Action(
    gives=frozenset(
        {
            "personal_id",
            "certificate_number",
            "book",
            "page",
            "registered_on",
            "registered_full_name",
            "registered_commune",
            "registered_province",
        }
    ),
    enter=_enter,
    check=_check,
    correct=_correct,
)
