"""A play as it goes on and as it ended: its steps, what differs, and how to play it again."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import groupby
from typing import Any

from flow_model.catalogue import Catalogue
from web.agencies import name_of
from web.asking import Asking, Passed
from web.case.lenses import officer_s
from web.histories import told
from web.tester.names import standing
from web.words import N_, Words

Json = Mapping[str, Any]
MOST_STEPS = 200
MOST_TROUBLES = 4
_BETWEEN = N_("… và %(n)s lần nữa như vậy")


@dataclass(frozen=True)
class Step:
    """One line of a play: when it was on the clock of the run, what it says, of which kind it is."""

    at: str
    said: str
    kind: str


@dataclass(frozen=True)
class Difference:
    """What was wanted and what came, in pieces (text, whether it differs)."""

    where: str
    expected: Sequence[tuple[str, bool]]
    actual: Sequence[tuple[str, bool]]
    nearest: str


@dataclass(frozen=True)
class PlayPage:
    """What the page of a play shows."""

    play: str
    batch: str
    scenario: str
    title: str
    state: str
    kind: str
    done: bool
    steps: Sequence[Step]
    more: int
    gone: bool
    differences: Sequence[Difference]
    error: str
    command: str
    seconds: float | None
    events: int | None
    seed: int | None
    cases: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class BatchPage:
    """What the page of a batch shows."""

    batch: str
    plays: int
    ended: int
    done: bool
    figures: Sequence[tuple[str, int, str]]
    rows: Sequence[tuple[Json, str, str, str, str]]
    more: int


async def play_page(asking: Asking, catalogue: Catalogue, words: Words, name: str) -> PlayPage:
    """The page of a play; the steps come from the run, as long as it is there."""
    play = await asking.get(f"/plays/{name}")
    steps, cases, gone = await _from_the_run(asking, catalogue, words, name)
    came = play["played"] or {}
    index = 1 if words.language == "vi" else 2
    narrated = [Step(line[0], line[index], "told") for line in came.get("told", [])]
    every = sorted([*steps, *narrated], key=lambda step: step.at)
    state, kind = standing(play, words)
    title = words.of(came, "title") if came else await _title(asking, words, play["scenario"])
    return PlayPage(
        play=name,
        batch=play["batch"],
        scenario=play["scenario"],
        title=title,
        state=state,
        kind=kind,
        done=play["state"] == "ended",
        steps=every[-MOST_STEPS:],
        more=max(0, len(every) - MOST_STEPS),
        gone=gone,
        differences=[difference(each) for each in came.get("failures", [])],
        error=came.get("error", ""),
        command=came.get("command", ""),
        seconds=came.get("seconds"),
        events=came.get("events"),
        seed=came.get("seed"),
        cases=cases,
    )


async def _title(asking: Asking, words: Words, scenario: str) -> str:
    try:
        return words.of(await asking.get(f"/scenarios/{scenario}"), "title")
    except Passed:
        return scenario


async def _from_the_run(
    asking: Asking, catalogue: Catalogue, words: Words, name: str
) -> tuple[list[Step], list[tuple[str, str]], bool]:
    """Each event so far, the cases, and whether the run is not there: not open yet, or removed."""
    try:
        dossiers = await asking.get(f"/runs/{name}/dossiers")
        several = await asyncio.gather(
            *(told(asking, catalogue, name, each["dossier"]) for each in dossiers)
        )  # fmt: skip
    except Passed:
        return [], [], True
    # A call that failed tells of the fault that made it fail.
    failed = {
        (raw["at"], raw["procedure"])
        for each in several
        for raw in each.raw
        if raw["kind"] == "attempt_failed"
    }
    steps = [
        step
        for each in several
        for step in folded(
            [
                Step(raw["at"], officer_s(_named(raw, words), each, words), _kind(raw["kind"]))
                for raw in each.raw
                if raw["kind"] != "fault_injected" or (raw["at"], raw["procedure"]) not in failed
            ],
            words,
        )
    ]
    return steps, [(f"/ho-so/{each.name}", each.subject) for each in several], False


def _named(raw: Json, words: Words) -> Json:
    """The event with its service called as people call it."""
    service = raw["payload"].get("service")
    if not service:
        return raw
    return {**raw, "payload": {**raw["payload"], "service": name_of(service, words)}}


def folded(steps: Sequence[Step], words: Words) -> list[Step]:
    """Of a long row of troubles the first and the last, and how many lie between."""
    kept: list[Step] = []
    for kind, row in groupby(steps, key=lambda step: step.kind):
        some = list(row)
        if kind == "trouble" and len(some) > MOST_TROUBLES:
            between = Step(some[1].at, words.say(_BETWEEN, n=len(some) - 2), "fold")
            some = [some[0], between, some[-1]]
        kept += some
    return kept


def _kind(event: str) -> str:
    if event in ("fault_injected", "attempt_failed", "message_refused", "stuck", "rejected", "overdue"):
        return "trouble"
    return "good" if event in ("granted", "results_returned") else "plain"


def difference(failure: Json) -> Difference:
    """The expected and the actual, word by word."""
    expected, actual = failure["expected"].split(" "), failure["actual"].split(" ")
    matcher = SequenceMatcher(a=expected, b=actual, autojunk=False)
    left: list[tuple[str, bool]] = []
    right: list[tuple[str, bool]] = []
    for kind, first, last, begin, end in matcher.get_opcodes():
        differs = kind != "equal"
        if last > first:
            left.append((" ".join(expected[first:last]), differs))
        if end > begin:
            right.append((" ".join(actual[begin:end]), differs))
    return Difference(failure["where"], left, right, failure.get("nearest", ""))


def batch_page(batch: Json, titles: Mapping[str, str], words: Words) -> BatchPage:
    """The page of a batch; what did not pass stands first."""
    order = {"failed": 0, "error": 0, "timed_out": 0, "cancelled": 1, None: 2, "passed": 3}
    rows = []
    for play in sorted(batch["items"], key=lambda each: (order.get(each["verdict"], 0), each["play"])):
        state, kind = standing(play, words)
        first = play["first_difference"] or {}
        where = f"{first['where']}: {first['expected']} ≠ {first['actual']}" if first else ""
        rows.append((play, titles.get(play["scenario"], play["scenario"]), state, kind, where))
    figures = []
    for verdict, number in batch["verdicts"].items():
        said, kind = standing({"verdict": verdict, "state": "ended"}, words)
        figures.append((said, number, kind))
    return BatchPage(
        batch=batch["batch"],
        plays=batch["plays"],
        ended=batch["ended"],
        done=batch["done"],
        figures=figures,
        rows=rows,
        more=max(0, batch["plays"] - len(rows)),
    )
