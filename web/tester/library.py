"""The library of stories as a page: search, tags, and what may be played of it."""

import asyncio
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from chassis.clock import Clock
from web.asking import Asking
from web.tester.names import FIRST_TAGS, tag_name
from web.words import Words

Json = Mapping[str, Any]
A_PAGE = 40
# A gateway that was started anew may have other stories.
FRESH = timedelta(seconds=30)


@dataclass(frozen=True)
class Sought:
    """What somebody looks for: words, a tag, a page of what is found."""

    text: str = ""
    tag: str = ""
    page: int = 1

    def address(self, **other: str | int) -> str:
        """The page of this search with something else in it."""
        asked = {"tim": self.text, "the": self.tag, "trang": 1, **other}
        kept = {name: value for name, value in asked.items() if value not in ("", 1)}
        return f"/kich-ban?{urlencode(kept)}" if kept else "/kich-ban"


@dataclass(frozen=True)
class StoryLine:
    """A story on the list."""

    id: str
    title: str
    tags: Sequence[tuple[str, str]]
    cites: str


@dataclass(frozen=True)
class LibraryView:
    """One page of what was found. ``all_ids`` is what "play all that was found" means."""

    sought: Sought
    chips: Sequence[tuple[str, str, int, bool]]
    tags: Sequence[tuple[str, str]]
    rows: Sequence[StoryLine]
    found: int
    total: int
    pages: Sequence[tuple[int, str, bool]]
    once: str
    nothing_chosen: bool = False


class Library:
    """The stories as the gateway told them last: fifty who look at once ask once."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._told: list[Json] = []
        self._asked_at: datetime | None = None
        self._turn = asyncio.Lock()

    async def told(self, asking: Asking) -> list[Json]:
        """All of them, in both languages."""
        async with self._turn:
            now = self._clock.now()
            if self._asked_at is None or now - self._asked_at > FRESH:
                self._told, self._asked_at = await asking.get("/scenarios"), now
            return self._told


def matching(told: Sequence[Json], sought: Sought) -> list[Json]:
    """The stories that have the tag and a word beginning with each that is sought, whatever its accents."""
    wanted = plain(sought.text).replace("-", " ").replace("/", " ").split()
    found = [
        each
        for each in told
        if (not sought.tag or sought.tag in each["tags"] or sought.tag in each["reported"])
        and all(f" {word}" in _searched(each) for word in wanted)
    ]
    if not wanted:
        return found
    # Where the words stand together, it is more likely the one that is meant.
    return sorted(found, key=lambda each: " ".join(wanted) not in _searched(each))


def plain(text: str) -> str:
    """Small letters without accents: who types "tre em" finds "trẻ em"."""
    apart = unicodedata.normalize("NFD", text.casefold().replace("đ", "d"))
    return "".join(letter for letter in apart if not unicodedata.combining(letter))


def library_view(told: Sequence[Json], sought: Sought, words: Words, once: str) -> LibraryView:
    """The page of a search. ``once`` tells this showing of it from another: pressed twice, played once."""
    found = matching(told, sought)
    last = max(1, -(-len(found) // A_PAGE))
    page = min(sought.page, last)
    counts = Counter(tag for each in told for tag in [*each["tags"], *each["reported"]])
    shown = found[(page - 1) * A_PAGE : page * A_PAGE]
    return LibraryView(
        sought=Sought(sought.text, sought.tag, page),
        chips=[
            (tag_name(tag, words), sought.address(the="" if tag == sought.tag else tag), counts[tag],
             tag == sought.tag)
            for tag in FIRST_TAGS
            if counts[tag]
        ],
        tags=[
            ("", words.say("Mọi nhãn")),
            *((tag, f"{tag_name(tag, words)} ({number})") for tag, number in counts.most_common()),
        ],
        rows=[_line(each, words) for each in shown],
        found=len(found),
        total=len(told),
        pages=[(each, sought.address(trang=each), each == page) for each in range(1, last + 1)],
        once=once,
    )  # fmt: skip


def _line(told: Json, words: Words) -> StoryLine:
    return StoryLine(
        id=told["id"],
        title=words.of(told, "title"),
        tags=[(tag, tag_name(tag, words)) for tag in [*told["tags"], *told["reported"]]],
        cites="; ".join(told["cites"]),
    )


def _searched(told: Json) -> str:
    parts = [told["id"], told["title_vi"], told["title_en"], *told["tags"], *told["reported"], *told["cites"]]
    return " " + plain(" ".join(parts)).replace("-", " ").replace("/", " ")
