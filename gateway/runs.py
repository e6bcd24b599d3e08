"""A run: its clock, seed, law profile, people, faults; isolated from all others."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property, lru_cache
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from sqlalchemy import bindparam, func, insert, select

from chassis.answers import Answer, told_on
from chassis.client import ServiceClient, ServiceUnreachable
from chassis.clock import Clock
from chassis.prepared import Prepared
from chassis.request_headers import run_headers
from chassis.storage import Store
from flow_model.errors import ConflictingContent, UnknownThing
from flow_model.events import canonical, genesis
from flow_model.faults import AnyFault, LiveFault, Moment, compiled, live_from_json
from flow_model.faults import as_json as faults_as_json
from gateway.journal import RUN_LOG, RUNS, Journal, Note

RunId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,63}$")]
AWAITS_PULL = "resync"
# Asked by every request: built once.
_ONE = Prepared(select(RUNS).where(RUNS.c.run_id == bindparam("run")))
_OPEN = Prepared(insert(RUNS), RUNS.c.keys())
# The clocks that nobody moves.
SELF_MOVING = ("paced", "wall")
DEFAULT_START = "2026-10-05T08:00:00+07:00"


class Terms(BaseModel):
    """What fixes a run: two runs with equal terms and equal stories have equal event logs."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    seed: int = Field(2026, ge=0, le=2**31 - 1, description="All chance of the run comes from this number")
    law: str = Field("claim-2023", max_length=40, description="Law profile: see GET /laws")
    starts_at: Moment = Field(
        datetime.fromisoformat(DEFAULT_START),
        description="The run's first instant; of a wall clock the real one, if nothing is said",
    )
    clock: Literal["jump", "manual", "paced", "wall"] = Field(
        "jump",
        description="jump: moved at will by POST …/clock; manual: one thing at a time, as a trainer "
        "presses next; paced: moves by itself, office hours only; wall: moves with real time, nights and "
        "days off included, for an agency whose officers are real",
    )
    seconds_per_working_day: float = Field(
        10, ge=0.1, le=86_400, description="Of a paced clock: real seconds for one office day"
    )
    families: int = Field(40, ge=0, le=5000, description="How many invented families live in the run")
    officers: Literal["simulated", "human"] = "simulated"
    citizens: Literal["simulated", "human"] = Field(
        "simulated", description="Who clicks consents and answers requests for a supplement"
    )
    preview_minutes: int = Field(30, ge=1, le=1440, description="how long a preview may be answered")
    faults: tuple[AnyFault, ...] = Field(
        (), max_length=50, description="what goes wrong, in office words or as the live system obeys it"
    )

    def as_json(self) -> dict[str, Any]:
        """The terms with all defaults, as hashed and as sent to the services."""
        document = self.model_dump(mode="json", by_alias=True)
        document["faults"] = faults_as_json(self.faults)
        return document

    def for_services(self) -> dict[str, Any]:
        """The part of the terms that agencies and registries need."""
        wanted = ("seed", "law", "starts_at", "families", "officers")
        document = self.as_json()
        return {name: document[name] for name in wanted} | {"faults": faults_as_json(compiled(self.faults))}


@dataclass
class Run:
    """A run as it stands: terms, present instant, and how far each service was read."""

    run_id: str
    terms: Terms
    now: datetime
    cursors: dict[str, int]
    opened: bool
    version: int = 0
    held: dict[str, str] = field(default_factory=dict)
    added: tuple[LiveFault, ...] = ()
    opened_at: str = ""

    @cached_property
    def faults(self) -> tuple[LiveFault, ...]:
        """What goes wrong: the terms' faults and those that came on the way, in that order."""
        return (*_compiled(self.terms), *self.added)

    def held_until(self) -> dict[str, datetime]:
        """The services that are heard again at an instant; those that wait for a new pull are left out."""
        return {service: datetime.fromisoformat(at) for service, at in self.held.items() if at != AWAITS_PULL}

    @property
    def genesis(self) -> str:
        """The hash that every dossier's chain of this run begins with."""
        return _genesis(self.terms)

    def headers(self) -> dict[str, str]:
        """What every request of this run carries."""
        return run_headers(self.run_id, self.now)

    def as_json(self) -> dict[str, Any]:
        """The run as the API shows it."""
        return {
            "run_id": self.run_id,
            "now": self.now.isoformat(),
            "terms": self.terms.as_json(),
            "added_faults": faults_as_json(self.added),
        }


