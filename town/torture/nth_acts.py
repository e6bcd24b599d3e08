"""Whose disk fails, and at what: the gateway takes in a declaration and moves its clock, an agency works."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

from rich.table import Table

from chassis.client import ServiceClient
from chassis.request_headers import run_headers
from town.layout import in_memory
from town.torture.crash_content import Folder
from town.torture.nth_failure import WAYS, Act, Loop, loop
from town.torture.victim import Json, Victim

AGENCY = "civil_status"
_RUN = "/runs/run"
_STEPS = _WORKS = 20
_STARTING = (False, True)
_START = "2026-10-05T08:00:00+07:00"
Progress = Callable[[Loop], None]


@dataclass
class Report:
    """All loops."""

    loops: list[Loop] = field(default_factory=list)

    @property
    def fine(self) -> bool:
        """Whether nothing was wrong, and each loop met failures."""
        return not any(each.wrong for each in self.loops) and all(each.attempts > 1 for each in self.loops)

    def as_json(self) -> Json:
        """All of it."""
        return {"fine": self.fine, "loops": [each.as_json() for each in self.loops]}

    def table(self) -> Table:
        """For a terminal."""
        table = Table(box=None, pad_edge=False)
        for title in ("act", "the disk has", "process"):
            table.add_column(title)
        table.add_column("attempts", justify="right")
        table.add_column("answers")
        table.add_column("wrong")
        for each in self.loops:
            answers = ", ".join(f"{times} {answer}" for answer, times in sorted(each.answers.items()))
            process = "starting" if each.starting else "running"
            table.add_row(each.act, each.way, process, str(each.attempts), answers, "; ".join(each.wrong))
        return table


def most_loops() -> int:
    """How many loops there are if no run settles before: a declaration, steps and works, each in each way."""
    return (1 + _STEPS + _WORKS) * len(WAYS) * len(_STARTING)


def run(
    *,
    steps: int = _STEPS,
    works: int = _WORKS,
    ways: Sequence[str] = WAYS,
    starting: Sequence[bool] = _STARTING,
    progress: Progress | None = None,
    late: Callable[[], bool] = lambda: False,
) -> Report:
    """A declaration, at most so many steps of the clock and of an agency's works, each to its last call."""
    return asyncio.run(_run(steps, works, ways, starting, progress, late))


async def _run(
    steps: int,
    works: int,
    ways: Sequence[str],
    starting: Sequence[bool],
    progress: Progress | None,
    late: Callable[[], bool],
) -> Report:
    report = Report()
    for whose in ("gateway", AGENCY):
        stage = Stage()
        if whose == "gateway":
            found = loops(stage.gateway, stage.declare_and_go_on(steps), ways, starting)
        else:
            found = loops(stage.agency, stage.work(works), ways, starting)
        async for each in found:
            report.loops.append(each)
            if progress is not None:
                progress(each)
            if late():
                break
        await stage.close()
    return report


async def loops(
    victim: Victim, acts: AsyncIterator[Act], ways: Sequence[str], starting: Sequence[bool]
) -> AsyncIterator[Loop]:
    """Each act in each way to its last call, and then once on a good disk."""
    async for act in acts:
        for each, way in ((each, way) for each in starting for way in ways):
            yield await loop(victim, act, way, starting=each)
        await act.do(victim)


class Stage:
    """A town in this process of which two services have disks of their own."""

    def __init__(self) -> None:
        client, apps = in_memory()
        self._client: ServiceClient = client
        self._apps = apps
        self.gateway, self.agency = Victim("gateway", client, apps), Victim(AGENCY, client, apps)

    async def declare_and_go_on(self, steps: int) -> AsyncIterator[Act]:
        """The acts of the gateway. After each, it is done and the next one begins where it ended."""
        declaration = await self._declaration()
        yield declaration
        for number in range(1, steps + 1):
            at = await self._next_instant()
            if at is None:
                return
            # To an instant, and not "to the next thing": sent again it is the same.
            yield Act(f"step {number}", "POST", f"{_RUN}/clock", {"to": at}, read_gateway, same_answer=False)

    async def work(self, works: int) -> AsyncIterator[Act]:
        """The acts of the agency, once it has an application."""
        await (await self._declaration()).do(self.gateway)
        at = await self._next_instant()
        await self.gateway.ask("POST", f"{_RUN}/clock", {"to": at})
        for number in range(1, works + 1):
            headers = run_headers("run", datetime.fromisoformat(at or _START))
            at = (await self.agency.must("/agenda", headers))["next_act_at"]
            if at is None:
                return
            headers = run_headers("run", datetime.fromisoformat(at))
            yield Act(
                f"{AGENCY}: work {number}",
                "POST",
                "/work",
                {"until": at, "after": 0},
                partial(read_agency, headers=headers),
                headers,
            )

    async def close(self) -> None:
        """End all of it."""
        await self._client.aclose()
        for victim in (self.gateway, self.agency):
            victim.die()
        for app in self._apps.values():
            app.state.store.close()

    async def _declaration(self) -> Act:
        for victim in (self.gateway, self.agency):
            victim.start(Folder())
        opened = {"run_id": "run", "terms": {"seed": 7, "starts_at": _START}}
        await self.gateway.ask("POST", "/runs", opened, {"Idempotency-Key": "open"})
        example = await self.gateway.must(f"{_RUN}/examples/birth?situation=newborn")
        body = {
            "group": "birth",
            "path": "interlinked",
            "procedures": example["procedures"],
            "declaration": example["declaration"],
            "consent": True,
        }
        key = {"Idempotency-Key": "declare"}
        return Act("declaration", "POST", f"{_RUN}/dossiers", body, read_gateway, key)

    async def _next_instant(self) -> str | None:
        """When the next thing happens: tried out, and undone."""
        before = self.gateway.folder.copy()
        moved = await self.gateway.ask("POST", f"{_RUN}/clock", {"to": "next"})
        self.gateway.start(before)
        return str(moved.body["now"]) if moved.body["instants"] else None


async def read_gateway(gateway: Victim) -> Json:
    """All that a gateway wrote down of the run; the chains must hold."""
    dossiers = await gateway.must(f"{_RUN}/dossiers")
    paths = [_RUN, f"{_RUN}/events?limit=1000"]
    paths += [f"{_RUN}/dossiers/{each['dossier']}/events?limit=1000" for each in dossiers]
    read = await gateway.read(paths)
    broken = [path for path, body in read.items() if "/dossiers/" in path and not body["whole"]]
    return {**read, "dossiers": dossiers, "broken": broken}


async def read_agency(agency: Victim, headers: Json) -> Json:
    """All that an agency wrote down of the run."""
    return await agency.read(("/events", "/books", "/applications", "/agenda"), headers)
