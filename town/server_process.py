"""What runs inside the process of one server."""

import asyncio
import os
import socket
from contextlib import suppress
from multiprocessing import parent_process
from multiprocessing.connection import Connection, wait
from threading import Thread
from typing import Any

from chassis.logs import configure
from chassis.settings import Settings
from flow_model.errors import BadContract, SandboxError
from town.listening import ServerSpec, run_served, serving, stopped_by_sigterm
from town.signals import leave_to_the_owner


def serve(spec: ServerSpec, listening: socket.socket, report: Connection) -> None:
    """Serve until SIGTERM, or until the owner of the town is gone. The report says once how it began."""
    leave_to_the_owner()
    try:
        settings = Settings.from_environment(os.environ)
        configure(settings.log_level, settings.log_json)
        app = spec.app()
    except SandboxError as error:
        report.send((error.detail_vi, error.detail_en, isinstance(error, BadContract)))
        return
    run_served(_serve(app, listening, report))


async def _serve(app: Any, listening: socket.socket, report: Connection) -> None:
    stop = asyncio.Event()
    async with serving([app], [listening]), stopped_by_sigterm(stop):
        report.send(("", "", False))
        report.close()
        loop = asyncio.get_running_loop()
        Thread(target=_outlive_nobody, args=(stop, loop), daemon=True).start()
        await stop.wait()


def _outlive_nobody(stop: asyncio.Event, loop: asyncio.AbstractEventLoop) -> None:
    owner = parent_process()
    if owner is not None:
        wait([owner.sentinel])
        with suppress(RuntimeError):  # the loop has ended by itself meanwhile
            loop.call_soon_threadsafe(stop.set)
