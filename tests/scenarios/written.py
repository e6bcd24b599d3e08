"""A story as its author writes it, to be changed at will, and plays as a player would hand them over."""

from dataclasses import replace
from typing import Any

from scenarios.verdict import Failure, Played, Reached

STORY = """\
#:schema ../../docs/scenario.schema.json
title_vi = "Ông bà là chủ hộ phải đồng ý"
title_en = "The grandparents must consent"
cites = ["Luật Cư trú 68/2020/QH14, Điều 20"]
tags = ["consent"]
reported = ["F10"]

[narration]
vi = "Em bé về ở nhà ông bà. Chủ hộ phải bấm đồng ý trên VNeID."
en = "The baby moves in with the grandparents, and the householder must consent."

[run]
law = "two-tier-2025"
starts_at = 2026-03-02T08:00:00+07:00

[[declare]]
group = "birth"
situation = "newborn_with_grandparents"

[[act]]
does = "consent"
party = "householder"
after = "consent_requested"
wait = "2 days"

[[fault]]
kind = "office_closed"
agency = "residence"
from = 2026-03-03T08:00:00+07:00
working_days = 2

[[tell]]
on = "granted permanent_residence"
vi = "Công an xã đã đăng ký thường trú."
en = "The police have registered the residence."

[expect]
outcomes.dossier = { birth_registration = "granted", permanent_residence = "granted" }
"""

PASSED = Played(
    scenario="grandparents",
    title_vi="Ông bà là chủ hộ phải đồng ý",
    title_en="The grandparents must consent",
    file="birth_flow/scenarios/grandparents.toml",
    seed=2026,
    verdict="passed",
    command="python3 run.py play birth_flow/scenarios/grandparents.toml --seed 2026",
    seconds=0.25,
    events=31,
    last_event="results_returned",
    told=(("2026-03-02T08:00:00+07:00", "Người mẹ khai sinh cho con.", "The mother declares the birth."),),
    reached=Reached(
        states=(("birth_registration", "granted"), ("birth_registration", "received")),
        faults=("office_closed",),
        checks=(("birth_registration", "declared_late"),),
        articles=("Luật Hộ tịch 60/2014/QH13, Điều 15 khoản 1",),
        paths=(("birth_registration+permanent_residence", "interlinked", "granted"),),
        reported=("F10",),
    ),
)
FAILED = replace(
    PASSED,
    scenario="late",
    title_vi="Nộp muộn",
    title_en="Declared late",
    file="birth_flow/scenarios/late.toml",
    verdict="failed",
    command="python3 run.py play birth_flow/scenarios/late.toml --seed 2026",
    failures=(
        Failure("expect.outcomes.dossier.permanent_residence", "granted", "rejected", "granted at round 1"),
        Failure("expect.count[0]", "exactly 2 visits", "3 visits"),
    ),
    seconds=1.5,
    reached=Reached(),
)
TIMED_OUT = replace(
    FAILED,
    scenario="stuck",
    title_vi="Kẹt lại",
    title_en="Stuck",
    file="death_flow/scenarios/stuck.toml",
    verdict="timed_out",
    failures=(),
    last_event="sent residence_deregistration",
    error="nothing more happened within 20 s",
    seconds=20.0,
)
BROKEN = replace(
    TIMED_OUT, scenario="broken", title_vi="Hỏng", title_en="Broken", verdict="error", error="connection lost"
)
CANCELLED = replace(
    TIMED_OUT, scenario="stopped", title_vi="Dừng", title_en="Stopped", verdict="cancelled", error=""
)
PLAYS = (PASSED, FAILED, TIMED_OUT, BROKEN, CANCELLED)


def story(old: str = "", new: str = "") -> str:
    """The story with one piece replaced; the piece must stand in it."""
    assert old in STORY
    return STORY.replace(old, new, 1) if old else STORY


def played(**changes: Any) -> Played:
    """The passed play, with changes."""
    return replace(PASSED, **changes)
