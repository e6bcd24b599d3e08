"""What every service needs, imported once: the processes of a town are copies of one that has read this.

Only the process that makes the copies imports this module.
"""

import gc
import sys
from contextlib import suppress
from importlib import import_module

import structlog
import uvicorn.lifespan.off
import uvicorn.protocols.http.httptools_impl

from chassis import client, context, idempotency, storage
from chassis.app import build_app
from flow_model.errors import SandboxError
from town.signals import leave_to_the_owner

__all__ = ["client", "context", "idempotency", "storage", "structlog", "uvicorn"]

if any("multiprocessing.forkserver" in argument for argument in sys.orig_argv):
    leave_to_the_owner()
    # The first app makes the libraries import the rest of themselves.
    build_app(title="preload", version="0").openapi()
    with suppress(ImportError, SandboxError):  # what is wrong here is reported by the service that needs it
        import_module("town.layout").build_ahead()
    gc.freeze()  # the collector would touch, and so copy, every shared page; so nothing is collected before
