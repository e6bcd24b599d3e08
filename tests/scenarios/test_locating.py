"""Where keys and values stand in a TOML text: what the scanner says, the text shows."""

import tomllib
from typing import Any

import pytest

from scenarios.locating import Places, Spot
from tests.architecture.house import files

TEXT = '''\
# heading = "no key"
top = "a # b" # c = 1
a.b . "c d" = 1
inline = { x = 1, y = { z = "}" }, 'q=r' = [ { w = 2 } ] }
many = [
  "one, ]", # [
  """two
]""", 3,
  [4, [5]],
]
when = 2026-03-02 08:00:00+07:00
raw = \'\'\'
[not.a.table]
key = 1\'\'\'
quoted = """ends in a quote""""
[table."with.dot"]
k = "\\"]"
[[list]]
n = 1
[list.under]
deep = true
[[list.under.items]]
i = 1
[[list.under.items]]
i = 2
[[list]]
  n = 2
'''


def flat(value: Any, path: tuple[str | int, ...] = ()) -> dict[tuple[str | int, ...], Any]:
    pairs = (
        list(value.items() if isinstance(value, dict) else enumerate(value))
        if isinstance(value, dict | list)
        else []
    )
    found = {(*path, name): each for name, each in pairs}
    return found | {at: one for name, each in pairs for at, one in flat(each, (*path, name)).items()}


@pytest.mark.parametrize("text", [TEXT, TEXT.replace("\n", "\r\n")])
def test_every_number_and_string_is_found_where_it_stands(text: str) -> None:
    places = Places(text)
    lines = text.splitlines()
    values = {
        path: each for path, each in flat(tomllib.loads(text)).items() if not isinstance(each, dict | list)
    }
    assert len(values) == 19
    for path, value in values.items():
        spot = places.value(path)
        rest = lines[spot.line - 1][spot.column - 1 :]
        if isinstance(value, str):
            assert rest[0] in "\"'", path
        else:
            assert rest.startswith(str(value).lower()), path


@pytest.mark.parametrize(
    ("path", "line", "column"),
    [
        (("top",), 2, 1),
        (("a", "b", "c d"), 3, 7),
        (("inline", "y", "z"), 4, 25),
        (("inline", "q=r", 0, "w"), 4, 48),
        (("many", 1), 7, 3),
        (("many", 3, 1, 0), 9, 8),
        (("table", "with.dot", "k"), 17, 1),
        (("list", 0), 18, 1),
        (("list", 0, "under", "items", 1, "i"), 25, 1),
        (("list", 1, "n"), 27, 3),
    ],
)
def test_a_key_is_found_where_it_stands(path: tuple[str | int, ...], line: int, column: int) -> None:
    assert Places(TEXT).key(path) == Spot(line, column)


def test_what_does_not_stand_there_has_the_place_of_what_holds_it() -> None:
    places = Places(TEXT)
    assert places.key(("list", 1, "missing", 3)) == places.key(("list", 1)) == Spot(26, 1)
    assert places.key(("nowhere",)) == places.value(()) == Spot(1, 1)


def test_columns_count_letters_and_not_bytes() -> None:
    assert (
        Places('"khai sinh ở đâu" = { á = 1 }'.replace("á", '"á"')).value(("khai sinh ở đâu", "á")).column
        == 29
    )


def test_every_value_of_every_toml_file_of_the_project_is_found() -> None:
    for file in files(".toml"):
        text = file.read_text(encoding="utf-8")
        places = Places(text)
        for path in flat(tomllib.loads(text)):
            assert places.knows(path), (file, path)


def test_an_empty_text_has_no_places() -> None:
    assert Places("").key(("x",)) == Spot(1, 1)
