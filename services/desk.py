"""The desk of an agency: what others ask of it, each request in one transaction.

Everything is sent under a name that the sender chose, so that sending it twice counts once: the same
content gives the application as it stands, other content is a conflict.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from pydantic import ValidationError
from sqlmodel import Session

from chassis.client import ServiceUnreachable
from chassis.context import RunContext
from chassis.field_messages import field_errors
from chassis.rows import get
from chassis.storage import Store
from flow_model.catalogue import Catalogue
from flow_model.errors import (
    InvalidDeclaration,
    Refused,
    UnknownThing,
)
from flow_model.group import Effect, Finding, Group
from services import agenda, applications, examining, steps, stuck, timing
from services.allowing import decided_before, require, require_issuer, require_reason, require_same
from services.applications import ApplicationRow, ApplicationView, Worklist
from services.bodies import (
    ConsentGiven,
    CorrectionAsked,
    Decision,
    Resubmission,
    Submission,
    Supplement,
    Withdrawal,
)
from services.desk_acts import Officers
from services.instants import instant_of, text_of
from services.matter import Matter
from services.stuck import StuckAct
from services.terms import Closed, Terms, fingerprint, require_in_calendar, require_up, terms_of

Json = dict[str, Any]


class Desk:
    """Takes in applications and what belongs to them, and lets people decide."""

    def __init__(self, name: str, store: Store, catalogue: Catalogue, officers: Officers) -> None:
        self.name = name
        self.store = store
        self.catalogue = catalogue
        self.officers = officers

    def submit(self, run: RunContext, application_id: str, sent: Submission) -> tuple[ApplicationView, bool]:
        """Take an application in; the second value says whether it is new."""
        group = self._group_of(sent)
        mark = fingerprint(sent.model_dump(mode="json"))
        with self.store.session() as session:
            terms = self._terms(session, run, taking_in=True)
            row = get(session, ApplicationRow, run.run_id, application_id)
            if row is not None:
                require_same(row.fingerprint, mark, application_id)
                return self._view(session, row, terms), False
            procedure_ids = {each.id for each in group.in_force(terms.law, sent.path)}
            if sent.procedure not in procedure_ids:
                raise Refused(
                    f"Theo {terms.law}, nhóm {group.id} chưa có thủ tục {sent.procedure}.",
                    f"Under {terms.law} the group {group.id} does not hold {sent.procedure}.",
                )
            row = ApplicationRow(
                run_id=run.run_id,
                application_id=application_id,
                fingerprint=mark,
                group_id=group.id,
                procedure=sent.procedure,
                path=sent.path,
                dossier=sent.dossier,
                form=checked_form(group, sent.procedure, sent.form),
                documents=sorted(set(sent.documents)),
                consents_needed=sent.consents_needed,
                consents_given={party: text_of(at) for party, at in sent.consents_given.items()},
                conditions=sent.conditions,
                consent_deadline=text_of(sent.consent_deadline) if sent.consent_deadline else None,
                declared_at=text_of(sent.declared_at),
                arrived_at=text_of(run.simulated_at),
                findings=[],
                results={},
            )
            session.add(row)
            steps.wait_for_counter(session, Matter.of(row, terms, self.catalogue), run.simulated_at)
            return self._view(session, row, terms), True

    def give_consent(
        self, run: RunContext, application_id: str, party: str, sent: ConsentGiven
    ) -> ApplicationView:
        """Note a confirmation; the last one of those needed lets the counter begin."""
        with self._named(run, application_id, f"consent/{party}", sent) as (session, matter, known):
            row = matter.row
            if not known:
                row.consents_given = row.consents_given | {party: text_of(sent.given_at)}
                session.add(row)
                all_here = set(row.consents_needed) <= set(row.consents_given)
                if row.state == "arrived" and party in row.consents_needed and all_here:
                    stuck.drop(session, row.run_id, application_id, "receive")
                    steps.wait_for_counter(session, matter, run.simulated_at)
            return self._view(session, row, matter.terms)

    def supplement(
        self, run: RunContext, application_id: str, round_: int, sent: Supplement
    ) -> ApplicationView:
        """Take in what was missing, within the term."""
        with self._named(run, application_id, f"supplement/{round_}", sent) as (session, matter, known):
            row = matter.row
            if not known:
                require(row.state == "supplement_requested" and row.round == round_, row)
                require(row.answer_by is not None and run.simulated_at <= instant_of(row.answer_by), row)
                stuck.drop(session, row.run_id, application_id, "expire")
                row.form = checked_form(matter.group, row.procedure, sent.form)
                row.documents = sorted({*row.documents, *sent.documents})
                steps.supplement(session, matter, run.simulated_at)
            return self._view(session, row, matter.terms)

    def ask_correction(
        self, run: RunContext, application_id: str, number: int, sent: CorrectionAsked
    ) -> ApplicationView:
        """Plan the correction of a certificate; one that is planned already serves all who ask."""
        name = f"correction/{number}/{sent.found_by}"
        with self._named(run, application_id, name, sent) as (session, matter, known):
            row = matter.row
            if not known:
                require(row.state == "granted", row)
                if not _planned(session, row, "correct"):
                    at = timing.corrected_at(matter, run.simulated_at, number)
                    agenda.schedule(session, row.run_id, application_id, "correct", at, number=number)
            return self._view(session, row, matter.terms)

    def resubmit(
        self, run: RunContext, application_id: str, number: int, sent: Resubmission
    ) -> ApplicationView:
        """Take it in again after the issuer corrected the certificate."""
        with self._named(run, application_id, f"resubmission/{number}", sent) as (session, matter, known):
            row = matter.row
            if not known:
                require(row.state == "returned_to_issuer" and row.returns == number, row)
                form = checked_form(matter.group, row.procedure, sent.form)
                steps.resubmit(session, matter, run.simulated_at, form)
            return self._view(session, row, matter.terms)

    def withdraw(self, run: RunContext, application_id: str, sent: Withdrawal) -> ApplicationView:
        """Let the citizen take it back; what is decided stays decided."""
        with self._named(run, application_id, "withdrawal", sent) as (session, matter, known):
            row = matter.row
            if not known:
                require(row.state not in applications.ENDED, row)
                stuck.drop(session, row.run_id, application_id, "receive", "expire", *steps.OFFICERS_ACTS)
                steps.withdraw(session, matter, run.simulated_at, sent.reason)
            return self._view(session, row, matter.terms)

    async def decide(self, run: RunContext, application_id: str, sent: Decision) -> ApplicationView:
        """Do what a human officer decided, in place of the simulated one."""
        require_reason(sent)
        mark = fingerprint(sent.model_dump(mode="json"))
        with self.store.session() as session:
            terms = self._terms(session, run, taking_in=True)
            matter = self.officers.matter(session, terms, run.run_id, application_id)
            if decided_before(session, matter.row, mark):
                return self._view(session, matter.row, terms)
        shared = await self._seen(matter, run.simulated_at)
        granting = sent.decision == "grant"
        told = await self.officers.ask_before_entry(matter, run.simulated_at) if granting else {}
        with self.store.session() as session:
            matter = self.officers.matter(session, terms, run.run_id, application_id)
            if not decided_before(session, matter.row, mark):
                if shared is not None:
                    matter.row.findings = examining.as_json(self.officers.examine(session, matter, shared))
                applications.remember(session, matter.row, "decision", mark)
                self._do(session, matter, run.simulated_at, sent, told)
            return self._view(session, matter.row, terms)

    async def _seen(self, matter: Matter, at: datetime) -> dict[str, Json | None] | None:
        try:
            return await self.officers.look_up(matter, at)
        except ServiceUnreachable:
            return None

    def _do(self, session: Session, matter: Matter, at: datetime, sent: Decision, told: Json) -> None:
        row, reason = matter.row, sent.reason
        agenda.cancel(session, row.run_id, row.application_id, *steps.OFFICERS_ACTS)
        stuck.drop(session, row.run_id, row.application_id, *steps.OFFICERS_ACTS)
        match sent.decision:
            case "grant":
                self.officers.enter(session, matter, at, told, sent.officer)
            case "reject":
                steps.reject(session, matter, at, (reason, reason), row.findings, sent.officer)
            case "request_supplement":
                asked = [each for each in row.findings if each["effect"] == Effect.SUPPLEMENT]
                steps.request_supplement(session, matter, at, reason, asked)
            case "return_to_issuer":
                require_issuer(matter.procedure)
                steps.return_to_issuer(session, matter, at, "returned_by_officer", reason)

    async def findings(self, run: RunContext, application_id: str) -> list[Finding]:
        """What an officer would find at this instant. Nothing is written down."""
        with self.store.session() as session:
            terms = self._terms(session, run)
            matter = self.officers.matter(session, terms, run.run_id, application_id)
        shared = await self.officers.look_up(matter, run.simulated_at)
        with self.store.session() as session:
            return self.officers.examine(session, matter, shared)

    def show(self, run: RunContext, application_id: str) -> ApplicationView:
        """One application as it stands."""
        with self.store.session() as session:
            terms = self._terms(session, run)
            row = applications.find(session, run.run_id, application_id)
            return self._view(session, row, terms, stuck.listed(session, run.run_id, application_id))

    def worklist(self, run: RunContext, state: str | None, limit: int, *, stuck_only: bool) -> Worklist:
        """The applications by due date; with what is stuck about each, or only those where something is."""
        with self.store.session() as session:
            terms = self._terms(session, run)
            held: dict[str, list[StuckAct]] = {}
            for act in stuck.listed(session, run.run_id):
                held.setdefault(act.application_id, []).append(act)
            named = list(held) if stuck_only else None
            rows = applications.worklist(session, run.run_id, state, limit, named)
            views = [self._view(session, row, terms, held.get(row.application_id, ())) for row in rows]
            return Worklist(applications=views)

    @contextmanager
    def _named(
        self, run: RunContext, application_id: str, name: str, sent: Closed
    ) -> Iterator[tuple[Session, Matter, bool]]:
        """A transaction about one application; the last value says whether this was sent before."""
        mark = fingerprint(sent.model_dump(mode="json"))
        with self.store.session() as session:
            terms = self._terms(session, run, taking_in=True)
            matter = self.officers.matter(session, terms, run.run_id, application_id)
            kept = applications.sent_before(session, matter.row, name)
            if kept is not None:
                require_same(kept, mark, f"{application_id}/{name}")
            else:
                applications.remember(session, matter.row, name, mark)
            yield session, matter, kept is not None

    def _terms(self, session: Session, run: RunContext, *, taking_in: bool = False) -> Terms:
        terms = terms_of(session, run.run_id)
        require_in_calendar(run.simulated_at)
        if taking_in:
            require_up(terms, self.name, run.simulated_at)
        return terms

    def _view(
        self, session: Session, row: ApplicationRow, terms: Terms, held: Sequence[StuckAct] = ()
    ) -> ApplicationView:
        return applications.view(session, row, Matter.of(row, terms, self.catalogue).titles, held)

    def _group_of(self, sent: Submission) -> Group:
        if (sent.group, sent.procedure) not in self.catalogue.procedures_of(self.name):
            raise UnknownThing(
                f"Cơ quan này không giải quyết thủ tục {sent.procedure} của nhóm {sent.group}.",
                f"This agency does not decide {sent.procedure} of the group {sent.group}.",
            )
        return self.catalogue.group(sent.group)


def _planned(session: Session, row: ApplicationRow, kind: str) -> bool:
    """Whether an act is to come; one that is stuck comes once it is put back."""
    if agenda.find(session, row.run_id, row.application_id, kind) is not None:
        return True
    return stuck.find(session, row.run_id, row.application_id, kind) is not None


def checked_form(group: Group, procedure: str, form: Json) -> Json:
    """The form as plain values; InvalidDeclaration names each cell that is wrong."""
    try:
        return group.form_of(procedure).model_validate(form).model_dump(mode="json")
    except ValidationError as error:
        found = [{**each, "loc": ("form", *each["loc"])} for each in error.errors()]
        raise InvalidDeclaration(
            f"Tờ khai có {len(found)} ô chưa hợp lệ; xem errors.",
            f"{len(found)} cell(s) of the form are not valid; see errors.",
            errors=field_errors(found),
        ) from None
