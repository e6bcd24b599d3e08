"""One service of a town in this process, on a disk of its own: its process can die and start again."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from chassis.client import ServiceClient
from chassis.in_process import InProcess
from chassis.storage import open_store
from chassis.strict_json import strict_dumps, strict_loads
from flow_model.catalogue import catalogue
from town.layout import build
from town.torture.apsw_driver import Connection
from town.torture.crash_content import Folder
from town.torture.crash_vfs import Asked, Disk
from town.torture.luck import Luck

Json = dict[str, Any]


class Unreadable(Exception):
    """A GET that must go well did not."""


class Said:
    """What a service answered."""

    def __init__(self, status: int, content_type: str, body: Any) -> None:
        self.status, self.content_type, self.body = status, content_type, body

    @property
    def slug(self) -> str:
        """The last word of a problem's type; empty when it is no problem."""
        if self.content_type != "application/problem+json":
            return ""
        return str(self.body["type"]).rpartition(":")[2]


class Victim:
    """The service. Whoever calls it in the town reaches the process that runs at the time."""

    def __init__(self, name: str, client: ServiceClient, apps: dict[str, Any]) -> None:
        self.name, self.folder = name, Folder()
        self._file = Path(f"/{name}.sqlite")
        self._client, self._apps = client, apps
        self._lives = 0
        self._disk: Disk | None = None

    def start(self, folder: Folder, asked: Asked | None = None) -> None:
        """A new process on these files. UnusableFile when it cannot open them."""
        self.die()
        self._lives += 1
        self.folder = folder
        disk = self._disk = Disk(Luck(self._lives), folder)
        if asked is not None:
            disk.asked = asked
        life = f"{self.name}-{self._lives}"
        app = build(self.name, None, self._client, catalogue(), lambda: life)
        store = app.state.store
        opened = open_store(self._file, store.tables, connect=lambda: Connection(str(self._file), disk))
        store.take_over(opened)
        self._apps[self.name] = app

    def fail(self, asked: Asked) -> None:
        """From now on the disk asks this before it does anything."""
        assert self._disk is not None
        self._disk.asked = asked

    def die(self) -> None:
        """End as a process does that is killed."""
        if self._disk is not None:
            self._disk.end()
            self._apps[self.name].state.store.die()
            self._disk.leave()
            self._disk = None

    async def ask(
        self, method: str, path: str, body: Any = None, headers: Mapping[str, str] | None = None
    ) -> Said:
        """One request to this service, as anybody would send it."""
        sent = {"Accept-Language": "en", **(headers or {})}
        if body is not None:
            sent["Content-Type"] = "application/json"
        way = InProcess(self._apps[self.name])
        path, _, query = path.partition("?")
        params = dict(pair.split("=") for pair in query.split("&")) if query else None
        got = await way.send(method, path, params, sent, None if body is None else strict_dumps(body))
        parsed = strict_loads(got.content) if "json" in got.headers.get("content-type", "") else None
        return Said(got.status_code, got.headers.get("content-type", ""), parsed)

    async def must(self, path: str, headers: Mapping[str, str] | None = None) -> Any:
        """The body of a GET; raises Unreadable when it does not go well."""
        said = await self.ask("GET", path, headers=headers)
        if said.status != 200:
            raise Unreadable(f"GET {path}: {said.status} {said.body}")
        return said.body

    async def read(self, paths: Iterable[str], headers: Mapping[str, str] | None = None) -> Json:
        """The bodies of these GETs."""
        return {path: await self.must(path, headers) for path in paths}
