"""The birth group: birth registration, then permanent residence and the insurance card in parallel."""

from datetime import date
from pathlib import Path
from typing import Any

from birth_flow import checks, choices, mappings
from birth_flow.declaration import BirthDeclaration
from birth_flow.example import example, wanted
from flow_model.assumptions import load_assumptions
from flow_model.declarant import FROM_VNEID
from flow_model.declaration_pages import load_pages
from flow_model.group import Consent, Group, LookUp, Prefill, Procedure, attached_papers
from flow_model.limits import load_law

HERE = Path(__file__).parent

BIRTH_REGISTRATION = Procedure(
    id="birth_registration",
    title_vi="Đăng ký khai sinh",
    title_en="Birth registration",
    agency="civil_status",
    action="register_birth",
    mapping=mappings.BIRTH_MAPPING,
    results=(
        "personal_id",
        "certificate_number",
        "book",
        "page",
        "registered_on",
        "registered_full_name",
        "registered_commune",
        "registered_province",
    ),
    result_title_vi="Giấy khai sinh điện tử",
    result_title_en="E-birth certificate",
    facts=(
        LookUp("birth_notice", "health", "birth_notice", "notice_code"),
        LookUp("same_notice", "civil_status", "birth_by_notice", "notice_code"),
        LookUp("same_child", "civil_status", "birth_by_child", "natural_key"),
    ),
    checks=(
        checks.entitled_to_declare,
        checks.declared_in_time,
        checks.birth_is_proven,
        checks.agrees_with_notice,
        checks.twins_have_each_a_notice,
        checks.not_registered_before,
        checks.parents_as_the_law_knows_them,
        checks.foreign_parent_agrees,
    ),
    papers=("Giấy chứng sinh (bản chính)", "Giấy chứng nhận kết hôn", "Giấy tờ tùy thân của cha, mẹ"),
    codes={"national": "1.001193"},
)

PERMANENT_RESIDENCE = Procedure(
    id="permanent_residence",
    title_vi="Đăng ký thường trú",
    title_en="Permanent residence registration",
    agency="residence",
    action="register_resident",
    mapping=mappings.RESIDENCE_MAPPING,
    results=("notice_number", "household_id", "registered_on"),
    result_title_vi="Thông báo kết quả đăng ký thường trú",
    result_title_en="Notice of residence registration",
    requires=("birth_registration",),
    facts=(LookUp("household", "residence", "household", "householder_id"),),
    checks=(checks.certificate_is_right, checks.householder_is_known, checks.away_from_parents_is_verified),
    consents=(
        Consent(
            "householder",
            "Chủ hộ đồng ý cho đăng ký vào hộ",
            "The householder agrees",
            "Luật Cư trú 68/2020/QH14, Điều 20",
            choices.householder_who_must_agree,
        ),
        Consent(
            "owner",
            "Chủ sở hữu chỗ ở đồng ý",
            "The owner of the dwelling agrees",
            "Luật Cư trú 68/2020/QH14, Điều 20",
            choices.owner_who_must_agree,
        ),
        Consent(
            "parent",
            "Cha hoặc mẹ còn lại đồng ý nơi ở của con",
            "The other parent agrees to the child's residence",
            "Nghị định 63/2024/NĐ-CP, Điều 5",
            choices.parent_who_must_agree,
        ),
    ),
    papers=("Bản sao giấy khai sinh", "CT01 có chữ ký đồng ý", "Giấy tờ tùy thân"),
    codes={"national": "1.004222"},
)

HEALTH_INSURANCE_CARD = Procedure(
    id="health_insurance_card",
    title_vi="Cấp thẻ bảo hiểm y tế cho trẻ dưới 6 tuổi",
    title_en="Health-insurance card for a child under six",
    agency="social_insurance",
    action="issue_card",
    mapping=mappings.HEALTH_INSURANCE_MAPPING,
    results=("card_code", "valid_from", "valid_to"),
    result_title_vi="Thẻ BHYT điện tử",
    result_title_en="Electronic health-insurance card",
    requires=("birth_registration",),
    checks=(checks.certificate_is_right, checks.under_six),
    papers=("Bản sao giấy khai sinh", "TK1-TS và phụ lục hộ gia đình"),
)

IDENTITY_CARD = Procedure(
    id="identity_card",
    title_vi="Cấp thẻ căn cước cho trẻ dưới 6 tuổi",
    title_en="Identity card for a child under six",
    agency="residence",
    action="issue_identity_card",
    mapping=mappings.IDENTITY_CARD_MAPPING,
    results=("identity_card_number", "issued_on"),
    result_title_vi="Thẻ căn cước",
    result_title_en="Identity card",
    requires=("birth_registration",),
    papers=("Bản sao giấy khai sinh",),
    since=date(2026, 9, 1),
)

PREFILLS = (
    FROM_VNEID,
    Prefill(
        LookUp("birth_notice", "health", "birth_notice", "notice.code"),
        {
            "child.born_on": "born_on",
            "child.sex": "sex",
            "child.birthplace": "place",
            "child.died_on": "died_on",
            "notice.children_this_birth": "children_this_birth",
            "notice.issued_on": "issued_on",
            "mother.personal_id": "mother_personal_id",
            "mother.full_name": "mother_full_name",
            "mother.born_on": "mother_born_on",
        },
    ),
    Prefill(
        LookUp("mother", "population", "person", "mother.personal_id"),
        {
            "mother.ethnicity": "ethnicity",
            "mother.nationality": "nationality",
            "mother.residence": "residence",
        },
    ),
    Prefill(
        LookUp("father", "population", "person", "father.personal_id"),
        {
            "father.full_name": "full_name",
            "father.born_on": "born_on",
            "father.ethnicity": "ethnicity",
            "father.nationality": "nationality",
            "father.residence": "residence",
        },
    ),
    Prefill(
        LookUp("household", "residence", "household", "declarant.personal_id"),
        {
            "residence.address": "address",
            "residence.householder_id": "head_id",
            "residence.householder_name": "head_name",
            "residence.owner_id": "owner_id",
            "residence.owner_name": "owner_name",
        },
    ),
)


def _subject(declaration: Any) -> str:
    return str(declaration.child.full_name)


def _natural_key(declaration: Any) -> str:
    mother = declaration.mother.personal_id if declaration.mother else None
    child = declaration.child
    return mappings.child_key(declaration.notice.code, mother, child.born_on, child.full_name)


GROUP = Group(
    id="birth",
    letter="B",
    title_vi="Khai sinh, thường trú, thẻ BHYT cho trẻ dưới 6 tuổi",
    title_en="Birth registration, permanent residence, insurance card of a child under six",
    declaration=BirthDeclaration,
    procedures=(BIRTH_REGISTRATION, PERMANENT_RESIDENCE, HEALTH_INSURANCE_CARD, IDENTITY_CARD),
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
    pages_declared=load_pages(HERE / "pages.toml", BirthDeclaration),
)