class Runs:
    """Opens, finds, moves and removes runs."""

    def __init__(
        self,
        store: Store,
        journal: Journal,
        client: ServiceClient,
        services: Sequence[str],
        clock: Clock,
        opened: Callable[[str, Mapping[str, Answer]], None],
    ) -> None:
        """``opened`` is told what each service answered when a run was opened there."""
        self._opened = opened
        self._clock = clock
        self._store = store
        self._journal = journal
        self._client = client
        self.services = tuple(services)

    async def open(self, run_id: str, terms: Terms, notes: Sequence[Note] = ()) -> Run:
        """Open a run at the gateway and in every service; the same terms again are no error.

        ``notes`` stand in its log from its first moment.
        """
        with self._store.connection() as connection:
            row = next(iter(_ONE.all(connection, run=run_id)), None)
            document = self._starting(terms, row).as_json()
            if row is not None and json.loads(row["terms"]) != document:
                raise ConflictingContent(
                    f"Lượt chạy {run_id} đã có với điều khoản khác", f"run {run_id} exists with other terms"
                )
            if row is None:
                _OPEN.run(
                    connection,
                    run_id=run_id,
                    terms=canonical(document).decode(),
                    now=document["starts_at"],
                    cursors="{}",
                    held="{}",
                    added="[]",
                    opened=False,
                    version=0,
                    clock=terms.clock,
                    opened_at=self._clock.now().isoformat(),
                )
        run = self.find(run_id)
        if not run.opened:
            answers = await self._tell_all("PUT", run_id, run.terms.for_services())
            self._finish_opening(run, notes)
            if not self._store.shared:  # where it is, another gateway may send something unseen by this one
                self._opened(run_id, answers)
        return self.find(run_id)

    def _starting(self, terms: Terms, row: Any) -> Terms:
        """A run that goes with real time begins now, unless something else is said or it has begun."""
        if terms.clock != "wall" or "starts_at" in terms.model_fields_set:
            return terms
        began = self._clock.now().replace(microsecond=0) if row is None else _terms(row["terms"]).starts_at
        return terms.model_copy(update={"starts_at": began})

    def _finish_opening(self, run: Run, notes: Sequence[Note]) -> None:
        note = Note(RUN_LOG, "run_opened", run.now, payload=run.terms.as_json(), source="run_opened")
        self._journal.append(run, [note, *notes], opened=True)

    def find(self, run_id: str) -> Run:
        """The run of this name; raises UnknownThing."""
        with self._store.reading() as connection:
            found = _ONE.all(connection, run=run_id)
        if not found:
            raise UnknownThing(f"Không có lượt chạy {run_id}", f"no run {run_id}")
        return _run(found[0])

    def exists(self, run_id: str) -> bool:
        """Whether there is a run of this name."""
        with self._store.reading() as connection:
            return bool(_ONE.all(connection, run=run_id))

    def all(self, after: str = "", limit: int = 100) -> list[Run]:
        """The runs by name, a page at a time."""
        wanted = select(RUNS).where(RUNS.c.run_id > after).order_by(RUNS.c.run_id).limit(limit)
        with self._store.reading() as connection:
            return [_run(row) for row in connection.execute(wanted).mappings()]

    def count(self) -> int:
        """How many runs there are."""
        with self._store.reading() as connection:
            return int(connection.execute(select(func.count()).select_from(RUNS)).scalar_one())

    def move_clock(self, run: Run, to: datetime, why: str) -> None:
        """Move the run's time forward and write the move down."""
        note = Note(RUN_LOG, "clock_moved", to, payload={"from": run.now.isoformat(), "why": why})
        self._journal.append(run, [note], now=to.isoformat())
        run.now = to

    def take_in(
        self, run: Run, service: str, cursor: int, notes: list[Note], held: str | None = None
    ) -> None:
        """Append a service's events and remember how far it was read, in one transaction.

        ``held``: when it is heard again (RFC 3339, or AWAITS_PULL); None when nothing keeps it back.
        """
        cursors = run.cursors | {service: cursor}
        holds = {name: at for name, at in run.held.items() if name != service}
        holds |= {} if held is None else {service: held}
        read = {"cursors": canonical(cursors).decode(), "held": canonical(holds).decode()}
        self._journal.append(run, notes, **read)
        run.cursors, run.held = cursors, holds

    def pull_again(self, run: Run) -> None:
        """What was kept back is heard at the next opportunity, which is now."""
        holds = dict.fromkeys(run.held, run.now.isoformat())
        self._journal.append(run, [], held=canonical(holds).decode())
        run.held = holds

    async def add_faults(self, run: Run, name: str, faults: Sequence[LiveFault]) -> None:
        """Faults that begin to happen now, in every service; the same name and faults again are no error.

        Whoever calls this writes the act down in the same turn: that is how a name is known again.
        """
        sent = {"faults": faults_as_json(faults)}
        await self._tell_all("PUT", f"{run.run_id}/faults/{name}", sent)
        log = self._journal.read(run.run_id, RUN_LOG)
        if any(event.payload.get("act") == "add_faults" and event.payload["name"] == name for event in log):
            return
        added = [*faults_as_json(run.added), *sent["faults"]]
        self._journal.append(run, [], added=canonical(added).decode())

    async def remove(self, run_id: str) -> None:
        """Remove every trace of a run from every service; raises UnknownThing when there is none."""
        self.find(run_id)
        await self._tell_all("DELETE", run_id, None)
        self._journal.forget(run_id)

    async def _tell_all(self, method: str, run_id: str, body: dict[str, Any] | None) -> dict[str, Answer]:
        """Tell every service that a run begins or ends; NeighbourGone when one does not answer."""
        answers = {}
        for service in self.services:
            try:
                answer = await self._client.call(service, method, f"/runs/{run_id}", json=body)
            except ServiceUnreachable as down:
                raise told_on(down) from down
            answers[service] = answer.raise_for_problem()
        return answers


# A run is read at every request, and few are open at once.
@lru_cache(maxsize=512)
def _terms(text: str) -> Terms:
    return Terms.model_validate(json.loads(text))


@lru_cache(maxsize=512)
def _genesis(terms: Terms) -> str:
    return genesis(terms.as_json())


@lru_cache(maxsize=512)
def _compiled(terms: Terms) -> tuple[LiveFault, ...]:
    return tuple(compiled(terms.faults))


def _run(row: Any) -> Run:
    return Run(
        run_id=row["run_id"],
        terms=_terms(row["terms"]),
        now=datetime.fromisoformat(row["now"]),
        cursors=json.loads(row["cursors"]),
        opened=row["opened"],
        version=row["version"],
        held=json.loads(row["held"]),
        added=live_from_json(json.loads(row["added"])),
        opened_at=row["opened_at"],
    )
