"""The agencies and shared registries: real apps, real files in memory, a clock we hold."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlmodel import col, func, select

import services
from chassis.client import Answer, ServiceClient
from chassis.clock import VIETNAM
from chassis.request_headers import run_headers
from flow_model.catalogue import catalogue
from flow_model.group import Group
from flow_model.mapping import fill
from services.assembly import AGENCIES

MONDAY = datetime(2026, 3, 9, 8, 30, tzinfo=VIETNAM)
HOUR = timedelta(hours=1)
LONG_AFTER = MONDAY + timedelta(days=90)
RUN: dict[str, Any] = {"seed": 7, "law": "decree-63-2024", "starts_at": MONDAY.isoformat(), "families": 29}
BIRTH_OF = "birth_registration"


class Town:
    """All six services in this process, and a sender who knows how to fill their forms."""

    def __init__(self, folder: Path | None = None) -> None:
        self.apps: dict[str, Any] = {}
        silent = ServiceClient.in_process({})
        for name in ("population", "health"):
            self.apps[name] = self._build(name, folder, silent)
        shared = ServiceClient.in_process(self.apps)
        for name in AGENCIES:
            self.apps[name] = self._build(name, folder, shared)
        self.client = ServiceClient.in_process(self.apps)

    def _build(self, name: str, folder: Path | None, client: ServiceClient) -> Any:
        path = None if folder is None else folder / f"{name}.db"
        return services.build(name, store_path=path, client=client, catalogue=catalogue())

    def close(self) -> None:
        for app in self.apps.values():
            app.state.store.close()

    async def ask(
        self,
        service: str,
        method: str,
        path: str,
        body: Any = None,
        *,
        at: datetime = MONDAY,
        run: str = "r1",
        **params: Any,
    ) -> Answer:
        return await self.client.call(
            service, method, path, json=body, params=params or None, headers=run_headers(run, at)
        )

    async def open(self, run: str = "r1", **more: Any) -> None:
        for name in self.apps:
            answer = await self.client.call(name, "PUT", f"/runs/{run}", json=RUN | more)
            assert answer.status in (200, 201), answer.body

    async def work(self, service: str, until: datetime = LONG_AFTER, run: str = "r1") -> list[Any]:
        answer = await self.ask(service, "POST", "/work", {"until": until.isoformat()}, at=until, run=run)
        assert answer.status == 200, answer.body
        return list(answer.body["events"])

    async def family(self, situation: str) -> Any:
        answer = await self.ask("population", "GET", "/families", situation=situation, limit=1)
        return answer.body["families"][0]

    async def declaration(self, group: Group, family: Any, child: int = 0) -> Any:
        """What the citizen typed, completed by look-ups, as a declaration."""
        assert group.example is not None
        draft = group.example(family, child) if child else group.example(family)  # type: ignore[call-arg]
        for prefill in group.prefills:
            look_up = prefill.look_up
            key = _read(draft, look_up.key)
            if key is None:
                continue
            path = f"/lookups/{look_up.kind}"
            record = (await self.ask(look_up.service, "GET", path, key=key)).body["record"] or {}
            for field, name in prefill.fills.items():
                _write(draft, field, record.get(name))
        return group.declaration.model_validate(draft)

    async def submission(
        self,
        procedure: str,
        situation: str,
        *,
        results: Any = None,
        child: int = 0,
        number: int = 1,
        **more: Any,
    ) -> tuple[str, dict[str, Any]]:
        group = next(each for each in catalogue().groups.values() if procedure in ids_of(each))
        declared = await self.declaration(group, await self.family(situation), child)
        mapping = group.procedure(procedure).mapping
        dossier = f"{group.letter}-2026-{number:06d}"
        return f"{dossier}.{procedure}", {
            "group": group.id,
            "procedure": procedure,
            "path": "interlinked",
            "dossier": dossier,
            "form": fill(mapping, declared, results or {}),
            "documents": list(group.documents(declared)),
            "consents_needed": [],
            "consents_given": {},
            "consent_deadline": None,
            "declared_at": MONDAY.isoformat(),
            "conditions": sorted(group.conditions(declared)),
        } | more

    async def send(self, procedure: str, situation: str, **more: Any) -> str:
        """Submit at the procedure's agency; the application's id."""
        at = more.pop("at", MONDAY)
        name, body = await self.submission(procedure, situation, **more)
        answer = await self.put(name, body, at=at)
        assert answer.status == 201, answer.body
        return name

    async def put(self, name: str, body: Any, more: str = "", **where: Any) -> Answer:
        return await self.ask(agency_of(name), "PUT", f"/applications/{name}{more}", body, **where)

    async def show(self, name: str) -> Any:
        return (await self.ask(agency_of(name), "GET", f"/applications/{name}")).body

    def rows(self, service: str, run: str) -> dict[str, int]:
        """How many rows of a run each table of a service holds."""
        app = self.apps[service]
        tables = app.state.tables
        with app.state.store.session() as session:
            return {
                table.__name__: session.exec(
                    select(func.count()).select_from(table).where(col(table.run_id) == run)
                ).one()
                for table in tables
            }


def agency_of(application_id: str) -> str:
    procedure = application_id.partition(".")[2]
    return next(
        each.agency
        for group in catalogue().groups.values()
        for each in group.procedures
        if each.id == procedure
    )


def ids_of(group: Group) -> set[str]:
    return {each.id for each in group.procedures}


def _read(draft: Any, path: str) -> Any:
    for step in path.split("."):
        draft = None if draft is None else draft.get(step)
    return draft


def _write(draft: Any, path: str, value: Any) -> None:
    *blocks, last = path.split(".")
    for step in blocks:
        draft = draft.setdefault(step, {}) if draft is not None else None
    if draft is not None and value is not None:
        draft.setdefault(last, value)


def kinds(events: list[Any]) -> list[str]:
    return [event["kind"] for event in events]


def of(events: list[Any], kind: str) -> Any:
    return next(event for event in events if event["kind"] == kind)


SENT = [
    ("birth_registration", "newborn"),
    ("permanent_residence", "newborn"),
    ("health_insurance_card", "newborn"),
    ("death_registration", "pensioner"),
    ("residence_deregistration", "pensioner"),
    ("funeral_allowance", "pensioner"),
    ("survivor_benefit", "pensioner"),
    ("funeral_support", "social_protection"),
    ("funeral_grant", "merit"),
]


async def consent(town: Town, **more: Any) -> dict[str, Any]:
    family = await town.family("newborn_with_grandparents")
    return {
        "personal_id": family["roles"]["householder"],
        "party": "householder",
        "dossier": "B-2026-000001",
        "title_vi": "Chủ hộ đồng ý",
        "title_en": "The householder agrees",
        "asked_at": MONDAY.isoformat(),
        "answers_at": (MONDAY + timedelta(hours=3)).isoformat(),
    } | more
