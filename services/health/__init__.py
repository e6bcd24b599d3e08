"""The health registry, which all agencies may ask: notices of births and deaths."""

from fastapi import APIRouter

from chassis.storage import Where
from flow_model.catalogue import Catalogue
from mock_registries import health
from services.agenda import Act
from services.batch_api import look_up_routes
from services.counter import Service, common_routes, open_service, run_routes
from services.terms import Terms

TITLE_VI = "Dữ liệu y tế: giấy chứng sinh, giấy báo tử"


def open_registry(store_path: Where, catalogue: Catalogue, secret: str) -> tuple[Service, list[APIRouter]]:
    """The service with its file, and its routes. Nobody acts here: the agenda is always empty."""
    service = open_service("health", store_path, (), health.REGISTRY, catalogue, secret)
    return service, [run_routes(service), look_up_routes(service), common_routes(service, _nobody)]


async def _nobody(_terms: Terms, act: Act) -> None:
    raise AssertionError(f"the health registry plans nothing, and yet: {act.kind}")
