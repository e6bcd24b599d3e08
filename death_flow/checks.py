"""What officers look for in a death dossier: pure questions, each with the article it enforces."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from death_flow.declaration import Paper, Relation
from death_flow.forms import (
    DeathRegistrationForm,
    DeregistrationForm,
    FuneralGrantForm,
    FuneralSupportForm,
    InsuranceBenefitForm,
    SurvivorBenefitForm,
)
from flow_model.group import Effect, Facts, Finding

CIVIL_STATUS_33 = "Luật Hộ tịch 60/2014/QH13, Điều 33"
CIVIL_STATUS_34 = "Luật Hộ tịch 60/2014/QH13, Điều 34"
LAW_41_91 = "Luật Bảo hiểm xã hội 41/2024/QH15, Điều 91"
HIGHEST_ONLY = "Nghị định 176/2025/NĐ-CP, Điều 5: nhiều chế độ mai táng chỉ hưởng mức cao nhất"

# Standings whose funeral allowance social insurance pays through this group (Decision 1449/QD-BHXH).
SERVED = frozenset({"pension", "monthly_benefit", "reserved_time", "voluntary", "waiting_age"})
LONG_PAST_DAYS = 365

BenefitForm = InsuranceBenefitForm | SurvivorBenefitForm
ProtectionForm = FuneralSupportForm | FuneralGrantForm


def declared_in_time(form: DeathRegistrationForm, facts: Facts) -> Finding | None:
    """A late declaration is still accepted: the officer notes it."""
    if (facts.declared_at.date() - form.died_at.date()).days <= facts.terms["declare"]:
        return None
    return Finding(
        "declared_late",
        Effect.NOTE,
        "Khai tử quá hạn, vẫn được đăng ký",
        "declared late, registered all the same",
        CIVIL_STATUS_33,
    )


def entitled_to_declare(form: DeathRegistrationForm, facts: Facts) -> Finding | None:
    """Spouse, child, parent or other relative declares; else the agency concerned."""
    if form.relation is not Relation.AGENCY:
        return None
    return Finding(
        "declared_by_agency",
        Effect.NOTE,
        "Không có người thân: cơ quan, tổ chức liên quan khai tử",
        "no relative: the agency concerned declares",
        CIVIL_STATUS_33,
    )


def death_is_proven(form: DeathRegistrationForm, facts: Facts) -> Finding | None:
    """A death notice; none where the registering commune would issue it; evidence for a long-past death."""
    if facts.looked_up.get("death_notice") is not None or form.commune_issues_none:
        return None
    if facts.documents & {Paper.SUBSTITUTE_EVIDENCE, Paper.DEATH_NOTICE_SCAN}:
        days = (facts.declared_at.date() - form.died_at.date()).days
        return Finding(
            "long_past_death" if days > LONG_PAST_DAYS else "proven_by_other_evidence",
            Effect.VERIFY,
            "Không có giấy báo tử: xác minh theo giấy tờ thay thế",
            "no death notice: verified from the evidence that stands in for it",
            CIVIL_STATUS_34,
        )
    return Finding(
        "death_notice_missing",
        Effect.SUPPLEMENT,
        "Thiếu giấy báo tử hoặc giấy tờ thay thế",
        "the death notice, or the evidence that stands in for it, is missing",
        CIVIL_STATUS_34,
        (Paper.SUBSTITUTE_EVIDENCE,),
    )


def agrees_with_notice(form: DeathRegistrationForm, facts: Facts) -> Finding | None:
    """The deceased and the day of death are those of the signed notice."""
    notice = facts.looked_up.get("death_notice")
    if notice is None:
        return None
    same_day = date.fromisoformat(notice["died_at"][:10]) == form.died_at.date()
    if notice["deceased_id"] == form.personal_id and same_day:
        return None
    return Finding(
        "differs_from_notice",
        Effect.SUPPLEMENT,
        "Người chết hoặc ngày chết khác với giấy báo tử",
        "the deceased or the day of death differs from the notice",
        CIVIL_STATUS_34,
    )


def not_registered_before(form: DeathRegistrationForm, facts: Facts) -> Finding | None:
    """One death, one entry."""
    if facts.looked_up.get("same_person") is None:
        return None
    return Finding(
        "already_registered",
        Effect.REJECT,
        "Người này đã được đăng ký khai tử",
        "this death is already registered",
        "Luật Hộ tịch 60/2014/QH13, Điều 12",
    )


def known_to_population(form: DeathRegistrationForm, facts: Facts) -> Finding | None:
    """The ID, name and birthday of the deceased are one person in the population database."""
    person = facts.looked_up.get("deceased")
    if person is not None and _is_named(form, person) and person["born_on"] == form.born_on.isoformat():
        return None
    return Finding(
        "deceased_not_matched",
        Effect.SUPPLEMENT,
        "Số định danh, họ tên và ngày sinh người chết không khớp cơ sở dữ liệu dân cư",
        "the deceased's ID, name and birthday do not match the population database",
        "Nghị định 63/2024/NĐ-CP, Điều 4",
    )


def _is_named(form: DeathRegistrationForm, person: Mapping[str, Any]) -> bool:
    return bool(person["full_name"].casefold() == form.full_name.casefold())


def new_householder_is_named(form: DeregistrationForm, facts: Facts) -> Finding | None:
    """When the householder died and others remain, somebody else becomes householder."""
    household = facts.looked_up.get("household")
    if household is None or form.only_member or form.new_householder_id is not None:
        return None
    others = [each for each in household["members"] if each["personal_id"] != form.member_personal_id]
    if household["head_id"] != form.member_personal_id or not others:
        return None
    return Finding(
        "new_householder_missing",
        Effect.SUPPLEMENT,
        "Chủ hộ đã chết, hộ còn người khác: phải nêu chủ hộ mới",
        "the householder died and others remain: a new householder must be named",
        "Luật Cư trú 68/2020/QH14, Điều 10",
    )


def has_permanent_residence(form: DeregistrationForm, facts: Facts) -> Finding | None:
    """Nothing to deregister where there is no permanent residence."""
    if facts.looked_up.get("household") is not None:
        return None
    return Finding(
        "no_permanent_residence",
        Effect.REJECT,
        "Người chết không có đăng ký thường trú: chỉ cần thủ tục khai tử",
        "the deceased has no permanent residence: death registration alone is enough",
        "Luật Cư trú 68/2020/QH14, Điều 24",
    )


def insurance_pays_here(form: BenefitForm, facts: Facts) -> Finding | None:
    """Pensioners and the like are served here; for a working insured person the employer files."""
    insured = facts.looked_up.get("insured")
    standing = insured["standing"] if insured else "none"
    if standing in SERVED:
        return None
    if standing == "working":
        return Finding(
            "employer_files",
            Effect.REJECT,
            "Người chết đang đóng BHXH bắt buộc: đơn vị sử dụng lao động nộp hồ sơ",
            "the deceased was employed under compulsory insurance: the employer files",
            "Quyết định 1449/QĐ-BHXH",
        )
    return Finding(
        "not_insured",
        Effect.REJECT,
        "Người chết không thuộc diện hưởng chế độ tử tuất của BHXH",
        "social insurance owes nothing for this person",
        LAW_41_91,
    )


def claimed_in_window(form: BenefitForm, facts: Facts) -> Finding | None:
    """The claim is made within the window that the law gives, or says why not."""
    if (facts.declared_at.date() - form.died_on).days <= facts.terms["claim"]:
        return None
    if Paper.REASON_FOR_LATE_CLAIM in facts.documents:
        return Finding(
            "claimed_late_with_reason",
            Effect.NOTE,
            "Nộp sau thời hạn, có giải trình",
            "claimed after the window, with a reason",
            LAW_41_91,
        )
    return Finding(
        "claimed_late",
        Effect.SUPPLEMENT,
        f"Nộp sau thời hạn {facts.terms['claim']} ngày: phải giải trình bằng văn bản",
        f"claimed after the window of {facts.terms['claim']} days: a written reason is needed",
        LAW_41_91,
        (Paper.REASON_FOR_LATE_CLAIM,),
    )


def funeral_not_paid_before(form: BenefitForm | ProtectionForm, facts: Facts) -> Finding | None:
    """No funeral money twice."""
    if facts.looked_up.get("funeral_paid") is None:
        return None
    return Finding(
        "already_paid",
        Effect.REJECT,
        "Tiền mai táng cho người này đã được chi trả",
        "funeral money has already been paid for this person",
        HIGHEST_ONLY,
    )


def relatives_have_confirmed(form: SurvivorBenefitForm, facts: Facts) -> Finding | None:
    """The survivors name one recipient by VNeID, or send form 09-HSB."""
    if len(form.survivors) < 2 or "relatives" in facts.consents or facts.path == "separate":
        return None
    if Paper.RELATIVES_FORM_09_HSB in facts.documents:
        return None
    return Finding(
        "relatives_not_confirmed",
        Effect.SUPPLEMENT,
        "Thân nhân chưa xác nhận trên VNeID: bổ sung mẫu 09-HSB",
        "the survivors have not confirmed by VNeID: form 09-HSB is needed",
        "Quyết định 1449/QĐ-BHXH",
        (Paper.RELATIVES_FORM_09_HSB,),
    )


def only_the_highest_is_paid(form: ProtectionForm, facts: Facts) -> Finding | None:
    """Where social insurance owes the funeral allowance, the lesser support is not paid too."""
    if form.insurance_standing not in SERVED:
        return None
    return Finding(
        "higher_entitlement",
        Effect.REJECT,
        "Người chết có trợ cấp mai táng của BHXH cao hơn: chỉ hưởng mức cao nhất",
        "social insurance owes a higher funeral allowance: only the highest is paid",
        HIGHEST_ONLY,
    )


def under_social_protection(form: FuneralSupportForm, facts: Facts) -> Finding | None:
    """Funeral support is for those on social assistance, the social pension, or in an emergency."""
    record = facts.looked_up.get("beneficiary")
    if form.monthly_survivor_over_80 or (record is not None and record["social_kind"] != "none"):
        return None
    return Finding(
        "not_under_social_protection",
        Effect.REJECT,
        "Người chết không thuộc đối tượng bảo trợ xã hội",
        "the deceased was not under social protection",
        "Nghị định 20/2021/NĐ-CP, Điều 11",
    )


def was_person_with_merit(form: FuneralGrantForm, facts: Facts) -> Finding | None:
    """The funeral grant is for people with merit."""
    record = facts.looked_up.get("beneficiary")
    if record is not None and record["merit"]:
        return None
    return Finding(
        "not_with_merit",
        Effect.REJECT,
        "Không tìm thấy hồ sơ người có công",
        "no record of merit was found",
        "Nghị định 131/2021/NĐ-CP",
    )
