"""The contract of the agencies: what waits, and what goes on, while a service is down."""

from datetime import datetime, timedelta
from typing import Any

import pytest

import services
from chassis.client import ServiceUnreachable
from tests.flow.agencies.six_services import BIRTH_OF, HOUR, MONDAY, Town, consent, kinds, of

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
