"""What tests of the flows share."""

from typing import Any

import pytest

from chassis.client import Answer
from flow_model.case import Case
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


@pytest.fixture
def all_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever declares at one instant is sent on at one instant: as a rule these delays are drawn."""
    real = Case.seconds

    def seconds(self: Case, name: str, procedure: str, turn: int = 0) -> int:
        return 60 if name == "sync" else real(self, name, procedure, turn)

    monkeypatch.setattr(Case, "seconds", seconds)


def at_work(calls: list[str]) -> list[str]:
    """The services that were asked to work, each time."""
    return [call.split()[1].partition("/")[0] for call in calls if call.endswith("/work")]
