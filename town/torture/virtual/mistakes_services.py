"""Mistakes in how a service does what is due: what is one commit, what is done twice, what is remembered."""

import asyncio
from datetime import timedelta
from typing import Any

from town.torture.virtual.sabotage import LifeOfAFile, later, memory_of, mistake, replace


def _around_acts(instead: Any) -> None:
    """Every act of an agenda goes through this: ``instead(service, perform, terms, act)``."""
    from services import counter, performing

    real = performing.perform_until

    async def until(service: Any, perform: Any, *more: Any) -> None:
        async def performed(terms: Any, act: Any) -> None:
            await instead(service, perform, terms, act)

        await real(service, performed, *more)

    replace(counter, "perform_until", until)


def _taken_off_first(kind: str) -> None:
    """An act is taken off the agenda in a commit of its own, and done in the next."""
    from services import agenda

    claim, taken = agenda.claim, set[str]()

    def claimed(session: Any, act: Any) -> bool:
        return act.application_id in taken or claim(session, act)

    async def first(service: Any, perform: Any, terms: Any, act: Any) -> None:
        if act.kind == kind:
            with service.store.session() as session:
                if not claim(session, act):
                    return
            await service.store.durable()
            taken.add(act.application_id)
        try:
            await perform(terms, act)
        finally:
            taken.discard(act.application_id)

    replace(agenda, "claim", claimed)
    _around_acts(first)


@mistake("The taking in is taken off the agenda in a commit before it is done.")
def receive_is_off_the_agenda_too_early() -> None:
    _taken_off_first("receive")


@mistake("The opening of a file is taken off the agenda in a commit before it is done.")
def take_up_is_off_the_agenda_too_early() -> None:
    _taken_off_first("take_up")


@mistake("The decision is taken off the agenda in a commit before it is done.")
def decide_is_off_the_agenda_too_early() -> None:
    _taken_off_first("decide")


@mistake("The answer to a consent is taken off the agenda in a commit before it is given.")
def answer_is_off_the_agenda_too_early() -> None:
    _taken_off_first("answer")


@mistake("Nobody looks whether somebody else has done an act in the meantime.")
def nobody_looks_who_did_it() -> None:
    from services import agenda

    claim = agenda.claim

    def claimed(session: Any, act: Any) -> bool:
        claim(session, act)
        return True

    replace(agenda, "claim", claimed)


@mistake("The event is written in a commit after the effect that it tells of.")
def the_event_comes_after_its_effect() -> None:
    from services import journal

    append, waiting = journal.append, list[list[Any]]()

    def put_off(*what: Any) -> None:
        if waiting:
            waiting[-1].append(what)
        else:
            append(*what)

    async def told_later(service: Any, perform: Any, terms: Any, act: Any) -> None:
        waiting.append([])
        try:
            await perform(terms, act)
        finally:
            told = waiting.pop()
        await service.store.durable()
        with service.store.session() as session:
            for _, *what in told:
                append(session, *what)

    replace(journal, "append", put_off)
    _around_acts(told_later)


@mistake("The event is written in a commit before the effect that it tells of.")
def the_event_comes_before_its_effect() -> None:
    from services import agenda, applications
    from services.desk_acts import Officers

    real = Officers._take_up

    async def take_up(self: Officers, terms: Any, act: Any) -> None:
        kept = {}
        with self.store.session() as session:
            row = applications.find(session, act.run_id, act.application_id)
            kept = row.model_dump()
        await real(self, terms, act)
        with self.store.session() as session:
            row = applications.find(session, act.run_id, act.application_id)
            state, planned = row.state, agenda.find(session, act.run_id, act.application_id, "decide")
            row.state = kept["state"]
            if planned is not None:
                agenda.cancel(session, act.run_id, act.application_id, "decide")
            at = None if planned is None else planned.instant
        await self.store.durable()
        with self.store.session() as session:
            row = applications.find(session, act.run_id, act.application_id)
            row.state = state
            if at is not None:
                agenda.schedule(session, act.run_id, act.application_id, "decide", at)

    replace(Officers, "_take_up", take_up)


