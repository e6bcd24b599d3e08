"""The outcomes as JUnit XML, which every CI shows as a table."""

from collections.abc import Sequence
from itertools import groupby
from pathlib import Path
from xml.etree.ElementTree import Element, ElementTree, SubElement, indent

from town.conformance.running import Outcome

_NOT_XML = {code: None for code in range(32) if chr(code) not in "\t\n\r"} | {0xFFFE: None, 0xFFFF: None}


def write_junit(path: Path, agency: str, outcomes: Sequence[Outcome]) -> None:
    """One suite for each chapter, one case for each check."""
    root = Element("testsuites", _counted("conformance", outcomes))
    for name, group in groupby(outcomes, key=lambda each: each.chapter):
        _suite(root, f"{agency}: {name}", list(group))
    indent(root)
    path.parent.mkdir(parents=True, exist_ok=True)
    ElementTree(root).write(path, encoding="utf-8", xml_declaration=True)


def _suite(root: Element, name: str, outcomes: list[Outcome]) -> None:
    suite = SubElement(root, "testsuite", _counted(name, outcomes))
    for each in outcomes:
        about = {"classname": name, "name": each.name, "time": f"{each.seconds:.3f}"}
        case = SubElement(suite, "testcase", about)
        if each.state == "not tried":
            SubElement(case, "skipped", {"message": _clean(each.reason)})
        if each.state == "broken":
            message = _clean(f"expected {each.expected}; came {each.actual}")
            failure = SubElement(case, "failure", {"message": message, "type": each.name})
            failure.text = _clean("\n".join([each.demand, *each.commands]))


def _counted(name: str, outcomes: Sequence[Outcome]) -> dict[str, str]:
    states = [each.state for each in outcomes]
    return {
        "name": name,
        "tests": str(len(states)),
        "failures": str(states.count("broken")),
        "errors": "0",
        "skipped": str(states.count("not tried")),
        "time": f"{sum(each.seconds for each in outcomes):.3f}",
    }


def _clean(text: str) -> str:
    """Without the characters that XML cannot hold: an agency may answer anything."""
    return text.encode("utf-8", "replace").decode().translate(_NOT_XML)
