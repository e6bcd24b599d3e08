"""The registry of social protection and of people with merit, and the funeral money that it pays."""

from sqlmodel import Field, Session, SQLModel, UniqueConstraint

from chassis.rows import enter, get
from mock_registries.payments import PaymentRow, paid, pay, refuse_second
from mock_registries.people_records import Family
from mock_registries.registry import Action, Entered, Entry, Json, Registry

_SUPPORT, _GRANT = "funeral_support", "funeral_grant"
_EITHER = (_SUPPORT, _GRANT)


class Beneficiary(SQLModel, table=True):
    """Somebody on social assistance, with merit, or of a poor household; others are not here."""

    run_id: str = Field(primary_key=True)
    personal_id: str = Field(primary_key=True)
    social_kind: str
    merit: bool
    merit_decision_number: str | None
    poor_household: str | None


class ProtectionPayment(PaymentRow, table=True):
    """Funeral support and funeral grants."""

    __table_args__ = (
        UniqueConstraint("run_id", "application_id"),
        UniqueConstraint("run_id", "year", "number"),
    )


def _fill(session: Session, run_id: str, families: list[Family]) -> None:
    rows = [
        {
            "run_id": run_id,
            "personal_id": key,
            "social_kind": own.social_protection,
            "merit": own.merit,
            "merit_decision_number": own.merit_decision_number or None,
            "poor_household": own.poor_household,
        }
        for family in families
        for key, own in family.entitlements.items()
        if own.social_protection != "none" or own.merit or own.poor_household
    ]
    enter(session, Beneficiary, rows)


def beneficiary(session: Session, run_id: str, key: str) -> Json | None:
    """What is known of a person, by personal ID."""
    row = get(session, Beneficiary, run_id, key)
    if row is None:
        return None
    return {
        "social_kind": row.social_kind,
        "merit": row.merit,
        "merit_decision_number": row.merit_decision_number,
        "poor_household": row.poor_household,
    }


def funeral_paid(session: Session, run_id: str, key: str) -> Json | None:
    """The funeral support or grant paid for a deceased."""
    return paid(session, ProtectionPayment, run_id, key, _EITHER)


def _may_pay(session: Session, entry: Entry) -> None:
    refuse_second(session, ProtectionPayment, entry, _EITHER)


def _pay_support(session: Session, entry: Entry) -> Entered:
    _may_pay(session, entry)
    return Entered(pay(session, ProtectionPayment, entry, _SUPPORT, "BTXH"))


def _pay_grant(session: Session, entry: Entry) -> Entered:
    _may_pay(session, entry)
    return Entered(pay(session, ProtectionPayment, entry, _GRANT, "NCC"))


_GIVES = frozenset({"decision_number", "amount_vnd", "paid_on"})
REGISTRY = Registry(
    tables=(Beneficiary, ProtectionPayment),
    fill=_fill,
    look_ups={"beneficiary": beneficiary, "funeral_paid": funeral_paid},
    actions={
        "pay_funeral_support": Action(_GIVES, _pay_support, _may_pay),
        "pay_funeral_grant": Action(_GIVES, _pay_grant, _may_pay),
    },
)
