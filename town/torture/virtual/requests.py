"""One request as it travels between processes."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Request:
    """One request as it travels."""

    method: str
    path: str
    params: Mapping[str, str | int] | None
    headers: Mapping[str, str]
    content: bytes | None
