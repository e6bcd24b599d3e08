"""Toy services for the tests of the servers: a library desk."""

import os
from pathlib import Path

from fastapi import FastAPI

from chassis.app import build_app
from flow_model.errors import BadContract


def desk(name: str) -> FastAPI:
    app = build_app(title=name, version="1")

    @app.get("/process")
    async def process() -> dict[str, int]:
        return {"pid": os.getpid()}

    return app


def broken(name: str) -> FastAPI:
    raise BadContract(name, "the library is closed")


def works_once(name: str, mark: str) -> FastAPI:
    """Starts the first time only."""
    path = Path(mark)
    if path.exists():
        raise BadContract(name, "opened once already")
    path.touch()
    return desk(name)
