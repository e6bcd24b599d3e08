"""The first tables of the books, one function for each service."""

import sqlalchemy as sa
from alembic import op

from town.migrations.first.columns import columns


def civil_status() -> None:
    """Births, deaths, marriages."""
    op.create_table(
        "birthentry",
        *columns(sa.String(), "run_id", "application_id"),
        *columns(sa.Integer(), "year", "number"),
        *columns(sa.String(), "notice_code", "natural_key", "personal_id", nullable=True),
        *columns(sa.Date(), "registered_on"),
        *columns(sa.String(), "registered_full_name", "registered_commune", "registered_province"),
        sa.PrimaryKeyConstraint("run_id", "application_id"),
        sa.UniqueConstraint("run_id", "natural_key"),
        sa.UniqueConstraint("run_id", "notice_code"),
        sa.UniqueConstraint("run_id", "personal_id"),
        sa.UniqueConstraint("run_id", "year", "number"),
    )
    op.create_table(
        "deathentry",
        *columns(sa.String(), "run_id", "application_id"),
        *columns(sa.Integer(), "year", "number"),
        *columns(sa.String(), "notice_code", nullable=True),
        *columns(sa.String(), "personal_id", "full_name", "died_at"),
        *columns(sa.Date(), "registered_on"),
        sa.PrimaryKeyConstraint("run_id", "application_id"),
        sa.UniqueConstraint("run_id", "notice_code"),
        sa.UniqueConstraint("run_id", "personal_id"),
        sa.UniqueConstraint("run_id", "year", "number"),
    )
    op.create_table(
        "marriageentry",
        *columns(sa.String(), "run_id"),
        *columns(sa.Integer(), "family_index"),
        *columns(sa.String(), "number", "book"),
        *columns(sa.Date(), "registered_on"),
        *columns(sa.String(), "commune_code", "province_code", "husband_id", "wife_id"),
        sa.PrimaryKeyConstraint("run_id", "family_index"),
    )
    op.create_index("ix_marriageentry_number", "marriageentry", ["number"])


def residence() -> None:
    """Households, residents, notices, identity cards."""
    op.create_table(
        "householdrow",
        *columns(
            sa.String(),
            "run_id",
            "household_id",
            "province_code",
            "commune_code",
            "detail",
            "head_id",
            "head_name",
            "owner_id",
            "owner_name",
        ),
        sa.PrimaryKeyConstraint("run_id", "household_id"),
    )
    op.create_table(
        "resident",
        *columns(sa.String(), "run_id", "household_id"),
        *columns(sa.Integer(), "line"),
        *columns(sa.String(), "personal_id", nullable=True),
        *columns(sa.String(), "full_name", "relation"),
        *columns(sa.String(), "application_id", nullable=True),
        *columns(sa.Date(), "deregistered_on", nullable=True),
        sa.PrimaryKeyConstraint("run_id", "household_id", "line"),
        sa.UniqueConstraint("run_id", "application_id"),
    )
    op.create_index(
        "one_residence_at_a_time",
        "resident",
        ["run_id", "personal_id"],
        unique=True,
        postgresql_where=sa.text("deregistered_on IS NULL"),
    )
    op.create_table(
        "residencenotice",
        *columns(sa.String(), "run_id", "application_id"),
        *columns(sa.Integer(), "year", "number"),
        sa.PrimaryKeyConstraint("run_id", "application_id"),
        sa.UniqueConstraint("run_id", "year", "number"),
    )
    op.create_table(
        "identitycard",
        *columns(sa.String(), "run_id", "personal_id", "application_id"),
        *columns(sa.Date(), "issued_on"),
        sa.PrimaryKeyConstraint("run_id", "personal_id"),
        sa.UniqueConstraint("run_id", "application_id"),
    )


