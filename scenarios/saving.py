"""Saves a run back as a scenario: the same terms and acts, and the log that must come of them.

Played again it gives an equal event log: the hash of each dossier's last event seals all before it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from chassis.client import ServiceRefused
from flow_model.errors import UnknownThing
from scenarios.door import Door, whole_log
from scenarios.savable import require_finished, require_next, require_room, require_sayable, require_short
from scenarios.writing import toml_of

Json = dict[str, Any]


@dataclass(frozen=True)
class _Ran:
    """What is known of a run: its own log, and its dossiers by code."""

    run: Json
    log: Sequence[Json]
    names: Mapping[str, str]
    views: Mapping[str, Json]
    logs: Mapping[str, Sequence[Json]]
    rules: Sequence[str]


async def saved(door: Door, run_id: str, main: str, name: str) -> str:
    """The TOML of a scenario that plays a run again; ``main`` is the dossier it is about.

    Raises UnknownThing when there is no such run or dossier, NotAllowedNow when it is not finished or no
    story holds what happened.
    """
    try:
        view = await door.get(f"/runs/{run_id}/dossiers/{main}")
    except ServiceRefused as refused:
        if refused.status != 404:
            raise
        raise UnknownThing(refused.detail_vi, refused.detail_en) from None
    require_finished(view)
    run = await door.get(f"/runs/{run_id}")
    require_room(run["dossiers"], 0)
    log = await whole_log(door.get, run_id)
    require_sayable(run_id, log)
    codes = [view["dossier"] for view in await door.get(f"/runs/{run_id}/dossiers", limit=500)]
    judged = await door.get(f"/runs/{run_id}/referee")
    ran = _Ran(
        run,
        log,
        {code: "dossier" if code == main else f"dossier_{number}" for number, code in enumerate(codes, 1)},
        {code: await door.get(f"/runs/{run_id}/dossiers/{code}") for code in codes},
        {code: (await door.get(f"/runs/{run_id}/dossiers/{code}/events"))["events"] for code in codes},
        sorted({each["rule"] for each in judged["violations"]}),
    )
    text = toml_of(_document(name, main, ran))
    require_short(text)
    return text


def _document(name: str, main: str, ran: _Ran) -> Json:
    run, view = ran.run, ran.views[main]
    done = _in_turn(list(_done(ran)))
    declares, acts = [each for each in done if "does" not in each], [each for each in done if "does" in each]
    require_room(len(declares), len(acts))
    # Of a dossier that goes on nothing can be expected: played again it comes to its end.
    ended = {code: each for code, each in ran.views.items() if each["state"] in ("finished", "withdrawn")}
    return {
        "id": name,
        "title_vi": f"Lưu lại từ lượt chạy {run['run_id']}: {view['subject']}",
        "title_en": f"Saved from run {run['run_id']}: {view['subject']}",
        "cites": [f"lượt chạy {run['run_id']}, hồ sơ {main}"],
        "tags": ["saved", view["group"]],
        "narration": {
            "vi": f"Hồ sơ {main} của lượt chạy {run['run_id']}, phát lại đúng như đã diễn ra.",
            "en": f"Dossier {main} of run {run['run_id']}, played again exactly as it happened.",
        },
        "run": {key: value for key, value in run["terms"].items() if key in _TERMS},
        "declare": declares,
        "act": acts,
        "fault": run["terms"]["faults"],
        "expect": {
            "outcomes": {
                ran.names[code]: {step["procedure"]: step["state"] for step in each["steps"]}
                for code, each in ended.items()
            },
            "violations": ran.rules,
            "log": {ran.names[code]: ran.logs[code][-1]["hash"] for code in ended},
        },
    }


_TERMS = ("law", "seed", "starts_at", "families", "officers", "citizens", "preview_minutes")


def _done(ran: _Ran) -> Iterator[Json]:
    """What people did, in its order: a table of the file for each, declarations among the acts."""
    # A group numbers its dossiers as they are declared.
    names = {
        group: iter([ran.names[code] for code in sorted(codes)])
        for group, codes in _by_group(ran.views).items()
    }
    shown = [each["payload"] for each in ran.log if each["kind"] == "preview_shown"]
    numbered = 0
    for event in (each for each in ran.log if each["kind"] == "acted"):
        act, at = dict(event["payload"]), datetime.fromisoformat(event["at"])
        kind = act.pop("act")
        if kind == "declare":
            yield _declare(act, at, next(names[act["group"]]))
        elif kind == "answer_preview" and act["agreed"]:
            known = [each["preview"] for each in shown].index(act["preview"])
            require_next(act["preview"], known >= numbered)
            # A dossier bears the number of its preview, so those before it must have had theirs.
            for skipped in range(numbered, known):
                yield _previewed(shown[skipped], at, f"preview_{skipped + 1}", "refused")
            yield _previewed(shown[known], at, next(names[shown[known]["draft"]["group"]]), "agreed")
            numbered = known + 1
        elif kind not in ("preview", "answer_preview"):
            yield from _acts(kind, act, at, ran.names)


def _previewed(shown: Json, at: datetime, name: str, preview: str) -> Json:
    return _declare(shown["draft"], at, name) | {"preview": preview}


def _by_group(views: Mapping[str, Json]) -> dict[str, list[str]]:
    by_group: dict[str, list[str]] = {}
    for code, view in views.items():
        by_group.setdefault(view["group"], []).append(code)
    return by_group


def _in_turn(done: Sequence[Json]) -> list[Json]:
    """Where an act comes before a declaration of the same instant, the file must say so."""
    told: list[Json] = []
    for _, at_once in groupby(done, key=lambda each: each["at"]):
        some = list(at_once)
        acts = ["does" in each for each in some]
        told += some if acts == sorted(acts) else [each | {"turn": turn} for turn, each in enumerate(some)]
    return told


def _declare(act: Json, at: datetime, name: str) -> Json:
    return {
        "name": name,
        "at": at,
        "group": act["group"],
        "situation": "saved",
        "path": act.get("path", "interlinked"),
        "procedures": act["procedures"],
        "declaration": act["declaration"],
    }


def _acts(kind: str, act: Json, at: datetime, names: Mapping[str, str]) -> list[Json]:
    """The acts of the file for an act of the log; faults added together are added one by one."""
    if kind == "add_faults":
        return [{"at": at, "does": "add_fault", "fault": fault} for fault in act["faults"]]
    if kind == "decide":
        code, _, procedure = act.pop("application_id").partition(".")
        del act["agency"]
        act |= {"dossier": code, "procedure": procedure}
    dossier = names[act.pop("dossier")]
    return [{"at": at, "dossier": dossier, "does": kind, **act}]
