"""What may go wrong in a race, in office words: a spell at one agency, for so many working days."""

from collections.abc import Mapping
from datetime import datetime, time
from typing import Any, get_args

from flow_model.faults import OFFICE_WORDS
from flow_model.faults.words import Spell
from flow_model.working_time import CALENDAR, VIETNAM
from web.agencies import name_of
from web.formats import day, moment
from web.forms import Sent
from web.histories import Told
from web.words import N_, Words

MOST_DAYS = 60
SPELLS: dict[str, type[Spell]] = {
    get_args(kind.model_fields["kind"].annotation)[0]: kind
    for kind in OFFICE_WORDS
    if issubclass(kind, Spell)
}
_WHERE = ("agency", "service", "to")


def choices(words: Words) -> list[tuple[str, str]]:
    """Each spell, in words."""
    return [
        (name, words.pick(kind.title_vi, kind.title_en[0].upper() + kind.title_en[1:]))
        for name, kind in SPELLS.items()
    ]


def faults_told(words: Words, told: Told) -> list[str]:
    """Each fault of a run in office words: what, where, from when, and how long."""
    return [_told(words, fault) for fault in told.run["terms"]["faults"]]


def _told(words: Words, fault: Mapping[str, Any]) -> str:
    title = dict(choices(words)).get(fault["kind"], fault["kind"])
    where = next((fault[name] for name in _WHERE if fault.get(name)), None)
    if where is None or not fault.get("from"):
        return str(title)
    told = {"what": title, "where": name_of(where, words), "begins": day(fault["from"])}
    if fault.get("working_days"):
        said = N_("%(what)s: %(where)s, từ ngày %(begins)s, trong %(n)s ngày làm việc")
        return words.say(said, **told, n=fault["working_days"])
    if fault.get("until"):
        said = N_("%(what)s: %(where)s, từ ngày %(begins)s đến %(ends)s")
        return words.say(said, **told, ends=moment(fault["until"]))
    return words.say(N_("%(what)s: %(where)s, từ ngày %(begins)s"), **told)


def fault_of(sent: Sent, told: Told, words: Words) -> dict[str, Any] | None:
    """The fault that the form asks for; None, with the mistakes noted, when it asks for none."""
    kind = SPELLS.get(sent.text("kind"))
    agencies = {procedure.agency for procedure in told.case.chosen()}
    if kind is None:
        sent.wrong("kind", words.say("Hãy chọn sự cố."))
    if sent.text("agency") not in agencies:
        sent.wrong("agency", words.say("Hãy chọn cơ quan gặp sự cố."))
    starts = _number(
        sent, "starts", words.say("Ngày bắt đầu phải là một số từ 1 đến %(most)s.", most=MOST_DAYS)
    )
    days = _number(
        sent, "days", words.say("Số ngày kéo dài phải là một số từ 1 đến %(most)s.", most=MOST_DAYS)
    )
    if kind is None or sent.mistakes:
        return None
    where = next(name for name in _WHERE if name in kind.model_fields)
    begins = told.events[0].at.astimezone(VIETNAM).date()
    if starts > 1:
        begins = CALENDAR.add_working_days(begins, starts - 1)
    at = datetime.combine(begins, time(), VIETNAM)
    return {
        "kind": sent.text("kind"),
        where: sent.text("agency"),
        "from": at.isoformat(),
        "working_days": days,
    }


def _number(sent: Sent, name: str, message: str) -> int:
    text = sent.text(name)
    if text.isascii() and text.isdigit() and 1 <= int(text[:6]) <= MOST_DAYS:
        return int(text)
    sent.wrong(name, message)
    return 0
