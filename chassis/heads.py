"""The head of a request, read once before its body: how large it is, who asks, for whom, and for how long."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from starlette.types import Message, Scope, Send

from chassis.clock import seconds_passed
from flow_model.errors import SandboxError

MOST_HEADERS = 100
MOST_HEADER_BYTES = 16_384
MOST_ADDRESS_BYTES = 8_192
TIME_LEFT = "Time-Left"
WORK_DEPTH = "Work-Depth"
CLIENT_ID = "Client-Id"
# What asks in circles ends here; a request of ours is asked for on behalf of three others at most.
DEEPEST = 7
_LONGEST_MILLISECONDS = 600_000
_LOOKED_AT = ("/", "/health")
_TIME_LEFT, _WORK_DEPTH, _CLIENT_ID = (name.lower().encode() for name in (TIME_LEFT, WORK_DEPTH, CLIENT_ID))
_NOTED = frozenset(
    {
        b"content-length",
        b"content-type",
        b"content-encoding",
        b"transfer-encoding",
        _TIME_LEFT,
        _WORK_DEPTH,
        _CLIENT_ID,
    }
)


class BadHeader(SandboxError):
    """The sender corrects a header."""

    slug = "bad-header"


class HeadersTooLarge(SandboxError):
    """The sender sends fewer or shorter headers."""

    slug = "headers-too-large"


class AddressTooLong(SandboxError):
    """The sender shortens the address."""

    slug = "address-too-long"


@dataclass(slots=True)
class Head:
    """``until`` is the second of this loop's clock after which nobody waits for the answer any more."""

    noted: Mapping[bytes, bytes] = field(default_factory=dict)
    client: str = ""
    depth: int = 0
    until: float | None = None


def read_head(scope: Scope) -> Head:
    """The head; raises HeadersTooLarge, AddressTooLong, BadHeader (also for two that differ)."""
    headers = scope["headers"]
    noted: dict[bytes, bytes] = {}
    size = 0
    for name, value in headers:
        size += len(name) + len(value)
        if name in _NOTED and noted.setdefault(name, value) != value:
            raise BadHeader(
                f"Tiêu đề {name.decode()} xuất hiện hai lần.", f"The header {name.decode()} stands twice."
            )
    if size > MOST_HEADER_BYTES or len(headers) > MOST_HEADERS:
        raise HeadersTooLarge(
            f"Chỉ nhận tối đa {MOST_HEADERS} tiêu đề, {MOST_HEADER_BYTES} byte. Hãy bớt tiêu đề.",
            f"At most {MOST_HEADERS} headers of {MOST_HEADER_BYTES} bytes are taken. Send fewer.",
        )
    if len(scope.get("raw_path") or scope["path"]) + len(scope.get("query_string", b"")) > MOST_ADDRESS_BYTES:
        raise AddressTooLong(
            f"Địa chỉ vượt quá {MOST_ADDRESS_BYTES} byte. Hãy gửi địa chỉ ngắn hơn.",
            f"The address is beyond {MOST_ADDRESS_BYTES} bytes. Send a shorter one.",
        )
    return Head(noted, _client(scope, noted), _depth(noted), _until(scope, noted))


def _client(scope: Scope, noted: Mapping[bytes, bytes]) -> str:
    named = noted.get(_CLIENT_ID)
    if named is not None:
        return named.decode("latin-1")
    address = scope.get("client")
    return "" if address is None else str(address[0])


def _depth(noted: Mapping[bytes, bytes]) -> int:
    said = noted.get(_WORK_DEPTH)
    return 0 if said is None else _number(WORK_DEPTH, said, DEEPEST)


def _until(scope: Scope, noted: Mapping[bytes, bytes]) -> float | None:
    said = noted.get(_TIME_LEFT)
    if said is None:
        return None
    arrived = scope.get("state", {}).get("arrived")
    return (seconds_passed() if arrived is None else float(arrived)) + _number(
        TIME_LEFT, said, _LONGEST_MILLISECONDS
    ) / 1000


def _number(name: str, said: bytes, most: int) -> int:
    if said.isascii() and said.isdigit() and len(said) <= 9:
        return min(int(said), most)
    raise BadHeader(f"{name} phải là một số nguyên không âm.", f"{name} must be a whole number, 0 or more.")


def head_as_get(scope: Scope, send: Send) -> tuple[Scope, Send]:
    """Who only looks whether somebody is there (a proxy, a monitor) gets what GET gets, without the body."""
    if scope["method"] != "HEAD" or scope["path"] not in _LOOKED_AT:
        return scope, send

    async def send_head(message: Message) -> None:
        await send({**message, "body": b""} if message["type"] == "http.response.body" else message)

    return {**scope, "method": "GET"}, send_head
