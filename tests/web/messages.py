"""What the pages say, taken from templates and from Python, and what of it is missing in English."""

import re
from collections.abc import Iterator
from pathlib import Path

from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from tests.architecture.house import ROOT

WEB = ROOT / "web"
_KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2), "N_": None, "say": None, "plural": (1, 2)}
_METHODS = [("**/templates/**.html", "jinja2"), ("**.py", "python")]
_OPTIONS = {"**/templates/**.html": {"trim_blocks": "true", "lstrip_blocks": "true", "silent": "false"}}
_VALUE = re.compile(r"%\((\w+)\)[sd]")


def said(folder: Path = WEB) -> dict[str, str]:
    """Each message, and one place where it is said."""
    found: dict[str, str] = {}
    for path, line, message, _, _ in extract_from_dir(folder, _METHODS, _OPTIONS, keywords=_KEYWORDS):
        for each in message if isinstance(message, tuple) else (message,):
            found.setdefault(each, f"{path}:{line}")
    return found


def told(folder: Path = WEB) -> Iterator[tuple[str, str, str]]:
    """Each message of each English file: the file, Vietnamese, English."""
    for path in sorted((folder / "locale" / "en").glob("*.po")):
        with path.open("rb") as file:
            for message in read_po(file, locale="en"):
                if message.id:
                    yield path.name, str(message.id), str(message.string)


def offences(folder: Path = WEB) -> list[str]:
    """What is missing, empty, said in two ways, left over, or has lost a value on the way."""
    wanted = said(folder)
    known: dict[str, str] = {}
    found = []
    for name, vietnamese, english in told(folder):
        if not english:
            found.append(f"{name}: nothing for {vietnamese!r}")
        if known.setdefault(vietnamese, english) != english:
            found.append(f"{name}: another English for {vietnamese!r}")
        if vietnamese not in wanted:
            found.append(f"{name}: nobody says {vietnamese!r}")
        if set(_VALUE.findall(vietnamese)) != set(_VALUE.findall(english)):
            found.append(f"{name}: other values in {english!r}")
    missing = {message: place for message, place in wanted.items() if message not in known}
    found += [f'{place}\nmsgid "{message}"\nmsgstr ""' for message, place in missing.items()]
    return found
