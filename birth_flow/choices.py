"""Which procedures a declarant may ask for, and what is refused at the door with its reason."""

from datetime import date, datetime
from typing import Any

from birth_flow.declaration import BirthDeclaration, FamilyCase, ResidenceCase
from flow_model.errors import FieldError
from flow_model.group import Bundle

BUNDLES = (
    Bundle(
        ("birth_registration", "permanent_residence", "health_insurance_card"),
        "Khai sinh, thường trú, thẻ BHYT",
        "Birth, residence and insurance card",
    ),
    Bundle(
        ("birth_registration", "health_insurance_card"), "Khai sinh, thẻ BHYT", "Birth and insurance card"
    ),
    Bundle(("birth_registration", "permanent_residence"), "Khai sinh, thường trú", "Birth and residence"),
    Bundle(
        ("birth_registration", "permanent_residence", "health_insurance_card", "identity_card"),
        "Khai sinh, thường trú, thẻ BHYT, căn cước",
        "Birth, residence, insurance card and identity card",
    ),
)


def door(declaration: BirthDeclaration, procedures: tuple[str, ...], now: datetime) -> list[FieldError]:
    """What no officer needs to see: dates that cannot be, parents that do not fit the family case."""
    today = now.date()
    return [
        *_dates(declaration, today),
        *_papers(declaration, today),
        *_parents(declaration),
        *_single_procedures(declaration, today),
    ]


def _dates(declaration: BirthDeclaration, today: date) -> list[FieldError]:
    child, errors = declaration.child, []
    if child.born_on > today:
        errors.append(
            _error("child.born_on", "in_the_future", "Ngày sinh sau hôm nay", "the birth is in the future")
        )
    for parent in ("mother", "father"):
        block = getattr(declaration, parent)
        if block is not None and child.born_on.year - block.born_on.year < 12:
            errors.append(
                _error(
                    f"{parent}.born_on",
                    "parent_too_young",
                    "Cha, mẹ phải sinh trước con ít nhất 12 năm",
                    "a parent is born at least 12 years before the child",
                )
            )
    if not declaration.delivery.pledge:
        errors.append(
            _error(
                "delivery.pledge",
                "pledge_missing",
                "Phải cam đoan lời khai đúng sự thật",
                "the pledge is missing",
            )
        )
    return errors


def _papers(declaration: BirthDeclaration, today: date) -> list[FieldError]:
    """Days that papers cannot bear: of a birth to come, of a marriage or a death to come."""
    born_on = declaration.child.born_on
    errors = []
    for field, day in (
        ("notice.issued_on", declaration.notice.issued_on),
        ("child.died_on", declaration.child.died_on),
    ):
        if day is not None and day < born_on:
            errors.append(
                _error(field, "before_birth", "Ngày này trước ngày sinh", "this day is before the birth")
            )
    for field, day in (
        ("notice.issued_on", declaration.notice.issued_on),
        ("child.died_on", declaration.child.died_on),
        ("marriage.registered_on", declaration.marriage.registered_on),
    ):
        if day is not None and day > today:
            errors.append(_error(field, "in_the_future", "Ngày này sau hôm nay", "this day is in the future"))
    return errors


def _parents(declaration: BirthDeclaration) -> list[FieldError]:
    known = {
        FamilyCase.BOTH_KNOWN: (True, True),
        FamilyCase.FATHER_UNKNOWN: (True, False),
        FamilyCase.MOTHER_UNKNOWN: (False, True),
        FamilyCase.BOTH_UNKNOWN: (False, False),
    }[declaration.family_case]
    errors = []
    for parent, must in zip(("mother", "father"), known, strict=True):
        block: Any = getattr(declaration, parent)
        if must and block is None:
            errors.append(
                _error(parent, "parent_missing", "Thiếu thông tin", "this parent's block is missing")
            )
        elif not must and block is not None:
            errors.append(
                _error(
                    parent,
                    "parent_unknown",
                    "Trường hợp gia đình nói là chưa rõ",
                    "the family case says unknown",
                )
            )
        elif block is not None and block.personal_id is None and block.passport is None:
            errors.append(
                _error(
                    f"{parent}.personal_id",
                    "paper_missing",
                    "Cần số định danh hoặc hộ chiếu",
                    "an ID is needed",
                )
            )
    mother, father = declaration.mother, declaration.father
    if mother and father and mother.personal_id and mother.personal_id == father.personal_id:
        errors.append(
            _error(
                "father.personal_id",
                "same_person",
                "Số định danh của cha trùng với của mẹ",
                "father and mother have the same ID",
            )
        )
    return errors


def _single_procedures(declaration: BirthDeclaration, today: date) -> list[FieldError]:
    child = declaration.child
    if child.died_on is not None:
        return [
            _error(
                "child.died_on",
                "use_single_procedures",
                "Trẻ đã mất: không đăng ký thường trú, không cấp thẻ; dùng thủ tục riêng",
                "the child has died: no residence and no card; use the single procedures",
            )
        ]
    age = (
        today.year
        - child.born_on.year
        - ((today.month, today.day) < (child.born_on.month, child.born_on.day))
    )
    if age >= 6:
        return [
            _error(
                "child.born_on",
                "not_under_six",
                "Nhóm liên thông chỉ dành cho trẻ dưới 6 tuổi; dùng thủ tục riêng",
                "the interlinked group is for a child under six; use the single procedures",
            )
        ]
    return []


def conditions(declaration: BirthDeclaration) -> frozenset[str]:
    """What lengthens the limits, as far as the declaration shows it."""
    away = declaration.residence.case is not ResidenceCase.WITH_PARENTS
    return frozenset({"verification"}) if away else frozenset()


def householder_who_must_agree(declaration: BirthDeclaration) -> str | None:
    """The householder, unless the declarant is the householder."""
    return _other_than_declarant(declaration, declaration.residence.householder_id)


def owner_who_must_agree(declaration: BirthDeclaration) -> str | None:
    """The owner of the dwelling, unless it is the declarant or the householder (who is asked already)."""
    if declaration.residence.owner_id == declaration.residence.householder_id:
        return None
    return _other_than_declarant(declaration, declaration.residence.owner_id)


def parent_who_must_agree(declaration: BirthDeclaration) -> str | None:
    """The other parent, when the child will not live with both."""
    if declaration.residence.case is ResidenceCase.WITH_PARENTS:
        return None
    for parent in (declaration.mother, declaration.father):
        if parent is not None and parent.personal_id not in (None, declaration.declarant.personal_id):
            return parent.personal_id
    return None


def _other_than_declarant(declaration: BirthDeclaration, personal_id: str) -> str | None:
    return None if personal_id == declaration.declarant.personal_id else personal_id


def _error(field: str, code: str, vi: str, en: str) -> FieldError:
    return FieldError(field, code, vi, en)
