"""Which procedures a declarant may ask for (two, three or four), and what is refused at the door."""

from datetime import datetime

from death_flow.checks import SERVED
from death_flow.declaration import DeathDeclaration, SocialKind
from flow_model.errors import FieldError
from flow_model.group import Bundle

BASE = ("death_registration", "residence_deregistration")
# What each kind of funeral money is called, in Vietnamese and in English.
FUNERAL = {
    "funeral_allowance": ("Trợ cấp mai táng (BHXH)", "Funeral allowance (social insurance)"),
    "funeral_support": ("Hỗ trợ chi phí mai táng (bảo trợ xã hội)", "Funeral support (social protection)"),
    "funeral_grant": ("Mai táng phí (người có công)", "Funeral grant (people with merit)"),
}

BUNDLES = (
    Bundle(BASE, "Khai tử, xóa thường trú", "Death and deregistration"),
    Bundle(
        (*BASE, "funeral_allowance"), "và trợ cấp mai táng (BHXH)", "and funeral allowance (social insurance)"
    ),
    Bundle(
        (*BASE, "funeral_support"),
        "và hỗ trợ mai táng (bảo trợ xã hội)",
        "and funeral support (social protection)",
    ),
    Bundle(
        (*BASE, "funeral_grant"), "và mai táng phí (người có công)", "and funeral grant (people with merit)"
    ),
    Bundle((*BASE, "survivor_benefit"), "và chế độ tử tuất", "and survivor benefit"),
    Bundle(
        (*BASE, "funeral_allowance", "survivor_benefit"),
        "và trợ cấp mai táng, tử tuất (BHXH)",
        "and funeral allowance and survivor benefit",
    ),
)


def door(declaration: DeathDeclaration, procedures: tuple[str, ...], now: datetime) -> list[FieldError]:
    """What no officer needs to see: dates that cannot be, money that the law does not owe here."""
    errors = [
        *_dates(declaration, now),
        *_people(declaration),
        *_entitlement(declaration, procedures),
        *_money(declaration, procedures),
    ]
    if not declaration.delivery.pledge:
        errors.append(
            FieldError(
                "delivery.pledge",
                "pledge_missing",
                "Phải cam đoan lời khai đúng sự thật",
                "the pledge is missing",
            )
        )
    if declaration.deceased.residence is None:
        errors.append(
            FieldError(
                "deceased.residence",
                "no_permanent_residence",
                "Người chết không có thường trú: đăng ký khai tử tại UBND cấp xã, ngoài dịch vụ liên thông",
                "the deceased has no permanent residence: register the death at the commune, not here",
            )
        )
    return errors


def _dates(declaration: DeathDeclaration, now: datetime) -> list[FieldError]:
    died_on, today, errors = declaration.death.died_at.date(), now.date(), []
    if declaration.death.died_at > now:
        late = "Ngày chết sau hôm nay" if died_on > today else "Giờ chết sau lúc khai"
        errors.append(FieldError("death.died_at", "in_the_future", late, "the death is in the future"))
    if died_on < declaration.deceased.born_on:
        errors.append(
            FieldError(
                "death.died_at", "before_birth", "Ngày chết trước ngày sinh", "the death is before the birth"
            )
        )
    notice, burial = declaration.death.notice_issued_on, declaration.benefit.burial_at
    for field, day in (
        ("death.notice_issued_on", notice),
        ("benefit.burial_at", burial and burial.date()),
    ):
        if day is not None and day < died_on:
            errors.append(
                FieldError(field, "before_death", "Ngày này trước ngày chết", "this day is before the death")
            )
    if notice is not None and notice > today:
        errors.append(
            FieldError(
                "death.notice_issued_on", "in_the_future", "Ngày này sau hôm nay", "this day is in the future"
            )
        )
    return errors


