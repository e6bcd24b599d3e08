"""What the library asks of each of its stories beyond the format: a lesson, about things that exist.

A scenario of one's own may break these rules and still be played.
"""

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass

from flow_model.catalogue import Catalogue
from flow_model.events import KINDS as EVENTS
from flow_model.faults import PORTAL
from measurement.referee import RULES as REFEREE
from scenarios.acts import AddFault, When
from scenarios.loading import Loaded
from scenarios.problems import Problem
from scenarios.shape import nearest

Offence = tuple[tuple[str | int, ...], str, str]  # path, message, the same in Vietnamese
# Letters that only Vietnamese text has; a sentence without any of them is not Vietnamese.
_VIETNAMESE = re.compile(r"[ăâđêôơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ]", re.IGNORECASE)


@dataclass(frozen=True)
class World:
    """What exists here. ``situations`` come from the population service; None: not known, not asked."""

    catalogue: Catalogue
    situations: Collection[str] | None = None

    def laws(self) -> list[str]:
        """The law profiles; all groups have the same."""
        return list(next(iter(self.catalogue.groups.values())).law.profiles)

    def services(self) -> list[str]:
        """Agencies, the registries they look into, and the portal where results are laid down."""
        groups = self.catalogue.groups.values()
        asked = {fact.service for group in groups for each in group.procedures for fact in each.facts}
        asked |= {prefill.look_up.service for group in groups for prefill in group.prefills}
        return sorted({*self.catalogue.agencies(), *asked, PORTAL})

    def procedures(self, group: str | None = None) -> list[str]:
        """The procedures of a group, or of all."""
        groups = [self.catalogue.groups[group]] if group else self.catalogue.groups.values()
        return [each.id for one in groups for each in one.procedures]


def lint(loaded: Loaded, world: World) -> list[Problem]:
    """Everything that keeps a scenario out of the library, in file order."""
    return sorted(loaded.problem(*offence) for rule in RULES for offence in rule(loaded, world))


def told_in_both_languages(loaded: Loaded, _world: World) -> Iterator[Offence]:
    """Titles, narration and tellings: Vietnamese where it says so, and English that is not the same text."""
    story = loaded.scenario
    texts: list[tuple[tuple[str | int, ...], str, str, str]] = [
        ((), "title_", story.title_vi, story.title_en),
        (("narration",), "", story.narration.vi, story.narration.en),
    ]
    texts += [(("tell", index), "", each.vi, each.en) for index, each in enumerate(story.tell)]
    for path, prefix, vi, en in texts:
        if not _VIETNAMESE.search(vi):
            yield (*path, f"{prefix}vi"), "is not Vietnamese", "không phải tiếng Việt"
        if not en.strip() or en.strip() == vi.strip():
            yield (*path, f"{prefix}en"), "is not English", "không phải tiếng Anh"


def cites_something(loaded: Loaded, _world: World) -> Iterator[Offence]:
    """An article or a complaint in words, not an empty string."""
    for index, cited in enumerate(loaded.scenario.cites):
        if len(cited.strip()) < 3:
            yield ("cites", index), "cites nothing", "không trích dẫn gì"


def expects_something(loaded: Loaded, _world: World) -> Iterator[Offence]:
    """A story without an expectation cannot fail; being refused is an expectation too."""
    story = loaded.scenario
    refused = any(each.refused for each in (*story.declare, *story.act))
    said = any(value for _, value in story.expect) or "violations" in story.expect.model_fields_set
    if not refused and not said:
        yield ("expect",), "nothing is expected: it cannot fail", "không kỳ vọng gì: không thể trượt"


def known_law(loaded: Loaded, world: World) -> Iterator[Offence]:
    """The law profile is one of the groups'."""
    law = loaded.scenario.run.law
    if law is not None and law not in world.laws():
        yield ("run", "law"), *_unknown("law profile", "bộ luật", law, world.laws())


def known_declarations(loaded: Loaded, world: World) -> Iterator[Offence]:
    """Group, situation and procedures exist, and the procedures are the group's."""
    for index, each in enumerate(loaded.scenario.declare):
        at = ("declare", index)
        if each.group not in world.catalogue.groups:
            yield (*at, "group"), *_unknown("group", "nhóm", each.group, world.catalogue.groups)
            continue
        if world.situations is not None and each.situation not in world.situations:
            yield (*at, "situation"), *_unknown("situation", "tình huống", each.situation, world.situations)
        for number, name in enumerate(each.procedures):
            if name not in world.procedures(each.group):
                found = _unknown("procedure", "thủ tục", name, world.procedures(each.group))
                yield (*at, "procedures", number), *found


