"""Puts one service together, by name: its file, its desk or registry, its routes."""

from dataclasses import replace

from fastapi import APIRouter, FastAPI

from chassis.app import build_app
from chassis.client import ServiceClient
from chassis.committed import CommittedFirst
from chassis.settings import OPEN_SECRET
from chassis.storage import Where
from flow_model.catalogue import Catalogue
from mock_registries.general_book import with_general_book
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
