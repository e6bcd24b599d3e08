"""What Schemathesis is told in its own process: how a text of lines (NDJSON) is sent."""

from typing import Any

import schemathesis

from chassis.lines import MEDIA_TYPE


@schemathesis.serializer(MEDIA_TYPE)
def lines(_context: schemathesis.SerializationContext, value: Any) -> bytes:
    """The text as it is; whatever else was thought of, as one line."""
    return value if isinstance(value, bytes) else str(value).encode("utf-8", "surrogatepass")
