"""The death group: death registration, then deregistration and the money that follows, in parallel."""

from datetime import date
from pathlib import Path
from typing import Any

from death_flow import checks, choices, mappings
from death_flow.declaration import DeathDeclaration
from death_flow.example import example, wanted
from flow_model.assumptions import load_assumptions
from flow_model.declarant import FROM_VNEID
from flow_model.declaration_pages import load_pages
from flow_model.group import Consent, Group, LookUp, Prefill, Procedure, attached_papers
from flow_model.limits import load_law

HERE = Path(__file__).parent
AFTER_DEATH = ("death_registration",)
INSURED = LookUp("insured", "social_insurance", "insured", "personal_id")
PAID_BY_INSURANCE = LookUp("funeral_paid", "social_insurance", "funeral_paid", "personal_id")
PAID_BY_PROTECTION = LookUp("funeral_paid", "social_protection", "funeral_paid", "personal_id")
BENEFICIARY = LookUp("beneficiary", "social_protection", "beneficiary", "personal_id")

DEATH_REGISTRATION = Procedure(
    id="death_registration",
    title_vi="Đăng ký khai tử",
    title_en="Death registration",
    agency="civil_status",
    action="register_death",
    mapping=mappings.DEATH_MAPPING,
    results=("extract_number", "book", "page", "registered_on"),
    result_title_vi="Trích lục khai tử điện tử",
    result_title_en="E-extract of death",
    facts=(
        LookUp("death_notice", "health", "death_notice", "notice_code"),
        LookUp("deceased", "population", "person", "personal_id"),
        LookUp("same_person", "civil_status", "death_by_person", "personal_id"),
    ),
    checks=(
        checks.entitled_to_declare,
        checks.declared_in_time,
        checks.not_registered_before,
        checks.known_to_population,
        checks.death_is_proven,
        checks.agrees_with_notice,
    ),
    papers=("Giấy báo tử (bản chính)", "Giấy tờ tùy thân của người khai"),
    codes={"national": "1.000656"},
)

RESIDENCE_DEREGISTRATION = Procedure(
    id="residence_deregistration",
    title_vi="Xóa đăng ký thường trú",
    title_en="Residence deregistration",
    agency="residence",
    action="deregister_resident",
    mapping=mappings.DEREGISTRATION_MAPPING,
    results=("notice_number", "deregistered_on"),
    result_title_vi="Thông báo xóa đăng ký thường trú",
    result_title_en="Notice of deregistration",
    requires=AFTER_DEATH,
    facts=(LookUp("household", "residence", "household", "member_personal_id"),),
    checks=(checks.has_permanent_residence, checks.new_householder_is_named),
    papers=("Bản sao trích lục khai tử", "CT01"),
    codes={"national": "1.003197"},
    # Decree 58/2026: since 15/3/2026 the police act on shared data, without a file from the citizen.
    visits_until=date(2026, 3, 14),
)

FUNERAL_ALLOWANCE = Procedure(
    id="funeral_allowance",
    title_vi=choices.FUNERAL["funeral_allowance"][0],
    title_en=choices.FUNERAL["funeral_allowance"][1],
    agency="social_insurance",
    action="pay_funeral_allowance",
    mapping=mappings.FUNERAL_ALLOWANCE_MAPPING,
    results=("decision_number", "amount_vnd", "paid_on"),
    result_title_vi="Quyết định trợ cấp mai táng",
    result_title_en="Decision on the funeral allowance",
    requires=AFTER_DEATH,
    facts=(INSURED, PAID_BY_INSURANCE),
    checks=(checks.insurance_pays_here, checks.claimed_in_window, checks.funeral_not_paid_before),
    papers=("Bản sao trích lục khai tử", "3-CBH"),
    codes={"national": "1.014177"},
    benefit_for="funeral",
)

FUNERAL_SUPPORT = Procedure(
    id="funeral_support",
    title_vi=choices.FUNERAL["funeral_support"][0],
    title_en=choices.FUNERAL["funeral_support"][1],
    agency="social_protection",
    action="pay_funeral_support",
    mapping=mappings.FUNERAL_SUPPORT_MAPPING,
    results=("decision_number", "amount_vnd", "paid_on"),
    result_title_vi="Quyết định hỗ trợ chi phí mai táng",
    result_title_en="Decision on funeral support",
    requires=AFTER_DEATH,
    facts=(BENEFICIARY, PAID_BY_PROTECTION),
    checks=(
        checks.only_the_highest_is_paid,
        checks.under_social_protection,
        checks.funeral_not_paid_before,
    ),
    papers=("Bản sao trích lục khai tử", "Mẫu số 04"),
    codes={"national": "1.001731"},
    benefit_for="funeral",
)

