"""The network between real processes: see town/torture/network_cuts.py."""

import asyncio

from town.torture import network_cuts
from town.torture.kills import HOST
from town.torture.network_cuts import Cable
from town.torture.ports import free_ports


def test_cuts_between_real_processes_lose_and_double_nothing() -> None:
    figures = network_cuts.run(2, 11, lambda _done, _of: None)
    assert figures.fine, figures
    assert figures.kills == 2
    assert figures.declared >= 8


async def test_a_cable_hands_on_breaks_and_is_silent() -> None:
    """A torture whose cables cut nothing would be none."""
    near, far = free_ports(2)
    server = await asyncio.start_server(_echo, HOST, far)
    cable = Cable(near, far)
    await cable.mend()
    reader, writer = await asyncio.open_connection(HOST, near)
    writer.write(b"whole")
    assert await reader.readexactly(5) == b"whole"
    cable.silence()
    writer.write(b"later")
    heard = asyncio.create_task(reader.readexactly(5))
    other_reader, other_writer = await asyncio.open_connection(HOST, near)  # it still takes whoever comes
    other_writer.write(b"now")
    assert not heard.done()
    await cable.mend()
    assert await heard == b"later"
    assert await other_reader.readexactly(3) == b"now"
    await cable.cut()
    assert await reader.read() == b"" or reader.exception() is not None
    refused = await asyncio.gather(asyncio.open_connection(HOST, near), return_exceptions=True)
    assert isinstance(refused[0], OSError)
    for each in (writer, other_writer):
        each.close()
        await asyncio.gather(each.wait_closed(), return_exceptions=True)
    await cable.aclose()
    server.close()


async def _echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while chunk := await reader.read(100):
        writer.write(chunk)
    writer.close()
    await asyncio.gather(writer.wait_closed(), return_exceptions=True)
