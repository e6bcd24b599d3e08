"""Identity cards, which the commune police issue from the residence registry."""

from datetime import date

from sqlmodel import Field, Session, SQLModel, UniqueConstraint

from chassis.rows import get, write
from mock_registries.registry import Action, Entered, Entry, RegistryRefusal


class IdentityCard(SQLModel, table=True):
    """A card bears its holder's personal ID: one first card each."""

    __table_args__ = (UniqueConstraint("run_id", "application_id"),)

    run_id: str = Field(primary_key=True)
    personal_id: str = Field(primary_key=True)
    application_id: str
    issued_on: date


def _may_issue(session: Session, entry: Entry) -> None:
    personal_id = entry.form["personal_id"]
    if personal_id is None or get(session, IdentityCard, entry.run_id, personal_id) is not None:
        raise RegistryRefusal(
            "identity_card_not_possible",
            "Chưa có số định danh, hoặc đã được cấp thẻ căn cước",
            "there is no personal ID yet, or a card was issued already",
            "Luật Căn cước 26/2023/QH15, Điều 19",
        )


def _issue_card(session: Session, entry: Entry) -> Entered:
    _may_issue(session, entry)
    number = entry.form["personal_id"]
    session.add(
        IdentityCard(
            run_id=entry.run_id,
            personal_id=number,
            application_id=entry.application_id,
            issued_on=entry.on,
        )
    )
    write(session)
    return Entered({"identity_card_number": number, "issued_on": entry.on.isoformat()})


ISSUE_IDENTITY_CARD = Action(frozenset({"identity_card_number", "issued_on"}), _issue_card, _may_issue)
