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
from flow_model.group import Effect, Finding
from mock_registries.registry import Action, Entry, RegistryRefusal
from services import agenda, applications, examining, steps, timing
from services.agency import AgencySpec, Line, Unreachable
from services.agenda import Act
from services.instants import instant_of
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
        """Do one act of the agenda."""
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

    def matter(self, session: Session, terms: Terms, run_id: str, application_id: str) -> Matter:
        """The application with all that bears on it."""
        return Matter.of(applications.find(session, run_id, application_id), terms, self.catalogue)

    def _in_one(self, terms: Terms, act: Act, step: Any) -> None:
        with self.store.session() as session:
            if agenda.claim(session, act):
                step(session, self.matter(session, terms, act.run_id, act.application_id), act.instant)

    async def look_up(self, matter: Matter, at: datetime) -> dict[str, Json | None]:
        """What the shared registries say; ServiceUnreachable when one does not answer."""
        line = Line(self.client, matter.row.run_id, at)
        return await examining.ask_shared(matter, self.spec.name, line)

    def examine(self, session: Session, matter: Matter, shared: dict[str, Json | None]) -> list[Finding]:
        """The findings, with the agency's own book looked up now."""
        return examining.examine(matter, shared | examining.ask_own(session, matter, self.spec))

    async def _take_up(self, terms: Terms, act: Act) -> None:
        matter = self._read(terms, act)
        try:
            shared = await self.look_up(matter, act.instant)
        except ServiceUnreachable as error:
            self._failed(terms, act, "look_up", Unreachable.of(error))
            return
        with self.store.session() as session:
            if agenda.claim(session, act):
                matter = self.matter(session, terms, act.run_id, act.application_id)
                steps.take_up(session, matter, act.instant, self.examine(session, matter, shared))

    async def _decide(self, terms: Terms, act: Act) -> None:
        matter = self._read(terms, act)
        try:
            told = await self.ask_before_entry(matter, act.instant)
        except ServiceUnreachable as error:
            self._failed(terms, act, "decide", Unreachable.of(error))
            return
        with self.store.session() as session:
            if agenda.claim(session, act):
                matter = self.matter(session, terms, act.run_id, act.application_id)
                self.enter(session, matter, act.instant, told)

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

    async def ask_before_entry(self, matter: Matter, at: datetime) -> Json:
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
        return await prepare(Line(self.client, matter.row.run_id, at), entry)

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
        steps.grant(session, matter, at, entered.results, entered.findings, officer)
        retry = (told.get("unreachable") or {}).get("retry_after_seconds")
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
        line = Line(self.client, act.run_id, act.instant)
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