def known_procedures(loaded: Loaded, world: World) -> Iterator[Offence]:
    """Procedures named by acts, faults and expectations are those of the dossier that they speak of."""
    groups = {each.name: each.group for each in loaded.scenario.declare}
    for path, name, dossier in _procedures_named(loaded):
        group = groups.get(dossier) if dossier else None
        known = world.procedures(group if group in world.catalogue.groups else None)
        if name not in known:
            yield path, *_unknown("procedure", "thủ tục", name, known)


def known_events(loaded: Loaded, world: World) -> Iterator[Offence]:
    """Events exist, and so do the procedures that they are of."""
    for path, written in _events_named(loaded):
        kind, _, procedure = written.partition(" ")
        if kind not in EVENTS:
            yield path, *_unknown("event", "sự kiện", kind, EVENTS)
        if procedure and procedure not in world.procedures():
            yield path, *_unknown("procedure", "thủ tục", procedure, world.procedures())


def known_services(loaded: Loaded, world: World) -> Iterator[Offence]:
    """Faults and look-ups name agencies and registries that some procedure deals with."""
    known = world.services()
    named: list[tuple[tuple[str | int, ...], object]] = [
        (("fault", index), each) for index, each in enumerate(loaded.scenario.fault)
    ]
    acts = enumerate(loaded.scenario.act)
    named += [(("act", index, "fault"), each.fault) for index, each in acts if isinstance(each, AddFault)]
    named += [(("expect", "row", index), each) for index, each in enumerate(loaded.scenario.expect.row)]
    named += [(("expect", "book", index), each) for index, each in enumerate(loaded.scenario.expect.book)]
    for path, each in named:
        for key in ("agency", "service", "to", "sender"):
            name = getattr(each, key, None)
            if name is not None and name not in known:
                yield (*path, key), *_unknown("service", "dịch vụ", name, known)


def known_rules(loaded: Loaded, _world: World) -> Iterator[Offence]:
    """Rules of law that are to be broken are rules that the referee knows."""
    known = [rule.id for rule in REFEREE]
    for index, name in enumerate(loaded.scenario.expect.violations):
        if name not in known:
            yield ("expect", "violations", index), *_unknown("rule of law", "quy tắc", name, known)


RULES: tuple[Callable[[Loaded, World], Iterator[Offence]], ...] = (
    told_in_both_languages,
    cites_something,
    expects_something,
    known_law,
    known_declarations,
    known_procedures,
    known_events,
    known_services,
    known_rules,
)


def _procedures_named(loaded: Loaded) -> Iterator[tuple[tuple[str | int, ...], str, str | None]]:
    """(path, procedure, dossier or None) wherever a procedure stands alone under its own key."""
    story, expect = loaded.scenario, loaded.scenario.expect
    lists: dict[tuple[str, ...], Sequence[object]] = {
        ("act",): story.act,
        ("fault",): story.fault,
        ("expect", "deadline"): expect.deadline,
        ("expect", "finding"): expect.finding,
    }
    for path, items in lists.items():
        for index, each in enumerate(items):
            name = getattr(each, "procedure", None)
            if name is not None:
                yield (*path, index, "procedure"), name, getattr(each, "dossier", None)
    for dossier, outcomes in expect.outcomes.items():
        for name in outcomes:
            yield ("expect", "outcomes", dossier, name), name, dossier


def _events_named(loaded: Loaded) -> Iterator[tuple[tuple[str | int, ...], str]]:
    story, expect = loaded.scenario, loaded.scenario.expect
    timed: dict[str, Sequence[When]] = {"declare": story.declare, "act": story.act}
    for name, items in timed.items():
        for index, each in enumerate(items):
            if each.after is not None:
                yield (name, index, "after"), each.after
    yield from ((("tell", index, "on"), each.on) for index, each in enumerate(story.tell))
    for index, order in enumerate(expect.order):
        for key in ("events", "never"):
            yield from (
                (("expect", "order", index, key, number), event)
                for number, event in enumerate(getattr(order, key))
            )


def _unknown(what: str, what_vi: str, word: str, known: Collection[str]) -> tuple[str, str]:
    near = nearest(word, sorted(known))
    if near is not None:
        return f"no such {what}; did you mean {near!r}?", f"không có {what_vi} này; có phải “{near}”?"
    listed = ", ".join(sorted(known))
    return f"no such {what}; there are: {listed}", f"không có {what_vi} này; có: {listed}"
