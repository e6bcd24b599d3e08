"""Puts a service together: the gate, the problems, health, and the pages about the API."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from inspect import isasyncgenfunction, iscoroutinefunction, isroutine
from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import iter_route_contexts
from pydantic import BaseModel
from sqlalchemy.exc import DBAPIError
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from chassis.admission import Admission, Stopping
from chassis.api_page import PAGE_HEADERS, render_api_page
from chassis.boundary import JSON_LIMIT, Boundary
from chassis.doorman import Doorman
from chassis.language import Language, language_of
from chassis.metrics import PATH as METRICS
from chassis.metrics import Metrics
from chassis.problems import install, problem_responses
from chassis.storage import Store
from flow_model.errors import ServiceDown

_NO_TELEMETRY: Any = {  # it would export messages of errors, and those may quote personal data
    "tracing": False,
    "metrics": False,
    "logs": False,
    "operation_spans": False,
    "auto_configure": False,
}


class Health(BaseModel):
    """A service that answers, and whose store answers."""

    status: str
    service: str
    version: str


def build_app(
    *,
    title: str,
    version: str,
    description: str = "",
    store: Store | None = None,
    routers: Sequence[APIRouter] = (),
    language: Language = "vi",
    json_limit: int = JSON_LIMIT,
    admission: Admission | None = None,
    forms: bool = False,
) -> FastAPI:
    """The app of one service. Everything it needs is passed in: nothing happens at start-up of the server.

    For whoever serves it: ``app.state.admission`` is its door, before which stands ``app.state.doorman``, and
    ``app.state.metrics`` are its figures.
    ``forms``: it takes what pages send as well.
    """
    admission = admission or Admission()
    metrics = Metrics(admission, store)
    app = FastAPI(
        title=title,
        version=version,
        description=description,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        telemetry=_NO_TELEMETRY,
    )
    app.state.language = language
    app.state.admission = admission
    app.state.metrics = metrics
    app.state.doorman = Doorman(app, admission, metrics)
    # Included, each router would be looked through twice for each request. Ours have nothing to be added.
    for router in (_own_routes(app, title, version, store, admission), *routers):
        app.router.routes.extend(router.routes)
    app.add_middleware(
        Boundary, json_limit=json_limit, store=store, admission=admission, forms=forms, metrics=metrics
    )
    install(app)
    return app


def _own_routes(
    app: FastAPI, title: str, version: str, store: Store | None, admission: Admission
) -> APIRouter:
    router = APIRouter()

    @router.get("/health", tags=["health"], summary="Tình trạng dịch vụ", responses=problem_responses(503))
    async def health() -> Health:
        if admission.stopping:
            raise Stopping("Tiến trình đang dừng.", "The process is being stopped.", retry_after_seconds=1)
        if store is not None:
            try:
                store.check()
            except DBAPIError as error:
                raise ServiceDown("Kho dữ liệu không trả lời.", "The store does not answer.") from error
        return Health(status="ok", service=title, version=version)

    @router.get("/docs", include_in_schema=False)
    async def docs(request: Request) -> HTMLResponse:
        language = language_of(request.headers.get("accept-language"), app.state.language)
        return HTMLResponse(
            render_api_page(app.openapi(), language), headers={**PAGE_HEADERS, "Content-Language": language}
        )

    @router.get(METRICS, include_in_schema=False)
    async def metrics(request: Request) -> Response:
        told, kind = app.state.metrics.told(request.headers.get("accept", ""))
        return Response(told, media_type=kind)

    return router


def sync_routes(app: FastAPI) -> list[str]:
    """Every route, dependency and error handler that would run in a thread: here, none may."""
    found = []
    for route in iter_route_contexts(app.routes):
        name = route.path or type(route.original_route).__name__
        dependant: Dependant | None = getattr(route, "dependant", None)
        calls = _calls(dependant) if dependant is not None else iter([getattr(route, "endpoint", None)])
        found += [f"{name}: {_name(call)}" for call in calls if call is not None and not _is_async(call)]
    for kind, handler in app.exception_handlers.items():
        if not _is_async(handler):
            found.append(f"{kind}: {_name(handler)}")
    return found


def _calls(dependant: Dependant) -> Iterator[Callable[..., Any] | None]:
    yield dependant.call
    for below in dependant.dependencies:
        yield from _calls(below)


def _is_async(call: Any) -> bool:
    while isinstance(call, partial):
        call = call.func
    # An object is asked for its own call; a class as a dependency is called in a thread: it counts as sync.
    asked = call if isroutine(call) else type(call).__call__
    return iscoroutinefunction(asked) or isasyncgenfunction(asked)


def _name(call: Any) -> str:
    return getattr(call, "__qualname__", type(call).__qualname__)
