"""Reads scenario files: one, or the whole library, and finds those that are wanted."""

import json
import math
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from flow_model.errors import UnknownThing
from scenarios.complaints import complaints, dotted
from scenarios.locating import Places, Spot
from scenarios.model import Scenario
from scenarios.names_used import names_used
from scenarios.problems import BadScenario, Problem
from scenarios.shape import nearest
from scenarios.too_early import too_early

PATTERNS = ("*_flow/scenarios/*.toml", "scenarios/library/*.toml")
_AT = re.compile(r"\s*\(at (?:line (\d+), column (\d+)|end of document)\)$")


@dataclass(frozen=True)
class Loaded:
    """A scenario with the file it was read from; ``file`` is its name as messages show it."""

    scenario: Scenario
    path: Path
    file: str
    text: str
    places: Places

    def problem(self, path: tuple[str | int, ...], message: str, message_vi: str) -> Problem:
        """Something that is wrong at a path of this file."""
        spot = self.places.value(path)
        return Problem(self.file, spot.line, spot.column, dotted(path), message, message_vi)


def load(path: Path, text: str | None = None) -> Scenario:
    """The scenario of a file, or of a text that would stand in it; raises BadScenario."""
    return load_file(path, text).scenario


def load_file(path: Path, text: str | None = None, *, shown: str | None = None) -> Loaded:
    """The same, with its text and places. ``shown`` is the file's name in messages."""
    file = shown or path.as_posix()
    text = _read(path, file) if text is None else text
    document = plain(_parsed(text, file))
    places = Places(text)
    document.setdefault("id", path.stem)
    found = [*_not_finite(document), *names_used(document)]
    scenario = None
    try:
        # JSON in strict mode: a number in quotes is no number, as in the schema that editors use.
        scenario = Scenario.model_validate_json(
            json.dumps(document), strict=True, by_alias=True, by_name=False
        )
    except ValidationError as error:
        found += complaints(error, names_are_right=not found)
    found += too_early(scenario) if scenario is not None else []
    if scenario is not None and scenario.id != path.stem:
        found.append((("id",), "value", *_another_name(scenario.id, path.stem)))
    if found:
        raise BadScenario(_problem(file, places, *each) for each in found)
    assert scenario is not None
    return Loaded(scenario, path, file, text, places)


def library(root: Path) -> list[Loaded]:
    """Every scenario below a root, by id; raises one BadScenario with the problems of all files."""
    loaded: dict[str, Loaded] = {}
    problems: list[Problem] = []
    for path in sorted(path for pattern in PATTERNS for path in root.glob(pattern)):
        try:
            one = load_file(path, shown=path.relative_to(root).as_posix())
        except BadScenario as bad:
            problems += bad.problems
            continue
        other = loaded.setdefault(one.scenario.id, one)
        if other is not one:
            taken = f"{one.scenario.id!r} is the id of {other.file} too"
            problems.append(one.problem(("id",), taken, f"{other.file} cũng có mã này"))
    if problems:
        raise BadScenario(problems)
    return [loaded[each] for each in sorted(loaded)]


def select(library: Iterable[Loaded], wanted: Iterable[str]) -> list[Loaded]:
    """The scenarios that a file, an id, a tag or a reported fault (F5) names, each once, in library order.

    Nothing wanted: all. A file outside the library is read. Raises UnknownThing for what names nothing.
    """
    held = list(library)
    words = list(wanted)
    chosen = [_named(held, word) for word in words]
    if not words:
        return held
    named = [id(each) for some in chosen for each in some]
    inside = [each for each in held if id(each) in named]
    outside = {each.path: each for some in chosen for each in some if each not in held}
    return [*inside, *outside.values()]


def plain(document: Mapping[str, Any]) -> dict[str, Any]:
    """A TOML document as JSON has it: dates and times are strings. Raises RecursionError when too deep."""

    def one(value: Any) -> Any:
        if isinstance(value, dict):
            return {name: one(each) for name, each in value.items()}
        if isinstance(value, list):
            return [one(each) for each in value]
        return value.isoformat() if isinstance(value, datetime | date | time) else value

    return {name: one(value) for name, value in document.items()}


def _read(path: Path, file: str) -> str:
    try:
        return path.read_bytes().decode("utf-8")
    except OSError as error:
        why = error.strerror or str(error)
        raise BadScenario([Problem(file, 1, 1, "", f"cannot be read: {why}", "không đọc được tệp")]) from None
    except UnicodeDecodeError as error:
        before = error.object[: error.start].decode("utf-8")
        spot = Spot(before.count("\n") + 1, len(before) - before.rfind("\n"))
        raise BadScenario([_syntax(file, spot, "is not UTF-8 text")]) from None


def _parsed(text: str, file: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        told = _AT.search(str(error))
        end = Spot(text.count("\n") + 1, len(text) - text.rfind("\n"))
        spot = Spot(int(told[1]), int(told[2])) if told and told[1] else end
        said = _AT.sub("", str(error))
        raise BadScenario([_syntax(file, spot, said[:1].lower() + said[1:])]) from None
    except RecursionError:
        raise BadScenario([_syntax(file, Spot(1, 1), "is nested too deep")]) from None


def _syntax(file: str, spot: Spot, said: str) -> Problem:
    return Problem(file, spot.line, spot.column, "", f"TOML: {said}", f"sai cú pháp TOML: {said}")


def _another_name(scenario_id: str, stem: str) -> tuple[str, str]:
    """Who saved a dossier under a name of their own is told each of the ways out."""
    return (
        f"is not the file's name {stem!r}: rename the file to {scenario_id}.toml, "
        f'or write id = "{stem}" (to save a dossier under it: …/scenario?name={stem})',
        f"khác tên tệp “{stem}”: hãy đổi tên tệp thành {scenario_id}.toml, "
        f'hoặc ghi id = "{stem}" (lưu hồ sơ với tên đó: …/scenario?name={stem})',
    )


def _not_finite(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """JSON has no number for nan and inf."""
    if isinstance(value, float) and not math.isfinite(value):
        yield path, "value", "must be a finite number", "phải là một số hữu hạn"
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, each in pairs:
        yield from _not_finite(each, (*path, name))


def _problem(file: str, places: Places, path: Any, what: str, message: str, message_vi: str) -> Problem:
    spot = places.key(path) if what == "key" else places.value(path)
    return Problem(file, spot.line, spot.column, dotted(path), message, message_vi)


def _named(library: list[Loaded], word: str) -> list[Loaded]:
    if word.endswith(".toml"):
        path = Path(word)
        return [each for each in library if _same_file(each, path)] or [load_file(path)]
    plain_word = word.casefold()  # f4 is F4
    found = [each for each in library if plain_word == each.scenario.id]
    found = found or [each for each in library if plain_word in _also_called(each.scenario)]
    if not found:
        scenarios = [each.scenario for each in library]
        known = {name for each in scenarios for name in (each.id, *each.tags, *each.reported)}
        near = nearest(word, sorted(known))
        raise UnknownThing(
            f"Không có kịch bản, nhãn hay lỗi “{word}”" + (f"; có phải “{near}”?" if near else ""),
            f"no scenario, tag or reported fault {word!r}" + (f"; did you mean {near!r}?" if near else ""),
        )
    return found


def _also_called(scenario: Scenario) -> set[str]:
    return {name.casefold() for name in (*scenario.tags, *scenario.reported)}


def _same_file(one: Loaded, path: Path) -> bool:
    return one.file == path.as_posix() or one.path.resolve() == path.resolve()
