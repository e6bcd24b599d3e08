"""The same family races again with a fault: two runs with the same luck, and something that goes wrong."""

from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from flow_model.events import canonical
from web.asking import Asking
from web.histories import Told


async def race_again(asking: Asking, both: tuple[Told, Told], fault: Mapping[str, Any]) -> tuple[str, str]:
    """The names of the two new dossiers; asked twice, the same two."""
    old, new = [await _again(asking, each, fault) for each in both]
    return old, new


async def _again(asking: Asking, told: Told, fault: Mapping[str, Any]) -> str:
    terms = dict(told.run["terms"])
    terms["faults"] = [*terms["faults"], fault]
    declared = told.events[0].payload
    body = {
        "group": declared["group"],
        "path": declared["path"],
        "procedures": list(declared["procedures"]),
        "declaration": declared["declaration"],
        "consent": True,
    }
    # The name follows from the content: whoever presses twice meets the same race.
    name = sha256(canonical({"of": told.name, "terms": terms, "body": body})).hexdigest()[:10]
    run = f"dua-{declared['group']}-{name}"
    await asking.post("/runs", {"run_id": run, "terms": terms, "record": True})
    made = await asking.get(f"/runs/{run}/dossiers")
    dossier = made[0] if made else await asking.post(f"/runs/{run}/dossiers", body)
    moved = {"settled": False}
    while not moved["settled"]:
        moved = await asking.post(f"/runs/{run}/clock", {"to": "settled", "stop_at": []})
    return f"{run}/{dossier['dossier']}"
