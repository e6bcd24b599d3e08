"""Logs: one line an event, on standard error, without anybody's personal data.

Any number long enough to be somebody's (personal identification, social insurance, telephone) is masked in
every value, and line breaks in a value cannot start a line of their own.
"""

import logging
import re
import sys
from collections.abc import Mapping
from typing import Any, TextIO

import structlog
from structlog.typing import EventDict, WrappedLogger

from chassis.clock import WallClock

MASK = "•••"
# Nine digits in a row and more: old and new identity numbers, insurance codes, telephones without spaces.
_LONG = r"\d{9,}"
# The same numbers as people write them, in groups. Dates (2026-03-09) and 127.0.0.1 stay readable.
_PHONE = r"(?:\+84|\b0)[ .-]?\d{1,3}(?:[ .-]?\d{2,4}){2,3}(?!\d)"
_GROUPED = r"(?<!\d)\d{3}(?:[ -]\d{3}){3}(?!\d)"
_PERSONAL = re.compile(f"{_LONG}|{_GROUPED}|{_PHONE}")
# They write whole addresses of requests, and a query may hold somebody's name.
_CHATTERERS = ("httpx", "httpcore", "aiohttp.access", "uvicorn.access")
_BREAKS = re.compile("[\x00-\x08\x0a-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


def configure(level: str = "info", json: bool = True, stream: TextIO | None = None) -> None:
    """Set up structlog, and the standard library's loggers (the server's) through the same mask."""
    target = stream or sys.stderr
    number = logging.getLevelNamesMapping()[level.upper()]
    renderer = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if json
        else structlog.dev.ConsoleRenderer(colors=False, pad_event_to=0)
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            _stamp,
            structlog.processors.format_exc_info,
            mask_processor,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.WriteLoggerFactory(target),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(target)
    handler.setFormatter(_MaskingFormatter("%(levelname)s %(name)s %(message)s"))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(number)
    for name in _CHATTERERS:
        logging.getLogger(name).setLevel(logging.WARNING)


def mask_text(text: str) -> str:
    """The text without long numbers and without line breaks."""
    return _BREAKS.sub(lambda found: ascii(found.group())[1:-1], _PERSONAL.sub(MASK, text))


def mask_processor(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Masks every value of an event, however deep."""
    return {
        mask_text(str(key)): value if key == "timestamp" else _masked(value) for key, value in event.items()
    }


def _masked(value: Any) -> Any:
    if isinstance(value, bool | float) or value is None:
        return value
    if isinstance(value, int):
        return value if abs(value) < 10**8 else MASK
    if isinstance(value, str):
        return mask_text(value)
    if isinstance(value, Mapping):
        return {mask_text(str(key)): _masked(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_masked(inner) for inner in value]
    return mask_text(str(value))


def _stamp(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    event["timestamp"] = WallClock().now().isoformat(timespec="milliseconds")
    return event


class _MaskingFormatter(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        return mask_text(super().format(record))
