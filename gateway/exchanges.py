"""Recording what the gateway and the services say to each other, for runs that were opened with ``record``.

A run that is not recorded costs one look into a set.
"""

import json as json_library
from collections.abc import Mapping
from typing import Any

from sqlalchemy import delete, func, insert, select

from chassis.client import Answer, ServiceClient, ServiceUnreachable
from chassis.har import asked, entry, said
from chassis.mishaps import Mishap
from chassis.storage import Store
from flow_model.errors import Refused
from flow_model.events import canonical
from gateway.tables import ExchangeRow

EXCHANGES = ExchangeRow.__table__  # type: ignore[attr-defined]
# Nothing is dropped silently: a run that says more than this is told so and goes no further.
MOST_EXCHANGES = 20_000


class RecordingClient(ServiceClient):
    """The client of the gateway, with an ear for the runs that are recorded."""

    def __init__(self, inner: ServiceClient, store: Store) -> None:
        super().__init__({}, dict.fromkeys(inner.services, ""), None)
        self._inner = inner
        self._store = store
        with store.connection() as connection:
            known = connection.execute(select(EXCHANGES.c.run_id).distinct()).scalars().all()
        self._recorded = set(known)

    def move_to(self, base_urls: Mapping[str, str]) -> None:
        self._inner.move_to(base_urls)

    async def aclose(self) -> None:
        await self._inner.aclose()

    def record(self, run_id: str) -> None:
        """From now on every exchange of this run is kept."""
        self._recorded.add(run_id)

    def forget(self, run_id: str) -> None:
        """Drop what was kept of a run."""
        self._recorded.discard(run_id)
        with self._store.connection() as connection:
            connection.execute(delete(EXCHANGES).where(EXCHANGES.c.run_id == run_id))

    def has_any(self, run_id: str) -> bool:
        """Whether anything was kept of a run, by whatever process."""
        wanted = select(EXCHANGES.c.number).where(EXCHANGES.c.run_id == run_id).limit(1)
        with self._store.connection() as connection:
            return connection.execute(wanted).first() is not None

    def entries(self, run_id: str) -> list[dict[str, Any]]:
        """The exchanges of a run, as HAR has them."""
        wanted = select(EXCHANGES.c.entry).where(EXCHANGES.c.run_id == run_id).order_by(EXCHANGES.c.number)
        with self._store.connection() as connection:
            return [json_library.loads(text) for text in connection.execute(wanted).scalars()]

    async def call(
        self,
        service: str,
        method: str,
        path: str,
        *,
        json: Any = None,
        params: Mapping[str, str | int] | None = None,
        headers: Mapping[str, str] | None = None,
        content: Any = None,
        mishap: Mishap | None = None,
    ) -> Answer:
        """The call, and a line about it when its run is recorded."""
        sent: dict[str, Any] = {"json": json, "params": params, "headers": headers, "content": content}
        run_id = _run_of(path, headers or {})
        if run_id not in self._recorded:
            return await self._inner.call(service, method, path, mishap=mishap, **sent)
        request = asked(service, method, path, params, said(json, content))
        try:
            answer = await self._inner.call(service, method, path, mishap=mishap, **sent)
        except ServiceUnreachable as failure:
            if failure.staged or failure.reason == "unavailable":
                self._keep(run_id, entry(request, headers or {}, None, failure))
            raise
        self._keep(run_id, entry(request, headers or {}, answer, None))
        return answer

    def _keep(self, run_id: str, line: dict[str, Any]) -> None:
        with self._store.connection() as connection:
            last = connection.execute(
                select(func.max(EXCHANGES.c.number)).where(EXCHANGES.c.run_id == run_id)
            ).scalar()
            number = (last or 0) + 1
            if number > MOST_EXCHANGES:
                raise Refused(
                    f"Lượt chạy này đã ghi đủ {MOST_EXCHANGES} trao đổi; hãy mở lượt chạy khác",
                    f"this run has recorded {MOST_EXCHANGES} exchanges; open another one",
                )
            connection.execute(
                insert(EXCHANGES).values(run_id=run_id, number=number, entry=canonical(line).decode())
            )


def _run_of(path: str, headers: Mapping[str, str]) -> str:
    return headers.get("Run-Id") or (path.split("/")[2] if path.startswith("/runs/") else "")