@mistake("Events are numbered by a counter in memory.")
def events_are_counted_in_memory() -> None:
    from services import journal
    from services.instants import text_of

    life = LifeOfAFile()

    def append(session: Any, run_id: str, of: str, kind: str, at: Any, payload: Any, round_: int = 0) -> None:
        known = life.of(session)
        known[run_id] = known.get(run_id, 0) + 1
        row = journal.EventRow(
            run_id=run_id,
            id=known[run_id],
            application_id=of,
            kind=kind,
            at=text_of(at),
            round=round_,
            payload=dict(payload),
        )
        session.add(row)
        session.flush()

    replace(journal, "append", append)


@mistake("When the next act is due is remembered when it is planned, and not read from the agenda.")
def what_is_due_is_remembered() -> None:
    from services import agenda, journal

    life, schedule, standing = LifeOfAFile(), agenda.schedule, journal.standing

    def planned(session: Any, *more: Any, **named: Any) -> None:
        schedule(session, *more, **named)
        life.of(session)["restarted"] = False

    def stands(session: Any, run_id: str) -> Any:
        next_at, last = standing(session, run_id)
        return None if life.of(session).get("restarted") else next_at, last

    replace(agenda, "schedule", planned)
    replace(journal, "standing", stands)


@mistake("An act that met a registry that does not answer is put off by an hour.")
def silence_puts_off_the_act() -> None:
    from flow_model.errors import NeighbourGone
    from services import agenda

    async def put_off(service: Any, perform: Any, terms: Any, act: Any) -> None:
        try:
            await perform(terms, act)
        except NeighbourGone:
            with service.store.session() as session:
                at = act.instant + timedelta(hours=1)
                agenda.schedule(session, act.run_id, act.application_id, act.kind, at)

    _around_acts(put_off)


@mistake("An act that met a registry that does not answer is given up.")
def silence_ends_the_act() -> None:
    from flow_model.errors import NeighbourGone
    from services import agenda

    async def give_up(service: Any, perform: Any, terms: Any, act: Any) -> None:
        try:
            await perform(terms, act)
        except NeighbourGone:
            with service.store.session() as session:
                agenda.claim(session, act)

    _around_acts(give_up)


@mistake("One request works at a time, and one that met an error never ends.")
def work_is_locked_for_ever_after_an_error() -> None:
    from services import counter, performing

    real = performing.perform_until

    async def until(service: Any, *more: Any) -> None:
        lock = memory_of(service, "lock").setdefault("lock", asyncio.Lock())
        await lock.acquire()
        await real(service, *more)
        lock.release()

    replace(counter, "perform_until", until)


@mistake("The first act about an application is planned in a commit after that which takes it in.")
def taken_in_and_planned_are_two_commits() -> None:
    from services import steps
    from services.counter import LAST_EVENT, Service
    from services.desk import Desk

    wait, submit, told_next = steps.wait_for_counter, Desk.submit, Service.told_next

    def unsaid(self: Service, session: Any, run_id: str, response: Any) -> Any:
        """Who plans later cannot say that nothing is left to tell: the gateway asks."""
        told = told_next(self, session, run_id, response)
        del response.headers[LAST_EVENT]
        return told

    replace(Service, "told_next", unsaid)

    def in_two(self: Desk, *more: Any) -> Any:
        planned: list[Any] = []
        replace(steps, "wait_for_counter", lambda _session, *what: planned.append(what))
        try:
            return submit(self, *more)
        finally:
            replace(steps, "wait_for_counter", wait)
            later(self.store, lambda: plan(self, planned))

    def plan(self: Desk, planned: list[Any]) -> None:
        with self.store.session() as session:
            for what in planned:
                wait(session, *what)

    replace(Desk, "submit", in_two)
