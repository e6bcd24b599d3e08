"""Mistakes in what an agency takes in, in what it asks of registries, and in what it enters in its book."""

from contextlib import suppress
from typing import Any

from town.torture.virtual.sabotage import LifeOfAFile, mistake, replace


@mistake("An application that is there already is a conflict for whoever sends it.")
def sent_again_is_a_conflict() -> None:
    from services import allowing, desk

    real = allowing.require_same
    replace(desk, "require_same", lambda _kept, mark, name: real("", mark, name))


@mistake("An application that is sent again takes the place of the one that is there.")
def sent_again_begins_anew() -> None:
    from services.applications import ApplicationRow
    from services.desk import Desk

    real = Desk.submit

    def submit(self: Desk, run: Any, application_id: str, sent: Any) -> Any:
        with self.store.session() as session:
            row = session.get(ApplicationRow, (run.run_id, application_id))
            if row is not None:
                session.delete(row)
        return real(self, run, application_id, sent)

    replace(Desk, "submit", submit)


@mistake("A consent that is asked for already is a conflict for whoever asks.")
def asked_again_is_a_conflict() -> None:
    from services.population import consents

    def before(session: Any, run_id: str, consent_id: str, asked: Any) -> Any:
        row = session.get(consents.ConsentRow, (run_id, consent_id))
        if row is not None:
            row.fingerprint = ""
        return real(session, run_id, consent_id, asked)

    real = replace(consents, "ask", before)


@mistake("A consent that is asked for again is asked for anew.")
def asked_again_begins_anew() -> None:
    from services.population import consents

    def before(session: Any, run_id: str, consent_id: str, asked: Any) -> Any:
        row = session.get(consents.ConsentRow, (run_id, consent_id))
        if row is not None:
            session.delete(row)
            session.flush()
        return real(session, run_id, consent_id, asked)

    real = replace(consents, "ask", before)


@mistake("Whoever asks for a personal ID again gets what a new application would get.")
def a_number_is_issued_anew() -> None:
    from services.population import routes

    population = vars(routes)["population"]
    real = population.issue

    def issue(session: Any, run_id: str, seed: int, application_id: str, asked: Any) -> Any:
        kept = session.get(population.IssuedId, (run_id, application_id))
        return real(session, run_id, seed, application_id + (" again" if kept else ""), asked)

    replace(population, "issue", issue)


@mistake("The serial of a personal ID comes from a counter in memory.")
def serials_are_counted_in_memory() -> None:
    from services.population import routes

    population = vars(routes)["population"]
    issue, number = population.issue, population.persons.newborn_personal_id
    life, now = LifeOfAFile(), list[Any]()

    def issued(session: Any, *more: Any) -> Any:
        now[:] = [life.of(session)]
        return issue(session, *more)

    def numbered(seed: int, serial: int, *more: Any) -> str:
        now[0]["serial"] = max(now[0].get("serial", -1) + 1, serial)
        return str(number(seed, now[0]["serial"], *more))

    replace(population, "issue", issued)
    replace(population.persons, "newborn_personal_id", numbered)


@mistake("The next line of a book comes from a counter in memory.")
def lines_are_counted_in_memory() -> None:
    from services import civil_status

    life, registry = LifeOfAFile(), vars(civil_status)["civil_status"]
    for book in (registry.births, registry.deaths):
        real = book.next_place

        def next_place(session: Any, table: Any, run_id: str, on: Any, real: Any = real) -> Any:
            place, known = real(session, table, run_id, on), life.of(session)
            known["line"] = max(known.get("line", 0) + 1, place.number)
            return place._replace(number=known["line"])

        replace(book, "next_place", next_place)


def _on_a_failed_question(instead: Any) -> None:
    """What becomes of a question to a shared registry that does not answer."""
    from flow_model.errors import NeighbourGone
    from services.agency import Line

    real = Line.ask

    async def ask(self: Line, service: str, method: str, *more: Any, **named: Any) -> Any:
        try:
            return await real(self, service, method, *more, **named)
        except NeighbourGone as gone:
            return instead(service, method, gone)

    replace(Line, "ask", ask)


@mistake("A registry that does not answer is taken for one that is down in the story.")
def silence_is_an_outage() -> None:
    from chassis.client import ServiceUnreachable

    def instead(service: str, _method: str, _gone: Any) -> Any:
        raise ServiceUnreachable(service, "timeout")

    _on_a_failed_question(instead)


@mistake("A registry that does not answer has no record, when an officer looks something up.")
def silence_finds_nothing() -> None:
    from chassis.client import Answer

    def instead(service: str, method: str, gone: Any) -> Answer:
        if method != "GET":
            raise gone
        return Answer(200, {}, {"found": False, "record": None}, service)

    _on_a_failed_question(instead)


@mistake("An error of a registry's server is taken for its refusal.")
def an_error_of_the_server_is_a_refusal() -> None:
    from chassis.client import Answer

    def instead(service: str, _method: str, gone: Any) -> Answer:
        if "HTTP 5" not in gone.detail_en:
            raise gone
        return Answer(409, {}, {"detail": gone.detail_en}, service)

    _on_a_failed_question(instead)


@mistake("An entry is made without what a registry was to say, when it does not answer.")
def entered_without_the_answer() -> None:
    from flow_model.errors import NeighbourGone
    from services.desk_acts import Officers

    real = Officers.ask_before_entry

    async def ask(self: Officers, *more: Any) -> Any:
        try:
            return await real(self, *more)
        except NeighbourGone:
            return {}

    replace(Officers, "ask_before_entry", ask)


@mistake("The entry in the book is made in a commit before that of the decision.")
def entered_and_granted_are_two_commits() -> None:
    from services import agenda, desk_acts, steps
    from services.desk_acts import Officers

    real, refused = Officers._decide, vars(desk_acts)["RegistryRefusal"]

    async def decide(self: Officers, terms: Any, act: Any) -> None:
        told = await self.ask_before_entry(self._read(terms, act), act.instant, act.attempt + 1)
        entered: list[Any] = []
        with suppress(refused), self.store.session() as session:
            matter = self.matter(session, terms, act.run_id, act.application_id)
            action, entry = self._action(matter), self._entry(matter, act.instant, told)
            if action.check is not None:
                action.check(session, entry)
            entered.append(action.enter(session, entry))
        if not entered:
            return await real(self, terms, act)
        await self.store.durable()
        with self.store.session() as session:
            if agenda.claim(session, act):
                matter = self.matter(session, terms, act.run_id, act.application_id)
                notes = entered[0].findings
                steps.grant(session, matter, act.instant, entered[0].results, notes, None)
        return None

    replace(Officers, "_decide", decide)


@mistake("A death is reported after it is entered, once.")
def reported_once_and_afterwards() -> None:
    from services.civil_status import SPEC
    from services.desk_acts import Officers

    real, report = Officers._decide, SPEC.prepare["register_death"]

    async def nothing(*_: Any) -> dict[str, Any]:
        return {}

    async def decide(self: Officers, terms: Any, act: Any) -> None:
        await real(self, terms, act)
        matter = self._read(terms, act)
        if matter.procedure.action == "register_death":
            with suppress(Exception):
                await report(self._line(matter, act.instant, 1), self._entry(matter, act.instant, {}))

    SPEC.prepare["register_death"] = nothing  # type: ignore[index]
    replace(Officers, "_decide", decide)
