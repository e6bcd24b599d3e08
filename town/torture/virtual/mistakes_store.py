"""Mistakes in what every service stands on: the store, kept answers, the client."""

from collections.abc import Awaitable, Callable
from typing import Any

from town.torture.virtual.sabotage import memory_of, mistake, replace


@mistake("Answers and calls leave before what they rest on is committed.")
def nobody_waits_for_the_commit() -> None:
    from chassis.storage import Store

    async def durable(_self: Store) -> None:
        return None

    replace(Store, "durable", durable)


@mistake("Answers leave before the commit; calls to others wait.")
def answers_do_not_wait() -> None:
    from chassis import boundary

    replace(boundary, "_once_kept", lambda _store, _scope, _receive, send: send)


@mistake("Calls to others leave before the commit; answers wait.")
def calls_do_not_wait() -> None:
    from chassis.committed import CommittedFirst

    async def call(self: CommittedFirst, *positional: Any, **named: Any) -> Any:
        return await self._inner.call(*positional, **named)

    replace(CommittedFirst, "call", call)


@mistake("Each piece of work has a commit of its own.")
def no_commit_is_shared() -> None:
    from chassis import storage

    replace(storage, "_running", lambda: None)


@mistake("Whoever waits for a commit that failed is told that all is well.")
def a_failed_commit_is_not_told() -> None:
    from chassis import storage
    from chassis.group_commit import Group

    end, undo = Group.end, storage.Store._undo

    def unnoticed(self: storage.Store, group: Group, trouble: Any) -> None:
        failures = self.failures
        undo(self, group, trouble)
        self.failures = failures

    replace(Group, "end", lambda self, _trouble: end(self, None))
    replace(storage, "require_kept", lambda _store: None)
    replace(storage.Store, "_undo", unnoticed)


def _instead_of_once(once: Callable[..., Awaitable[Any]]) -> None:
    from gateway import parts

    replace(parts, "once", once)


@mistake("A process that starts forgets the answers that it finds kept.")
def answers_are_kept_for_one_life() -> None:
    from chassis import idempotency
    from chassis.storage import Store

    real = Store.take_over

    def take_over(self: Store, dead: Store) -> None:
        real(self, dead)
        if idempotency.KeptAnswer in self.tables:
            with self.connection() as connection:
                connection.execute(idempotency._T.delete())

    replace(Store, "take_over", take_over)


@mistake("The answer to a key is kept in a later commit than the work.")
def the_answer_is_kept_later() -> None:
    from chassis import idempotency

    real = idempotency.once

    async def once(store: Any, scope: str, key: str, body: Any, work: Any, **named: Any) -> Any:
        async def kept_first() -> Any:
            done = await work()
            await store.durable()
            return done

        return await real(store, scope, key, body, kept_first, **named)

    _instead_of_once(once)


@mistake("An error is kept under a key, and given again.")
def errors_are_kept() -> None:
    from chassis import idempotency
    from flow_model.errors import SandboxError

    real = idempotency.once

    async def once(store: Any, scope: str, key: str, *more: Any, **named: Any) -> Any:
        kept = memory_of(store, "errors")
        if (scope, key) in kept:
            raise kept[scope, key]
        try:
            return await real(store, scope, key, *more, **named)
        except SandboxError as error:
            kept[scope, key] = error
            raise

    _instead_of_once(once)


@mistake("A key that was marked by a process that died stays marked for ever.")
def marks_of_the_dead_stay() -> None:
    from chassis import idempotency

    real = idempotency._others_at_work

    def everybody_lives(store: Any, scope: str, key: str, epoch: str, _alive: Any) -> bool:
        return bool(real(store, scope, key, epoch, lambda _epoch: True))

    replace(idempotency, "_others_at_work", everybody_lives)


@mistake("A key whose work met an error stays marked, and is taken for being worked on.")
def work_that_failed_goes_on() -> None:
    from chassis import idempotency

    class AtWork(set[Any]):
        """Never finished."""

        def discard(self, _key: Any) -> None:
            """It stays."""

    class ByStore:
        """What a process works on, by its store."""

        def setdefault(self, store: Any, _new: Any) -> Any:
            """What is worked on."""
            return memory_of(store, "work").setdefault("now", AtWork())

    replace(idempotency, "_forget", lambda *_: None)
    replace(idempotency, "_AT_WORK", ByStore())


@mistake("A process that says that it is busy is taken for a service that is down in the story.")
def busy_is_taken_for_down() -> None:
    from chassis import answers

    replace(answers, "OF_THE_PROCESS", frozenset())


@mistake("A call has no time limit.")
def nobody_looks_at_the_time() -> None:
    from chassis.client import ServiceClient

    real = ServiceClient.call

    async def call(self: ServiceClient, *positional: Any, **named: Any) -> Any:
        self._timeout_seconds = None
        return await real(self, *positional, **named)

    replace(ServiceClient, "call", call)


@mistake("An answer that cannot be read counts as an answer.")
def unreadable_is_read() -> None:
    from chassis import answers, client

    real = answers.parsed

    def parsed(content_type: str, content: bytes) -> tuple[Any, bool]:
        return real(content_type, content)[0], True

    replace(client, "parsed", parsed)


@mistake("A process that says in garbled words when to come again is taken for down in the story.")
def garbled_busy_is_taken_for_down() -> None:
    from chassis import answers, client

    real = answers.parsed

    def parsed(content_type: str, content: bytes) -> tuple[Any, bool]:
        body, readable = real(content_type, content)
        return body, readable or "problem" in content_type

    replace(client, "parsed", parsed)


@mistake("A call that had no answer in time counts as done.")
def no_answer_in_time_counts_as_done() -> None:
    from chassis.client import Answer, ServiceClient, ServiceUnreachable

    real = ServiceClient.call

    async def call(self: ServiceClient, service: str, method: str, path: str, **more: Any) -> Answer:
        try:
            return await real(self, service, method, path, **more)
        except ServiceUnreachable as unreachable:
            if unreachable.reason != "timeout" or method != "PUT":
                raise
            return Answer(200, {}, {}, service)

    replace(ServiceClient, "call", call)
