"""Where each key and value of a TOML text stands.

tomllib reads values and forgets places. This scanner reads only places, of text that tomllib has taken
already, so it may believe that the text is well-formed.
"""

import re
import tomllib
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

Path = tuple[str | int, ...]

_BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_SPACES = re.compile(r"[ \t]*")
_KEY = re.compile(r'[A-Za-z0-9_-]+|"(?:\\.|[^"\\\n])*"|\'[^\'\n]*\'')
_STRING = re.compile(
    r'"""(?:\\.|[^\\])*?"""(?:"{0,2})'
    r"|'''.*?'''(?:'{0,2})"
    r'|"(?:\\.|[^"\\\n])*"'
    r"|'[^'\n]*'",
    re.DOTALL,
)
# A number, a date (which may hold a space), true or false: until something that ends it.
_SCALAR = re.compile(r"[^,\]}#\n]*")


@dataclass(frozen=True, order=True)
class Spot:
    """A place in a text; both numbers count from 1, the column in characters."""

    line: int
    column: int


class Places:
    """The spots of the keys and values of one TOML text, by path such as ``("act", 0, "does")``."""

    def __init__(self, text: str) -> None:
        self._starts = [0, *(match.end() for match in re.finditer("\n", text))]
        scanner = _Scanner(text)
        scanner.document()
        self._keys, self._values = scanner.keys, scanner.values

    def knows(self, path: Sequence[str | int]) -> bool:
        """Whether something stands at exactly this path; tables that only dotted keys imply do."""
        return any(each[: len(path)] == tuple(path) for each in self._values)

    def key(self, path: Sequence[str | int]) -> Spot:
        """Where the key stands, or the header of its table; what has no place has that of its container."""
        return self._spot(self._keys, path)

    def value(self, path: Sequence[str | int]) -> Spot:
        """Where the value begins; what has no place has that of its container."""
        return self._spot(self._values, path)

    def _spot(self, offsets: dict[Path, int], path: Sequence[str | int]) -> Spot:
        for length in range(len(path), 0, -1):
            if tuple(path[:length]) in offsets:
                return self._at(offsets[tuple(path[:length])])
        return Spot(1, 1)

    def _at(self, offset: int) -> Spot:
        line = bisect_right(self._starts, offset)
        return Spot(line, offset - self._starts[line - 1] + 1)


class _Scanner:
    """One pass over a text. ``keys`` and ``values`` hold offsets by path."""

    def __init__(self, text: str) -> None:
        self._text = text.replace("\r\n", " \n")
        self._offset = 0
        self._table: Path = ()
        self._lengths: dict[Path, int] = {}
        self.keys: dict[Path, int] = {}
        self.values: dict[Path, int] = {}

    def document(self) -> None:
        """Every line of the text."""
        self._skip(_BLANK)
        while self._offset < len(self._text):
            if self._text[self._offset] == "[":
                self._header()
            else:
                self._pair(self._table)
            self._skip(_BLANK)

    def _skip(self, pattern: re.Pattern[str]) -> str:
        match = pattern.match(self._text, self._offset)
        assert match is not None
        self._offset = match.end()
        return match[0]

    def _names(self) -> list[tuple[str, int]]:
        """A dotted key: its parts, each with its offset."""
        names = []
        while True:
            self._skip(_SPACES)
            at, written = self._offset, self._skip(_KEY)
            quoted = written[0] in "\"'"
            names.append((tomllib.loads(f"x={written}")["x"] if quoted else written, at))
            self._skip(_SPACES)
            if self._text[self._offset] != ".":
                return names
            self._offset += 1

    def _header(self) -> None:
        """``[table]``, or ``[[array]]``, which begins its next item."""
        at, many = self._offset, self._text.startswith("[[", self._offset)
        self._offset += 1 + many
        path: Path = ()
        for name, _ in self._names():
            path = self._current((*path, name))
        if many:
            array = path[:-1] if isinstance(path[-1], int) else path
            self._lengths[array] = self._lengths.get(array, 0) + 1
            path = (*array, self._lengths[array] - 1)
            self.keys.setdefault(array, at)
            self.values.setdefault(array, at)
        self._offset += 1 + many
        self._table = path
        self.keys[path] = self.values[path] = at

    def _current(self, path: Path) -> Path:
        """The table that a name in a header means: of an array, its latest item."""
        return (*path, self._lengths[path] - 1) if path in self._lengths else path

    def _pair(self, table: Path) -> None:
        path = table
        for name, at in self._names():
            path = (*path, name)
            self.keys.setdefault(path, at)
            self.values.setdefault(path, at)
        self._offset += 1  # the equals sign
        self._skip(_SPACES)
        self._value(path)

    def _value(self, path: Path) -> None:
        self.values[path] = self._offset
        match self._text[self._offset]:
            case "[":
                self._array(path)
            case "{":
                self._inline_table(path)
            case '"' | "'":
                self._skip(_STRING)
            case _:
                self._skip(_SCALAR)

    def _array(self, path: Path) -> None:
        self._offset += 1
        index = 0
        while self._goes_on("]"):
            self.keys[*path, index] = self._offset
            self._value((*path, index))
            index += 1

    def _inline_table(self, path: Path) -> None:
        self._offset += 1
        while self._goes_on("}"):
            self._pair(path)

    def _goes_on(self, end: str) -> bool:
        """To the next item of a list; False behind its end."""
        self._skip(_BLANK)
        if self._text[self._offset] == ",":
            self._offset += 1
            self._skip(_BLANK)
        if self._text[self._offset] == end:
            self._offset += 1
            return False
        return True
