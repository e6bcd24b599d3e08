"""The simulated people of an agency: each act of the agenda, performed at its own instant.

An act first asks (nothing may be awaited in a transaction), then, in one transaction, makes sure that it
is still to be done, and does it. Done twice, or stopped in the middle, it counts once.
"""

from datetime import datetime
from typing import Any

from sqlmodel import Session

from chassis.client import ServiceClient, ServiceUnreachable
from chassis.storage import Store
from flow_model.catalogue import Catalogue
from flow_model.faults import OfficerDecides, absence, decided_otherwise
from flow_model.group import Effect, Finding
from flow_model.working_time import CALENDAR
from mock_registries.registry import Action, Entry, RegistryRefusal
from services import agenda, applications, examining, steps, timing
from services.agency import AgencySpec, Line, Unreachable
from services.agenda import Act
from services.instants import instant_of, text_of
from services.journal import append
from services.matter import Matter
from services.terms import Terms

Json = dict[str, Any]


class Officers:
    """Performs acts. Desks of people use `look_up`, `ask_before_entry` and `enter` as well."""

    def __init__(self, spec: AgencySpec, store: Store, client: ServiceClient, catalogue: Catalogue) -> None:
        self.spec = spec
        self.store = store
        self.client = client
        self.catalogue = catalogue

    async def perform(self, terms: Terms, act: Act) -> None:
        """Do one act of the agenda; with nobody there, it waits until somebody is back."""
        if self._nobody_there(terms, act):
            return
        match act.kind:
            case "receive":
                self._in_one(terms, act, steps.receive)
            case "expire":
                self._in_one(terms, act, steps.expire)
            case "take_up":
                await self._take_up(terms, act)
            case "decide":
                await self._decide(terms, act)
            case "correct":
                self._correct(terms, act)
            case _:
                await self._fill_in(terms, act)

    def _nobody_there(self, terms: Terms, act: Act) -> bool:
        """Whether the run's faults keep those who would do this act away; it is then planned for later."""
        if not terms.faults or act.kind not in steps.ACTS_OF_PEOPLE:
            return False
        with self.store.session() as session:
            matter = self.matter(session, terms, act.run_id, act.application_id)
            officers = act.kind != "receive"
            away = absence(terms.faults, self.spec.name, matter.procedure.id, act.instant, officers=officers)
            if away is None:
                return False
            if agenda.claim(session, act):
                back = CALENDAR.next_open(away.until)
                steps.injected(session, matter, act.instant, "absence", who=away.who, back_at=text_of(back))
                agenda.schedule(
                    session,
                    act.run_id,
                    act.application_id,
                    act.kind,
                    back,
                    number=act.number,
                    attempt=act.attempt,
                )
        return True

    def matter(self, session: Session, terms: Terms, run_id: str, application_id: str) -> Matter:
        """The application with all that bears on it."""
        return Matter.of(applications.find(session, run_id, application_id), terms, self.catalogue)

    def _in_one(self, terms: Terms, act: Act, step: Any) -> None:
        with self.store.session() as session:
            if agenda.claim(session, act):
                step(session, self.matter(session, terms, act.run_id, act.application_id), act.instant)

    def _line(self, matter: Matter, at: datetime, attempt: int) -> Line:
        run_id, procedure = matter.row.run_id, matter.procedure.id
        return Line(self.client, run_id, at, matter.terms.faults, procedure, attempt)

    async def look_up(self, matter: Matter, at: datetime, attempt: int = 1) -> dict[str, Json | None]:
        """What the shared registries say; ServiceUnreachable when one does not answer."""
        return await examining.ask_shared(matter, self.spec.name, self._line(matter, at, attempt))

    def examine(self, session: Session, matter: Matter, shared: dict[str, Json | None]) -> list[Finding]:
        """The findings, with the agency's own book looked up now."""
        return examining.examine(matter, shared | examining.ask_own(session, matter, self.spec))

    async def _take_up(self, terms: Terms, act: Act) -> None:
        matter = self._read(terms, act)
        try:
            shared = await self.look_up(matter, act.instant, act.attempt + 1)
        except ServiceUnreachable as error:
            self._failed(terms, act, "look_up", Unreachable.of(error))
            return
        with self.store.session() as session:
            if agenda.claim(session, act):
                matter = self.matter(session, terms, act.run_id, act.application_id)
                found = self.examine(session, matter, shared)
                told = self._told_otherwise(terms, matter, "take_up")
                steps.take_up(session, matter, act.instant, found, told)

    def _told_otherwise(self, terms: Terms, matter: Matter, stage: str) -> OfficerDecides | None:
        row = matter.row
        turn = row.round + row.returns
        return decided_otherwise(terms.faults, row.dossier, matter.procedure.id, turn, stage)

    async def _decide(self, terms: Terms, act: Act) -> None:
        matter = self._read(terms, act)
        otherwise = self._told_otherwise(terms, matter, "decide")
        if otherwise is not None:
            self._decide_otherwise(terms, act, otherwise)
            return
        try:
            told = await self.ask_before_entry(matter, act.instant, act.attempt + 1)
        except ServiceUnreachable as error:
            self._failed(terms, act, "decide", Unreachable.of(error))
            return
        with self.store.session() as session:
            if agenda.claim(session, act):
                matter = self.matter(session, terms, act.run_id, act.application_id)
                self.enter(session, matter, act.instant, told)

    def _decide_otherwise(self, terms: Terms, act: Act, told: OfficerDecides) -> None:
        with self.store.session() as session:
            if agenda.claim(session, act):
                matter = self.matter(session, terms, act.run_id, act.application_id)
                steps.injected(session, matter, act.instant, told.kind, decision=told.decision)
                found = examining.otherwise((), told)
                matter.row.findings = [*matter.row.findings, *examining.as_json(found)]
                steps.go_on(session, matter, act.instant, found)

    def _read(self, terms: Terms, act: Act) -> Matter:
        with self.store.session() as session:
            return self.matter(session, terms, act.run_id, act.application_id)

    def _failed(self, terms: Terms, act: Act, move: str, unreachable: Unreachable) -> None:
        with self.store.session() as session:
            if agenda.claim(session, act):
                matter = self.matter(session, terms, act.run_id, act.application_id)
                steps.attempt_failed(session, matter, act, move, unreachable)

    def _action(self, matter: Matter) -> Action:
        return self.spec.registry.actions[matter.procedure.action]

    def _entry(self, matter: Matter, at: datetime, told: Json) -> Entry:
        row = matter.row
        return Entry(
            run_id=row.run_id,
            seed=matter.terms.seed,
            application_id=row.application_id,
            dossier=row.dossier,
            form=row.form,
            documents=tuple(row.documents),
            terms=matter.all_terms(),
            at=at,
            told=told,
            misspell=matter.terms.misspells(row.procedure),
        )

    async def ask_before_entry(self, matter: Matter, at: datetime, attempt: int = 1) -> Json:
        """What shared registries say before the entry; not asked for an entry that would be refused."""
        prepare = self.spec.prepare.get(matter.procedure.action)
        if prepare is None:
            return {}
        entry, action = self._entry(matter, at, {}), self._action(matter)
        try:
            with self.store.session() as session:
                if action.check is not None:
                    action.check(session, entry)
        except RegistryRefusal:
            return {}  # the entry itself meets the same refusal, and gives the reason
        return await prepare(self._line(matter, at, attempt), entry)

    def enter(
        self, session: Session, matter: Matter, at: datetime, told: Json, officer: str | None = None
    ) -> None:
        """The entry in the book and the decision, together; a book that refuses makes it a rejection."""
        entry, action = self._entry(matter, at, told), self._action(matter)
        try:
            if action.check is not None:
                action.check(session, entry)
            entered = action.enter(session, entry)
        except RegistryRefusal as refusal:
            found = Finding(
                refusal.code, Effect.REJECT, refusal.message_vi, refusal.message_en, refusal.article
            )
            reasons = (refusal.message_vi, refusal.message_en)
            steps.reject(session, matter, at, reasons, [*matter.row.findings, found.as_json()], officer)
            return
        held = told.get("unreachable")
        if held is not None:
            steps.injected(session, matter, at, held["fault"], service=held["service"], reason=held["reason"])
        if entry.misspell:
            steps.injected(session, matter, at, "certificate_error")
        steps.grant(session, matter, at, entered.results, entered.findings, officer)
        retry = (held or {}).get("retry_after_seconds")
        for kind in entered.pending:
            steps.plan(session, matter, kind, timing.next_try(at, retry))

    def _correct(self, terms: Terms, act: Act) -> None:
        with self.store.session() as session:
            if not agenda.claim(session, act):
                return
            matter = self.matter(session, terms, act.run_id, act.application_id)
            row, correct = matter.row, self._action(matter).correct
            if correct is not None:
                entry = self._entry(matter, instant_of(row.decided_at or act.at), {})
                full = correct(session, entry, row.results)
                row.results = {name: full[name] for name in matter.procedure.results}
            payload = {"results": row.results, "number": act.number}
            steps.write(session, matter, "corrected", act.instant, payload)

    async def _fill_in(self, terms: Terms, act: Act) -> None:
        matter, pending = self._read(terms, act), self.spec.pending[act.kind]
        prepare = self.spec.prepare[matter.procedure.action]
        line = self._line(matter, act.instant, act.attempt + 2)  # the first attempt was before the entry
        told = await prepare(line, self._entry(matter, act.instant, {}))
        if told.get("unreachable") is not None:
            self._failed(terms, act, act.kind, Unreachable(**told["unreachable"]))
            return
        with self.store.session() as session:
            if not agenda.claim(session, act):
                return
            results = pending.write(session, act.run_id, act.application_id, told)
            if results is not None:
                row = applications.find(session, act.run_id, act.application_id)
                row.results = row.results | results
                session.add(row)
                append(
                    session,
                    act.run_id,
                    act.application_id,
                    pending.event,
                    act.instant,
                    {"results": results},
                    row.round,
                )
