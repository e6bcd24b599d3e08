"""The one door (deploy/haproxy.cfg), with gateways that die at bad moments: nothing is lost or done twice."""

from collections.abc import Iterator
from contextlib import ExitStack

import httpx
import pytest

from tests.compose.containers import Containers
from tests.compose.toy_gateway import Seen, gateway
from town.programs import NoProgram, haproxy

NAMES = ("gateway_1", "gateway_2")


class Door:
    """The proxy with two gateways of which each can be ended."""

    def __init__(self, containers: Containers) -> None:
        self.seen = Seen()
        self.running = {name: ExitStack() for name in NAMES}
        for name, stack in self.running.items():
            stack.enter_context(gateway(name, containers.ports[name], self.seen))
        containers.start_again("proxy")
        containers.wait_until_healthy("proxy")
        self.url = f"http://127.0.0.1:{containers.ports['proxy']}"

    def ask(self, method: str, path: str, **more: object) -> httpx.Response:
        return httpx.request(method, f"{self.url}{path}", timeout=30, **more)  # type: ignore[arg-type]

    def end(self, name: str) -> None:
        self.running[name].close()


@pytest.fixture
def door(posix: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    try:
        haproxy()
    except NoProgram as missing:
        pytest.skip(missing.detail_en)
    containers = Containers(tmp_path_factory.mktemp("proxy"))
    made = Door(containers)
    try:
        yield made
    finally:
        made.seen.go_on.set()
        containers.close()
        for name in NAMES:
            made.end(name)


def test_both_gateways_work(door: Door) -> None:
    assert {door.ask("GET", "/").text for _ in range(4)} == set(NAMES)


def test_a_request_that_a_gateway_refused_goes_to_the_other_and_counts_once(door: Door) -> None:
    door.end("gateway_1")
    answers = [door.ask("POST", f"/{number}", content=b"{}") for number in range(10)]
    assert [answer.text for answer in answers] == ["gateway_2"] * 10
    assert all(len(door.seen.of(f"/{number}")) == 1 for number in range(10))


@pytest.mark.parametrize("body", [b"", b"{}"], ids=["in one piece", "in two pieces"])
def test_a_post_that_was_seen_is_the_senders_to_repeat(door: Door, body: bytes) -> None:
    answer = door.ask("POST", "/dies", content=body)
    assert len(door.seen.of("/dies")) == 1
    assert answer.status_code == 502
    assert answer.headers["Retry-After"] == "1"
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["type"] == "urn:mot-lan-khai:problem:neighbour-gone"
    assert "Idempotency-Key" in answer.json()["detail"]


@pytest.mark.parametrize("method", ["GET", "PUT"])
def test_what_counts_once_however_often_it_is_sent_goes_to_the_other(door: Door, method: str) -> None:
    answer = door.ask(method, "/dies")
    (first, _), (second, _) = door.seen.of("/dies")
    assert first != second
    assert (answer.status_code, answer.text) == (200, second)


def test_a_stream_is_not_held_back(door: Door) -> None:
    with httpx.stream("GET", f"{door.url}/stream", timeout=30) as answer:
        lines = answer.iter_lines()
        assert next(lines) == "data: first"
        door.seen.go_on.set()
        assert "data: second" in list(lines)


def test_what_a_gateway_answers_is_passed_on_as_it_is(door: Door) -> None:
    answer = door.ask("GET", "/busy")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "7")
    assert len(door.seen.of("/busy")) == 1


def test_an_endless_body_is_refused_at_the_door(door: Door) -> None:
    answer = door.ask("POST", "/large", content=b"x" * (2**23 + 1))
    assert (answer.status_code, answer.json()["status"]) == (413, 413)
    assert door.seen.of("/large") == []


def test_without_a_gateway_it_is_said_when_to_ask_again(door: Door) -> None:
    for name in NAMES:
        door.end(name)
    answer = door.ask("GET", "/")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "1")
    assert answer.json()["type"] == "urn:mot-lan-khai:problem:service-down"
