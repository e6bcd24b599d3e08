"""Mistakes in what every service stands on: the store, kept answers, the client."""

from typing import Any

from town.torture.virtual.sabotage import mistake, replace


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


@mistake("An answer that was given is not kept under its key.")
def the_answer_is_not_kept() -> None:
    from chassis import idempotency

    real = idempotency.once

    async def once(store: Any, scope: str, key: str | None, body: Any, work: Any, **more: Any) -> Any:
        answer = await real(store, scope, key, body, work, **more)
        with store.connection() as connection:
            connection.execute(idempotency.delete(idempotency._T))
        return answer

    from gateway import parts

    replace(parts, "once", once)


@mistake("A key that was marked by a process that died stays marked for ever.")
def marks_of_the_dead_stay() -> None:
    from chassis import idempotency

    real = idempotency._kept_or_mark

    def mark(connection: Any, scope: str, key: str, mark_of: str, epoch: str, _at_work: set[str]) -> Any:
        everybody = {f"life {life}" for life in range(100)}
        return real(connection, scope, key, mark_of, epoch, everybody)

    replace(idempotency, "_kept_or_mark", mark)


@mistake("Whoever waits for a commit that failed is told that all is well.")
def a_failed_commit_is_not_told() -> None:
    from chassis.group_commit import Group

    real = Group.end
    replace(Group, "end", lambda self, _trouble: real(self, None))
    from chassis import storage

    replace(storage, "require_kept", lambda _store: None)


@mistake("A process that says that it is busy is taken for a service that is down in the story.")
def busy_is_taken_for_down() -> None:
    from chassis import client

    replace(client, "OF_THE_PROCESS", frozenset())


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
    from chassis import client

    real = client._parsed

    def parsed(content_type: str, content: bytes) -> tuple[Any, bool]:
        return real(content_type, content)[0], True

    replace(client, "_parsed", parsed)


@mistake("After each piece of work something else may come between: two commits where one was meant.")
def pieces_are_committed_one_by_one() -> None:
    from gateway.acts import Acts

    real = Acts._declare

    async def declare(self: Acts, run: Any, **content: Any) -> str:
        dossier = await real(self, run, **content)
        await self._journal.store.durable()
        return dossier

    replace(Acts, "_declare", declare)
    replace_known(Acts, declare)


def replace_known(acts: Any, declare: Any) -> None:
    """The table of acts is made when a gateway is built; it is made to look the act up anew."""
    real = acts.do_within

    async def do_within(self: Any, run: Any, act: str, content: Any) -> Any:
        self._known["declare"] = lambda run, **given: declare(self, run, **given)
        return await real(self, run, act, content)

    replace(acts, "do_within", do_within)
