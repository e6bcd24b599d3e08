"""What an operator may set, all of it: environment variables that start with SANDBOX_.

The law and our assumptions are no settings: they are dated data of the flows.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from types import MappingProxyType
from typing import Any
from urllib.parse import urlsplit

from chassis.language import Language
from flow_model.errors import SandboxError

PREFIX = "SANDBOX_"
# Open for all to read: it keeps accidents out of a sandbox, not people.
OPEN_SECRET = "mo-phong: khong phai bi mat"
# How many requests a process works on at once.
PLACES = 16
_DATABASE_SCHEMES = ("postgresql", "postgres", "postgresql+psycopg")
_LEVELS = ("debug", "info", "warning", "error")


class BadSetting(SandboxError):
    """The operator corrects one variable. The message is one line and names it."""

    slug = "bad-setting"


class _Wrong(ValueError):
    def __init__(self, message_vi: str, message_en: str) -> None:
        super().__init__(message_en)
        self.message_vi, self.message_en = message_vi, message_en


@dataclass(frozen=True)
class Settings:
    """Each field is SANDBOX_ and its name in capitals, `warnings` apart."""

    base_port: int = 8000
    host: str = "127.0.0.1"
    var_dir: Path = Path("var")
    log_level: str = "info"
    log_json: bool = True
    language: Language = "vi"
    service_urls: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    timeout_seconds: float = 10.0
    places: int = PLACES
    event_secret: str = field(default=OPEN_SECRET, repr=False)
    database_url: str = field(default="", repr=False)
    warnings: tuple[str, ...] = ()

    @classmethod
    def from_environment(cls, env: Mapping[str, str]) -> "Settings":
        """Read what is set; BadSetting for a wrong value, a line in `warnings` for an unknown name."""
        values: dict[str, Any] = {}
        warnings = []
        for variable in sorted(name for name in env if name.startswith(PREFIX)):
            name = variable.removeprefix(PREFIX).lower()
            if name not in _READERS or variable != variable_of(name):
                known = ", ".join(variable_of(name) for name in _READERS)
                warnings.append(f"{variable}: không có biến này / no such variable; {known}")
            elif env[variable].strip():
                values[name] = _read(variable, _READERS[name], env[variable].strip())
        return cls(**values, warnings=tuple(warnings))


def variable_of(name: str) -> str:
    return PREFIX + name.upper()


def _read(variable: str, reader: Callable[[str], Any], value: str) -> Any:
    try:
        return reader(value)
    except _Wrong as wrong:
        raise BadSetting(f"{variable}: {wrong.message_vi}", f"{variable}: {wrong.message_en}") from None


def _port(value: str) -> int:
    if value.isascii() and value.isdigit() and 1 <= int(value[:6]) <= 65_000:
        return int(value)
    raise _Wrong("cần số cổng từ 1 đến 65000.", "a port from 1 to 65000 is needed.")


def _seconds(value: str) -> float:
    try:
        seconds = float(value)
    except ValueError:
        seconds = 0.0
    if 0.0 < seconds <= 600.0:
        return seconds
    raise _Wrong("cần số giây lớn hơn 0, tối đa 600.", "a number of seconds above 0, at most 600, is needed.")


def _places(value: str) -> int:
    if value.isascii() and value.isdigit() and 1 <= int(value[:6]) <= 10_000:
        return int(value)
    raise _Wrong("cần một số từ 1 đến 10000.", "a number from 1 to 10000 is needed.")


def _secret(value: str) -> str:
    if len(value) >= 16:
        return value
    raise _Wrong("cần ít nhất 16 ký tự.", "at least 16 characters are needed.")


def _database(value: str) -> str:
    if value.partition("://")[0] in _DATABASE_SCHEMES:
        return value
    raise _Wrong(
        "cần địa chỉ PostgreSQL, ví dụ postgresql://ten:mat_khau@may:5432/motlankhai.",
        "a PostgreSQL address is needed, such as postgresql://name:password@host:5432/motlankhai.",
    )


def _host(value: str) -> str:
    if all(character.isalnum() or character in ".:-_" for character in value):
        return value
    raise _Wrong("cần tên máy hoặc địa chỉ IP.", "a host name or an IP address is needed.")


def _folder(value: str) -> Path:
    path = Path(value)
    if path.exists() and not path.is_dir():
        raise _Wrong("đây là tệp, cần thư mục.", "this is a file, a folder is needed.")
    return path


def _one_of(*accepted: str) -> Callable[[str], str]:
    def read(value: str) -> str:
        if value.lower() in accepted:
            return value.lower()
        listed = ", ".join(accepted)
        raise _Wrong(f"chỉ nhận: {listed}.", f"only these are accepted: {listed}.")

    return read


def _yes_no(value: str) -> bool:
    return _one_of("true", "false", "1", "0")(value) in ("true", "1")


def _urls(value: str) -> Mapping[str, str]:
    wrong = _Wrong(
        'cần đối tượng JSON, ví dụ {"civil_status": "http://127.0.0.1:8001"}.',
        'a JSON object is needed, such as {"civil_status": "http://127.0.0.1:8001"}.',
    )
    try:
        read = json.loads(value)
    except ValueError:
        raise wrong from None
    if not isinstance(read, dict) or not all(isinstance(url, str) and is_url(url) for url in read.values()):
        raise wrong
    return MappingProxyType(read)


def is_url(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return (
            parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0 and not parts.query
        )
    except ValueError:
        return False


_READERS: dict[str, Callable[[str], Any]] = {
    "base_port": _port,
    "host": _host,
    "var_dir": _folder,
    "log_level": _one_of(*_LEVELS),
    "log_json": _yes_no,
    "language": _one_of("vi", "en"),
    "service_urls": _urls,
    "timeout_seconds": _seconds,
    "places": _places,
    "event_secret": _secret,
    "database_url": _database,
}
assert set(_READERS) == {known.name for known in fields(Settings)} - {"warnings"}
