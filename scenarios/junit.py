"""Plays as JUnit XML, the form that GitLab, GitHub actions and Jenkins read.

A suite is a folder of scenarios, a case one scenario; its properties are the seed and the command that plays
it again. Readers that know no properties of a case find the same in system-out.
"""

import re
from collections import Counter
from collections.abc import Sequence
from itertools import groupby
from pathlib import PurePosixPath
from xml.etree import ElementTree as Xml

from scenarios.verdict import Failure, Played

# What XML 1.0 has no way to write, not even escaped.
_UNWRITABLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_KINDS = {"failed": "failure", "timed_out": "error", "error": "error", "cancelled": "skipped"}


def junit_xml(plays: Sequence[Played], *, name: str) -> bytes:
    """The document in UTF-8, suites by folder and cases by id; ``name`` is the name of the whole."""
    root = Xml.Element("testsuites", {"name": writable(name), **_counts(plays, skipped=False)})
    times = Counter(_whose(play) for play in plays)
    ordered = sorted(plays, key=lambda play: (_folder(play), play.scenario, play.seed))
    for folder, group in groupby(ordered, key=_folder):
        some = list(group)
        suite = Xml.SubElement(root, "testsuite", {"name": writable(folder), **_counts(some, skipped=True)})
        for play in some:
            _case(suite, play, several=times[_whose(play)] > 1)
    Xml.indent(root)
    document: bytes = Xml.tostring(root, encoding="utf-8", xml_declaration=True)
    return document + b"\n"


def writable(text: str) -> str:
    """The text with U+FFFD in place of each character that XML 1.0 cannot hold."""
    return _UNWRITABLE.sub("\ufffd", text)


def told(failure: Failure) -> str:
    """A failure as lines: where it stands, expected, actual, and the nearest miss when there is one."""
    lines = [failure.where, f"  expected: {failure.expected}", f"  actual:   {failure.actual}"]
    return "\n".join([*lines, *([f"  nearest:  {failure.nearest}"] if failure.nearest else [])])


def _folder(play: Played) -> str:
    """Readers sort by it; a file that lies in none is among the stories."""
    folder = PurePosixPath(play.file).parent.as_posix()
    return "stories" if folder == "." else folder


def _whose(play: Played) -> tuple[str, str]:
    return play.file, play.scenario


def _counts(plays: Sequence[Played], *, skipped: bool) -> dict[str, str]:
    kinds = [_KINDS.get(play.verdict) for play in plays]
    counted = {"tests": len(kinds), "failures": kinds.count("failure"), "errors": kinds.count("error")}
    if skipped:
        counted["skipped"] = kinds.count("skipped")
    return {key: str(number) for key, number in counted.items()} | {"time": _seconds(plays)}


def _seconds(plays: Sequence[Played]) -> str:
    return f"{sum(play.seconds for play in plays):.3f}"


def _case(suite: Xml.Element, play: Played, *, several: bool) -> None:
    """``several``: the story was played more than once, and its name tells the seed."""
    name = f"{play.scenario} (seed {play.seed})" if several else play.scenario
    about = {"name": name, "classname": _folder(play).replace("/", "."), "file": play.file}
    about = {key: writable(value) for key, value in about.items()}
    case = Xml.SubElement(suite, "testcase", about | {"time": _seconds([play])})
    properties = Xml.SubElement(case, "properties")
    for key, value in _said_of(play).items():
        Xml.SubElement(properties, "property", {"name": key, "value": writable(value)})
    kind = _KINDS.get(play.verdict)
    if kind == "skipped":
        Xml.SubElement(case, kind, {"message": "cancelled"})
    elif kind is not None:
        element = Xml.SubElement(case, kind, {"type": play.verdict, "message": writable(_message(play))})
        element.text = writable(_account(play))
    out = Xml.SubElement(case, "system-out")
    out.text = writable("\n".join(f"{key}: {value}" for key, value in _said_of(play).items()))


def _said_of(play: Played) -> dict[str, str]:
    return {
        "seed": str(play.seed),
        "command": play.command,
        "title_vi": play.title_vi,
        "title_en": play.title_en,
        "events": str(play.events),
    }


def _message(play: Played) -> str:
    """One line for lists."""
    if play.failures:
        more = len(play.failures) - 1
        return f"{play.failures[0]}" + (f" (and {more} more)" if more else "")
    return play.error or play.verdict.replace("_", " ")


def _account(play: Played) -> str:
    parts = [told(failure) for failure in play.failures]
    parts += [play.error] if play.error else []
    parts += [f"last event: {play.last_event}"] if play.last_event else []
    return "\n\n".join([*parts, f"Play it again:\n  {play.command}"])
