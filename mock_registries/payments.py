"""Decisions that pay money after a death: numbered within the year, and never twice for one kind."""

from datetime import date
from functools import lru_cache

from sqlmodel import Field, Session, SQLModel

from chassis.rows import get, write
from mock_registries.numbering import Numbering
from mock_registries.registry import Entry, Json, RegistryRefusal


class PaymentRow(SQLModel):
    """One payment because of one deceased; each agency keeps a table of its own."""

    run_id: str = Field(primary_key=True)
    deceased_id: str = Field(primary_key=True)
    kind: str = Field(primary_key=True)
    application_id: str
    year: int
    number: int
    amount_vnd: int | None
    paid_on: date


def refuse_second(session: Session, table: type[PaymentRow], entry: Entry, kinds: tuple[str, ...]) -> None:
    """Raise RegistryRefusal when one of these kinds was paid for this deceased."""
    if paid(session, table, entry.run_id, entry.form["personal_id"], kinds) is not None:
        raise RegistryRefusal(
            "already_paid",
            "Khoản này đã được chi trả cho người chết",
            "this has already been paid for the deceased",
            "Nghị định 176/2025/NĐ-CP, Điều 5: nhiều chế độ mai táng chỉ hưởng mức cao nhất",
        )


def pay(session: Session, table: type[PaymentRow], entry: Entry, kind: str, office: str) -> Json:
    """Enter the payment; the amount is the law's, or unknown where the law book has none."""
    row = table(
        run_id=entry.run_id,
        deceased_id=entry.form["personal_id"],
        kind=kind,
        application_id=entry.application_id,
        year=entry.on.year,
        number=_numbers(table).next(session, run_id=entry.run_id, year=entry.on.year),
        amount_vnd=entry.terms.get(f"{kind}_amount"),
        paid_on=entry.on,
    )
    session.add(row)
    write(session)
    return _as_json(row) | {"decision_number": f"{row.number:04d}/{row.year}/QĐ-{office}"}


def paid(
    session: Session, table: type[PaymentRow], run_id: str, deceased_id: str, kinds: tuple[str, ...]
) -> Json | None:
    """The payment of one of these kinds, if there is one."""
    found = (get(session, table, run_id, deceased_id, kind) for kind in kinds)
    row = next((each for each in found if each is not None), None)
    return None if row is None else {"kind": row.kind, **_as_json(row)}


@lru_cache
def _numbers(table: type[PaymentRow]) -> Numbering:
    return Numbering(table.number, table.run_id, table.year)


def _as_json(row: PaymentRow) -> Json:
    return {"amount_vnd": row.amount_vnd, "paid_on": row.paid_on.isoformat()}
