"""What every request between processes says about itself: its run, its simulated instant, its key."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import Depends, Header, Request

from chassis.clock import VIETNAM
from chassis.heads import BadHeader
from chassis.language import Language, language_of
from chassis.request_headers import derive_traceparent
from flow_model.errors import FieldError

RUN_ID = r"^[a-z0-9][a-z0-9-]{0,63}$"
IDEMPOTENCY_KEY = r"^[\x21-\x7e]{1,200}$"
_INSTANT = re.compile(r"(?:19|20|21)\d\d-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,6})?(?:Z|[+-]\d\d:\d\d)", re.ASCII)
_TRACEPARENT = re.compile(r"00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}")


@dataclass(frozen=True)
class RunContext:
    """Where and when, in the simulated world, a request happens."""

    run_id: str
    simulated_at: datetime
    idempotency_key: str | None
    language: Language
    traceparent: str


async def run_context(
    request: Request,
    run_id: Annotated[str, Header(alias="Run-Id", pattern=RUN_ID, examples=["lop-hoc-1"])],
    simulated_at: Annotated[
        str,
        Header(
            alias="Simulated-At",
            max_length=40,
            description="RFC 3339 with its offset",
            examples=["2026-03-09T08:30:00+07:00"],
        ),
    ],
    idempotency_key: Annotated[str | None, Header(alias="Idempotency-Key", pattern=IDEMPOTENCY_KEY)] = None,
) -> RunContext:
    """The dependency. A trace that is missing or malformed is begun anew, as W3C asks."""
    said = request.headers  # what is not checked: each header that is costs a little for each request
    trace = said.get("traceparent", "")
    if not _TRACEPARENT.fullmatch(trace):
        trace = derive_traceparent(run_id, simulated_at, request.method, request.url.path)
    default: Language = getattr(request.app.state, "language", "vi")
    return RunContext(
        run_id,
        parse_instant(simulated_at),
        idempotency_key,
        language_of(said.get("accept-language"), default),
        trace,
    )


Run = Annotated[RunContext, Depends(run_context)]


def parse_instant(text: str) -> datetime:
    """An RFC 3339 instant in Vietnam's zone; BadHeader if it is none."""
    message = (
        "Cần ngày giờ có múi giờ, ví dụ 2026-03-09T08:30:00+07:00.",
        "A date and time with its offset is needed, such as 2026-03-09T08:30:00+07:00.",
    )
    if _INSTANT.fullmatch(text):
        try:
            return datetime.fromisoformat(text).astimezone(VIETNAM)
        except ValueError:
            pass
    raise BadHeader(
        f"Simulated-At: {message[0]}",
        f"Simulated-At: {message[1]}",
        errors=[FieldError("header.Simulated-At", "datetime_parsing", *message)],
    )
