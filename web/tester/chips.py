"""Agencies as chips: up, slow, down, duplicate; for a story that is played, and for a run that goes on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flow_model.faults.spells import DatabaseDown
from web.agencies import name_of
from web.forms import Sent
from web.words import N_, Words

Json = dict[str, Any]
UP = "up"
STATES = {
    UP: N_("chạy tốt"),
    "slow": N_("chậm"),
    "down": N_("ngừng"),
    "duplicate": N_("gửi hai lần"),
}
SLOW_MINUTES = 240
REFUSED_TIMES = 3
_REGISTRIES = ("population", "health")
_OF_A_REGISTRY = (UP, "down")


@dataclass(frozen=True)
class Chip:
    """One service: the states that it may be in, and the one that it is in."""

    id: str
    name: str
    states: Sequence[tuple[str, str]]
    state: str
    until: str | None = None


def chips(
    agencies: Sequence[str],
    words: Words,
    now: Mapping[str, tuple[str, str | None]] | None = None,
    *,
    for_good: bool = False,
) -> list[Chip]:
    """Each agency and each registry; ``now`` gives the state of those in trouble, and until when.

    ``for_good``: what was set cannot be taken back, so who is in trouble is not offered to be well.
    """
    made = []
    for each in (*agencies, *_REGISTRIES):
        known = _OF_A_REGISTRY if each in _REGISTRIES else tuple(STATES)
        state, until = (now or {}).get(each, (UP, None))
        if for_good and state != UP:
            known = tuple(name for name in known if name != UP)
        made.append(
            Chip(
                each, name_of(each, words), [(name, words.say(STATES[name])) for name in known], state, until
            )
        )
    return made


def asked_for(sent: Sent, agencies: Sequence[str]) -> dict[str, str]:
    """The services that a form wants in trouble, with the state of each; unknown ones are no wish."""
    wanted = {}
    for each in (*agencies, *_REGISTRIES):
        state = sent.text(f"chip-{each}")
        known = _OF_A_REGISTRY if each in _REGISTRIES else tuple(STATES)
        if state in known and state != UP:
            wanted[each] = state
    return wanted


def with_trouble(text: str, wanted: Mapping[str, str]) -> str:
    """A scenario file with these faults at its end; a story has no clock yet, so calls are counted.

    Of an agency only what is sent to it: some are registries as well, and nobody could declare.
    """
    tables = []
    for service, state in wanted.items():
        lines = {
            "slow": [
                'kind = "sync_slow"', f'agency = "{service}"', f"delay = {{ value = {SLOW_MINUTES} }}"
            ],
            "down": [
                'kind = "line"', f'to = "{service}"', 'effect = "refused"', f"times = {REFUSED_TIMES}",
                *([] if service in _REGISTRIES else ['calls = "send"']),
            ],
            "duplicate": ['kind = "message_twice"', f'agency = "{service}"'],
        }[state]  # fmt: skip
        tables.append("\n".join(["", "[[fault]]", *lines, ""]))
    return text.rstrip("\n") + "\n" + "".join(tables)


def fault_of(service: str, state: str, now: str) -> Json:
    """The fault that puts a service of a run into this state, from now; what lasts, lasts one working day."""
    if state == "slow":
        return {"kind": "sync_slow", "agency": service, "delay": {"value": SLOW_MINUTES}}
    if state == "duplicate":
        return {"kind": "message_twice", "agency": service}
    return {"kind": "database_down", "service": service, "from": now, "working_days": 1}


def states_of(events: Sequence[Mapping[str, Any]], now: str) -> dict[str, tuple[str, str | None]]:
    """Which services of a run are in trouble now, by what testers did to it, and until when if known."""
    found: dict[str, tuple[str, str | None]] = {}
    instant = datetime.fromisoformat(now)
    for event in events:
        if event["payload"].get("act") != "add_faults":
            continue
        for fault in event["payload"]["faults"]:
            kind = fault["kind"]
            if kind == "sync_slow":
                found[fault["agency"]] = ("slow", None)
            elif kind == "message_twice":
                found[fault["agency"]] = ("duplicate", None)
            elif kind == "database_down":
                ends = DatabaseDown.model_validate(fault).ends
                if ends > instant:
                    found[fault["service"]] = ("down", ends.isoformat())
    return found
