"""What pages say about a declaration: its topics, in order, with hints, the words of each choice, articles.

A flow folder writes it down in ``pages.toml``; what it leaves out is made from the declaration's model, so a
group without that file has pages too: one topic for each block.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import BaseModel

from flow_model.declared_fields import DeclaredField, Kind, declared_fields
from flow_model.errors import BadContract
from flow_model.form_parts import Source
from flow_model.reading import name_of, read_toml

HERE = Path(__file__).parent
COMMON = "common_words.toml"


class Words(NamedTuple):
    """The same in both languages."""

    vi: str
    en: str

    def said(self, language: str) -> str:
        """In this language; Vietnamese for any other."""
        return self.en if language == "en" else self.vi


class When(NamedTuple):
    """A topic is asked only while this field has one of these values."""

    field: str
    values: tuple[str, ...]


@dataclass(frozen=True)
class Topic:
    """One page of the declaration; ``only_for`` names procedures of which one must be chosen."""

    id: str
    title: Words
    fields: tuple[str, ...]
    intro: Words | None = None
    only_for: tuple[str, ...] = ()
    when: When | None = None


class SourceWords(NamedTuple):
    """A source in one word, in a sentence, and by which article its data may flow."""

    short: Words
    long: Words
    article: str


@dataclass(frozen=True)
class DeclarationPages:
    """The pages of one declaration. ``sign`` are the fields that are asked where the citizen signs.

    ``situations`` are the kinds of invented families that have this to declare, the usual one first.
    ``if_told`` are fields that are asked of nobody, and shown only to those of whom a registry tells them.
    """

    topics: tuple[Topic, ...]
    sign: tuple[str, ...] = ()
    need: tuple[Words, ...] = ()
    situations: tuple[str, ...] = ()
    hints: Mapping[str, Words] = field(default_factory=dict)
    choices: Mapping[str, Mapping[str, Words]] = field(default_factory=dict)
    parts: Mapping[str, Words] = field(default_factory=dict)
    articles: Mapping[str, str] = field(default_factory=dict)
    if_told: tuple[str, ...] = ()
    sources: Mapping[Source, SourceWords] = field(default_factory=dict)

    def source(self, source: Source) -> SourceWords:
        """A source in the words of this group."""
        return self.sources.get(source) or source_words()[source]

    def words_of(self, path: str, value: str) -> Words | None:
        """How a value of a choice is said; None for a value that is shown as it is."""
        return self.choices.get(path, {}).get(value) or common_words().get(value)

    def topic_of(self, path: str) -> str | None:
        """The topic on which a field, or a block of fields, is asked."""
        for topic in self.topics:
            if any(each == path or each.startswith(f"{path}.") for each in topic.fields):
                return topic.id
        return None


@cache
def _common() -> Mapping[str, Any]:
    return read_toml(HERE / COMMON)


@cache
def common_words() -> Mapping[str, Words]:
    """Words of values that mean the same in every group: sexes, ways to receive a result."""
    return {name: _words(COMMON, name, said) for name, said in _common()["values"].items()}


@cache
def ethnicities() -> Mapping[str, str]:
    """The official names of the ethnic groups by their codes, and two codes for those who are in none."""
    return {str(code): str(said) for code, said in _common()["ethnicities"].items()}


@cache
def nationality_codes() -> tuple[str, ...]:
    """The countries of which people are nationals, by their two letters."""
    return tuple(_common()["nationalities"]["codes"].split())


@cache
def nationalities_called() -> Mapping[str, Words]:
    """What a nationality is called, where that is not what the list of the world's names calls it."""
    return {code: _words(COMMON, code, said) for code, said in _common()["nationalities"]["called"].items()}


@cache
def source_words() -> Mapping[Source, SourceWords]:
    """Each source in words."""
    return _sources(COMMON, _common()["sources"])


def _sources(where: str, told: Mapping[str, Any]) -> dict[Source, SourceWords]:
    return {
        Source(name): SourceWords(
            _words(where, name, raw["short"]), _words(where, name, raw["long"]), raw.get("article", "")
        )
        for name, raw in told.items()
    }


