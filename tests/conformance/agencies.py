"""Agencies of ours in memory, whole or spoilt, and what the suite says of them."""

from collections.abc import Iterable
from dataclasses import replace

from fastapi import FastAPI
from starlette.types import ASGIApp

import services
from chassis.client import ServiceClient
from flow_model.catalogue import catalogue
from town.conformance.agency import HERE, Agency
from town.conformance.checks import ALL
from town.conformance.material import Material, record
from town.conformance.running import Outcome, run_checks

REGISTRIES = ("population", "health")
_recorded: dict[str, Material] = {}


async def material_of(agency: str) -> Material:
    """What our gateway sends to an agency; recorded once in a process, because it takes seconds."""
    if agency not in _recorded:
        _recorded[agency] = await record(agency)
    return _recorded[agency]


async def lean_material_of(agency: str) -> Material:
    """Two applications, enough for a defect that shows itself in any; one asks for consents, if any does."""
    whole = await material_of(agency)
    asking = sorted(whole.applications, key=lambda each: not each.body["consents_needed"])
    return replace(whole, applications=tuple(asking[:2]))


class Town:
    """One agency and the shared registries that it asks, in this process."""

    def __init__(self, agency: str) -> None:
        self.name = agency
        self.registries = REGISTRIES if agency == "civil_status" else ()  # the others ask nobody
        silent = ServiceClient.in_process({})
        self.shared = {name: _build(name, silent) for name in self.registries}
        self.agency = _build(agency, ServiceClient.in_process(self.shared))

    def client(self, instead: ASGIApp | None = None) -> ServiceClient:
        """A client to the agency, or to somebody who stands before it."""
        return ServiceClient.in_process({HERE: instead or self.agency, **self.shared})

    def close(self) -> None:
        for app in (self.agency, *self.shared.values()):
            app.state.store.close()


def _build(name: str, client: ServiceClient) -> FastAPI:
    return services.build(name, store_path=None, client=client, catalogue=catalogue())


async def outcomes_of(
    town: Town, material: Material, *, instead: ASGIApp | None = None, chapters: Iterable[str] = ()
) -> list[Outcome]:
    """What the suite says; of some chapters only, when they are named."""
    wanted = set(chapters)
    only = [each for each in ALL if not wanted or each.chapter in wanted]
    async with town.client(instead) as client:
        agency = Agency(client, "http://agency.invalid", town.registries)
        return await run_checks(agency, material, only=only)


def broken(outcomes: Iterable[Outcome]) -> set[str]:
    return {each.name for each in outcomes if each.state == "broken"}
