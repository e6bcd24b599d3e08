"""Citizens who come by chance, and the client that carries them: its sums are those of the answers it got."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from itertools import pairwise

import pytest

from chassis.clock import WallClock
from town.bench.arrivals import Crowd, Declaration, moments
from town.bench.raw import RawClient


def test_who_knows_nothing_of_each_other_comes_by_chance_and_as_often_as_said() -> None:
    came = list(moments(200, 50.0, seed=1))
    assert came == sorted(came)
    assert came == list(moments(200, 50.0, seed=1))
    assert came != list(moments(200, 50.0, seed=2))
    assert came[0] > 0
    assert came[-1] < 50
    assert len(came) == pytest.approx(10_000, rel=0.04), "four standard deviations"
    between = [later - earlier for earlier, later in pairwise(came)]
    longer = sum(each > 1 / 200 for each in between) / len(between)
    assert longer == pytest.approx(0.3679, abs=0.02), "of times between independent arrivals: 1 in e"


@asynccontextmanager
async def answering(*answers: Sequence[bytes]) -> AsyncIterator[str]:
    """A server that gives these answers in turn, piece by piece; after an empty piece it hangs up."""
    left, serving = list(answers), list[asyncio.Task[None]]()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(asyncio.IncompleteReadError):  # the other side has heard enough
            while left:
                head = await reader.readuntil(b"\r\n\r\n")
                length = head.lower().partition(b"content-length:")[2].split(b"\r\n")[0]
                await reader.readexactly(int(length))
                pieces = left.pop(0)
                for piece in pieces:
                    writer.write(piece)
                    await writer.drain()
                if not pieces[-1]:
                    break
        writer.close()
        await writer.wait_closed()

    def begin(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        serving.append(asyncio.create_task(serve(reader, writer)))

    server = await asyncio.start_server(begin, "127.0.0.1", 0)
    async with server:
        host, port = server.sockets[0].getsockname()[:2]
        yield f"http://{host}:{port}"
        await asyncio.gather(*serving)


async def statuses(*answers: Sequence[bytes]) -> list[int]:
    async with answering(*answers) as url:
        client = RawClient(url)
        request = client.request("/somewhere", {"name": "Bình"}, "key-1")
        found = [await client.send(request) for _ in answers]
        await client.aclose()
    return found


async def test_an_answer_may_come_in_pieces_and_ends_where_it_says() -> None:
    created = b"HTTP/1.1 201 Created\r\nContent-Length: 4\r\n\r\nfour"
    refused = b"HTTP/1.1 503 Service Unavailable\r\nretry-after: 1\r\ncontent-length: 0\r\n\r\n"
    assert await statuses([created[:9], created[9:40], created[40:]], [refused], [created]) == [201, 503, 201]


async def test_who_hangs_up_has_not_answered_and_is_not_asked_on_that_line_again() -> None:
    closing = b"HTTP/1.1 201 Created\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok"
    assert await statuses(
        [b""], [b"HTTP/1.1 201 Created\r\nContent-Length: 9\r\n\r\nhalf", b""], [closing, b""]
    ) == [0, 0, 201]


async def test_a_line_that_was_closed_while_nobody_asked_is_not_used_again() -> None:
    created = b"HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n"
    async with answering([created, b""], [created, b""]) as url:
        client = RawClient(url)
        request = client.request("/somewhere", {}, "key-1")
        assert await client.send(request) == 201
        while any(line.is_open for line in client._free):
            await WallClock().pause(0)
        assert await client.send(request) == 201
        await client.aclose()


async def test_nobody_answers_where_nobody_listens() -> None:
    async with answering() as url:
        pass
    assert await RawClient(url).send(b"") == 0


async def test_who_was_turned_away_comes_again_and_all_are_counted() -> None:
    def told(status: bytes) -> list[bytes]:
        return [b"HTTP/1.1 %s X\r\nContent-Length: 0\r\n\r\n" % status]

    declarations = [Declaration("one", {"number": number}, f"{number}") for number in range(3)]
    async with answering(*map(told, (b"503", b"201", b"500", b"429", b"201"))) as url:
        client = RawClient(url)
        crowd = Crowd(client, declarations)
        came = await crowd.hurry(1, 60.0)
        await client.aclose()
    assert (len(came.accepted), len(came.refused), came.failed, crowd.left) == (2, 2, ["500"], 0)


async def test_whoever_comes_is_waited_for() -> None:
    declarations = [Declaration("one", {"number": number}, f"{number}") for number in range(200)]
    answer = [b"HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n"]
    async with answering(*[answer] * 200) as url:
        client = RawClient(url)
        crowd = Crowd(client, declarations)
        came = await crowd.come(500.0, 0.1, seed=5)
        await client.aclose()
    assert len(came.accepted) == len(list(moments(500.0, 0.1, 5))) == 200 - crowd.left
    assert came.failed == []
