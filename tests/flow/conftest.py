"""What tests of the flows share."""

from typing import Any

import pytest

from chassis.client import Answer
from gateway.neighbours import Neighbours


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The calls of the gateway to services."""
    made: list[str] = []
    real = Neighbours.call

    async def noted(self: Neighbours, run: Any, service: str, method: str, path: str, **more: Any) -> Answer:
        made.append(f"{method} {service}{path}")
        return await real(self, run, service, method, path, **more)

    monkeypatch.setattr(Neighbours, "call", noted)
    return made
