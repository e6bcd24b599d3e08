"""What an agency asks a citizen for: what is missing, why, which papers put it right, and until when."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flow_model.group import Group
from web.agencies import name_of
from web.formats import moment
from web.histories import Told
from web.words import Words

Json = Mapping[str, Any]
ASKED = "supplement_requested"


@dataclass(frozen=True)
class Missing:
    """One thing that was found, and the papers of which one puts it right."""

    said: str
    article: str
    papers: Sequence[str]


@dataclass(frozen=True)
class Asked:
    """One request for a supplement in words; ``remedies`` are the same papers by name."""

    procedure: str
    title: str
    agency: str
    reason: str
    missing: Sequence[Missing]
    remedies: Sequence[str]
    answer_by: str
    href: str


def all_asked(words: Words, told: Told, steps: Sequence[Json]) -> list[Asked]:
    """The requests that wait for an answer now; ``steps`` as the gateway tells them."""
    waiting = [step["procedure"] for step in steps if step["state"] == ASKED]
    found = [last_asked(words, told, procedure) for procedure in waiting]
    return [each for each in found if each is not None]


def last_asked(words: Words, told: Told, procedure: str) -> Asked | None:
    """The newest request for a procedure; None when there never was one."""
    at = number_of_last(told, procedure)
    if at is None:
        return None
    payload, group = told.events[at].payload, told.case.group
    known = group.procedure(procedure)
    found = [each for each in payload["findings"] if each["effect"] == "supplement"] or payload["findings"]
    # An officer who is simulated gives the findings themselves as the reason, in Vietnamese only.
    said_already = {"; ".join(each["message_vi"] for each in found), *(each["message_vi"] for each in found)}
    return Asked(
        procedure=procedure,
        title=words.pick(known.title_vi, known.title_en),
        agency=name_of(known.agency, words),
        reason="" if payload["reason"] in said_already else payload["reason"],
        missing=[_missing(words, group, each) for each in found],
        remedies=list(dict.fromkeys(paper for each in found for paper in each["remedy"])),
        answer_by=moment(payload["answer_by"]),
        href=f"/ho-so/{told.name}/bo-sung/{procedure}",
    )


def number_of_last(told: Told, procedure: str) -> int | None:
    """Where in the history the newest request stands."""
    asked = [n for n, each in enumerate(told.events) if each.kind == ASKED and each.procedure == procedure]
    return asked[-1] if asked else None


def paper_named(words: Words, group: Group, name: str) -> str:
    """A paper in words."""
    said = group.pages.words_of("papers", name)
    return said.said(words.language) if said else name


def _missing(words: Words, group: Group, finding: Json) -> Missing:
    papers = [paper_named(words, group, each) for each in finding["remedy"]]
    return Missing(words.of(finding, "message"), finding["article"], papers)
