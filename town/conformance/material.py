"""Real applications to send: what our own gateway sent to this agency for invented families.

Nothing is made up here: a whole town is built in memory, families of it declare, and what arrives at the
agency is written down. So every form is filled as the mapping fills it, with the results of the
procedures before it.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from pydantic import ValidationError
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from chassis.client import ServiceClient
from chassis.lines import answers_in
from flow_model.catalogue import Catalogue, catalogue
from flow_model.errors import SandboxError
from flow_model.group import Group, Procedure
from town.layout import in_memory

SEED = 2026
RUN = "material"
PATH = "interlinked"
_SUBMISSION = re.compile(r"/applications/([^/]+)")
Json = dict[str, Any]


@dataclass(frozen=True)
class Application:
    """One application as it was really sent, or would have been a little later: with everybody's consent."""

    id: str
    procedure: Procedure
    at: datetime
    body: Json
    granted: bool = False


@dataclass(frozen=True)
class Material:
    """What there is to send to one agency, and the terms of the run whose families it is about."""

    agency: str
    terms: Json
    applications: tuple[Application, ...]
    left_out: tuple[str, ...] = ()
    """Its procedures that nobody could be made to ask for, each as group and procedure."""

    def of_each_procedure(self) -> list[Application]:
        """One application of each procedure; one that was granted, if there is any."""
        best: dict[str, Application] = {}
        for each in self.applications:
            kept = best.get(each.procedure.id)
            if kept is None or (each.granted and not kept.granted):
                best[each.procedure.id] = each
        return list(best.values())


class NothingToSend(SandboxError):
    """The author of a flow gives it an example."""

    slug = "nothing-to-send"

    def __init__(self, agency: str, left_out: Sequence[str]) -> None:
        names = ", ".join(left_out)
        super().__init__(
            f"Không có hồ sơ nào để gửi cho {agency}: không gia đình mô phỏng nào khai được {names}. "
            "Xem example.py trong docs/add-a-flow.md.",
            f"There is no application to send to {agency}: no invented family can declare {names}. "
            "See example.py in docs/add-a-flow.md.",
        )


@dataclass
class _Tap:
    """Stands before an app and notes the applications that are sent to it."""

    app: ASGIApp
    sent: dict[str, tuple[datetime, Json]] = field(default_factory=dict)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        body = b""

        async def noted() -> Message:
            nonlocal body
            message = await receive()
            body += message.get("body", b"")
            return message

        await self.app(scope, noted, send)
        found = _SUBMISSION.fullmatch(scope.get("path", ""))
        if found and scope["method"] == "PUT":
            self._note(scope, found[1], json.loads(body))
        elif found and found[1] == "batch":
            for line in answers_in(body):
                self._note(scope, line.pop("application_id"), line)

    def _note(self, scope: Scope, name: str, body: Json) -> None:
        at = next(value for name, value in scope["headers"] if name.lower() == b"simulated-at")
        self.sent.setdefault(name, (datetime.fromisoformat(at.decode()), body))


async def record(agency: str, groups: Catalogue | None = None) -> Material:
    """Let invented families declare until every procedure of the agency was sent often enough."""
    groups = groups or catalogue()
    client, apps = in_memory(groups)
    stores = [app.state.store for app in apps.values()]
    tap = apps[agency] = _Tap(apps[agency])
    try:
        return await _recorded(_Families(client, groups, agency), tap)
    finally:
        await client.aclose()
        for store in stores:
            store.close()


async def _recorded(families: "_Families", tap: _Tap) -> Material:
    terms = await families.open()
    await families.declare_enough()
    terms["families"] = families.reached + 1  # the others would only make opening a run slower
    states = await families.outcomes()
    procedures = {each.id: each for each in families.procedures.values()}
    sent = {body["procedure"] for _, body in tap.sent.values()}
    left_out = tuple(".".join(name) for name, each in families.procedures.items() if each.id not in sent)
    applications = [
        Application(name, procedures[body["procedure"]], at, _agreed(body), states.get(name) == "granted")
        for name, (at, body) in tap.sent.items()
    ]
    if not applications:
        raise NothingToSend(families.agency, left_out)
    by_outcome = sorted(applications, key=lambda each: not each.granted)
    return Material(families.agency, terms, tuple(by_outcome), left_out)


