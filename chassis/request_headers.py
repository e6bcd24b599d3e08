"""What every request between processes says in its headers."""

from datetime import datetime
from hashlib import sha256

from chassis.clock import VIETNAM


def run_headers(
    run_id: str,
    simulated_at: datetime,
    idempotency_key: str | None = None,
    traceparent: str | None = None,
) -> dict[str, str]:
    """The headers that every request between processes carries."""
    if simulated_at.tzinfo is None:
        raise ValueError("simulated_at needs an offset, such as +07:00")
    headers = {"Run-Id": run_id, "Simulated-At": simulated_at.astimezone(VIETNAM).isoformat()}
    if idempotency_key is not None:
        headers["Idempotency-Key"] = idempotency_key
    if traceparent is not None:
        headers["traceparent"] = traceparent
    return headers


def derive_traceparent(trace: str, *span: str) -> str:
    """A W3C traceparent that depends on the names alone: a trace for `trace`, a span for all names."""
    trace_id = sha256(trace.encode()).hexdigest()[:32]
    span_id = sha256("\x00".join((trace, *span)).encode()).hexdigest()[:16]
    return f"00-{trace_id}-{span_id}-01"
