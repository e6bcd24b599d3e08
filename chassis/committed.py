"""Nothing is said to others that rests on what is not kept yet: calls wait for the store first."""

from collections.abc import Mapping
from typing import Any

from chassis.client import Answer, ServiceClient
from chassis.mishaps import Mishap
from chassis.storage import Store


class CommittedFirst(ServiceClient):
    """The client of one service, which speaks only of what its store has kept."""

    def __init__(self, inner: ServiceClient, store: Store) -> None:
        super().__init__({}, dict.fromkeys(inner.services, ""), None)
        self._inner = inner
        self._store = store

    def move_to(self, base_urls: Mapping[str, str]) -> None:
        self._inner.move_to(base_urls)

    async def aclose(self) -> None:
        await self._inner.aclose()

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
        """The call, once all that was done so far is durable; StoreTrouble when it could not be kept."""
        await self._store.durable()
        return await self._inner.call(
            service, method, path, json=json, params=params, headers=headers, content=content, mishap=mishap
        )