class _Families:
    """The families of the town in memory, who declare through the gateway."""

    def __init__(self, client: ServiceClient, groups: Catalogue, agency: str) -> None:
        self.client = client
        self.groups = groups
        self.agency = agency
        self.procedures = groups.procedures_of(agency)
        self.law = _law_with_most(groups, agency)
        self.dossiers: list[str] = []
        self.reached = 0

    async def open(self) -> Json:
        terms = {"seed": SEED, "law": self.law}
        opened = (await self._post("/runs", {"run_id": RUN, "terms": terms})).body["terms"]
        kept = ("seed", "law", "starts_at", "families", "officers")
        return {name: opened[name] for name in kept} | {"faults": []}

    async def declare_enough(self) -> None:
        """The first families that need each procedure, and one whose relatives must agree to it."""
        headers = {"Run-Id": RUN, "Simulated-At": "2026-10-05T08:00:00+07:00"}
        answer = await self.client.call(
            "population", "GET", "/families", params={"limit": 29}, headers=headers
        )
        wanted = 1 if len(self.procedures) > 1 else 2  # two names at least
        lacking = {procedure.id: wanted for procedure in self.procedures.values()}
        asking = {each.id for each in self.procedures.values() if each.consents}
        for family in answer.raise_for_problem().body["families"]:
            for group, chosen in self._choices(family, {*(p for p, n in lacking.items() if n), *asking}):
                declaration = await self._example(group, family["situation"])
                agreeing = _need_consent(group, declaration) & asking
                useful = {each for each in chosen if lacking.get(each)} | (agreeing & set(chosen))
                if useful and await self._declare(group, chosen, declaration):
                    self.reached = family["index"]
                    lacking = {each: n - (each in chosen) for each, n in lacking.items()}
                    lacking = {each: max(n, 0) for each, n in lacking.items()}
                    asking -= agreeing
        await self._post(f"/runs/{RUN}/clock", {"to": "settled"})

    def _choices(
        self, family: Mapping[str, Any], lacking: set[str]
    ) -> Iterator[tuple[Group, tuple[str, ...]]]:
        """What a family may ask for that brings something still lacking."""
        for group in self.groups.groups.values():
            if group.example is None:
                continue
            try:
                group.example(family)
                wanted = set(group.wanted(family))
            except KeyError:  # a family to which something else happened
                continue
            offered = [set(each.procedures) for each in group.choices(self.law, PATH)]
            fitting = sorted((each for each in offered if each >= wanted), key=len, reverse=True)
            for chosen in [wanted, *fitting]:
                if chosen in offered and chosen & lacking:
                    yield group, tuple(sorted(chosen))
                    break

    async def outcomes(self) -> dict[str, str]:
        """How each application ended, by its id."""
        states = {}
        for dossier in self.dossiers:
            answer = await self.client.call("gateway", "GET", f"/runs/{RUN}/dossiers/{dossier}")
            for step in answer.raise_for_problem().body["steps"]:
                states[f"{dossier}.{step['procedure']}"] = step["state"]
        return states

    async def _example(self, group: Group, situation: str) -> Json:
        path = f"/runs/{RUN}/examples/{group.id}"
        answer = await self.client.call("gateway", "GET", path, params={"situation": situation})
        return dict(answer.raise_for_problem().body["declaration"])

    async def _declare(self, group: Group, chosen: tuple[str, ...], declaration: Json) -> bool:
        body = {
            "group": group.id,
            "path": PATH,
            "procedures": list(chosen),
            "declaration": declaration,
            "consent": True,
        }
        answer = await self._post(f"/runs/{RUN}/dossiers", body)
        if answer.status == 201:
            self.dossiers.append(answer.body["dossier"])
        return bool(answer.status == 201)  # the door refuses some situations: that is what they are for

    async def _post(self, path: str, body: Any) -> Any:
        headers = {"Idempotency-Key": f"{path.rpartition('/')[2]}-{len(self.dossiers)}"}
        return await self.client.call("gateway", "POST", path, json=body, headers=headers)


def _agreed(body: Json) -> Json:
    """With the consents that came later put in, so that only the checks of consents have to wait for any."""
    given = dict.fromkeys(body["consents_needed"], body["declared_at"])
    return body | {"consents_given": given | body["consents_given"]}


def _law_with_most(groups: Catalogue, agency: str) -> str:
    """The law profile under which the agency has most procedures; the usual one, if it has them all."""
    own = {each.id for each in groups.procedures_of(agency).values()}
    any_group = next(iter(groups.groups.values()))
    usual = any_group.law.default.id
    profiles: list[str] = list(any_group.law.profiles)

    def held(law: str) -> tuple[int, bool]:
        in_force = {each.id for group in groups.groups.values() for each in group.in_force(law, PATH)}
        return len(own & in_force), law == usual

    return max(profiles, key=held)


def _need_consent(group: Group, declaration: Json) -> set[str]:
    try:
        declared = group.declaration.model_validate(declaration)
    except ValidationError:  # the door refuses it too, and says which fields
        return set()
    return {
        procedure.id
        for procedure in group.procedures
        if any(consent.of(declared) is not None for consent in procedure.consents)
    }
