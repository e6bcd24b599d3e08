"""Names of dossiers that no declaration bears, each where it stands: the class tells no place."""

from collections.abc import Iterator
from typing import Any

from scenarios.shape import nearest
from scenarios.words import MAIN

Use = tuple[tuple[str | int, ...], str, str]  # path, "key" or "value", name
_IN_EXPECT = ("deadline", "count", "order", "row", "message", "finding")
_BY_DOSSIER = ("outcomes", "state", "log")


def names_used(document: dict[str, Any]) -> list[tuple[tuple[str | int, ...], str, str, str]]:
    """A complaint for each unknown name, and for each name that two declarations bear.

    Takes any document, however wrong: what has not the right shape is somebody else's complaint.
    """
    known: list[str] = []
    found: list[tuple[tuple[str | int, ...], str, str, str]] = []
    for path, one in _tables(document, "declare"):
        name = one.get("name", MAIN)
        if name in known:
            spot = (*path, "name")
            found.append(
                (spot, "value", "another declaration has this name", "một tờ khai khác đã có tên này")
            )
        known.append(name)
    for use_path, what, name in _uses(document) if known else ():
        if name not in known:
            near = nearest(name, [each for each in known if isinstance(each, str)])
            hint = f"did you mean {near!r}?" if near else f"there are: {', '.join(map(str, known))}"
            hint_vi = f"có phải “{near}”?" if near else f"có: {', '.join(map(str, known))}"
            said = f"no declaration is called {name!r}; {hint}"
            found.append((use_path, what, said, f"không có tờ khai tên “{name}”; {hint_vi}"))
    return found


def _uses(document: dict[str, Any]) -> Iterator[Use]:
    expect = document.get("expect")
    expect = expect if isinstance(expect, dict) else {}
    for path, one in [*_tables(document, "act"), *_tables(document, "tell")]:
        yield (*path, "dossier"), "value", one.get("dossier", MAIN)
    for path, one in _tables(document, "declare"):
        if "after" in one or "after_dossier" in one:
            yield (*path, "after_dossier"), "value", one.get("after_dossier", MAIN)
    for part in _IN_EXPECT:
        for path, one in _tables(expect, part):
            if part != "row" or {"dossier", "key_from"} & set(one):
                yield ("expect", *path, "dossier"), "value", one.get("dossier", MAIN)
    for part in _BY_DOSSIER:
        by_name = expect.get(part)
        for name in by_name if isinstance(by_name, dict) else ():
            yield ("expect", part, name), "key", name


def _tables(holder: dict[str, Any], name: str) -> list[tuple[tuple[str | int, ...], dict[str, Any]]]:
    listed = holder.get(name)
    items = listed if isinstance(listed, list) else []
    return [((name, index), one) for index, one in enumerate(items) if isinstance(one, dict)]
