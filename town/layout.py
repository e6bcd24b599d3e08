"""Puts the parts together: one process for all, one process each, or all in memory for tests."""

import asyncio
import os
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from fastapi import APIRouter, FastAPI
from starlette.types import ASGIApp, Receive, Scope, Send

from chassis.client import ServiceClient
from chassis.clock import WallClock
from chassis.settings import Settings
from chassis.storage import Store, Where
from flow_model.catalogue import HERE, Catalogue, catalogue
from flow_model.errors import UnknownThing
from town.listening import address_of, run_served
from town.servers import ServerSpec, serve_until_stopped

# The order is the order of the ports. Services are imported where they are built: the process that only
# owns the others stays small.
NAMES = (
    "gateway",
    "civil_status",
    "residence",
    "social_insurance",
    "social_protection",
    "population",
    "health",
    "web",
)
# The pages ask all the others, and nobody asks them.
PAGES = "web"
NOTHING: Mapping[str, str] = MappingProxyType({})


def ports(base: int) -> dict[str, int]:
    """The port of each service: the gateway at the base, the others after it."""
    return {name: base + offset for offset, name in enumerate(NAMES)}


def urls(base: int, host: str = "127.0.0.1") -> dict[str, str]:
    """The address of each service."""
    return {name: address_of(host, port) for name, port in ports(base).items()}


def specs(
    base: int, folder: Path, host: str = "127.0.0.1", elsewhere: Mapping[str, str] = NOTHING
) -> list[ServerSpec]:
    """One server each, with a port and an SQLite file of its own; none for those that are elsewhere."""
    addresses = {**urls(base, host), **elsewhere}
    return [
        ServerSpec(
            name=name,
            port=port,
            build="town.layout:build_server",
            arguments={"name": name, "store": str(folder / f"{name}.sqlite"), "service_urls": addresses},
        )
        for name, port in ports(base).items()
        if name not in elsewhere
    ]


# Nobody crowds in from outside: whoever calls is in this process, and sees to it what it can bear.
_PLACES_IN_MEMORY = 1000
# Apps built before this process was copied from another, by name: see ``build_ahead``.
_ahead: dict[str, tuple[FastAPI, ServiceClient, ServiceClient]] = {}


def build_server(name: str, store: str, service_urls: Mapping[str, str]) -> FastAPI:
    """The app of one service, talking to the others over HTTP."""
    if name in _ahead:
        app, client, own = _ahead.pop(name)
        client.move_to(service_urls)
        own.move_to(service_urls)
        app.state.store.move_to(where_of(store), schema=name)
    else:
        others = {key: url for key, url in service_urls.items() if key not in (name, PAGES)}
        client = _client(others, to_others=name != PAGES)
        own = _client({name: service_urls[name]} if name in service_urls else {})
        app = build(name, where_of(store), client, catalogue(), epoch, own)

    async def close_store() -> None:
        app.state.store.close()

    app.state.metrics.watch_calls(client)
    settings = Settings.from_environment(os.environ)
    app.state.language = settings.language
    # Whoever shows a page waits for answers most of the time, and for several of them at once.
    app.state.admission.set_places(settings.places * (4 if name == PAGES else 1))
    stop_work = getattr(app.state, "stop_work", None)
    app.state.closing = (*([stop_work] if stop_work else []), client.aclose, own.aclose, close_store)
    return app


def where_of(store: str) -> Where:
    """Where a service keeps its books: the database that the operator names, or else its own file."""
    database = Settings.from_environment(os.environ).database_url
    return database or (Path(store) if store else None)


