"""Words of the pages: Vietnamese in the code, English in web/locale/en/*.po, compiled when first needed."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from babel.messages.pofile import read_po

from chassis.language import Language

LOCALE = Path(__file__).resolve().parent / "locale"


def N_(message: str) -> str:  # noqa: N802  the name that Babel's extraction knows
    """Mark words that are said later, once it is known in which language."""
    return message


@lru_cache
def english(folder: Path = LOCALE) -> Mapping[str, str]:
    """Every message of every .po file, by its Vietnamese words."""
    said: dict[str, str] = {}
    for path in sorted((folder / "en").glob("*.po")):
        with path.open("rb") as file:
            catalogue = read_po(file, locale="en")
        for message in catalogue:
            if message.id:
                said[str(message.id)] = str(message.string)
    return said


@dataclass(frozen=True)
class Words:
    """Says things in one language."""

    language: Language

    def say(self, message: str, /, **values: object) -> str:
        """These words in this language; ``%(name)s`` stands for a value."""
        said = message if self.language == "vi" else english().get(message) or message
        return said % values if values else said

    def plural(self, one: str, many: str, number: int, /, **values: object) -> str:
        """The words for so many."""
        return self.say(one if number == 1 else many, **{"num": number, **values})

    def of(self, thing: Mapping[str, Any], name: str) -> str:
        """What a thing of the domain is called: it brings both languages (``title_vi``, ``title_en``)."""
        return str(thing.get(f"{name}_{self.language}") or thing.get(f"{name}_vi") or "")

    def pick(self, vi: str, en: str) -> str:
        """One of two."""
        return vi if self.language == "vi" else en


WORDS: Mapping[Language, Words] = {"vi": Words("vi"), "en": Words("en")}