FUNERAL_GRANT = Procedure(
    id="funeral_grant",
    title_vi=choices.FUNERAL["funeral_grant"][0],
    title_en=choices.FUNERAL["funeral_grant"][1],
    agency="social_protection",
    action="pay_funeral_grant",
    mapping=mappings.FUNERAL_GRANT_MAPPING,
    results=("decision_number", "amount_vnd", "paid_on"),
    result_title_vi="Quyết định mai táng phí",
    result_title_en="Decision on the funeral grant",
    requires=AFTER_DEATH,
    facts=(BENEFICIARY, PAID_BY_PROTECTION),
    checks=(checks.only_the_highest_is_paid, checks.was_person_with_merit, checks.funeral_not_paid_before),
    papers=("Bản sao trích lục khai tử", "Hồ sơ người có công"),
    codes={"national": "1.010824"},
    benefit_for="funeral",
)

SURVIVOR_BENEFIT = Procedure(
    id="survivor_benefit",
    title_vi="Chế độ tử tuất",
    title_en="Survivor benefit",
    agency="social_insurance",
    action="pay_survivor_benefit",
    mapping=mappings.SURVIVOR_BENEFIT_MAPPING,
    results=("decision_number", "kind", "recipients", "paid_on"),
    result_title_vi="Quyết định hưởng tuất",
    result_title_en="Decision on the survivor benefit",
    requires=AFTER_DEATH,
    facts=(INSURED,),
    checks=(checks.insurance_pays_here, checks.claimed_in_window, checks.relatives_have_confirmed),
    consents=(
        Consent(
            "relatives",
            "Thân nhân xác nhận người nhận trợ cấp",
            "The survivors confirm who receives",
            "Quyết định 296/QĐ-VPCP: tối đa 5 ngày làm việc, không tính vào thời hạn",
            choices.relative_who_must_confirm,
            window="relatives_confirm",
        ),
    ),
    papers=("Bản sao trích lục khai tử", "09-HSB"),
    codes={"national": "1.014178"},
    benefit_for="survivors",
)

PREFILLS = (
    FROM_VNEID,
    Prefill(
        LookUp("deceased", "population", "person", "deceased.personal_id"),
        {
            "deceased.sex": "sex",
            "deceased.ethnicity": "ethnicity",
            "deceased.nationality": "nationality",
            "deceased.residence": "residence",
            "deceased.hometown": "hometown",
        },
    ),
    Prefill(
        LookUp("death_notice", "health", "death_notice", "death.notice_code"),
        {
            "death.died_at": "died_at",
            "death.place": "place_text",
            "death.cause": "cause",
            "death.notice_issuer": "issuer_name",
            "death.notice_issued_on": "issued_on",
        },
    ),
    Prefill(
        LookUp("household", "residence", "household", "deceased.personal_id"),
        {"household.householder_id": "head_id", "household.householder_name": "head_name"},
    ),
    Prefill(
        LookUp("insured", "social_insurance", "insured", "deceased.personal_id"),
        {
            "benefit.insurance_number": "insurance_number",
            "benefit.insurance_standing": "standing",
            "benefit.months_paid": "months_paid",
            "benefit.monthly_survivor_over_80": "monthly_survivor_over_80",
        },
    ),
)


def _subject(declaration: Any) -> str:
    return str(declaration.deceased.full_name)


def _natural_key(declaration: Any) -> str:
    return f"person {declaration.deceased.personal_id}"


GROUP = Group(
    id="death",
    letter="D",
    title_vi="Khai tử, xóa thường trú, mai táng phí và tử tuất",
    title_en="Death registration, residence deregistration, funeral money and survivor benefit",
    declaration=DeathDeclaration,
    procedures=(
        DEATH_REGISTRATION,
        RESIDENCE_DEREGISTRATION,
        FUNERAL_ALLOWANCE,
        FUNERAL_SUPPORT,
        FUNERAL_GRANT,
        SURVIVOR_BENEFIT,
    ),
    bundles=choices.BUNDLES,
    prefills=PREFILLS,
    law=load_law(HERE / "limits.toml"),
    assumptions=load_assumptions(HERE / "assumptions.toml"),
    example=example,
    wanted=wanted,
    door=choices.door,
    conditions=choices.conditions,
    documents=attached_papers,
    subject=_subject,
    natural_key=_natural_key,
    pages_declared=load_pages(HERE / "pages.toml", DeathDeclaration),
)
