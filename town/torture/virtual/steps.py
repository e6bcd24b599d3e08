"""The kind of a message, whatever dossier it is about: what faults are counted by."""

import re

_APPLICATION = re.compile(r"/[A-Z]-\d{4}-\d{6}\.([a-z_]+)")
_DOSSIER = re.compile(r"/[A-Z]-\d{4}-\d{6}")
_RUN = re.compile(r"^/runs/[^/?]+")


def step_of(method: str, path: str) -> str:
    """``PUT /applications/B-2026-000001.birth_registration`` is ``PUT applications birth_registration``."""
    plain = path.partition("?")[0]
    plain = _APPLICATION.sub(r" \1", plain)
    plain = _DOSSIER.sub("", plain)
    plain = _RUN.sub("/runs", plain)
    return f"{method} {plain.strip('/')}".replace("/ ", " ")
