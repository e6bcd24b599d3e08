"""The population registry, which all agencies may ask: people, personal IDs, VNeID confirmations."""

from fastapi import APIRouter

from chassis.storage import Where
from flow_model.catalogue import Catalogue
from mock_registries import population
from services.batch_api import look_up_routes
from services.counter import Service, common_routes, open_service, run_routes
from services.population.consents import ConsentRow, SimulatedPeople
from services.population.routes import consent_routes, family_routes, registry_routes
from services.stuck_api import stuck_routes

TITLE_VI = "Cơ sở dữ liệu quốc gia về dân cư"


def open_registry(store_path: Where, catalogue: Catalogue, secret: str) -> tuple[Service, list[APIRouter]]:
    """The service with its file, and its routes."""
    service = open_service("population", store_path, (ConsentRow,), population.REGISTRY, catalogue, secret)
    people = SimulatedPeople(service)
    return service, [
        run_routes(service),
        common_routes(service, people.perform),
        stuck_routes(service),
        look_up_routes(service),
        registry_routes(service),
        consent_routes(service),
        family_routes(service),
    ]
