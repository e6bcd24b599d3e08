"""Does, through the front door, what a scenario's people do."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from difflib import get_close_matches
from typing import Any
from urllib.parse import quote

from chassis.client import ServiceRefused
from flow_model.documents import changed, without
from flow_model.faults import as_json as faults_as_json
from scenarios.acts import (
    AddFault,
    Ask,
    Decide,
    Declare,
    GiveConsent,
    PullAgain,
    SendSupplement,
    Withdraw,
)
from scenarios.door import Door, codes_of, said_of
from scenarios.timeline import Item
from scenarios.verdict import Failure

Json = dict[str, Any]


class Acting:
    """The people of one play: they know their dossiers by the names of the file."""

    def __init__(self, door: Door, run_id: str) -> None:
        self._door = door
        self._run_id = run_id
        self._run = f"/runs/{run_id}"
        self.codes: dict[str, str] = {}
        self.failures: list[Failure] = []

    async def do(self, item: Item) -> None:
        """Do one thing; a refusal that was not wanted, or did not come, is a failure."""
        wanted = getattr(item.what, "refused", None)
        try:
            await self._do(item)
        except ServiceRefused as refused:
            codes = codes_of(refused)
            if wanted not in codes:
                said = f"refused: {', '.join(codes)} ({said_of(refused)})"
                self.failures.append(Failure(item.where, wanted or "no refusal", said, _near(wanted, codes)))
        else:
            if wanted is not None:
                self.failures.append(Failure(f"{item.where}.refused", wanted, "it was accepted"))

    async def _do(self, item: Item) -> None:
        what = item.what
        if isinstance(what, Declare):
            await self._declare(what, item.where)
        elif isinstance(what, AddFault):
            faults = {"faults": faults_as_json([what.fault])}
            await self._door.post(f"{self._run}/faults/f-{item.number}", faults)
        elif isinstance(what, Ask):
            await self._door.get(f"{self._run}/dossiers/{quote(what.code, safe='')}")
        elif isinstance(what, Decide):
            await self._decide(what)
        else:
            assert isinstance(what, GiveConsent | SendSupplement | Withdraw | PullAgain)
            path, body = _request(what)
            await self._door.put(f"{self._run}/dossiers/{self.codes[what.dossier]}{path}", body)

    async def _decide(self, what: Decide) -> None:
        code = self.codes[what.dossier]
        view = await self._door.get(f"{self._run}/dossiers/{code}")
        agency = next(step["agency"] for step in view["steps"] if step["procedure"] == what.procedure)
        body = {"decision": what.decision, "reason": what.reason, "officer": what.officer}
        await self._door.put(f"{self._run}/worklists/{agency}/{code}.{what.procedure}/decision", body)

    async def _declare(self, what: Declare, where: str) -> None:
        draft = what.declaration
        procedures = list(what.procedures)
        if draft is None or not procedures:
            path, family = f"{self._run}/examples/{what.group}", {"situation": what.situation}
            example = await self._door.get(path, **family, nth=what.nth_family)
            draft = draft or example["declaration"]
            procedures = procedures or example["procedures"]
        draft = without(changed(draft, what.changes), what.without)
        about: Json = {"group": what.group, "procedures": procedures, "declaration": draft}
        if what.preview != "none":
            await self._preview(what, about, where)
            return
        body = {**about, "path": what.path, "consent": what.consent}
        view = await self._door.post(f"{self._run}/dossiers", body, where)
        self.codes[what.name] = view["dossier"]

    async def _preview(self, what: Declare, about: Json, where: str) -> None:
        shown = await self._door.post(f"{self._run}/previews", about, where)
        if what.preview == "timed_out":
            too_late = datetime.fromisoformat(shown["expires_at"]) + timedelta(minutes=1)
            await self._door.move_clock(self._run_id, too_late.isoformat(), [])
        answer = {"agreed": what.preview != "refused"}
        answered = await self._door.put(f"{self._run}/previews/{shown['preview']}/answer", answer)
        if answered["dossier"] is not None:
            self.codes[what.name] = answered["dossier"]["dossier"]


def _request(what: GiveConsent | SendSupplement | Withdraw | PullAgain) -> tuple[str, Json]:
    match what:
        case GiveConsent():
            return f"/consents/{what.party}", {"given": what.given}
        case SendSupplement():
            sent = {"documents": list(what.documents), "changes": what.changes}
            return f"/supplements/{what.procedure}", sent
        case Withdraw():
            return "/withdrawal", {"reason": what.reason}
        case PullAgain():
            return "/pull", {}


def _near(wanted: str | None, codes: Sequence[str]) -> str:
    return next(iter(get_close_matches(wanted or "", codes, 1)), "")
