"""The social-insurance registry: insured people, cards of children under six, and benefits after a death."""

from datetime import date, timedelta

from sqlmodel import Field, Session, SQLModel, UniqueConstraint

from chassis.prepared import matching
from chassis.rows import Rows, enter, get, write
from mock_registries.numbering import count
from mock_registries.payments import PaymentRow, paid, pay, refuse_second
from mock_registries.people_numbers import child_card_code
from mock_registries.people_records import Family
from mock_registries.registry import Action, Entered, Entry, Json, Registry, RegistryRefusal

_NO_NUMBER = "0" * 10
_FUNERAL, _SURVIVOR = "funeral_allowance", "survivor_benefit"


class Insured(SQLModel, table=True):
    """Where a person stands with social insurance; who never paid and draws nothing is not here."""

    run_id: str = Field(primary_key=True)
    personal_id: str = Field(primary_key=True)
    full_name: str
    insurance_number: str | None
    standing: str
    months_paid: int
    monthly_survivor_over_80: bool


class ChildCard(SQLModel, table=True):
    """A card of a child under six: one for each child, known by name, birthday and personal ID."""

    __table_args__ = (
        UniqueConstraint("run_id", "card_code"),
        UniqueConstraint("run_id", "child_key"),
    )

    run_id: str = Field(primary_key=True)
    application_id: str = Field(primary_key=True)
    card_code: str
    child_key: str
    full_name: str
    valid_from: date
    valid_to: date


class InsurancePayment(PaymentRow, table=True):
    """Funeral allowances and survivor benefits."""

    __table_args__ = (
        UniqueConstraint("run_id", "application_id"),
        UniqueConstraint("run_id", "year", "number"),
    )


_OF_CHILD = Rows(ChildCard, *matching(ChildCard.run_id, ChildCard.child_key))


def _fill(session: Session, run_id: str, families: list[Family]) -> None:
    rows = []
    for family in families:
        for person in family.persons:
            own = family.entitlements[person.key]
            if own.insurance.standing == "none" and not own.monthly_survivor_over_80:
                continue
            number = own.insurance.number
            rows.append(
                {
                    "run_id": run_id,
                    "personal_id": person.key,
                    "full_name": person.full_name,
                    "insurance_number": None if number == _NO_NUMBER else number,
                    "standing": own.insurance.standing,
                    "months_paid": own.insurance.months_paid,
                    "monthly_survivor_over_80": own.monthly_survivor_over_80,
                }
            )
    enter(session, Insured, rows)


def insured(session: Session, run_id: str, key: str) -> Json | None:
    """An insured person, by personal ID."""
    row = get(session, Insured, run_id, key)
    if row is None:
        return None
    return {
        "insurance_number": row.insurance_number,
        "full_name": row.full_name,
        "standing": row.standing,
        "months_paid": row.months_paid,
        "monthly_survivor_over_80": row.monthly_survivor_over_80,
    }


def funeral_paid(session: Session, run_id: str, key: str) -> Json | None:
    """The funeral allowance paid for a deceased."""
    return paid(session, InsurancePayment, run_id, key, (_FUNERAL,))


def _child_key(entry: Entry) -> str:
    """Two children of one name and day differ by ID, or by dossier while there is none."""
    form = entry.form
    return f"{form['full_name'].casefold()} {form['born_on']} {form['personal_id'] or entry.dossier}"


def _may_issue(session: Session, entry: Entry) -> None:
    if _OF_CHILD.first(session, run_id=entry.run_id, child_key=_child_key(entry)) is not None:
        raise RegistryRefusal(
            "card_already_issued",
            "Trẻ này đã được cấp thẻ bảo hiểm y tế",
            "this child already has a health-insurance card",
            "Luật Bảo hiểm y tế, Điều 16",
        )


def _issue(session: Session, entry: Entry) -> Entered:
    _may_issue(session, entry)
    serial = count(session, ChildCard, entry.run_id)
    born_on = date.fromisoformat(entry.form["born_on"])
    row = ChildCard(
        run_id=entry.run_id,
        application_id=entry.application_id,
        card_code=child_card_code(entry.seed, serial),
        child_key=_child_key(entry),
        full_name=entry.form["full_name"],
        valid_from=born_on,
        valid_to=last_day_under_six(born_on),
    )
    session.add(row)
    write(session)
    return Entered(
        {
            "card_code": row.card_code,
            "valid_from": row.valid_from.isoformat(),
            "valid_to": row.valid_to.isoformat(),
        }
    )


def last_day_under_six(born_on: date) -> date:
    """The day before the sixth birthday. Cards of children not yet at school may last to 30 September."""
    if (born_on.month, born_on.day) == (2, 29):
        return date(born_on.year + 6, 2, 28)
    return born_on.replace(year=born_on.year + 6) - timedelta(days=1)


def _may_pay_funeral(session: Session, entry: Entry) -> None:
    refuse_second(session, InsurancePayment, entry, (_FUNERAL,))


def _pay_funeral(session: Session, entry: Entry) -> Entered:
    _may_pay_funeral(session, entry)
    return Entered(pay(session, InsurancePayment, entry, _FUNERAL, "BHXH"))


def _may_pay_survivors(session: Session, entry: Entry) -> None:
    refuse_second(session, InsurancePayment, entry, (_SURVIVOR,))


def _pay_survivors(session: Session, entry: Entry) -> Entered:
    _may_pay_survivors(session, entry)
    results = pay(session, InsurancePayment, entry, _SURVIVOR, "BHXH")
    kind, recipients = entry.form["choice"] or "lump_sum", list(entry.form["survivors"])
    return Entered(results | {"kind": kind, "recipients": recipients})


REGISTRY = Registry(
    tables=(Insured, ChildCard, InsurancePayment),
    fill=_fill,
    look_ups={"insured": insured, "funeral_paid": funeral_paid},
    actions={
        "issue_card": Action(frozenset({"card_code", "valid_from", "valid_to"}), _issue, _may_issue),
        "pay_funeral_allowance": Action(
            frozenset({"decision_number", "amount_vnd", "paid_on"}), _pay_funeral, _may_pay_funeral
        ),
        "pay_survivor_benefit": Action(
            frozenset({"decision_number", "kind", "recipients", "amount_vnd", "paid_on"}),
            _pay_survivors,
            _may_pay_survivors,
        ),
    },
)
