"""What kind of body was sent, and how it is written: UTF-8, not compressed."""

from collections.abc import Mapping

JSON = "application/json"


def kind_of(headers: Mapping[bytes, bytes]) -> str:
    """The media type without its parameters, in small letters."""
    return headers.get(b"content-type", b"").decode("latin-1").partition(";")[0].strip().lower()


def is_json(headers: Mapping[bytes, bytes]) -> bool:
    """application/json or application/…+json."""
    kind = kind_of(headers)
    return kind == JSON or (kind.startswith("application/") and kind.endswith("+json"))


def is_plain_utf8(headers: Mapping[bytes, bytes]) -> bool:
    """Whether no other encoding is named, and it is not compressed."""
    parameters = headers.get(b"content-type", b"").decode("latin-1").lower().split(";")[1:]
    named = [value.partition("=") for value in map(str.strip, parameters) if value]
    charsets = [value.strip().strip('"') for name, _, value in named if name.strip() == "charset"]
    is_utf8 = all(charset in ("utf-8", "utf8") for charset in charsets)
    return is_utf8 and headers.get(b"content-encoding", b"identity").strip().lower() == b"identity"
