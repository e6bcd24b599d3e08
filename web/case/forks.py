"""The fork of the past: the same history up to an event, and another decision there."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from web.case.messages import label_of
from web.formats import moment
from web.forms import Sent
from web.histories import Told, event_of
from web.words import Words

Json = Mapping[str, Any]


@dataclass(frozen=True)
class Branch:
    """What follows the common past on one side."""

    title: str
    href: str
    lines: Sequence[tuple[str, str, str]]


@dataclass(frozen=True)
class ForkView:
    """The page that compares both."""

    case: str
    dossier: str
    subject: str
    shared: int
    common: Sequence[tuple[str, str, str]]
    branches: Sequence[Branch]
    same: bool


def fork_of(sent: Sent, words: Words) -> dict[str, Any] | None:
    """What the form asks for; None, with the mistakes noted, when it asks for nothing."""
    if not sent.text("at").isdigit():
        sent.wrong("at", words.say("Hãy chọn thời điểm rẽ nhánh."))
    if not sent.text("decision"):
        sent.wrong("decision", words.say("Hãy chọn quyết định khác."))
    reason = sent.text("reason")
    if sent.text("decision") in ("reject", "request_supplement", "return_to_issuer") and not reason:
        sent.wrong("reason", words.say("Hãy nêu lý do: người dân có quyền được biết."))
    if sent.mistakes:
        return None
    return {
        "at": int(sent.text("at")),
        "decision": {"decision": sent.text("decision"), "reason": reason[:300]},
    }


def fork_view(words: Words, told: Told, fork: Json) -> ForkView:
    """Both sides of a fork."""
    return ForkView(
        case=f"/ho-so/{told.name}",
        dossier=told.case.dossier,
        subject=told.subject,
        shared=fork["shared"],
        common=_lines(words, told, told.raw[: fork["shared"]]),
        branches=[
            Branch(words.say("Đã xảy ra"), f"/ho-so/{told.name}", _lines(words, told, fork["original"])),
            Branch(
                words.say("Nếu khác đi"),
                f"/ho-so/{fork['run_id']}/{fork['dossier']}",
                _lines(words, told, fork["branch"]),
            ),
        ],
        same=not fork["branch"] and not fork["original"],
    )


def _lines(words: Words, told: Told, raw: Sequence[Json]) -> list[tuple[str, str, str]]:
    titles = {each.id: words.pick(each.title_vi, each.title_en) for each in told.case.group.procedures}
    events = [event_of(each) for each in raw]
    return [
        (moment(event.at), titles.get(event.procedure or "", ""), label_of(event, words)) for event in events
    ]