def plain_pages(declaration: type[BaseModel]) -> DeclarationPages:
    """Pages for a declaration of which nothing more is said: a topic for each block, in order."""
    blocks: dict[str, list[DeclaredField]] = {}
    for each in declared_fields(declaration):
        blocks.setdefault(each.path.partition(".")[0], []).append(each)
    topics = tuple(
        Topic(
            name,
            Words(fields[0].title_vi, fields[0].title_en),
            tuple(each.path for each in fields),
        )
        for name, fields in blocks.items()
    )
    return DeclarationPages(topics)


def load_pages(path: Path, declaration: type[BaseModel]) -> DeclarationPages:
    """The pages that a flow folder declares; BadContract where they do not fit its declaration."""
    where, raw = name_of(path), read_toml(path)
    try:
        pages = _pages(where, raw)
    except KeyError as missing:
        raise BadContract(where, f"a row lacks {missing}") from None
    _prove(where, pages, declaration)
    return pages


def _pages(where: str, raw: Mapping[str, Any]) -> DeclarationPages:
    return DeclarationPages(
        topics=tuple(_topic(where, each) for each in raw["topic"]),
        sign=tuple(raw.get("sign", ())),
        situations=tuple(raw.get("situations", ())),
        need=tuple(_words(where, "need", each) for each in raw.get("need", ())),
        hints={name: _words(where, name, each) for name, each in raw.get("hints", {}).items()},
        choices={
            name: {value: _words(where, name, said) for value, said in values.items()}
            for name, values in raw.get("choices", {}).items()
        },
        parts={name: _words(where, name, each) for name, each in raw.get("parts", {}).items()},
        articles=dict(raw.get("articles", {})),
        if_told=tuple(raw.get("if_told", ())),
        sources=_sources(where, raw.get("sources", {})),
    )


def _topic(where: str, raw: Mapping[str, Any]) -> Topic:
    when = raw.get("when")
    return Topic(
        id=raw["id"],
        title=_words(where, raw["id"], raw["title"]),
        fields=tuple(raw["fields"]),
        intro=_words(where, raw["id"], raw["intro"]) if "intro" in raw else None,
        only_for=tuple(raw.get("only_for", ())),
        when=When(when["field"], tuple(when["is"])) if when else None,
    )


def _words(where: str, name: str, raw: Mapping[str, str]) -> Words:
    if not raw.get("vi") or not raw.get("en"):
        raise BadContract(where, f"{name} is not said in both languages")
    return Words(raw["vi"], raw["en"])


def _prove(where: str, pages: DeclarationPages, declaration: type[BaseModel]) -> None:
    """Every field stands on exactly one page, and every choice is said in words."""
    fields = {each.path: each for each in declared_fields(declaration)}
    asked = [path for topic in pages.topics for path in topic.fields] + list(pages.sign)
    for path in (*asked, *pages.hints, *pages.choices, *pages.articles, *pages.if_told):
        if path not in fields:
            raise BadContract(where, f"names an unknown field {path} of the declaration")
    for path, each in fields.items():
        if asked.count(path) != 1:
            raise BadContract(where, f"field {path} stands on {asked.count(path)} pages, not on one")
        _prove_words(where, pages, each)
    for topic in pages.topics:
        if topic.when is not None and topic.when.field not in fields:
            raise BadContract(where, f"topic {topic.id} depends on an unknown field {topic.when.field}")


def _prove_words(where: str, pages: DeclarationPages, each: DeclaredField) -> None:
    chosen = each.values if each.kind in (Kind.CHOICE, Kind.SEVERAL) else ()
    for value in chosen:
        if pages.words_of(each.path, value) is None:
            raise BadContract(where, f"value {value} of {each.path} has no words")
    for part in each.parts:
        if part not in pages.parts:
            raise BadContract(where, f"part {part} of {each.path} has no words")
