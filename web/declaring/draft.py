"""A draft: what the citizen has typed so far, what the registries added, and which topics were looked at."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import Any

from chassis.clock import Clock
from flow_model.catalogue import Catalogue
from flow_model.documents import changed, value_at, without
from flow_model.errors import UnknownThing
from flow_model.form_parts import Source
from flow_model.group import Group
from web.keeping import Keeping, Kept

# What is being written, and what was sent: the second is shown as a receipt and no longer listed.
DRAFT, SENT = "draft", "declared"
MOST_LISTED, MOST_KEPT = 12, 2000
Json = dict[str, Any]


@dataclass(frozen=True)
class Draft:
    """One draft as it was read. ``topics`` counts how often each topic was saved: its version.

    ``hand`` is what the person who logged in has in hand: the papers a trainee would type from.
    ``left`` are topics that were left before they were done, with their boxes as they stood.
    ``silent`` are the services that did not answer when the registries were asked last.
    """

    name: str
    kept: Kept
    group: Group
    run_id: str
    law: str
    procedures: tuple[str, ...]
    own_run: bool = False
    typed: Mapping[str, Any] = field(default_factory=dict)
    filled: Mapping[str, Any] = field(default_factory=dict)
    sources: Mapping[str, str] = field(default_factory=dict)
    filled_at: str = ""
    silent: tuple[str, ...] = ()
    topics: Mapping[str, int] = field(default_factory=dict)
    left: Mapping[str, Json] = field(default_factory=dict)
    wrong: tuple[str, ...] = ()
    hand: Mapping[str, Any] = field(default_factory=dict)
    family: str = ""
    dossier: str = ""

    @property
    def address(self) -> str:
        """Where it is continued."""
        return f"/khai/{self.group.id}/{self.name}"

    @property
    def logged_in(self) -> bool:
        """Whether it is known who declares."""
        return bool(self.family)

    @property
    def begun(self) -> bool:
        """Whether anything was filled in."""
        return bool(self.topics or self.left)

    def value(self, path: str) -> Any:
        """What stands in the declaration now; None for nothing."""
        return value_at(self.filled, path)

    def pulled(self, path: str) -> bool:
        """Whether somebody else than the citizen said it."""
        return self.sources.get(path, Source.TYPED.value) != Source.TYPED.value

    def with_typed(self, values: Mapping[str, Any], topic: str) -> "Draft":
        """The draft after a topic was saved; what was emptied is forgotten."""
        typed = without(self.typed, [path for path, value in values.items() if value in (None, [])])
        typed = changed(typed, {path: value for path, value in values.items() if value not in (None, [])})
        topics = {**self.topics, topic: self.topics.get(topic, 0) + 1}
        left = {name: each for name, each in self.left.items() if name != topic}
        return replace(self, typed=typed, topics=topics, left=left)

    def with_left(self, topic: str, boxes: Mapping[str, Json], mending: tuple[str, ...]) -> "Draft":
        """The draft after a topic was left as it stands; ``mending`` are the fields opened for correction."""
        times = self.left.get(topic, {}).get("times", 0) + 1
        left = {"times": times, "boxes": dict(boxes), "mending": list(mending)}
        return replace(self, left={**self.left, topic: left})

    def left_boxes(self, topic: str) -> Mapping[str, Json]:
        """The boxes of a topic as they were left, by path."""
        found: Mapping[str, Json] = self.left.get(topic, {}).get("boxes", {})
        return found

    def version(self, topic: str) -> str:
        """What a page of this topic is compared by: how often it was saved, and how often left since."""
        return f"{self.topics.get(topic, 0)}.{self.left.get(topic, {}).get('times', 0)}"

    def content(self) -> Json:
        """What is kept."""
        return {
            "group": self.group.id,
            "run_id": self.run_id,
            "law": self.law,
            "procedures": list(self.procedures),
            "own_run": self.own_run,
            "typed": dict(self.typed),
            "filled": dict(self.filled),
            "sources": dict(self.sources),
            "filled_at": self.filled_at,
            "silent": list(self.silent),
            "topics": dict(self.topics),
            "left": dict(self.left),
            "wrong": list(self.wrong),
            "hand": dict(self.hand),
            "family": self.family,
            "dossier": self.dossier,
        }


class Drafts:
    """The drafts of this installation. Names cannot be guessed from one another."""

    def __init__(self, keeping: Keeping, catalogue: Catalogue, clock: Clock) -> None:
        self._keeping, self._catalogue, self._clock = keeping, catalogue, clock

    def new_name(self, *about: object) -> str:
        """A name that no draft has."""
        told = f"{self._clock.now().isoformat()} {about}"
        return sha256(told.encode()).hexdigest()[:12]

    def add(
        self, name: str, group: Group, run_id: str, law: str, procedures: tuple[str, ...], own: bool
    ) -> Draft:
        """Begin one."""
        content = {
            "group": group.id,
            "run_id": run_id,
            "law": law,
            "procedures": list(procedures),
            "own_run": own,
        }
        return self._draft(self._keeping.add(DRAFT, name, content))

    def read(self, group_id: str, name: str) -> Draft:
        """The draft; UnknownThing when there is none of this group."""
        draft = self._draft(self._find(name))
        if draft.group.id != group_id:
            raise UnknownThing("Không có bản nháp này", "there is no such draft")
        return draft

    def save(self, draft: Draft) -> Draft:
        """Keep it; ConflictingContent when another page saved it since it was read."""
        return self._draft(self._keeping.write(draft.kept, draft.content()))

    def sent(self, draft: Draft, dossier: str) -> None:
        """It was declared under this code; said twice, it is kept once."""
        self._keeping.add(SENT, draft.name, replace(draft, dossier=dossier).content())
        self._keeping.remove(DRAFT, draft.name)

    def discard(self, draft: Draft) -> None:
        """Forget it."""
        self._keeping.remove(DRAFT, draft.name)

    def unfinished(self, names: Iterable[str]) -> list[Draft]:
        """Those of these names that are not sent yet, the one that was saved last first."""
        found = []
        for name in names:
            with suppress(UnknownThing):
                found.append(self._keeping.read(DRAFT, name))
        return self._listed(found)

    def unfinished_in(self, run_id: str) -> list[Draft]:
        """Those of one run that are not sent yet, the one that was saved last first."""
        known = self._keeping.all(DRAFT, MOST_KEPT)
        return self._listed([each for each in known if each.content["run_id"] == run_id])

    def _listed(self, found: Sequence[Kept]) -> list[Draft]:
        known = [each for each in found if each.content["group"] in self._catalogue.groups]
        known.sort(key=lambda each: each.kept_at, reverse=True)
        return [self._draft(each) for each in known[:MOST_LISTED]]

    def _find(self, name: str) -> Kept:
        try:
            return self._keeping.read(DRAFT, name)
        except UnknownThing:
            return self._keeping.read(SENT, name)

    def _draft(self, kept: Kept) -> Draft:
        told = dict(kept.content)
        group = self._catalogue.group(told.pop("group"))
        told["procedures"] = tuple(told["procedures"])
        told |= {name: tuple(told.get(name, ())) for name in ("wrong", "silent")}
        return Draft(name=kept.name, kept=kept, group=group, **told)
