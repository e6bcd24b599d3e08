"""Mistakes in what the gateway makes of silence, of errors, and of what it did or heard before."""

from typing import Any

from town.torture.virtual.sabotage import memory_of, mistake, replace

PAST_500 = "HTTP 5"


def _on_a_failed_send(instead: Any) -> None:
    """What becomes of a send (a PUT under a name of ours) that a neighbour does not answer."""
    from flow_model.errors import NeighbourGone
    from gateway.fault_layer import Line

    real = Line.put

    async def put(self: Line, service: str, path: str, body: Any) -> bool:
        try:
            return await real(self, service, path, body)
        except NeighbourGone as gone:
            instead(service, gone)
            return True

    replace(Line, "put", put)


@mistake("A process that does not answer is written down as an outage of the story.")
def silence_is_an_event() -> None:
    from chassis.client import ServiceUnreachable
    from flow_model.errors import NeighbourGone
    from gateway.neighbours import Neighbours, TemporarilyClosed

    real = Neighbours.call

    async def call(self: Neighbours, run: Any, service: str, *more: Any, **named: Any) -> Any:
        try:
            return await real(self, run, service, *more, **named)
        except NeighbourGone:
            raise TemporarilyClosed(ServiceUnreachable(service, "timeout")) from None

    replace(Neighbours, "call", call)


@mistake("A send that was answered by an error of the server counts as done.")
def an_error_of_the_server_counts_as_done() -> None:
    def instead(_service: str, gone: Any) -> None:
        if PAST_500 not in gone.detail_en:
            raise gone

    _on_a_failed_send(instead)


@mistake("A send that failed counts as done.")
def what_failed_counts_as_done() -> None:
    _on_a_failed_send(lambda _service, _gone: None)


@mistake("A send that failed counts as refused by the agency.")
def what_failed_counts_as_refused() -> None:
    from chassis.client import ServiceRefused

    def instead(service: str, gone: Any) -> None:
        raise ServiceRefused(service, 502, {"detail": gone.detail_en})

    _on_a_failed_send(instead)


@mistake("What is to be sent is first written down as sent.")
def noted_first_and_sent_afterwards() -> None:
    from gateway.fault_layer import Line
    from gateway.orchestrator import Orchestrator

    real = Orchestrator._act

    async def act(self: Orchestrator, run: Any, case: Any, progress: Any, move: Any, line: Line) -> Any:
        put_off: list[Any] = []

        class Remembering:
            """Sends nothing yet."""

            async def put(self, *what: Any) -> bool:
                """Remember it."""
                put_off.append(what)
                return True

        service, notes = await real(self, run, case, progress, move, Remembering())  # type: ignore[arg-type]
        self._journal.append(run, notes)
        for what in put_off:
            await line.put(*what)
        return service, []

    replace(Orchestrator, "_act", act)


@mistake("Who is asked for a consent once more is asked in other words.")
def asked_again_in_other_words() -> None:
    from gateway.fault_layer import Line

    real = Line.put

    async def put(self: Line, service: str, path: str, body: Any) -> bool:
        asked = memory_of(self.neighbours, "asked")
        if path in asked and "title_en" in body:
            body = body | {"title_en": body["title_en"] + " (once more)"}
        asked[path] = True
        return await real(self, service, path, body)

    replace(Line, "put", put)


@mistake("A registry that does not answer has no record, when a declaration is filled in.")
def silence_is_no_record() -> None:
    from flow_model.errors import NeighbourGone
    from gateway.neighbours import Neighbours

    real = Neighbours.look_up

    async def look_up(self: Neighbours, *more: Any) -> Any:
        try:
            return await real(self, *more)
        except NeighbourGone:
            return None

    replace(Neighbours, "look_up", look_up)


