"""What every service needs, imported once: the processes of a town are copies of one that has read this.

Only the process that makes the copies imports this module.
"""

import gc
import signal
import sys
from contextlib import suppress

import aiohttp
import fastapi
import httpx
import pydantic
import sqlmodel
import structlog
import uvicorn
import uvicorn.lifespan.off
import uvicorn.protocols.http.h11_impl

from chassis import app, client, context, idempotency, logs, storage
from flow_model.catalogue import catalogue
from flow_model.errors import SandboxError

__all__ = [
    "aiohttp", "app", "client", "context", "fastapi", "httpx", "idempotency", "logs",
    "pydantic", "sqlmodel", "storage", "structlog", "uvicorn",
]  # fmt: skip

if any("multiprocessing.forkserver" in argument for argument in sys.orig_argv):
    # Ctrl-C reaches every process of the terminal; the one that owns the town ends the others in good order.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with suppress(SandboxError):  # a wrong flow is reported by whoever needs it
        catalogue()
    gc.collect()
    gc.freeze()  # the collector would touch, and so copy, every shared page
