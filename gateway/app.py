"""The composition root of the gateway's process."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from fastapi import APIRouter, FastAPI
from sqlmodel import SQLModel

from chassis.app import build_app
from chassis.client import ServiceClient
from chassis.clock import Clock, WallClock
from chassis.idempotency import KeptAnswer
from chassis.metrics import Metrics
from chassis.settings import OPEN_SECRET
from chassis.storage import Store, Where, open_store
from flow_model.catalogue import Catalogue
from gateway.api.answers import answer_routes
from gateway.api.batches import batch_routes
from gateway.api.declarations import declaration_routes
from gateway.api.dossiers import dossier_routes
from gateway.api.errands import errand_routes
from gateway.api.forks import fork_routes
from gateway.api.groups import group_routes
from gateway.api.measurements import measurement_routes
from gateway.api.news import news_routes
from gateway.api.overview import overview_routes
from gateway.api.previews import preview_routes
from gateway.api.reconciliation import reconciliation_routes
from gateway.api.referee import referee_routes
from gateway.api.registries import registry_routes
from gateway.api.runs import run_routes
from gateway.api.trouble import trouble_routes
from gateway.api.worklists import worklist_routes
from gateway.errands import Errands
from gateway.parts import assemble
from gateway.tables import TABLES
from gateway.version import VERSION

DESCRIPTION = (
    "Một lần khai, nhiều thủ tục. Cổng nhận một tờ khai, chia thành đơn cho từng cơ quan, theo dõi, "
    "và đo cả hai con đường. Mọi người và mọi giấy tờ ở đây đều là MÔ PHỎNG."
)


@dataclass(frozen=True)
class Guest:
    """Routes of another part that live in the gateway's process and file, and use its API as anybody does."""

    tables: Sequence[type[SQLModel]]
    routes: Callable[[Store, Errands], Sequence[APIRouter]]


def build(
    store_path: Where,
    client: ServiceClient,
    catalogue: Catalogue,
    epoch: Callable[[], str],
    clock: Clock | None = None,
    secret: str = OPEN_SECRET,
    guests: Sequence[Guest] = (),
) -> FastAPI:
    """The gateway's app; ``store_path`` None keeps everything in memory.

    ``app.state.keep_pace`` moves the clocks that move by themselves: to be called now and then.
    """
    store = open_store(
        store_path,
        [*TABLES, KeptAnswer, *(table for guest in guests for table in guest.tables)],
        schema="gateway",
    )
    database = store_path if isinstance(store_path, str) else ""
    parts = assemble(store, client, catalogue, epoch, clock or WallClock(), secret, database)
    app = build_app(
        title="Cổng liên thông (mô phỏng)",
        version=VERSION,
        description=DESCRIPTION,
        store=store,
        routers=[
            group_routes(parts),
            run_routes(parts),
            trouble_routes(parts),
            news_routes(parts),
            registry_routes(parts),
            declaration_routes(parts),
            batch_routes(parts),
            preview_routes(parts),
            dossier_routes(parts),
            overview_routes(parts),
            answer_routes(parts),
            fork_routes(parts),
            worklist_routes(parts),
            measurement_routes(parts),
            reconciliation_routes(parts),
            errand_routes(parts),
            *(router for guest in guests for router in guest.routes(store, parts.errands)),
            referee_routes(parts),
        ],
    )
    metrics: Metrics = app.state.metrics
    metrics.look("sandbox_errands", "Errands, by their state", ("state",), parts.errands.counts)
    metrics.look("sandbox_runs", "Runs that are open", (), lambda: {(): parts.runs.count()})
    app.state.store = store
    app.state.keep_pace = parts.keep_up
    app.state.stop_work = parts.carrier.close
    return app
