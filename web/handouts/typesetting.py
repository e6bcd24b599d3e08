"""Set a hand-out: a Typst template of ours and data as JSON make a PDF that a screen reader reads.

Data never becomes source: it goes in as one JSON text. Fonts come from packages, so the same data give the
same pages on every machine.
"""

import asyncio
from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import typst

from chassis.strict_json import strict_dumps

TEMPLATES = Path(__file__).parent / "templates"
NAMES = ("forms", "lineage", "race", "cards", "results")


@lru_cache(maxsize=1)
def _fonts() -> typst.Fonts:
    """Read once: looking through the folders costs more than a page."""
    folders = [files(name) / "files" for name in ("fontpkg_ibm_plex_serif", "fontpkg_be_vietnam_pro")]
    return typst.Fonts(include_system_fonts=False, font_paths=[str(each) for each in folders])


@lru_cache(maxsize=16)
def _set(template: str, data: bytes) -> bytes:
    return bytes(
        typst.compile(
            TEMPLATES / f"{template}.typ",
            root=TEMPLATES,
            font_paths=_fonts(),
            sys_inputs={"data": data.decode()},
            format="pdf",
            pdf_standards="ua-1",
            timestamp=0,
        )
    )


async def typeset(template: str, data: Mapping[str, Any]) -> bytes:
    """The PDF of one hand-out. It is set aside from the event loop: a page takes a tenth of a second."""
    return await asyncio.to_thread(_set, template, strict_dumps(dict(data)))
