"""Where each trainee stands, and who seems to be stuck."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from web.asking import Asking
from web.case.names import dossier_state
from web.classroom.classes import Class, Classes, Trainee
from web.keeping import Kept
from web.trainees import TRAINEES
from web.words import N_, Words

Json = Mapping[str, Any]
# Who does nothing for so long, and has not sent anything, may need help.
IDLE_MINUTES = 5
_MOST_RUNS = 500
ABSENT, DECLARING, SENT, DONE = "absent", "declaring", "sent", "done"
STAGES = {
    ABSENT: N_("Chưa bắt đầu"),
    DECLARING: N_("Đang khai"),
    SENT: N_("Đã nộp"),
    DONE: N_("Xong"),
}
_TROUBLE = ("stuck", "supplement_requested")


@dataclass(frozen=True)
class Standing:
    """One trainee on the board."""

    trainee: Trainee
    stage: str
    said: str
    kind: str
    detail: str
    minutes: int
    stuck: bool
    case: str


async def standings(
    asking: Asking, classes: Classes, one: Class, words: Words, now: datetime
) -> list[Standing]:
    """Everybody, those who are stuck first."""
    trainees = classes.trainees(one.code)
    runs = {each["run_id"]: each for each in await _runs(asking, one.code)}
    declared = [each for each in trainees if runs.get(each.run_id, {"dossiers": 0})["dossiers"]]
    listed = await asyncio.gather(*(asking.get(f"/runs/{each.run_id}/dossiers") for each in declared))
    dossiers = {each.run_id: found for each, found in zip(declared, listed, strict=True)}
    drafts = classes.drafts()
    found = [
        standing(each, drafts.get(each.run_id), dossiers.get(each.run_id, ()), words, now)
        for each in trainees
    ]
    return sorted(found, key=lambda each: not each.stuck)


async def _runs(asking: Asking, code: str) -> list[Json]:
    """The runs of a class: their names begin alike, and lists of runs go by name."""
    begun = f"{TRAINEES}{code.lower()}-"
    found: list[Json] = await asking.get("/runs", after=begun, limit=_MOST_RUNS)
    return [each for each in found if each["run_id"].startswith(begun)]


def standing(
    trainee: Trainee, draft: Kept | None, dossiers: Sequence[Json], words: Words, now: datetime
) -> Standing:
    """Where one trainee stands, by what they saved and sent."""
    if dossiers:
        return _sent(trainee, dossiers[-1], words)
    since = max(each for each in (trainee.joined_at, trainee.kept.kept_at, draft and draft.kept_at) if each)
    minutes = max(0, int((now - datetime.fromisoformat(since)).total_seconds() // 60))
    stuck = minutes >= IDLE_MINUTES
    stage = ABSENT if draft is None else DECLARING
    detail = ""
    if draft is not None:
        detail = words.say(N_("đã lưu %(n)s phần"), n=len(draft.content.get("topics", {})))
    kind = "bad" if stuck else "plain" if draft is None else "doing"
    return Standing(trainee, stage, words.say(STAGES[stage]), kind, detail, minutes, stuck, "")


def _sent(trainee: Trainee, dossier: Json, words: Words) -> Standing:
    said, kind = dossier_state(dossier, words)
    return Standing(
        trainee=trainee,
        stage=DONE if dossier["state"] in ("finished", "withdrawn") else SENT,
        said=said,
        kind=kind,
        detail=dossier["subject"],
        minutes=0,
        stuck=dossier["state"] in _TROUBLE,
        case=f"/ho-so/{trainee.run_id}/{dossier['dossier']}",
    )


def figures(found: Sequence[Standing], words: Words) -> list[tuple[str, int]]:
    """How many stand at each stage, and how many are stuck."""
    counted = [
        (words.say(title), sum(each.stage == stage for each in found)) for stage, title in STAGES.items()
    ]
    return [*counted, (words.say(N_("Có vẻ bị kẹt")), sum(each.stuck for each in found))]


def seen(found: Sequence[Standing]) -> str:
    """What tells that the board is as it was."""
    told = [(each.trainee.name, each.trainee.round, each.said, each.detail, each.stuck) for each in found]
    return sha256(repr(told).encode()).hexdigest()[:12]
