"""Books on a real file in memory, and how something is entered in them."""

from datetime import datetime
from typing import Any

from sqlmodel import Session

from chassis.clock import VIETNAM
from mock_registries import civil_status, health, population, residence, social_insurance, social_protection
from mock_registries.registry import Entered, Entry, Json, Registry

MORNING = datetime(2026, 12, 31, 9, 0, tzinfo=VIETNAM)
PLACE = {"province_code": "79", "commune_code": "27619", "detail": "số nhà 1"}
REGISTRIES: list[Registry] = [
    each.REGISTRY
    for each in (civil_status, residence, social_insurance, social_protection, population, health)
]


def entry(number: int, form: Json, **more: Any) -> Entry:
    known: dict[str, Any] = {
        "run_id": "r1",
        "seed": 7,
        "application_id": f"B-2026-{number:06d}.x",
        "dossier": f"B-2026-{number:06d}",
        "form": form,
        "documents": (),
        "terms": {},
        "at": MORNING,
    }
    return Entry(**(known | more))


def enter(session: Session, registry: Registry, action: str, one: Entry) -> Entered:
    act = registry.actions[action]
    if act.check is not None:
        act.check(session, one)
    return act.enter(session, one)
