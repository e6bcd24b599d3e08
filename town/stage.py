"""Where plays are played: a gateway that is running already, a town of our own, or a recording."""

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

from chassis.client import ServiceClient
from chassis.har import ReplayingClient
from flow_model.catalogue import catalogue
from flow_model.errors import SandboxError
from town.folders import own_folder
from town.layout import build, epoch, in_memory, specs
from town.servers import PortTaken, Running, in_one_process, in_processes

HOST = "127.0.0.1"
# Tried one after the other: several towns may stand side by side on one machine.
BASES = range(18_100, 20_000, 20)
VAR_DIR = Path("var")


class BadRecording(SandboxError):
    """The tester looks at the file: it is no recording of a play."""

    slug = "bad-recording"


@asynccontextmanager
async def gateway_at(url: str) -> AsyncIterator[ServiceClient]:
    """A gateway that runs somewhere else."""
    async with ServiceClient.over_http({"gateway": url}) as client:
        yield client


@asynccontextmanager
async def town_of_our_own(
    var_dir: Path = VAR_DIR, *, processes: bool = False
) -> AsyncIterator[ServiceClient]:
    """A town over real HTTP, and a client to all of it."""
    async with (
        urls_of_our_own(var_dir, processes=processes) as urls,
        ServiceClient.over_http(urls) as client,
    ):
        yield client


@asynccontextmanager
async def urls_of_our_own(
    var_dir: Path = VAR_DIR, *, processes: bool = False
) -> AsyncIterator[Mapping[str, str]]:
    """A town over real HTTP on free ports, with files that are gone when the block ends."""
    with own_folder(var_dir, "play") as folder:
        async with on_free_ports(folder, processes=processes) as running:
            yield running.urls


@asynccontextmanager
async def on_free_ports(folder: Path, *, processes: bool) -> AsyncIterator[Running]:
    """A town with its files in this folder, on the first ports that are all free."""
    starting = in_processes if processes else in_one_process
    async with AsyncExitStack() as stack:
        for base in BASES:
            try:
                running = await stack.enter_async_context(starting(specs(base, folder, HOST), HOST))
                break
            except PortTaken:
                continue
        else:
            raise PortTaken("Không còn cổng trống", "no free ports are left")
        yield running


@asynccontextmanager
async def town_in_memory() -> AsyncIterator[ServiceClient]:
    """The same apps without a network and without files: the quickest."""
    client, apps = in_memory()
    try:
        yield client
    finally:
        await client.aclose()
        for app in apps.values():
            app.state.store.close()


@asynccontextmanager
async def recording(path: Path) -> AsyncIterator[tuple[ServiceClient, ReplayingClient]]:
    """A gateway alone: every agency is switched off, and answers out of a HAR file in strict order."""
    try:
        services = ReplayingClient(_read(path))
    except (KeyError, TypeError, ValueError) as error:
        raise BadRecording(
            f"{path}: không phải bản ghi HAR của một lượt phát ({error})",
            f"{path}: is no HAR recording of a play ({error})",
        ) from error
    app = build("gateway", None, services, catalogue(), epoch)
    try:
        yield ServiceClient.in_process({"gateway": app}), services
    finally:
        app.state.store.close()


def _read(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise BadRecording(f"{path}: {error.strerror}", f"{path}: {error.strerror}") from error