def _client(service_urls: Mapping[str, str], *, to_others: bool = False) -> ServiceClient:
    settings = Settings.from_environment(os.environ)
    # One service that hangs holds half of our places at most.
    each = max(1, settings.places // 2) if to_others else None
    return ServiceClient.over_http(service_urls, timeout_seconds=settings.timeout_seconds, calls_each=each)


def build(
    name: str,
    store: Where,
    client: ServiceClient,
    groups: Catalogue,
    process: Callable[[], str],
    own: ServiceClient | None = None,
) -> FastAPI:
    """The app of one service by name. ``own`` reaches this very service: stories use the front door."""
    if name == PAGES:
        import web.app

        return web.app.build(store, client, groups)
    import services

    services.prove_catalogue(groups)
    secret = Settings.from_environment(os.environ).event_secret
    if name == "gateway":
        return _gateway_with_stories(store, client, groups, process, secret, own or client)
    return services.build(name, store_path=store, client=client, catalogue=groups, secret=secret)


def _gateway_with_stories(
    store: Where,
    client: ServiceClient,
    groups: Catalogue,
    process: Callable[[], str],
    secret: str,
    own: ServiceClient,
) -> FastAPI:
    """The gateway, and in its process and file the stories that are played through its API."""
    import gateway.app
    from gateway.errands import Errands
    from scenarios.api import scenario_routes
    from scenarios.door import Door
    from scenarios.plays import Plays
    from scenarios.tables import BatchRow, PlayRow

    made: list[Plays] = []

    def routes(kept: Store, errands: Errands) -> Sequence[APIRouter]:
        made.append(Plays(kept, own, HERE, errands))
        return scenario_routes(made[0], Door(own))

    guest = gateway.app.Guest((BatchRow, PlayRow), routes)
    return gateway.app.build(store, client, groups, process, secret=secret, guests=[guest])


def build_ahead() -> None:
    """Rehearse the story once in memory and build every app, so that copies of this process share it all.

    Building an app in a copy touches, and so duplicates, some 20 MB of what it shares.
    """
    asyncio.run(_rehearse())
    for name in NAMES:
        others = {key: "http://later.invalid" for key in NAMES if key not in (name, PAGES)}
        client = _client(others, to_others=name != PAGES)
        own = _client({name: "http://later.invalid"})
        app = build(name, None, client, catalogue(), epoch, own)
        app.openapi()
        _ahead[name] = (app, client, own)


async def _rehearse() -> None:
    from town.playing import Wish, play

    client, apps = in_memory()
    await play(client, Wish(1, catalogue().group("birth").law.default.id, {"birth": "newborn"}, None))
    await client.aclose()
    for app in apps.values():
        app.state.store.close()


def epoch() -> str:
    """A name for this process that no earlier process had."""
    return _epoch_of(os.getpid())


@lru_cache(maxsize=1)
def _epoch_of(pid: int) -> str:
    return f"{pid}-{WallClock().now().isoformat()}"


class _Later:
    """Stands for an app that is built after whoever will call it."""

    def __init__(self, apps: Mapping[str, ASGIApp], name: str) -> None:
        self._apps, self._name = apps, name

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._apps[self._name](scope, receive, send)


def in_memory(
    groups: Catalogue | None = None, folder: Path | None = None, process: str = "test", database: str = ""
) -> tuple[ServiceClient, dict[str, Any]]:
    """The whole town in this process without a network: a client to it, and the apps by name.

    The client knows all but the pages: nobody asks those.

    With a folder the stores are files there, and the town can be built again over them; with a database
    they are its schemas.
    """
    apps: dict[str, Any] = {}
    client = ServiceClient.in_process({name: _Later(apps, name) for name in NAMES if name != PAGES})
    for name in NAMES:
        store = database or (folder / f"{name}.sqlite" if folder else None)
        apps[name] = build(name, store, client, groups or catalogue(), lambda: process)
        apps[name].state.admission.set_places(_PLACES_IN_MEMORY)
    return client, apps


def serve(name: str, host: str, port: int, store: Path, service_urls: Mapping[str, str]) -> int:
    """Serve one service in this process until it is told to stop (what a container runs)."""
    if name not in NAMES:
        known = ", ".join(NAMES)
        raise UnknownThing(
            f"Không có dịch vụ “{name}”; có: {known}", f"no service {name!r}; there are: {known}"
        )
    arguments = {"name": name, "store": str(store), "service_urls": dict(service_urls)}
    return run_served(
        serve_until_stopped(ServerSpec(name, port, "town.layout:build_server", arguments), host)
    )
