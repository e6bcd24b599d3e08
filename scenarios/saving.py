"""Saves a run back as a scenario: the same terms and acts, and the log that must come of them.

Played again it gives an equal event log: the hash of each dossier's last event seals all before it.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from chassis.client import ServiceRefused
from flow_model.errors import UnknownThing
from scenarios.door import Door
from scenarios.writing import toml_of

Json = dict[str, Any]
_PAGE = 1000


async def saved(door: Door, run_id: str, main: str, name: str) -> str:
    """The TOML of a scenario that plays a run again; ``main`` is the dossier it is about.

    Raises UnknownThing when there is no such run or dossier.
    """
    try:
        await door.get(f"/runs/{run_id}/dossiers/{main}")
    except ServiceRefused as refused:
        if refused.status != 404:
            raise
        raise UnknownThing(refused.detail_vi, refused.detail_en) from None
    run = await door.get(f"/runs/{run_id}")
    acted = [event for event in await _log(door, run_id) if event["kind"] == "acted"]
    codes = [view["dossier"] for view in await door.get(f"/runs/{run_id}/dossiers", limit=500)]
    names = {code: "dossier" if code == main else f"dossier_{number}" for number, code in enumerate(codes, 1)}
    views = {code: await door.get(f"/runs/{run_id}/dossiers/{code}") for code in codes}
    logs = {code: (await door.get(f"/runs/{run_id}/dossiers/{code}/events"))["events"] for code in codes}
    judged = await door.get(f"/runs/{run_id}/referee")
    rules = sorted({each["rule"] for each in judged["violations"]})
    return toml_of(_document(name, run, acted, names, views, logs, rules))


async def _log(door: Door, run_id: str) -> list[Json]:
    events: list[Json] = []
    while True:
        page = await door.get(f"/runs/{run_id}/events", after=len(events), limit=_PAGE)
        events += page
        if len(page) < _PAGE:
            return events


def _document(
    name: str,
    run: Json,
    acted: Sequence[Json],
    names: Mapping[str, str],
    views: Mapping[str, Json],
    logs: Mapping[str, Sequence[Json]],
    rules: Sequence[str],
) -> Json:
    main = next(code for code, given in names.items() if given == "dossier")
    subject, group = views[main]["subject"], views[main]["group"]
    declared = iter(sorted(names))
    declares, acts = [], []
    for event in acted:
        act, at = dict(event["payload"]), datetime.fromisoformat(event["at"])
        kind = act.pop("act")
        if kind == "declare":
            declares.append(_declare(act, at, names[next(declared)]))
        elif kind == "answer_preview" and act["agreed"]:
            draft = _draft(acted, act["preview"])
            declares.append(_declare({**draft, "path": "interlinked"}, at, names[next(declared)]) | _AGREED)
        elif kind not in ("preview", "answer_preview"):
            acts += _acts(kind, act, at, names)
    terms = {key: value for key, value in run["terms"].items() if key in _TERMS}
    return {
        "id": name,
        "title_vi": f"Lưu lại từ lượt chạy {run['run_id']}: {subject}",
        "title_en": f"Saved from run {run['run_id']}: {subject}",
        "cites": [f"lượt chạy {run['run_id']}, hồ sơ {main}"],
        "tags": ["saved", group],
        "narration": {
            "vi": f"Hồ sơ {main} của lượt chạy {run['run_id']}, phát lại đúng như đã diễn ra.",
            "en": f"Dossier {main} of run {run['run_id']}, played again exactly as it happened.",
        },
        "run": terms,
        "declare": declares,
        "act": acts,
        "fault": run["terms"]["faults"],
        "expect": {
            "outcomes": {
                names[code]: {step["procedure"]: step["state"] for step in view["steps"]}
                for code, view in views.items()
            },
            "violations": rules,
            "log": {names[code]: log[-1]["hash"] for code, log in logs.items()},
        },
    }


_TERMS = ("law", "seed", "starts_at", "families", "officers", "citizens", "preview_minutes")
_AGREED = {"preview": "agreed"}


def _draft(acted: Sequence[Json], preview: str) -> Json:
    """What was shown: previews are numbered in the order in which they were asked for."""
    shown = [event["payload"] for event in acted if event["payload"]["act"] == "preview"]
    draft = shown[int(preview.removeprefix("P-")) - 1]
    return {key: draft[key] for key in ("group", "procedures", "declaration")}


def _declare(act: Json, at: datetime, name: str) -> Json:
    return {
        "name": name,
        "at": at,
        "group": act["group"],
        "situation": "saved",
        "path": act["path"],
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