@mistake("While a service does not answer, all is said to be settled.")
def settled_when_nobody_answers() -> None:
    from flow_model.errors import NeighbourGone
    from gateway.driver import Advance, Driver

    real = Driver.advance

    async def advance(self: Driver, *more: Any, **named: Any) -> Advance:
        try:
            return await real(self, *more, **named)
        except NeighbourGone:
            return Advance(0, True, None)

    replace(Driver, "advance", advance)


@mistake("A service that does not answer is not waited for.")
def whoever_is_silent_is_left_out() -> None:
    from flow_model.errors import NeighbourGone
    from gateway.driver import Driver

    real = Driver._hear

    async def hear(self: Driver, run: Any, service: str) -> None:
        try:
            await real(self, run, service)
        except NeighbourGone:
            self._neighbours._remember(run, service, None)

    replace(Driver, "_hear", hear)


@mistake("When a run is taken up, a service that does not answer is passed over.")
def whoever_is_silent_at_first_is_passed_over() -> None:
    from flow_model.errors import NeighbourGone
    from gateway.driver import Driver

    async def hear_all(self: Driver, run: Any) -> None:
        for service in self._neighbours.services:
            try:
                await self._hear(run, service)
            except NeighbourGone:
                continue

    replace(Driver, "hear_all", hear_all)


@mistake("Nobody asks the services what is due: the answers to what was sent will have told.")
def nobody_asks_what_is_due() -> None:
    from gateway.driver import Driver

    async def hear_all(_self: Driver, _run: Any) -> None:
        return None

    replace(Driver, "hear_all", hear_all)


@mistake("The services are asked what is due once in the life of a process.")
def asked_once_in_a_life() -> None:
    from gateway.driver import Driver

    real = Driver.hear_all

    async def hear_all(self: Driver, run: Any) -> None:
        asked = memory_of(self, "asked")
        if run.run_id not in asked:
            await real(self, run)
            asked[run.run_id] = True

    replace(Driver, "hear_all", hear_all)


@mistake("What a service tells is taken in before what was sent to it is written down.")
def an_answer_is_heard_before_its_question() -> None:
    from gateway.dossiers import Dossiers

    replace(Dossiers, "owes", lambda *_: False)


@mistake("How far a service was read is written in a later commit, and what is known is not looked up.")
def what_is_told_twice_counts_twice() -> None:
    from gateway.journal import Journal

    replace(Journal, "_known", staticmethod(lambda *_: False))
    _reading_in_two_commits(cursor_first=False)


@mistake("How far a service was read is written in a commit before what it told.")
def read_before_it_is_written_down() -> None:
    _reading_in_two_commits(cursor_first=True)


def _reading_in_two_commits(*, cursor_first: bool) -> None:
    from gateway.intake import Intake

    real = Intake.hear

    async def hear(self: Intake, run: Any, service: str) -> None:
        runs, calls = self._runs, list[Any]()

        class Putting:
            """Takes nothing in yet."""

            def take_in(self, *what: Any) -> None:
                """Remember it."""
                calls.append(what)

        self._runs = Putting()  # type: ignore[assignment]
        try:
            await real(self, run, service)
        finally:
            self._runs = runs
        for of, name, cursor, notes, held in calls:
            first, second = ([], notes) if cursor_first else (notes, [])
            if cursor_first:
                runs.take_in(of, name, cursor, first, held)
            else:
                self._journal.append(of, first)
            await self._journal.store.durable()
            if cursor_first:
                self._journal.append(of, second)
            else:
                runs.take_in(of, name, cursor, second, held)

    replace(Intake, "hear", hear)


@mistake("How far a service was read is remembered ahead of the commit that keeps it.")
def read_further_than_it_is_written() -> None:
    from gateway.neighbours import Neighbours

    real = Neighbours.work

    async def work(self: Neighbours, run: Any, service: str) -> Any:
        read = memory_of(self, "read")
        after = read.get((run.run_id, service), 0)
        events = [event for event in await real(self, run, service) if event["id"] > after]
        read[run.run_id, service] = max([after, *(event["id"] for event in events)])
        return events

    replace(Neighbours, "work", work)
