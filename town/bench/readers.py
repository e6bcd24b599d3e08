"""Whom ``bench pages`` sends: readers with a browser's habits, and a town that has something to show them."""

import asyncio
import re
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from time import perf_counter
from typing import Any
from urllib.parse import urlencode

from chassis.answers import ServiceRefused
from chassis.client import ServiceClient
from chassis.lines import MEDIA_TYPE, answers_in, written
from flow_model.catalogue import catalogue
from flow_model.limits import PATHS
from town.layout import PAGES

Json = dict[str, Any]
RUN, SEED = "bench-pages", 2026
_FAMILIES_EACH, _FEWEST, _LINES, _MOST_NTH = 3, 40, 100, 200


@dataclass(frozen=True)
class Read:
    """A page, and where it was found in the end."""

    address: str
    html: str
    is_under_way: bool = False


@dataclass
class Reader:
    """Somebody at a browser: a host, a language, and forms that come from our own pages."""

    client: ServiceClient
    language: str = "vi"
    host: str = "pages.test"

    async def get(self, address: str) -> Read:
        """A page; where it leads elsewhere, that page."""
        return await self._ask("GET", address)

    async def send(self, address: str, **boxes: str) -> Read:
        """A form, and the page that comes after it."""
        return await self._ask("POST", address, urlencode(boxes).encode())

    async def seconds(self, address: str) -> float:
        """How long a page takes, to the last byte. A page that fails is no page."""
        began = perf_counter()
        await self.get(address)
        return perf_counter() - began

    async def _ask(self, method: str, address: str, body: bytes | None = None) -> Read:
        headers = {"Host": self.host, "Accept": "text/html", "Cookie": f"lang={self.language}"}
        sent = headers
        if body is not None:
            form = {"Origin": f"http://{self.host}", "Content-Type": "application/x-www-form-urlencoded"}
            sent = headers | form
        answer = await self.client.call(PAGES, method, address, headers=sent, content=body)
        while answer.status == 303:
            address = answer.headers["location"].partition("#")[0]
            answer = await self.client.call(PAGES, "GET", address, headers=headers)
        if answer.status not in (200, 202):
            raise RuntimeError(f"{address} answers {answer.status}")
        return Read(address, answer.content.decode(), answer.status == 202)


async def filled(client: ServiceClient, dossiers: int) -> list[str]:
    """A run with so many dossiers, of both groups and on both paths, at its end; their codes."""
    terms = {"seed": SEED, "families": max(_FEWEST, _FAMILIES_EACH * dossiers)}
    await _post(client, "/runs", {"run_id": RUN, "terms": terms})
    groups = list(catalogue().groups)
    codes: list[str] = []
    for number, group in enumerate(groups):
        share = dossiers * (number + 1) // len(groups) - dossiers * number // len(groups)
        codes += await _declared(client, group, share)
    await _settled(client, RUN)
    return codes


async def _declared(client: ServiceClient, group: str, many: int) -> list[str]:
    """So many dossiers of a group, every other one on the old path."""
    bodies: list[Json] = []
    async for body in _examples(client, RUN, group):
        bodies.append({**body, "path": PATHS[len(bodies) % 2]})
        if len(bodies) == many:
            return await _sent(client, bodies)
    raise RuntimeError(f"the families have only {len(bodies)} things to declare")


async def one_more(client: ServiceClient, run: str, group: str) -> str:
    """One dossier in a run, at its end; its code."""
    body = await anext(_examples(client, run, group))
    found = await _post(client, f"/runs/{run}/dossiers", {**body, "path": PATHS[-1]})
    await _settled(client, run)
    return str(found["dossier"])


async def _examples(client: ServiceClient, run: str, group: str) -> AsyncIterator[Json]:
    """What the families of a run declare, those of one situation after those of another."""
    told = (await client.call("population", "GET", "/situations")).raise_for_problem().body
    for situation in [each["id"] for each in told["situations"]]:
        for nth in range(_MOST_NTH):
            asked = f"/runs/{run}/examples/{group}?situation={situation}&nth={nth}"
            try:
                example = (await client.call("gateway", "GET", asked)).raise_for_problem().body
            except ServiceRefused:
                break  # a situation of another group, or no family more that is in it
            body = {name: example[name] for name in ("group", "procedures", "declaration")}
            yield {**body, "consent": True}


async def _sent(client: ServiceClient, bodies: Sequence[Json]) -> list[str]:
    codes: list[str] = []
    for first in range(0, len(bodies), _LINES):
        lines = written(bodies[first : first + _LINES])
        headers = {"Content-Type": MEDIA_TYPE, "Idempotency-Key": f"{bodies[0]['group']}-{first}"}
        answer = await client.call(
            "gateway", "POST", f"/runs/{RUN}/dossiers/batch", content=lines, headers=headers
        )
        for line in answers_in(answer.raise_for_problem().content):
            codes.append(line["dossier"]["dossier"])
    return codes


async def _settled(client: ServiceClient, run: str) -> None:
    """Let everything happen, an hour at a time: no request takes long."""
    state = (await client.call("gateway", "GET", f"/runs/{run}")).raise_for_problem().body
    now, settled = datetime.fromisoformat(state["now"]), False
    while not settled:
        now += timedelta(hours=1)
        settled = (await _post(client, f"/runs/{run}/clock", {"to": now.isoformat()}))["settled"]


async def _post(client: ServiceClient, path: str, body: Json) -> Any:
    headers = {} if path.endswith("/clock") else {"Idempotency-Key": sha256(path.encode()).hexdigest()[:32]}
    return (await client.call("gateway", "POST", path, json=body, headers=headers)).raise_for_problem().body


async def classroom(client: ServiceClient, trainees: int) -> list[tuple[Reader, str]]:
    """A class of so many, each with a run that is open: each one's browser, and the address of their page."""
    board = await Reader(client).send("/lop", title="Lớp đo tốc độ", group="", officers="simulated")
    found = re.search(r'class="code-big"[^>]*>\s*([A-Z0-9]+)', board.html)
    if found is None:
        raise RuntimeError("the board shows no code")
    code = found[1]

    async def join(number: int) -> tuple[Reader, str]:
        reader = Reader(client)
        own = await reader.send(f"/lop/{code}", called=f"Máy {number}")
        return reader, own.address

    seats = await asyncio.gather(*(join(number) for number in range(1, trainees + 1)))
    for reader, address in seats:
        await reader.get(f"{address}/khai")
    return seats
