"""What a process tells whoever watches it: counted once, under few names, and nothing of a person."""

import re

import pytest
from prometheus_client.parser import text_string_to_metric_families

from chassis.admission import Admission
from chassis.breakers import OPENS_AFTER
from chassis.client import ServiceClient, ServiceUnreachable
from chassis.heads import Head
from chassis.metrics import Metrics
from tests.town_in_memory import Town, build_town
from tests.unit.boundary.notes import JSON, Club
from tests.unit.wires import Wire, client_of, gone
from town.torture.virtual.storing import StoreFault

Labels = tuple[tuple[str, str], ...]


def read(text: str) -> dict[tuple[str, Labels], float]:
    """The samples by name and labels; text that is none of Prometheus's does not parse."""
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


async def figures(client: ServiceClient, service: str) -> dict[tuple[str, Labels], float]:
    answer = await client.call(service, "GET", "/metrics")
    assert answer.headers["content-type"].startswith("text/plain")
    return read(answer.content.decode())


async def test_a_case_is_counted_by_route_and_no_label_tells_whose_it_is() -> None:
    town = build_town()
    run = await town.open()
    dossier = await town.declare(run, "birth", "newborn")
    await town.settle(run)
    assert (await town.ask("GET", f"/runs/{run}/dossiers/{dossier}/events")).status == 200
    assert (await town.ask("GET", f"/runs/{run}/nothing/{dossier}")).status == 404
    for service in ("gateway", "civil_status", "population"):
        told = await figures(town.client, service)
        labels = {value for _, pairs in told for _, value in pairs}
        assert not [each for each in labels if re.search(r"\d{5}|B-2026|^run$", each)], labels
    told = await figures(town.client, "gateway")
    route = (("method", "GET"), ("route", "/runs/{run_id}/dossiers/{dossier}/events"), ("status", "200"))
    assert told["sandbox_request_seconds_count", route] == 1
    nowhere = (("method", "GET"), ("route", ""), ("status", "404"))
    assert told["sandbox_request_seconds_count", nowhere] == 1
    assert told["sandbox_runs", ()] == 1
    assert told["sandbox_commit_seconds_count", ()] > 10
    assert told["sandbox_at_work", ()] == 0
    town.close()


async def test_errands_are_told_by_their_state(town: Town) -> None:
    run = await town.open()
    order = {"to": "settled"}
    assert (await town.ask("POST", f"/runs/{run}/errands", order)).status in (200, 201, 202)
    told = await figures(town.client, "gateway")
    assert sum(value for (name, _), value in told.items() if name == "sandbox_errands") == 1


async def test_what_is_turned_away_is_told_by_its_problem() -> None:
    club = Club()
    await club.client.call("club", "POST", "/notes", content=b"{", headers=JSON)
    told = await figures(club.client, "club")
    assert told["sandbox_refused_total", (("problem", "malformed-json"),)] == 1
    club.store.close()


async def test_a_process_that_has_no_place_left_still_tells() -> None:
    club = Club()
    door: Admission = club.app.state.admission
    door.set_places(1, 0)
    await door.enter(Head(client="somebody"))
    hasty = ServiceClient.in_process({"club": club.app}, patience_seconds=0)
    with pytest.raises(ServiceUnreachable):
        await hasty.call("club", "POST", "/notes", json={"text": "x"})
    told = await figures(club.client, "club")
    assert told["sandbox_at_work", ()] == 1
    assert told["sandbox_refused_total", (("problem", "busy"),)] >= 1
    club.store.close()


async def test_calls_are_told_by_how_they_ended_and_who_is_given_up_for_the_moment() -> None:
    wire = Wire()
    client = client_of(other=wire)
    metrics = Metrics(Admission())
    metrics.watch_calls(client)
    await client.call("other", "GET", "/")
    wire.behaves = gone
    for _ in range(OPENS_AFTER + 2):
        with pytest.raises(ServiceUnreachable):
            await client.call("other", "GET", "/")
    told = read(metrics.told("")[0].decode())
    counted = {
        dict(labels)["outcome"]: value
        for (name, labels), value in told.items()
        if name == "sandbox_call_seconds_count"
    }
    assert counted == {"2xx": 1, "reset": OPENS_AFTER, "not_sent": 2}
    assert told["sandbox_service_gone", (("service", "other"),)] == 1


async def test_commits_that_fail_are_told() -> None:
    club = Club()
    counted = club.store.around_commit

    def full(_commit: object) -> None:
        raise StoreFault.of("full")

    club.store.around_commit = full
    hasty = ServiceClient.in_process({"club": club.app}, patience_seconds=0)
    with pytest.raises(ServiceUnreachable):
        await hasty.call("club", "POST", "/notes", json={"text": "x"})
    club.store.around_commit = counted
    assert (await figures(club.client, "club"))["sandbox_failed_commits_total", ()] == 1
    club.store.close()


def test_a_commit_where_no_loop_runs_is_counted_as_well() -> None:
    club = Club()
    with club.store.connection() as connection:
        connection.exec_driver_sql("DELETE FROM tennisnote")
    told = read(club.app.state.metrics.told("")[0].decode())
    assert told["sandbox_commit_seconds_count", ()] == 1
    club.store.close()


async def test_whoever_asks_for_the_newer_text_gets_it() -> None:
    told, kind = Metrics(Admission()).told("application/openmetrics-text; version=1.0.0")
    assert kind.startswith("application/openmetrics-text")
    assert told.endswith(b"# EOF\n")
