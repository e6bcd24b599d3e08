"""`conformance URL`: who is asked, with what, and what is told in the end."""

import asyncio
import json as json_library
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from chassis.client import ServiceClient, ServiceUnreachable
from chassis.settings import OPEN_SECRET
from flow_model.catalogue import Catalogue, catalogue
from flow_model.errors import SandboxError, UnknownThing
from town.conformance import report
from town.conformance.agency import HERE, Agency
from town.conformance.fuzzing import PHASES, fuzz
from town.conformance.junit import write_junit
from town.conformance.material import SEED, Material, record
from town.conformance.running import Outcome, document_of, run_checks
from town.ending import until_told

_ASIDE = "conformance-who-are-you"


class NoAgencyThere(SandboxError):
    """The operator corrects the URL, or starts the agency."""

    slug = "no-agency-there"


@dataclass(frozen=True)
class Wish:
    """What was asked for on the command line."""

    url: str
    agency: str | None = None
    json: bool = False
    junit: Path | None = None
    openapi: bool = True
    phases: str = PHASES
    examples: int = 10
    seed: int = SEED
    registries: tuple[str, ...] = ()
    key: str | None = None
    timeout_seconds: float = 10.0
    secret: str = OPEN_SECRET


def main(wish: Wish) -> int:
    """0 when nothing is broken, 1 otherwise."""
    return asyncio.run(until_told(_main(wish)))


async def _main(wish: Wish) -> int:
    urls = {f"registry {number}": url for number, url in enumerate(wish.registries, 1)}
    services = {HERE: wish.url, **urls}
    _require_urls(services)
    console = Console(file=sys.stderr if wish.json else None)
    async with ServiceClient.over_http(services, timeout_seconds=wish.timeout_seconds) as client:
        agency = Agency(client, wish.url, tuple(urls), _key(wish.key), wish.secret)
        await _require_all_there(agency)
        name = wish.agency or await guess(agency, catalogue())
        _require_known(name, catalogue())
        material = await record(name)
        _say_left_out(material, console)
        outcomes = await _outcomes(agency, material, wish, console)
    if wish.junit is not None:
        write_junit(wish.junit, name, outcomes)
    if wish.json:
        json_library.dump(report.as_json(name, wish.url, outcomes), sys.stdout, ensure_ascii=False, indent=2)
        print()
    else:
        report.show(console, name, wish.url, outcomes)
    return 1 if any(each.state == "broken" for each in outcomes) else 0


def _say_left_out(material: Material, console: Console) -> None:
    """Procedures for which there is nothing to send: the author of their group gives it an example."""
    if material.left_out:
        names = ", ".join(material.left_out)
        told = (
            "bỏ qua, vì không gia đình mô phỏng nào khai được / left out, as no invented family declares it:"
            f" {names} (example.py, docs/add-a-flow.md)"
        )
        console.print(told, style="yellow", markup=False, soft_wrap=True)


async def _outcomes(agency: Agency, material: Material, wish: Wish, console: Console) -> list[Outcome]:
    with console.status("") as status:
        outcomes = await run_checks(agency, material, lambda each: status.update(each.name))
        if wish.openapi:
            status.update("schemathesis")
            outcomes.append(
                await fuzz(agency, material, seed=wish.seed, examples=wish.examples, phases=wish.phases)
            )
    return outcomes


async def guess(agency: Agency, groups: Catalogue) -> str:
    """Which agency it is: what it calls itself when a run is opened, else the title of its document."""
    from services.assembly import AGENCIES

    known = groups.agencies()
    law = next(iter(groups.groups.values())).law.default.id
    terms = {"seed": SEED, "law": law, "starts_at": "2026-10-05T08:00:00+07:00", "families": 0}
    answer = await agency.ask("PUT", f"/runs/{_ASIDE}", terms)
    await agency.close_everywhere(_ASIDE)
    named = answer.body.get("service") if isinstance(answer.body, dict) else None
    if named in known:
        return str(named)
    title = (await document_of(agency)).title.casefold()
    titles = {name: (name, spec.title_vi, spec.title_en) for name, spec in AGENCIES.items()}
    for name in known:
        if title and any(each.casefold() in title for each in titles.get(name, (name,))):
            return name
    raise UnknownThing(
        f"Không rõ đây là cơ quan nào; hãy nói bằng --agency, một trong: {', '.join(known)}",
        f"which agency this is cannot be told from its answers; say it with --agency: {', '.join(known)}",
    )


def _require_known(name: str, groups: Catalogue) -> None:
    known = groups.agencies()
    if name not in known:
        raise UnknownThing(
            f"Không có cơ quan “{name}”; có: {', '.join(known)}",
            f"there is no agency {name!r}; there are: {', '.join(known)}",
        )


def _require_urls(services: Mapping[str, str]) -> None:
    for url in services.values():
        if not url.startswith(("http://", "https://")):
            raise NoAgencyThere(
                f"{url} không phải là URL; ví dụ: http://127.0.0.1:8001",
                f"{url} is no URL; it should look like http://127.0.0.1:8001",
            )


async def _require_all_there(agency: Agency) -> None:
    """Everybody answers something: what, the checks will see."""
    for name in (HERE, *agency.registries):
        try:
            await agency.client.call(name, "GET", "/health", headers=agency.key if name == HERE else {})
        except ServiceUnreachable as gone:
            if gone.reason == "unreadable":
                continue
            where = agency.url if name == HERE else name
            raise NoAgencyThere(
                f"{where} không trả lời ({gone.reason}). Hãy khởi động dịch vụ đó rồi chạy lại.",
                f"{where} does not answer ({gone.reason}). Start it, then ask again; "
                "one of our own starts with: python3 run.py serve residence --port 8002",
            ) from None


def _key(said: str | None) -> dict[str, str]:
    """A key as the header that carries it: `Name: value`, or a bearer token."""
    if not said:
        return {}
    name, separator, value = said.partition(": ")
    return {name: value} if separator else {"Authorization": f"Bearer {said}"}


__all__: Sequence[str] = ("Wish", "main", "guess")
