"""Signatures on what an agency tells: a detached JWS (RFC 7515, appendix F) over the canonical JSON.

One secret for the sandbox, one key for each sender made from it. A real installation would use a key pair of
the agency's own; who verifies would not change.
"""

from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import OctKey

from flow_model.events import canonical

_HEADER = {"alg": "HS256"}


class Signer:
    """Signs, and verifies, what one sender tells."""

    def __init__(self, secret: str, sender: str) -> None:
        self._key = OctKey.import_key(sha256(f"{secret} {sender}".encode()).digest())

    def sign(self, told: Mapping[str, Any]) -> str:
        """The signature: header and seal, the content between them left out."""
        header, _, seal = jws.serialize_compact(_HEADER, canonical(told), self._key).split(".")
        return f"{header}..{seal}"

    def verifies(self, told: Mapping[str, Any], signature: str) -> bool:
        """Whether this signature was made over this content by this sender."""
        try:
            found = jws.extract_compact(signature.encode(), payload=canonical(told))
            return jws.validate_compact(found, self._key, ["HS256"])
        except (JoseError, ValueError):
            return False
