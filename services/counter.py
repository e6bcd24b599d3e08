"""What all six services have in common: runs, look-ups, the agenda, work and events."""

import re
from dataclasses import dataclass, field
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Response
from pydantic import BaseModel, Field
from sqlmodel import Session, SQLModel, col, delete

from chassis.attempts import Attempts
from chassis.context import RUN_ID, Run, RunContext
from chassis.problems import problem_responses
from chassis.rows import get, get_one, write
from chassis.signing import Signer
from chassis.storage import Store, Where, open_store
from flow_model.catalogue import Catalogue
from flow_model.errors import ConflictingContent, UnknownThing
from flow_model.faults import LiveFault
from mock_registries.numbering import count
from mock_registries.people import families
from mock_registries.registry import Registry
from services import journal
from services.agenda import ActRow
from services.instants import Instant, text_of
from services.journal import EventRow, EventView, events_after
from services.performing import Perform, perform_until
from services.stuck import StuckAct
from services.terms import Closed, RunRow, Terms, fingerprint, require_up, terms_of

COMMON_TABLES: tuple[type[SQLModel], ...] = (RunRow, ActRow, StuckAct, EventRow)
NEXT_ACT_AT, LAST_EVENT = "Next-Act-At", "Last-Event"
_BEFORE_CAPITAL = re.compile(r"(?<=[a-z])(?=[A-Z])")
NEXT_ACT_HEADER: dict[str, Any] = {
    NEXT_ACT_AT: {
        "description": "the next act of the run at this service, or empty",
        "schema": {"type": "string"},
    },
    LAST_EVENT: {
        "description": "the number of the run's last event at this service: who has read so far need not ask",
        "schema": {"type": "string"},
    },
}
RunId = Annotated[str, Path(pattern=RUN_ID, examples=["lop-hoc-1"])]


@dataclass(frozen=True)
class Service:
    """One service: its name, its file and its registry."""

    name: str
    store: Store
    tables: tuple[type[SQLModel], ...]
    registry: Registry
    catalogue: Catalogue
    signer: Signer
    attempts: Attempts = field(default_factory=Attempts)

    def told_next(self, session: Session, run_id: str, response: Response) -> str | None:
        """Say in the headers when the next act is due, and up to what has been told; the first as a text."""
        next_at, last = journal.standing(session, run_id)
        text = None if next_at is None else text_of(next_at)
        response.headers[NEXT_ACT_AT] = text or ""
        response.headers[LAST_EVENT] = str(last)
        return text


class RunView(BaseModel):
    """A run that is open here."""

    run_id: str = Field(examples=["lop-hoc-1"])
    service: str = Field(examples=["civil_status"])
    terms: Terms


class Found(BaseModel):
    """The answer to a look-up."""

    found: bool
    record: dict[str, Any] | None


class AgendaView(BaseModel):
    """When the next act is due."""

    next_act_at: str | None = Field(examples=["2026-03-09T08:50:00+07:00"])


class WorkOrder(Closed):
    """Act until an instant, and tell what happened after an event already known."""

    until: Instant
    after: int = Field(default=0, ge=0, le=2**53)


class WorkDone(AgendaView):
    """The events after the one already known."""

    events: list[EventView]


class AddedFaults(Closed):
    """Faults that begin to happen in a run that is open already."""

    faults: tuple[LiveFault, ...] = Field(max_length=50)


class Books(BaseModel):
    """How many entries of this run each book holds."""

    books: dict[str, int] = Field(examples=[{"birth_entry": 1}])


class Events(BaseModel):
    """Events of a run, in order."""

    events: list[EventView]


