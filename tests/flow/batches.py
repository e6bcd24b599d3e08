"""What many families declare at once, and how it is sent."""

from typing import Any

from chassis.client import Answer
from chassis.lines import MEDIA_TYPE
from tests.town_in_memory import Town

BIRTH = "birth_registration"
MANY = 4


async def declarations(town: Town, many: int = MANY) -> list[dict[str, Any]]:
    """What so many families declare."""
    found = []
    for nth in range(many):
        example = await town.get("/runs/run/examples/birth", situation="newborn", nth=nth)
        kept = {name: example[name] for name in ("group", "procedures", "declaration")}
        found.append({**kept, "path": "interlinked", "consent": True})
    return found


async def send(town: Town, content: bytes, key: str = "batch", kind: str = MEDIA_TYPE) -> Answer:
    headers = {"Idempotency-Key": key, "Content-Type": kind}
    return await town.client.call(
        "gateway", "POST", "/runs/run/dossiers/batch", content=content, headers=headers
    )
