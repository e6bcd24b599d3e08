"""Puts one service together, by name: its file, its desk or registry, its routes."""

from collections.abc import Mapping
from dataclasses import replace
from difflib import get_close_matches

from fastapi import APIRouter, FastAPI

from chassis.app import build_app
from chassis.client import ServiceClient
from chassis.committed import CommittedFirst
from chassis.settings import OPEN_SECRET
from chassis.storage import Where
from flow_model.catalogue import Catalogue
from flow_model.errors import BadContract
from flow_model.group import LookUp
from mock_registries.general_book import with_general_book
from mock_registries.health import REGISTRY as NOTICES
from mock_registries.population import REGISTRY as PERSONS
from services import civil_status, health, population, residence, social_insurance, social_protection
from services.agency import AgencySpec, prove
from services.api import application_routes, follow_up_routes
from services.applications import ApplicationRow, SentRow
from services.batch_api import batch_routes, look_up_routes
from services.counter import Service, common_routes, open_service, run_routes
from services.desk import Desk
from services.desk_acts import Officers
from services.stuck_api import stuck_routes

VERSION = "0.1.0"
AGENCIES = {
    module.SPEC.name: replace(module.SPEC, registry=with_general_book(module.SPEC.registry))
    for module in (civil_status, residence, social_insurance, social_protection)
}
REGISTRIES = {"population": population, "health": health}
NAMES = (*AGENCIES, *REGISTRIES)


def prove_catalogue(catalogue: Catalogue) -> None:
    """Raise BadContract when a flow names an agency, a registry or a look-up that there is not.

    Whoever starts the town asks this first: what an agency is asked to do, it proves itself.
    """
    kept = {name: list(spec.registry.look_ups) for name, spec in AGENCIES.items()}
    kept |= {"population": list(PERSONS.look_ups), "health": list(NOTICES.look_ups)}
    for group in catalogue.groups.values():
        for procedure in group.procedures:
            where = f"{group.folder}: {group.id}.{procedure.id}"
            _known(f"{where}.agency", "agency", procedure.agency, list(AGENCIES))
            for fact in procedure.facts:
                _prove_look_up(f"{where}.facts", fact, kept)
        for prefill in group.prefills:
            _prove_look_up(f"{group.folder}: {group.id}.prefills", prefill.look_up, kept)


def _prove_look_up(where: str, look_up: LookUp, kept: Mapping[str, list[str]]) -> None:
    here = f"{where}.{look_up.name}"
    _known(here, "service", look_up.service, list(kept))
    _known(here, f"look-up at {look_up.service}", look_up.kind, kept[look_up.service])


def _known(where: str, what: str, name: str, known: list[str]) -> None:
    if name not in known:
        near = get_close_matches(name, known, 1)
        meant = f"; did you mean {near[0]!r}?" if near else ""
        raise BadContract(where, f"there is no {what} {name!r}, but: {', '.join(known)}{meant}")


def build(
    name: str,
    *,
    store_path: Where,
    client: ServiceClient,
    catalogue: Catalogue,
    secret: str = OPEN_SECRET,
) -> FastAPI:
    """The app of one service; its file is `app.state.store`, for whoever closes it.

    ``secret`` is what the signatures under its events are made from.
    """
    if name in AGENCIES:
        service, routers = _open_agency(AGENCIES[name], store_path, client, catalogue, secret)
        title = AGENCIES[name].title_vi
    else:
        module = REGISTRIES[name]
        service, routers = module.open_registry(store_path, catalogue, secret)
        title = module.TITLE_VI
    app = build_app(title=title, version=VERSION, store=service.store, routers=routers)
    app.state.store, app.state.tables = service.store, service.tables
    return app


def _open_agency(
    spec: AgencySpec, store_path: Where, client: ServiceClient, catalogue: Catalogue, secret: str
) -> tuple[Service, list[APIRouter]]:
    prove(spec, catalogue)
    own = (ApplicationRow, SentRow)
    service = open_service(spec.name, store_path, own, spec.registry, catalogue, secret)
    officers = Officers(spec, service.store, CommittedFirst(client, service.store), catalogue)
    desk = Desk(spec.name, service.store, catalogue, officers)
    return service, [
        run_routes(service),
        common_routes(service, officers.perform),
        stuck_routes(service),
        look_up_routes(service),
        batch_routes(service, desk),
        application_routes(service, desk),
        follow_up_routes(service, desk),
    ]
