"""The contract of the agencies and shared registries: real apps, real files in memory, a clock we hold."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import Session, col, func, select

import services
from chassis.app import sync_routes
from chassis.client import Answer, ServiceClient, ServiceUnreachable
from chassis.clock import VIETNAM
from chassis.request_headers import run_headers
from flow_model.catalogue import catalogue
from flow_model.group import Group
from flow_model.mapping import fill
from flow_model.working_time import CALENDAR
from mock_registries.civil_status import BirthEntry, DeathEntry
from services.assembly import AGENCIES
from services.counter import COMMON_TABLES
from services.journal import EventRow
from services.terms import RunRow

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
        group = next(each for each in catalogue().groups.values() if procedure in _ids(each))
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


def _ids(group: Group) -> set[str]:
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


@pytest.fixture(scope="module")
def built() -> Iterator[Town]:
    """The services, built once: what a test leaves in them is a run, and every run is removed."""
    built = Town()
    yield built
    built.close()


@pytest.fixture
async def town(built: Town) -> AsyncIterator[Town]:
    await built.open()
    yield built
    for name, app in built.apps.items():
        with app.state.store.session() as session:
            runs = list(session.exec(select(RunRow.run_id)))
        for run in runs:
            assert (await built.client.call(name, "DELETE", f"/runs/{run}")).status == 204


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


@pytest.mark.parametrize(("procedure", "situation"), SENT)
async def test_an_application_is_received_taken_up_and_granted_with_its_results(
    town: Town, procedure: str, situation: str
) -> None:
    given = {"relatives": MONDAY.isoformat()} if procedure == "survivor_benefit" else {}
    name = await town.send(procedure, situation, consents_given=given)
    events = await town.work(agency_of(name))
    assert kinds(events) == ["received", "taken_up", "granted"], events
    assert [event["id"] for event in events] == [1, 2, 3]
    group = next(each for each in catalogue().groups.values() if procedure in _ids(each))
    assert tuple(events[2]["payload"]["results"]) == group.procedure(procedure).results
    received = events[0]["payload"]
    assert events[2]["at"] <= received["due_at"]
    assert received["limit"]["article"]
    shown = await town.show(name)
    assert (shown["state"], shown["next_act_at"]) == ("granted", None)


@pytest.mark.parametrize(("procedure", "situation"), SENT)
async def test_sending_twice_counts_once_and_other_content_is_a_conflict(
    town: Town, procedure: str, situation: str
) -> None:
    name, body = await town.submission(procedure, situation)
    first, again = await town.put(name, body), await town.put(name, body)
    assert (first.status, again.status) == (201, 200)
    assert first.body == again.body
    assert first.headers["next-act-at"] == first.body["next_act_at"]
    other = await town.put(name, body | {"documents": ["pledge"]})
    assert (other.status, other.body["type"]) == (409, "urn:mot-lan-khai:problem:conflicting-content")


async def test_a_wrong_form_is_refused_cell_by_cell_and_nothing_is_kept(town: Town) -> None:
    name, body = await town.submission(BIRTH_OF, "newborn")
    form = body["form"] | {"child_sex": "unknown", "child_born_on": "yesterday", "stray": 1}
    answer = await town.put(name, body | {"form": form})
    assert answer.status == 422
    fields = {error["field"] for error in answer.body["errors"]}
    assert fields == {"form.child_sex", "form.child_born_on", "form.stray"}
    assert (await town.ask("civil_status", "GET", f"/applications/{name}")).status == 404


async def test_another_agencys_procedure_an_unknown_group_and_a_bad_name_are_refused(town: Town) -> None:
    name, body = await town.submission(BIRTH_OF, "newborn")
    residence = await town.ask("residence", "PUT", f"/applications/{name}", body)
    assert residence.status == 404
    assert (await town.put(name, body | {"group": "tennis"})).status == 404
    assert (await town.ask("civil_status", "PUT", "/applications/x", body)).status == 422
    later = body | {"procedure": "identity_card"}
    card = await town.ask("residence", "PUT", "/applications/B-2026-000001.identity_card", later)
    assert card.status == 422, "the card joins the group only in September 2026"


@pytest.mark.parametrize("service", services.NAMES)
async def test_runs_open_once_and_nobody_sees_an_unknown_run(town: Town, service: str) -> None:
    again = await town.client.call(service, "PUT", "/runs/r1", json=RUN)
    other = await town.client.call(service, "PUT", "/runs/r1", json=RUN | {"seed": 8})
    law = await town.client.call(service, "PUT", "/runs/r9", json=RUN | {"law": "hammurabi"})
    assert (again.status, other.status, law.status) == (200, 409, 404)
    for method, path, body in (
        ("GET", "/agenda", None),
        ("GET", "/events", None),
        ("POST", "/work", {"until": MONDAY.isoformat()}),
    ):
        assert (await town.ask(service, method, path, body, run="nobody")).status == 404
    assert (await town.ask(service, "GET", "/lookups/nothing", key="x")).status == 404
    assert (await town.client.call(service, "DELETE", "/runs/nobody")).status == 204
    assert sync_routes(town.apps[service]) == []


async def test_runs_do_not_see_each_other_and_a_deleted_run_leaves_no_row(town: Town) -> None:
    await town.open("r2", seed=8)
    for procedure, situation in SENT:
        await town.send(procedure, situation)
    await town.ask("population", "PUT", "/consents/c1", await consent(town))
    before = {name: town.rows(name, "r2") for name in services.NAMES}
    for name in services.NAMES:
        await town.work(name)
        assert sum(town.rows(name, "r1").values()) > 0
        assert (await town.client.call(name, "DELETE", "/runs/r1")).status == 204
        assert set(town.rows(name, "r1").values()) == {0}
        assert town.rows(name, "r2") == before[name]
        assert len(town.rows(name, "r1")) > len(COMMON_TABLES)


async def test_working_again_does_nothing_and_events_can_be_asked_from_a_number(town: Town) -> None:
    await town.send(BIRTH_OF, "newborn")
    first = await town.work("civil_status")
    assert await town.work("civil_status") == first
    later = await town.ask("civil_status", "GET", "/events", after=1)
    assert later.body["events"] == first[1:]
    assert (await town.ask("civil_status", "GET", "/agenda")).body == {"next_act_at": None}


async def test_acts_come_in_order_each_at_its_own_instant(town: Town) -> None:
    await town.send(BIRTH_OF, "newborn", number=2)
    await town.send(BIRTH_OF, "grandparent_declares", number=1)
    events = await town.work("civil_status")
    told = [(event["at"], event["application_id"]) for event in events]
    assert told == sorted(told)
    step_by_step = Town()
    await step_by_step.open()
    await step_by_step.send(BIRTH_OF, "newborn", number=2)
    await step_by_step.send(BIRTH_OF, "grandparent_declares", number=1)
    while (await step_by_step.ask("civil_status", "GET", "/agenda")).body["next_act_at"]:
        next_at = (await step_by_step.ask("civil_status", "GET", "/agenda")).body["next_act_at"]
        await step_by_step.work("civil_status", datetime.fromisoformat(next_at))
    assert (await step_by_step.ask("civil_status", "GET", "/events")).body["events"] == events
    step_by_step.close()


async def test_the_clock_starts_when_the_last_consent_arrives(town: Town) -> None:
    name = await town.send(
        "permanent_residence", "newborn_with_grandparents", consents_needed=["householder", "owner"]
    )
    assert await town.work("residence", MONDAY + timedelta(days=7)) == []
    given = {"given_at": (MONDAY + timedelta(days=8)).isoformat()}
    first = await town.put(name, given, "/consents/householder", at=MONDAY + timedelta(days=8))
    assert first.headers["next-act-at"] == ""
    at = MONDAY + timedelta(days=9)
    for _ in range(2):
        answer = await town.put(name, given, "/consents/owner", at=at)
        assert answer.status == 200
        assert answer.headers["next-act-at"] > at.isoformat()
    assert (await town.put(name, {"given_at": at.isoformat()}, "/consents/owner", at=at)).status == 409
    received = of(await town.work("residence"), "received")
    assert at.date() == datetime.fromisoformat(received["at"]).date()


async def test_a_window_that_closes_lets_it_in_without_the_consent(town: Town) -> None:
    closes = MONDAY + timedelta(days=4)
    name = await town.send(
        "survivor_benefit",
        "pensioner",
        consents_needed=["relatives"],
        consent_deadline=closes.isoformat(),
    )
    events = await town.work("social_insurance", closes + timedelta(days=5))
    assert of(events, "received")["at"] >= closes.isoformat()
    asked = of(events, "supplement_requested")
    assert [each["code"] for each in asked["payload"]["findings"]] == ["relatives_not_confirmed"]
    assert (await town.show(name))["state"] == "supplement_requested"


async def without_proof(town: Town) -> tuple[str, dict[str, Any], Any]:
    """A birth without a notice and without a substitute: the officer asks for one."""
    name, body = await town.submission(BIRTH_OF, "no_birth_notice")
    await town.put(name, body | {"documents": []})
    events = await town.work("civil_status", MONDAY + timedelta(days=1))
    return name, body, of(events, "supplement_requested")


async def test_a_supplement_is_taken_until_the_end_of_the_seventh_working_day(town: Town) -> None:
    name, body, asked = await without_proof(town)
    asked_at = datetime.fromisoformat(asked["at"])
    answer_by = datetime.fromisoformat(asked["payload"]["answer_by"])
    assert CALENDAR.working_days_between(CALENDAR.counted_from(asked_at), answer_by.date()) == 7
    sent = {"form": body["form"], "documents": body["documents"]}
    for _ in range(2):
        answer = await town.put(name, sent, "/supplements/1", at=answer_by)
        assert answer.status == 200, answer.body
    assert (await town.put(name, sent | {"documents": []}, "/supplements/1", at=answer_by)).status == 409
    due_at = of(await town.work("civil_status", answer_by), "supplemented")["payload"]["due_at"]
    assert due_at > answer_by.isoformat(), "the pause does not count"
    assert kinds(await town.work("civil_status"))[-3:] == ["supplemented", "taken_up", "granted"]


async def test_on_the_eighth_day_a_supplement_is_too_late(town: Town) -> None:
    name, body, asked = await without_proof(town)
    late = datetime.fromisoformat(asked["payload"]["answer_by"]) + timedelta(seconds=1)
    sent = {"form": body["form"], "documents": body["documents"]}
    assert (await town.put(name, sent, "/supplements/1", at=late)).status == 409
    assert (await town.put(name, sent, "/supplements/2", at=MONDAY)).status == 409
    events = await town.work("civil_status")
    assert events[-1]["kind"] == "rejected"
    assert events[-1]["at"] == late.isoformat()
    assert events[-1]["payload"]["findings"][0]["code"] == "supplement_expired"


async def test_verification_uses_the_longer_limit_and_says_so_once(town: Town) -> None:
    name = await town.send("permanent_residence", "parents_apart", conditions=[])
    events = await town.work("residence")
    assert kinds(events) == ["received", "taken_up", "verification_started", "granted"]
    assert events[2]["payload"]["due_at"] > events[0]["payload"]["due_at"]
    assert events[2]["payload"]["limit"]["value"] == 5
    assert (await town.show(name))["due_at"] == events[2]["payload"]["due_at"]


async def test_an_unknown_limit_is_told_as_unknown(town: Town) -> None:
    await town.open("r3", law="decree-301-2026")
    _, body = await town.submission("identity_card", "newborn")
    body["form"]["personal_id"] = "979226500001"
    name = "B-2026-000001.identity_card"
    answer = await town.put(name, body, run="r3")
    assert answer.status == 201, answer.body
    events = await town.work("residence", run="r3")
    assert events[0]["payload"]["unknown"] is True
    assert events[0]["payload"]["limit"]["value"] is None
    assert kinds(events) == ["received", "taken_up", "granted"]


OUTAGE = [
    {
        "kind": "outage",
        "service": "population",
        "from": MONDAY.isoformat(),
        "until": (MONDAY + timedelta(hours=28)).isoformat(),
    }
]


async def test_without_the_population_registry_the_certificate_comes_first_and_the_number_later(
    town: Town,
) -> None:
    await town.open("r4", faults=OUTAGE)
    name, body = await town.submission(BIRTH_OF, "newborn")
    assert (await town.put(name, body, run="r4")).status == 201
    events = await town.work("civil_status", run="r4")
    granted, filled = of(events, "granted"), of(events, "personal_id_filled_in")
    assert granted["payload"]["results"]["personal_id"] is None
    assert granted["payload"]["results"]["certificate_number"] == "01/2026"
    assert "personal_id_pending" in [each["code"] for each in granted["payload"]["findings"]]
    assert len(filled["payload"]["results"]["personal_id"]) == 12
    assert filled["at"] >= OUTAGE[0]["until"]
    shown = (await town.ask("civil_status", "GET", f"/applications/{name}", run="r4")).body
    assert shown["results"]["personal_id"] == filled["payload"]["results"]["personal_id"]
    by_notice = await town.ask(
        "civil_status", "GET", "/lookups/birth_by_notice", key=body["form"]["notice_code"], run="r4"
    )
    assert by_notice.body["record"]["personal_id"] == shown["results"]["personal_id"]


async def test_a_look_up_that_fails_is_told_and_tried_again(town: Town) -> None:
    outage = [OUTAGE[0] | {"service": "health"}]
    await town.open("r5", faults=outage)
    name, body = await town.submission(BIRTH_OF, "newborn")
    await town.put(name, body, run="r5")
    events = await town.work("civil_status", run="r5")
    failed = of(events, "attempt_failed")["payload"]
    assert (failed["move"], failed["about"], failed["service"]) == ("look_up", BIRTH_OF, "health")
    assert (failed["reason"], failed["attempt"]) == ("unavailable", 1)
    assert failed["next_try_at"] == outage[0]["until"], "the service said when to come back"
    assert kinds(events) == ["received", "fault_injected", "attempt_failed", "taken_up", "granted"]


async def test_during_an_outage_nothing_is_taken_in_but_work_goes_on(town: Town) -> None:
    faults = [OUTAGE[0] | {"service": name} for name in ("civil_status", "population")]
    await town.open("r6", faults=faults)
    name, body = await town.submission(BIRTH_OF, "newborn")
    path = f"/applications/{name}"
    for service, method, where, sent in (
        ("civil_status", "PUT", path, body),
        ("civil_status", "GET", "/lookups/marriage", None),
        ("population", "GET", "/consents", None),
        ("population", "PUT", "/consents/c1", await consent(town)),
    ):
        params: dict[str, Any] = {"key": "x"} if "lookups" in where else {}
        with pytest.raises(ServiceUnreachable) as down:
            await town.ask(service, method, where, sent, run="r6", **params)
        assert down.value.retry_after_seconds == 28 * 3600, (service, where)
    for service in services.NAMES:
        assert (await town.ask(service, "GET", "/agenda", run="r6")).status == 200
        assert await town.work(service, run="r6") == []
    assert (await town.put(name, body, run="r6", at=MONDAY + timedelta(hours=28))).status == 201


async def test_twins_are_confirmed_and_a_lone_suspect_is_registered_without_a_number(town: Town) -> None:
    await town.send(BIRTH_OF, "twins", number=1)
    await town.send(BIRTH_OF, "twins", child=1, number=2)
    _, body = await town.submission(BIRTH_OF, "suspected_duplicate", number=3)
    body["form"]["children_this_birth"] = 1
    lone = "B-2026-000003.birth_registration"
    assert (await town.put(lone, body)).status == 201
    events = [event for event in await town.work("civil_status") if event["kind"] == "granted"]
    told = {
        event["application_id"]: (
            event["payload"]["results"]["personal_id"],
            {each["code"] for each in event["payload"]["findings"]},
        )
        for event in events
    }
    twins = [told[f"B-2026-00000{number}.birth_registration"] for number in (1, 2)]
    assert len({personal_id for personal_id, _ in twins} - {None}) == 2
    assert sum("suspected_duplicate_overridden" in codes for _, codes in twins) == 1
    assert told[lone][0] is None
    assert "suspected_duplicate" in told[lone][1]


async def test_the_same_birth_in_another_dossier_is_rejected(town: Town) -> None:
    await town.send(BIRTH_OF, "newborn", number=1)
    _, body = await town.submission(BIRTH_OF, "newborn", number=2)
    await town.work("civil_status")
    second = "B-2026-000002.birth_registration"
    await town.put(second, body, at=LONG_AFTER)
    assert (await town.work("civil_status", LONG_AFTER + timedelta(days=9)))[-1]["kind"] == "rejected"
    assert (await town.show(second))["reason"] == "Trẻ này đã được đăng ký khai sinh"


async def test_an_error_in_a_certificate_goes_back_to_its_issuer_and_is_corrected(town: Town) -> None:
    await town.open("r7", faults=[{"kind": "certificate_error", "procedure": BIRTH_OF}])
    birth, body = await town.submission(BIRTH_OF, "newborn")
    await town.put(birth, body, run="r7")
    wrong = of(await town.work("civil_status", run="r7"), "granted")
    results = wrong["payload"]["results"]
    assert results["registered_full_name"] != body["form"]["child_full_name"]
    card, sent = await town.submission("health_insurance_card", "newborn", results={BIRTH_OF: results})
    now = datetime.fromisoformat(wrong["at"])
    await town.put(card, sent, at=now, run="r7")
    returned = (await town.work("social_insurance", run="r7"))[-1]
    assert (returned["kind"], returned["payload"]["issuer"]) == ("returned_to_issuer", BIRTH_OF)
    asked = {"found_by": "health_insurance_card", "error": returned["payload"]["error"]}
    for _ in range(2):
        answer = await town.put(
            birth, asked, "/corrections/1", at=datetime.fromisoformat(returned["at"]), run="r7"
        )
        assert answer.status == 200
    second = {"found_by": "permanent_residence", "error": "error_in_certificate"}
    answer = await town.put(
        birth, second, "/corrections/1", at=datetime.fromisoformat(returned["at"]), run="r7"
    )
    assert answer.status == 200
    events = await town.work("civil_status", run="r7")
    assert kinds(events).count("corrected") == 1
    corrected = of(events, "corrected")
    assert corrected["payload"]["results"] == results | {
        "registered_full_name": body["form"]["child_full_name"]
    }
    form = sent["form"] | {"registered_full_name": body["form"]["child_full_name"]}
    again = await town.put(
        card,
        {"form": form},
        "/resubmissions/1",
        at=datetime.fromisoformat(corrected["at"]),
        run="r7",
    )
    assert again.status == 200
    assert kinds(await town.work("social_insurance", run="r7"))[-3:] == ["received", "taken_up", "granted"]


GRANT = {"decision": "grant", "reason": "", "officer": "Cán bộ 1"}


async def test_a_human_officer_decides_in_place_of_the_simulated_one(town: Town) -> None:
    await town.open("r8", officers="human")
    name, body = await town.submission(BIRTH_OF, "newborn")
    await town.put(name, body, run="r8")
    assert (await town.put(name, GRANT, "/decision", run="r8")).status == 409, "not received yet"
    assert kinds(await town.work("civil_status", run="r8")) == ["received"]
    listed = await town.ask("civil_status", "GET", "/applications", state="received", run="r8")
    assert [each["application_id"] for each in listed.body["applications"]] == [name]
    found = await town.ask("civil_status", "GET", f"/applications/{name}/findings", run="r8")
    assert found.body == {"findings": []}
    at = MONDAY + timedelta(hours=3)
    for _ in range(2):
        assert (await town.put(name, GRANT, "/decision", at=at, run="r8")).status == 200
    assert (await town.put(name, GRANT | {"decision": "reject"}, "/decision", at=at, run="r8")).status == 422
    other = GRANT | {"decision": "reject", "reason": "Không đủ điều kiện"}
    assert (await town.put(name, other, "/decision", at=at, run="r8")).status == 409
    events = await town.work("civil_status", run="r8")
    assert kinds(events) == ["received", "granted"]
    assert (events[1]["at"], events[1]["payload"]["officer"]) == (at.isoformat(), "Cán bộ 1")


async def test_a_human_decision_replaces_the_simulated_act_and_supplements_may_be_asked_twice(
    town: Town,
) -> None:
    name, body = await town.submission(BIRTH_OF, "newborn")
    await town.put(name, body)
    received = of(await town.work("civil_status", MONDAY + timedelta(hours=2)), "received")
    at = datetime.fromisoformat(received["at"])
    ask_more = {"decision": "request_supplement", "reason": "Thiếu giấy tờ", "officer": "Cán bộ 1"}
    for round_ in (1, 2):
        answer = await town.put(name, ask_more, "/decision", at=at)
        assert (answer.status, answer.body["round"]) == (200, round_), answer.body
        sent = {"form": body["form"], "documents": []}
        assert (await town.put(name, sent, f"/supplements/{round_}", at=at)).status == 200
    reject = {"decision": "reject", "reason": "Sai", "officer": "Cán bộ 1"}
    assert (await town.put(name, reject, "/decision", at=at)).body["state"] == "rejected"
    events = await town.work("civil_status")
    assert kinds(events).count("supplement_requested") == 2
    assert kinds(events)[-1] == "rejected"


async def test_an_entry_and_its_event_are_kept_together_or_not_at_all(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    await town.send(BIRTH_OF, "newborn")
    received = of(await town.work("civil_status", MONDAY + timedelta(hours=2)), "received")
    del received

    def broken(*_args: Any, **_more: Any) -> None:
        raise RuntimeError("the lights go out")

    with monkeypatch.context() as lights:
        lights.setattr("services.steps.grant", broken)
        assert kinds(await town.work("civil_status"))[-1] == "stuck"
    store = town.apps["civil_status"].state.store
    with store.session() as session:
        assert _count(session, BirthEntry) == 0
    retry = "/agenda/B-2026-000001.birth_registration/decide/retry"
    for _ in range(2):  # the second time it is put back already
        assert (await town.ask("civil_status", "POST", retry)).status == 200
    assert kinds(await town.work("civil_status"))[-2:] == ["put_back", "granted"]
    assert (await town.ask("civil_status", "POST", retry)).status == 409
    with store.session() as session:
        assert _count(session, BirthEntry) == 1
        assert len(session.exec(select(EventRow).where(EventRow.kind == "granted")).all()) == 1


def _count(session: Session, table: type[BirthEntry] | type[DeathEntry]) -> int:
    return session.exec(select(func.count()).select_from(table)).one()


async def test_a_service_that_restarts_in_the_middle_goes_on_as_if_nothing_had_happened(
    tmp_path: Path,
) -> None:
    whole, broken = Town(), Town(tmp_path)
    for town in (whole, broken):
        await town.open()
        await town.send(BIRTH_OF, "newborn")
    next_at = (await broken.ask("civil_status", "GET", "/agenda")).body["next_act_at"]
    await broken.work("civil_status", datetime.fromisoformat(next_at))
    broken.close()
    risen = Town(tmp_path)
    assert await risen.work("civil_status") == await whole.work("civil_status")
    risen.close()
    whole.close()


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


async def test_a_simulated_person_confirms_when_planned_and_a_human_when_they_click(town: Town) -> None:
    planned, human = await consent(town), await consent(town, answers_at=None)
    for name, body in (("c1", planned), ("c2", human)):
        first = await town.ask("population", "PUT", f"/consents/{name}", body)
        again = await town.ask("population", "PUT", f"/consents/{name}", body)
        assert (first.status, again.status) == (201, 200)
    assert (await town.ask("population", "PUT", "/consents/c1", human)).status == 409
    events = await town.work("population")
    assert [(event["application_id"], event["kind"], event["at"]) for event in events] == [
        ("c1", "consent_given", planned["answers_at"])
    ]
    pending = (await town.ask("population", "GET", "/consents", state="pending")).body["consents"]
    assert [each["consent_id"] for each in pending] == ["c2"]
    at = MONDAY + timedelta(hours=5)
    for _ in range(2):
        clicked = await town.ask("population", "PUT", "/consents/c2/answer", {"given": False}, at=at)
        assert clicked.body["state"] == "refused"
    assert (await town.ask("population", "PUT", "/consents/c2/answer", {"given": True})).status == 409
    assert kinds(await town.work("population")) == ["consent_given", "consent_refused"]


async def test_nobody_asks_the_unknown_or_the_dead(town: Town) -> None:
    unknown = await consent(town, personal_id="901000000000")
    assert (await town.ask("population", "PUT", "/consents/c1", unknown)).status == 422
    family = await town.family("pensioner")
    deceased = family["roles"]["deceased"]
    await town.send("death_registration", "pensioner")
    await town.work("civil_status")
    dead = await consent(town, personal_id=deceased)
    assert (await town.ask("population", "PUT", "/consents/c2", dead)).status == 422
    person = (await town.ask("population", "GET", "/lookups/person", key=deceased)).body["record"]
    assert person["died_at"] == family["facts"]["died_at"]


async def test_a_personal_id_is_issued_once_for_an_application(town: Town) -> None:
    family = await town.family("newborn")
    body = {
        "full_name": "Vũ Quốc Tùng",
        "sex": "male",
        "born_on": "2026-03-07",
        "province_code": "79",
        "mother_id": family["roles"]["mother"],
    }
    path = "/personal-ids/B-2026-000001.birth_registration"
    first, again = [await town.ask("population", "PUT", path, body) for _ in range(2)]
    assert first.body == again.body
    assert first.body["status"] == "issued"
    assert (await town.ask("population", "PUT", path, body | {"sex": "female"})).status == 409
    second = "/personal-ids/B-2026-000002.birth_registration"
    suspected = (await town.ask("population", "PUT", second, body)).body
    assert (suspected["status"], suspected["quoted"]) == (
        "suspected_duplicate",
        first.body["personal_id"],
    )
    neither = body | {"sex": "undetermined"}
    assert (await town.ask("population", "PUT", second, neither)).body["status"] == "not_issued"


async def test_families_are_listed_a_part_at_a_time(town: Town) -> None:
    async def listed(**params: Any) -> list[Any]:
        answer = await town.ask("population", "GET", "/families", **params)
        return list(answer.body["families"])

    whole = await listed(limit=200)
    assert [each["index"] for each in whole] == list(range(29))
    assert await listed(skip=3, limit=2) == whole[3:5]
    assert await listed(skip=27, limit=5) == whole[27:]
    assert await listed(skip=29) == []


@pytest.mark.parametrize("situation", ["newborn", "foreign_father", "pensioner", "merit"])
async def test_a_family_is_told_as_plain_json_and_its_people_are_in_the_registries(
    town: Town, situation: str
) -> None:
    family = await town.family(situation)
    assert (await town.ask("population", "GET", f"/families/{family['index']}")).body == family
    for person in family["persons"]:
        key = person["personal_id"] or person["passport"]
        found = (await town.ask("population", "GET", "/lookups/person", key=key)).body
        assert found["record"]["full_name"] == person["full_name"]
    for notice in family["birth_notices"]:
        told = (await town.ask("health", "GET", "/lookups/birth_notice", key=notice["code"])).body
        assert told["record"]["born_at"] == notice["child_born_at"]
    for home in family["households"]:
        told = (await town.ask("residence", "GET", "/lookups/household", key=home["head_id"])).body
        assert told["record"]["household_id"] == home["household_id"]
    assert (await town.ask("population", "GET", "/families/29")).status == 404
    listed = (await town.client.call("population", "GET", "/situations")).body["situations"]
    assert situation in [each["id"] for each in listed]


@pytest.mark.parametrize("service", services.NAMES)
async def test_the_document_names_every_problem_and_the_instant_of_the_next_act(
    town: Town, service: str
) -> None:
    document = (await town.client.call(service, "GET", "/openapi.json")).body
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            assert "500" in operation["responses"], (method, path)
            changes_nothing = path.startswith("/lookups/")
            if method in ("put", "post", "delete") and not changes_nothing:
                good = [answer for status, answer in operation["responses"].items() if status < "300"]
                assert any("Next-Act-At" in answer.get("headers", {}) for answer in good), (method, path)


async def test_the_examples_of_the_document_work(town: Town) -> None:
    document = (await town.client.call("social_insurance", "GET", "/openapi.json")).body
    example = document["components"]["schemas"]["Submission"]["examples"][0]
    name = f"{example['dossier']}.{example['procedure']}"
    assert (await town.put(name, example)).status == 201
    assert kinds(await town.work("social_insurance"))[-1] == "granted"


async def test_two_who_let_it_work_at_once_get_the_same_events(town: Town) -> None:
    for number, situation in enumerate(("newborn", "newborn_late", "grandparent_declares"), 1):
        await town.send(BIRTH_OF, situation, number=number)
    first, second = await asyncio.gather(town.work("civil_status"), town.work("civil_status"))
    assert len(first) == 9
    assert max(first, second, key=len) == await town.work("civil_status")


async def test_a_run_that_is_deleted_while_an_officer_asks_leaves_no_row(town: Town) -> None:
    await town.send(BIRTH_OF, "newborn")
    order = {"until": LONG_AFTER.isoformat()}
    await asyncio.gather(
        town.ask("civil_status", "POST", "/work", order),
        town.client.call("civil_status", "DELETE", "/runs/r1"),
    )
    assert set(town.rows("civil_status", "r1").values()) == {0}


@pytest.mark.parametrize(
    ("situation", "heir"), [("householder_died", "named"), ("householder_died", None), ("sole_member", None)]
)
async def test_a_household_that_remains_has_a_living_head(
    town: Town, situation: str, heir: str | None
) -> None:
    name, body = await town.submission("residence_deregistration", situation)
    deceased = body["form"]["member_personal_id"]
    if situation == "householder_died" and heir is None:
        body["form"]["new_householder_id"] = None
    await town.put(name, body)
    events = await town.work("residence", MONDAY + timedelta(days=2))
    household = await town.ask("residence", "GET", "/lookups/household", key=deceased)
    if situation == "householder_died" and heir is None:
        assert of(events, "supplement_requested")["payload"]["findings"][0]["code"] == (
            "new_householder_missing"
        )
        assert household.body["found"]
        return
    assert events[-1]["kind"] == "granted"
    assert not household.body["found"]
    if heir is not None:
        new_head = body["form"]["new_householder_id"]
        record = (await town.ask("residence", "GET", "/lookups/household", key=new_head)).body["record"]
        assert record["head_id"] == new_head
        assert deceased not in [each["personal_id"] for each in record["members"]]


async def test_money_is_not_paid_twice_for_one_deceased(town: Town) -> None:
    for number in (1, 2):
        await town.send("funeral_allowance", "pensioner", number=number)
    decided = [event for event in await town.work("social_insurance") if "results" in event["payload"]]
    assert len(decided) == 1
    rejected = of(await town.work("social_insurance"), "rejected")
    assert rejected["payload"]["findings"][-1]["code"] == "already_paid"


async def test_a_foreign_child_gets_a_certificate_and_no_number(town: Town) -> None:
    name, body = await town.submission(BIRTH_OF, "foreign_father")
    body["form"]["child_nationality"] = "US"
    await town.put(name, body)
    events = await town.work("civil_status")
    assert of(events, "granted")["payload"]["results"]["personal_id"] is None
    assert kinds(events)[-1] == "granted"


async def test_at_the_counter_of_the_old_path_it_is_received_at_once_or_when_the_office_opens(
    town: Town,
) -> None:
    saturday = MONDAY - timedelta(days=2)
    await town.send(BIRTH_OF, "newborn", path="separate", number=1)
    await town.send(BIRTH_OF, "newborn_late", path="separate", number=2, at=saturday)
    events = await town.work("civil_status", MONDAY)
    received = {event["application_id"][:13]: event["at"] for event in events if event["kind"] == "received"}
    opens = CALENDAR.next_open(saturday)
    assert received == {"B-2026-000001": MONDAY.isoformat(), "B-2026-000002": opens.isoformat()}


async def test_a_death_is_decided_when_the_population_registry_can_be_told(town: Town) -> None:
    _, body = await town.submission("death_registration", "pensioner")
    name = "D-2026-000001.death_registration"
    await town.put(name, body)
    decided_at = datetime.fromisoformat(of(await town.work("civil_status"), "granted")["at"])
    outage = OUTAGE[0] | {"from": decided_at.isoformat(), "until": (decided_at + HOUR).isoformat()}
    await town.open("r9", faults=[outage])
    await town.put(name, body, run="r9")
    events = await town.work("civil_status", run="r9")
    assert kinds(events) == ["received", "taken_up", "fault_injected", "attempt_failed", "granted"]
    assert of(events, "attempt_failed")["payload"]["move"] == "decide"
    assert events[-1]["at"] == events[-2]["payload"]["next_try_at"] >= outage["until"]


async def test_a_human_officer_sends_a_wrong_certificate_back(town: Town) -> None:
    name, body = await town.submission("health_insurance_card", "newborn")
    await town.put(name, body)
    received = of(await town.work("social_insurance", MONDAY + 2 * HOUR), "received")
    back = {"decision": "return_to_issuer", "reason": "Sai tên", "officer": "Cán bộ 1"}
    answer = await town.put(name, back, "/decision", at=datetime.fromisoformat(received["at"]))
    assert answer.body["state"] == "returned_to_issuer"
    returned = (await town.work("social_insurance"))[-1]
    assert returned["payload"]["issuer"] == BIRTH_OF
    birth = await town.send(BIRTH_OF, "newborn")
    await town.work("civil_status", MONDAY + 2 * HOUR)
    refused = await town.put(birth, back, "/decision", at=MONDAY + 2 * HOUR)
    assert refused.status == 409, "nobody issued anything before a birth is registered"
