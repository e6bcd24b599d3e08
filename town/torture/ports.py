"""Ports of 127.0.0.1 on which nobody listens, and which nobody is given by chance."""

import os
import socket
from contextlib import ExitStack, suppress
from itertools import chain

from flow_model.errors import SandboxError

# Below the ports that the system gives to callers: one who calls a dead server again and again could
# otherwise be given the server's own port, and keep it from coming back.
_PORTS = range(21_000, 31_000)


class NoPort(SandboxError):
    """The developer ends some of the programs that listen."""

    slug = "no-port"


def free_ports(count: int) -> list[int]:
    """So many different ports; other ones in each process that asks at the same time."""
    first = _PORTS.start + os.getpid() * 37 % len(_PORTS)
    found: list[int] = []
    with ExitStack() as held:
        for port in chain(range(first, _PORTS.stop), range(_PORTS.start, first)):
            with suppress(OSError):
                held.enter_context(socket.socket()).bind(("127.0.0.1", port))
                found.append(port)
            if len(found) == count:
                return found
    raise NoPort("Không đủ cổng trống.", "Too few ports are free.")