def _people(declaration: DeathDeclaration) -> list[FieldError]:
    """The dead neither declare nor survive, and nobody survives twice."""
    dead, errors = declaration.deceased.personal_id, []
    if declaration.declarant.personal_id == dead:
        errors.append(
            FieldError(
                "declarant.personal_id",
                "same_person",
                "Người khai không thể là người chết",
                "the deceased cannot declare",
            )
        )
    listed = [each.personal_id for each in declaration.benefit.relatives]
    if dead in listed:
        errors.append(
            FieldError(
                "benefit.relatives",
                "same_person",
                "Danh sách thân nhân có chính người chết",
                "the deceased is among the survivors",
            )
        )
    if len(set(listed)) < len(listed):
        errors.append(
            FieldError(
                "benefit.relatives",
                "listed_twice",
                "Có thân nhân ghi hai lần",
                "a survivor is listed twice",
            )
        )
    return errors


def owed(declaration: DeathDeclaration) -> tuple[str, ...]:
    """The funeral entitlements the declaration shows, the highest first (the order is inferred)."""
    benefit = declaration.benefit
    found = []
    if benefit.insurance_standing in SERVED:
        found.append("funeral_allowance")
    if benefit.merit:
        found.append("funeral_grant")
    if benefit.social_kind is not SocialKind.NONE or benefit.monthly_survivor_over_80:
        found.append("funeral_support")
    return tuple(found)


def _entitlement(declaration: DeathDeclaration, procedures: tuple[str, ...]) -> list[FieldError]:
    asked = next((each for each in FUNERAL if each in procedures), None)
    insurance = {"funeral_allowance", "survivor_benefit"} & set(procedures)
    if declaration.benefit.insurance_standing == "working" and insurance:
        return [
            FieldError(
                "benefit.insurance_standing",
                "employer_files",
                "Người chết đang đóng BHXH bắt buộc: đơn vị sử dụng lao động nộp hồ sơ, không nộp ở đây",
                "the deceased was employed under compulsory insurance: the employer files, not here",
            )
        ]
    if asked is None:
        return []
    best = owed(declaration)[:1]
    if best == (asked,):
        return []
    if not best:
        return [
            FieldError(
                "procedures",
                "nobody_entitled",
                "Không có chế độ mai táng nào: chỉ chọn khai tử và xóa thường trú",
                "no funeral money is owed: choose death registration and deregistration only",
            )
        ]
    return [
        FieldError(
            "procedures",
            "higher_entitlement",
            f"Chỉ hưởng mức cao nhất: chọn {FUNERAL[best[0]][0]} thay cho {FUNERAL[asked][0]}",
            f"only the highest is paid: choose {FUNERAL[best[0]][1]} instead of {FUNERAL[asked][1]}",
        )
    ]


def _money(declaration: DeathDeclaration, procedures: tuple[str, ...]) -> list[FieldError]:
    """Money is owed to somebody, and goes somewhere."""
    benefit, errors = declaration.benefit, []
    if benefit.payment == "bank" and benefit.bank_account is None and {*procedures} - {*BASE}:
        errors.append(
            FieldError(
                "benefit.bank_account",
                "missing",
                "Nhận tiền qua ngân hàng thì phải ghi tài khoản",
                "money that is paid into a bank needs an account",
            )
        )
    if "survivor_benefit" in procedures and not benefit.relatives:
        errors.append(
            FieldError(
                "benefit.relatives",
                "missing",
                "Xin trợ cấp tuất thì phải ghi ít nhất một thân nhân được hưởng",
                "a survivor benefit needs at least one relative who is to have it",
            )
        )
    return errors


def conditions(declaration: DeathDeclaration) -> frozenset[str]:
    """What changes the limits, as far as the declaration shows it."""
    return frozenset({"over_eighty"}) if declaration.benefit.monthly_survivor_over_80 else frozenset()


def relative_who_must_confirm(declaration: DeathDeclaration) -> str | None:
    """Another survivor than the declarant, who confirms by VNeID who receives."""
    for relative in declaration.benefit.relatives:
        if relative.personal_id != declaration.declarant.personal_id:
            return relative.personal_id
    return None
