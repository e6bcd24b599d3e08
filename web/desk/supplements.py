"""What a citizen sent in answer to a request: when, which papers, which fields of the declaration."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flow_model.documents import changed, value_at
from flow_model.group import Group
from web.case.asked import paper_named
from web.formats import moment
from web.showing import fields_of, show_field
from web.words import Words


@dataclass(frozen=True)
class Change:
    """A field of the declaration, and what stood there before and after."""

    title: str
    before: str
    after: str


@dataclass(frozen=True)
class SupplementView:
    """One supplement that came."""

    at: str
    papers: Sequence[str]
    changes: Sequence[Change]


def supplements_of(
    words: Words, group: Group, procedure: str, history: Sequence[Mapping[str, Any]]
) -> list[SupplementView]:
    """The supplements to one procedure, oldest first; ``history`` as the gateway tells it."""
    document, found = history[0]["payload"]["declaration"], []
    for event in history:
        if event["kind"] != "supplement_sent":
            continue
        payload, before = event["payload"], document
        document = changed(before, payload["changes"])
        if event["procedure"] == procedure:
            found.append(
                SupplementView(
                    at=moment(event["at"]),
                    papers=[paper_named(words, group, each) for each in payload["documents"]],
                    changes=[_change(words, group, path, before, document) for path in payload["changes"]],
                )
            )
    return found


def _change(
    words: Words, group: Group, path: str, before: Mapping[str, Any], after: Mapping[str, Any]
) -> Change:
    field = fields_of(group).get(path)
    return Change(
        words.pick(field.title_vi, field.title_en) if field else path,
        show_field(group, path, value_at(before, path), words.language),
        show_field(group, path, value_at(after, path), words.language),
    )
