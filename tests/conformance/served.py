"""Agencies to be served on a port: one of ours, and one that somebody has spoilt."""

from pathlib import Path
from typing import Any

import services
from chassis.client import ServiceClient
from flow_model.catalogue import catalogue
from tests.conformance.between import Between
from tests.conformance.defects import DEFECTS


def ours(name: str, store: str) -> Any:
    app = services.build(
        name, store_path=Path(store), client=ServiceClient.in_process({}), catalogue=catalogue()
    )

    async def close_store() -> None:
        app.state.store.close()

    app.state.closing = (close_store,)
    return app


class Served(Between):
    """With a `state`, as whoever serves an app expects."""

    state: Any


def spoilt(name: str, store: str, defect: str) -> Any:
    app = ours(name, store)
    planted = next(each for each in DEFECTS if each.name == defect)
    served = Served(app, planted.act)
    served.state = app.state
    return served
