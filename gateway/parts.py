"""The parts of one gateway, put together once and handed to the routes."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from starlette.responses import Response

from chassis.client import ServiceClient
from chassis.clock import Clock
from chassis.committed import CommittedFirst
from chassis.idempotency import once
from chassis.storage import Store
from flow_model.catalogue import Catalogue
from gateway.acts import Acts
from gateway.carriers import Carrier, OwnHands
from gateway.declaring import Declaring
from gateway.dossiers import Dossiers
from gateway.driver import Driver
from gateway.errands import Errands, until
from gateway.exchanges import RecordingClient
from gateway.executors import Executors, Leases
from gateway.forks import Forks
from gateway.intake import Intake
from gateway.journal import Journal
from gateway.neighbours import Neighbours
from gateway.orchestrator import Orchestrator
from gateway.pace import Pace
from gateway.previews import Previews
from gateway.reconciling import Reconciling
from gateway.runs import Runs


@dataclass(frozen=True)
class Parts:
    """What the routes need."""

    store: Store
    catalogue: Catalogue
    journal: Journal
    runs: Runs
    dossiers: Dossiers
    neighbours: Neighbours
    orchestrator: Orchestrator
    driver: Driver
    declaring: Declaring
    acts: Acts
    forks: Forks
    exchanges: RecordingClient
    executors: Executors
    errands: Errands
    reconciling: Reconciling
    carrier: Carrier
    epoch: Callable[[], str]

    async def once(
        self, scope: str, key: str | None, content: Any, work: Callable[[], Awaitable[tuple[int, Any]]]
    ) -> Response:
        """Do the work for a key, or give the answer that it had, whichever gateway gave it."""
        alive = self.executors.alive
        return await once(self.store, scope, key, content, work, epoch=self.epoch(), alive=alive)

    async def keep_up(self) -> None:
        """What a gateway does beside its requests: say that it is there, and move the clocks that move."""
        self.executors.beat()
        self.carrier.turn()
        await self.driver.keep_pace()


def _carrier(errands: Errands, executors: Executors, database: str, epoch: Callable[[], str]) -> Carrier:
    if not database:
        return OwnHands(errands)
    from gateway.dbos_carrier import DbosCarrier  # only there is DBOS needed, and installed

    return DbosCarrier(errands, executors, database, epoch)


def assemble(
    store: Store,
    client: ServiceClient,
    catalogue: Catalogue,
    epoch: Callable[[], str],
    clock: Clock,
    secret: str,
    database: str = "",
) -> Parts:
    """One gateway. ``epoch`` names this process, so that marks of a dead one are not waited for.

    ``secret`` is what the services' signatures are made from; ``database`` the shared PostgreSQL.
    """
    journal = Journal(store)
    exchanges = RecordingClient(CommittedFirst(client, store), store)
    services = [name for name in client.services if name != "gateway"]
    neighbours = Neighbours(exchanges, services)
    runs = Runs(store, journal, exchanges, services, clock, neighbours.opened)
    dossiers = Dossiers(journal, catalogue)
    orchestrator = Orchestrator(journal, neighbours)
    driver = Driver(
        runs,
        dossiers,
        orchestrator,
        neighbours,
        Intake(journal, runs, dossiers, neighbours, secret),
        Leases(store, clock, epoch),
        Pace(store, clock),
    )
    declaring = Declaring(journal, dossiers, neighbours)
    errands, executors = Errands(store, clock), Executors(store, clock, epoch)

    async def advance(content: dict[str, Any]) -> None:
        await driver.advance(content["run_id"], until(content["to"]), freely=True)

    errands.handle("advance", advance)
    acts = Acts(
        catalogue,
        journal,
        runs,
        dossiers,
        neighbours,
        orchestrator,
        driver,
        declaring,
        Previews(journal),
    )
    return Parts(
        store=store,
        catalogue=catalogue,
        journal=journal,
        runs=runs,
        dossiers=dossiers,
        neighbours=neighbours,
        orchestrator=orchestrator,
        driver=driver,
        declaring=declaring,
        acts=acts,
        exchanges=exchanges,
        forks=Forks(journal, runs, dossiers, driver, acts),
        executors=executors,
        errands=errands,
        reconciling=Reconciling(journal, dossiers, neighbours),
        carrier=_carrier(errands, executors, database, epoch),
        epoch=epoch,
    )
