"""A real service with one way to write, to show whether a request got through."""

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict
from sqlmodel import Field, SQLModel, select

from chassis.app import build_app
from chassis.client import Answer, ServiceClient
from chassis.storage import Store, open_store

JSON = {"Content-Type": "application/json"}


class TennisNote(SQLModel, table=True):
    """A row whose only purpose is to show whether a request got through."""

    id: int | None = Field(default=None, primary_key=True)
    text: str


class Note(BaseModel):
    model_config = ConfigDict(extra="allow")

    text: str = ""


class Club:
    """A real service with one way to write, and its client."""

    def __init__(self) -> None:
        self.store: Store = open_store(None, [TennisNote])
        self.app = build_app(title="tennis", version="1", store=self.store, routers=[self._routes()])
        self.client = ServiceClient.in_process({"club": self.app})

    def _routes(self) -> APIRouter:
        router = APIRouter()

        @router.post("/notes", status_code=201)
        async def write(note: Note) -> Note:
            with self.store.session() as session:
                session.add(TennisNote(text=note.text))
            return note

        @router.get("/notes")
        async def read(q: str = "") -> dict[str, str]:
            return {"q": q}

        @router.get("/notes/{name}")
        async def one(name: str) -> dict[str, str]:
            return {"name": name}

        @router.delete("/notes")
        async def clear(request: Request) -> dict[str, int]:
            return {"seen": len(await request.body())}

        return router

    async def post(self, body: Any, headers: Mapping[str, str] = JSON) -> Answer:
        return await self.client.call("club", "POST", "/notes", content=body, headers=headers)

    def texts(self) -> list[str]:
        with self.store.session() as session:
            return list(session.exec(select(TennisNote.text)))