def mutating(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The documented answers of a route that changes something."""
    return {200: {"headers": NEXT_ACT_HEADER}, **problem_responses(*statuses)}


def open_service(
    name: str,
    store_path: Where,
    own: tuple[type[SQLModel], ...],
    registry: Registry,
    catalogue: Catalogue,
    secret: str,
) -> Service:
    """A service with its own file, that signs what it tells."""
    tables = (*COMMON_TABLES, *own, *registry.tables)
    store = open_store(store_path, tables, schema=name)
    return Service(name, store, tables, registry, catalogue, Signer(secret, name))


def run_routes(service: Service) -> APIRouter:
    """Opening and removing a run."""
    router = APIRouter(tags=["runs"])

    @router.put(
        "/runs/{run_id}",
        summary="Mở một lượt chạy (a run is a universe)",
        responses={201: {"model": RunView, "headers": NEXT_ACT_HEADER}, **mutating(404, 409)},
    )
    async def open_run(run_id: RunId, terms: Terms, response: Response) -> RunView:
        content = terms.model_dump(mode="json", by_alias=True)
        for group in service.catalogue.groups.values():
            group.law.profile(terms.law)
        with service.store.session() as session:
            row = get(session, RunRow, run_id)
            if row is None:
                session.add(
                    RunRow(run_id=run_id, content=content, fingerprint=fingerprint(content), added={})
                )
                people = list(families(terms.seed, terms.families, terms.starts_at))
                service.registry.fill(session, run_id, people)
                response.status_code = 201
            elif row.fingerprint != fingerprint(content):
                raise ConflictingContent(
                    f"Lượt chạy {run_id} đã mở với nội dung khác.",
                    f"The run {run_id} was opened with other content.",
                )
            service.told_next(session, run_id, response)
        return RunView(run_id=run_id, service=service.name, terms=terms)

    @router.put(
        "/runs/{run_id}/faults/{name}",
        summary="Thêm sự cố vào lượt chạy đang diễn ra",
        responses=mutating(404, 409),
    )
    async def add_faults(
        run_id: RunId,
        name: Annotated[str, Path(pattern=RUN_ID, examples=["late-1"])],
        sent: AddedFaults,
        response: Response,
    ) -> RunView:
        faults = [fault.model_dump(mode="json", by_alias=True) for fault in sent.faults]
        with service.store.session() as session:
            terms_of(session, run_id)
            row = get_one(session, RunRow, run_id)
            if row.added.get(name, faults) != faults:
                raise ConflictingContent(
                    f"Đã có sự cố khác dưới tên {name}.", f"Other faults stand under the name {name}."
                )
            row.added = row.added | {name: faults}
            write(session)
            service.told_next(session, run_id, response)
            return RunView(run_id=run_id, service=service.name, terms=terms_of(session, run_id))

    @router.delete(
        "/runs/{run_id}",
        status_code=204,
        summary="Xóa mọi dấu vết của lượt chạy",
        responses={204: {"headers": NEXT_ACT_HEADER}},
    )
    async def remove_run(run_id: RunId) -> Response:
        with service.store.session() as session:
            for table in service.tables:
                session.exec(delete(table).where(col(table.run_id) == run_id))  # type: ignore[attr-defined]
        return Response(status_code=204, headers={NEXT_ACT_AT: ""})

    return router


def common_routes(service: Service, perform: Perform) -> APIRouter:
    """Look-ups, the agenda, work and events."""
    router = APIRouter()

    @router.get(
        "/lookups/{kind}",
        tags=["lookups"],
        summary="Tra cứu trong sổ",
        responses=problem_responses(404, 503),
    )
    async def look_up(
        run: Run,
        kind: Annotated[str, Path(max_length=60, examples=list(service.registry.look_ups)[:1])],
        key: Annotated[str, Query(max_length=400, examples=["979199321120"])],
    ) -> Found:
        function = service.registry.look_ups.get(kind)
        if function is None:
            kept = ", ".join(service.registry.look_ups)
            raise UnknownThing(
                f"Không có loại tra cứu “{kind}”; có: {kept}", f"no look-up {kind!r}; there are: {kept}"
            )
        with service.store.session() as session:
            require_up(terms_of(session, run.run_id), service.name, run.simulated_at)
            record = function(session, run.run_id, key)
        return Found(found=record is not None, record=record)

    @router.get("/books", tags=["lookups"], summary="Số mục trong mỗi sổ", responses=problem_responses(404))
    async def books(run: Run) -> Books:
        with service.store.session() as session:
            terms_of(session, run.run_id)
            counted = {
                _BEFORE_CAPITAL.sub("_", table.__name__).lower(): count(session, table, run.run_id)
                for table in service.registry.tables
            }
        return Books(books=counted)

    @router.get("/agenda", tags=["agenda"], summary="Việc kế tiếp", responses=problem_responses(404))
    async def show_agenda(run: Run) -> AgendaView:
        with service.store.session() as session:
            terms_of(session, run.run_id)
            return AgendaView(next_act_at=_next(session, run))

    @router.post("/work", tags=["agenda"], summary="Làm mọi việc đến hạn", responses=mutating(404))
    async def work(run: Run, order: WorkOrder, response: Response) -> WorkDone:
        await perform_until(service, perform, run.run_id, order.until)
        with service.store.session() as session:
            return WorkDone(
                events=events_after(session, run.run_id, order.after, service.name, service.signer),
                next_act_at=service.told_next(session, run.run_id, response),
            )

    @router.get("/events", tags=["agenda"], summary="Các sự kiện", responses=problem_responses(404))
    async def events(run: Run, after: Annotated[int, Query(ge=0, le=2**53)] = 0) -> Events:
        with service.store.session() as session:
            terms_of(session, run.run_id)
            return Events(events=events_after(session, run.run_id, after, service.name, service.signer))

    return router


def _next(session: Session, run: RunContext) -> str | None:
    next_at, _ = journal.standing(session, run.run_id)
    return None if next_at is None else text_of(next_at)
