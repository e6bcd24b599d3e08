"""Confirmations by VNeID: asked of a person, answered by a person or, when planned, by a simulated one."""

from datetime import datetime

from pydantic import BaseModel, Field
from sqlmodel import Field as Column
from sqlmodel import Session, SQLModel, col, select

from chassis.rows import get
from flow_model.errors import ConflictingContent, FieldError, InvalidDeclaration, NotAllowedNow, UnknownThing
from mock_registries.population import lives
from services import agenda, journal, stuck
from services.agenda import Act
from services.counter import Service
from services.instants import Instant, text_of
from services.terms import Closed, Terms, fingerprint

CONSENT_ID = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,119}$"
ANSWER = "answer"


class ConsentRow(SQLModel, table=True):
    """One confirmation asked for. `state` is pending, given or refused."""

    run_id: str = Column(primary_key=True)
    consent_id: str = Column(primary_key=True)
    fingerprint: str
    personal_id: str = Column(index=True)
    party: str
    dossier: str
    title_vi: str
    title_en: str
    asked_at: str
    answers_at: str | None
    state: str = "pending"
    answered_at: str | None = None


class ConsentAsked(Closed):
    """What a person is asked to confirm. Without `answers_at` a human will answer."""

    personal_id: str = Field(min_length=1, max_length=20, examples=["986099060595"])
    party: str = Field(pattern=r"^[a-z_]{1,40}$", examples=["householder"])
    dossier: str = Field(max_length=60, examples=["B-2026-000001"])
    title_vi: str = Field(max_length=200, examples=["Chủ hộ đồng ý cho đăng ký vào hộ"])
    title_en: str = Field(max_length=200, examples=["The householder agrees"])
    asked_at: Instant
    answers_at: Instant | None = None


class ConsentAnswer(Closed):
    """Yes or no."""

    given: bool


class ConsentView(BaseModel):
    """A confirmation as it stands."""

    consent_id: str = Field(examples=["B-2026-000001.householder"])
    personal_id: str
    party: str
    dossier: str
    title_vi: str
    title_en: str
    asked_at: str
    answers_at: str | None
    state: str = Field(description="pending | given | refused", examples=["pending"])
    answered_at: str | None


class Consents(BaseModel):
    """Confirmations, by the instant they were asked."""

    consents: list[ConsentView]


def ask(session: Session, run_id: str, consent_id: str, asked: ConsentAsked) -> tuple[ConsentRow, bool]:
    """Ask a living person; the second value says whether this is new."""
    mark = fingerprint(asked.model_dump(mode="json"))
    row = get(session, ConsentRow, run_id, consent_id)
    if row is not None:
        if row.fingerprint != mark:
            raise ConflictingContent(
                f"Yêu cầu đồng ý {consent_id} đã có nội dung khác.",
                f"Other content stands under the consent {consent_id}.",
            )
        return row, False
    if not lives(session, run_id, asked.personal_id):
        message = ("Không có người này, hoặc đã chết.", "This person is unknown, or has died.")
        raise InvalidDeclaration(
            *message, errors=[FieldError("personal_id", "nobody_to_ask", message[0], message[1])]
        )
    row = ConsentRow(
        run_id=run_id,
        consent_id=consent_id,
        fingerprint=mark,
        personal_id=asked.personal_id,
        party=asked.party,
        dossier=asked.dossier,
        title_vi=asked.title_vi,
        title_en=asked.title_en,
        asked_at=text_of(asked.asked_at),
        answers_at=None if asked.answers_at is None else text_of(asked.answers_at),
    )
    session.add(row)
    if asked.answers_at is not None:
        agenda.schedule(session, run_id, consent_id, ANSWER, asked.answers_at)
    return row, True


def answer(session: Session, run_id: str, consent_id: str, *, given: bool, at: datetime) -> ConsentRow:
    """Note the answer and tell of it; the same answer again changes nothing."""
    row = find(session, run_id, consent_id)
    state = "given" if given else "refused"
    if row.state == state:
        return row
    if row.state != "pending":
        raise NotAllowedNow("Đã trả lời rồi, khác lần này.", "It was answered already, and differently.")
    row.state, row.answered_at = state, text_of(at)
    session.add(row)
    agenda.cancel(session, run_id, consent_id, ANSWER)
    stuck.drop(session, run_id, consent_id, ANSWER)
    payload = {"dossier": row.dossier, "party": row.party, "personal_id": row.personal_id}
    journal.append(session, run_id, consent_id, f"consent_{state}", at, payload)
    return row


def find(session: Session, run_id: str, consent_id: str) -> ConsentRow:
    """The confirmation of this name."""
    row = get(session, ConsentRow, run_id, consent_id)
    if row is None:
        raise UnknownThing(f"Không có yêu cầu đồng ý {consent_id}.", f"There is no consent {consent_id}.")
    return row


def listed(session: Session, run_id: str, state: str | None, limit: int) -> Consents:
    """The confirmations of a run, by the instant they were asked."""
    asked = select(ConsentRow).where(ConsentRow.run_id == run_id)
    if state is not None:
        asked = asked.where(ConsentRow.state == state)
    ordered = asked.order_by(col(ConsentRow.asked_at), col(ConsentRow.consent_id)).limit(limit)
    return Consents(consents=[shown(row) for row in session.exec(ordered)])


def shown(row: ConsentRow) -> ConsentView:
    """The confirmation as it is told."""
    return ConsentView(**row.model_dump(exclude={"run_id", "fingerprint"}))


class SimulatedPeople:
    """Those who answer when it was planned that they would: always yes."""

    def __init__(self, service: Service) -> None:
        self.service = service

    async def perform(self, _terms: Terms, act: Act) -> None:
        """Answer one confirmation."""
        with self.service.store.session() as session:
            if agenda.claim(session, act):
                answer(session, act.run_id, act.application_id, given=True, at=act.instant)