def social_insurance() -> None:
    """The insured, cards of children, payments."""
    op.create_table(
        "insured",
        *columns(sa.String(), "run_id", "personal_id", "full_name"),
        *columns(sa.String(), "insurance_number", nullable=True),
        *columns(sa.String(), "standing"),
        *columns(sa.Integer(), "months_paid"),
        *columns(sa.Boolean(), "monthly_survivor_over_80"),
        sa.PrimaryKeyConstraint("run_id", "personal_id"),
    )
    op.create_table(
        "childcard",
        *columns(sa.String(), "run_id", "application_id", "card_code", "child_key", "full_name"),
        *columns(sa.Date(), "valid_from", "valid_to"),
        sa.PrimaryKeyConstraint("run_id", "application_id"),
        sa.UniqueConstraint("run_id", "card_code"),
        sa.UniqueConstraint("run_id", "child_key"),
    )
    op.create_table(
        "insurancepayment",
        *columns(sa.String(), "run_id", "deceased_id", "kind", "application_id"),
        *columns(sa.Integer(), "year", "number"),
        *columns(sa.Integer(), "amount_vnd", nullable=True),
        *columns(sa.Date(), "paid_on"),
        sa.PrimaryKeyConstraint("run_id", "deceased_id", "kind"),
        sa.UniqueConstraint("run_id", "application_id"),
        sa.UniqueConstraint("run_id", "year", "number"),
    )


def social_protection() -> None:
    """Beneficiaries and payments."""
    op.create_table(
        "beneficiary",
        *columns(sa.String(), "run_id", "personal_id", "social_kind"),
        *columns(sa.Boolean(), "merit"),
        *columns(sa.String(), "merit_decision_number", "poor_household", nullable=True),
        sa.PrimaryKeyConstraint("run_id", "personal_id"),
    )
    op.create_table(
        "protectionpayment",
        *columns(sa.String(), "run_id", "deceased_id", "kind", "application_id"),
        *columns(sa.Integer(), "year", "number"),
        *columns(sa.Integer(), "amount_vnd", nullable=True),
        *columns(sa.Date(), "paid_on"),
        sa.PrimaryKeyConstraint("run_id", "deceased_id", "kind"),
        sa.UniqueConstraint("run_id", "application_id"),
        sa.UniqueConstraint("run_id", "year", "number"),
    )


def population() -> None:
    """People, personal IDs, consents."""
    op.create_table(
        "personrow",
        *columns(sa.String(), "run_id", "person_key"),
        *columns(sa.String(), "personal_id", nullable=True),
        *columns(sa.String(), "full_name", "sex", "born_on"),
        *columns(sa.String(), "ethnicity", nullable=True),
        *columns(sa.String(), "nationality"),
        *columns(sa.JSON(), "hometown", "residence", nullable=True),
        *columns(sa.String(), "id_issued_on", "id_issued_by", "mother_id", "died_at", nullable=True),
        sa.PrimaryKeyConstraint("run_id", "person_key"),
    )
    op.create_index("children_of_a_day", "personrow", ["run_id", "mother_id", "born_on"])
    op.create_table(
        "issuedid",
        *columns(sa.String(), "run_id", "application_id"),
        *columns(sa.Integer(), "serial"),
        *columns(sa.String(), "personal_id", "told"),
        sa.PrimaryKeyConstraint("run_id", "application_id"),
        sa.UniqueConstraint("run_id", "personal_id"),
        sa.UniqueConstraint("run_id", "serial"),
    )
    op.create_table(
        "consentrow",
        *columns(
            sa.String(),
            "run_id",
            "consent_id",
            "fingerprint",
            "personal_id",
            "party",
            "dossier",
            "title_vi",
            "title_en",
            "asked_at",
        ),
        *columns(sa.String(), "answers_at", nullable=True),
        *columns(sa.String(), "state"),
        *columns(sa.String(), "answered_at", nullable=True),
        sa.PrimaryKeyConstraint("run_id", "consent_id"),
    )
    op.create_index("ix_consentrow_personal_id", "consentrow", ["personal_id"])


def health() -> None:
    """Notices of births and deaths."""
    op.create_table(
        "noticerow",
        *columns(sa.String(), "run_id", "kind", "code"),
        *columns(sa.JSON(), "record"),
        sa.PrimaryKeyConstraint("run_id", "kind", "code"),
    )
