"""The law's length against figures worked out by hand; the arithmetic stands beside each of them."""

import pytest

from flow_model.catalogue import catalogue
from flow_model.limits import PATHS
from measurement.legal import legal_length
from tests.unit.told_histories import (
    ALLOWANCE,
    BIRTH,
    CARD,
    DEATH,
    DEREGISTRATION,
    GRANT,
    IDENTITY,
    RESIDENCE,
    SUPPORT,
    SURVIVOR,
    THREE,
)


def test_an_amount_is_the_same_whichever_path_is_taken() -> None:
    told = 0
    for group in catalogue().groups.values():
        for law in group.law.profiles:
            both = [
                {name: group.law.term(name, path, law) for name in group.law.terms_in_force(path, law)}
                for path in PATHS
            ]
            paid = [{name: term.value for name, term in each.items() if term.unit == "vnd"} for each in both]
            assert paid[0] == paid[1], f"{group.id} under {law}"
            told += len(paid[0])
    assert told


@pytest.mark.parametrize(
    ("law", "path", "procedures", "conditions", "value", "unit", "basis", "summed"),
    [
        # 1 + 15 + 5 and 1 + 3: the published claim, and its inferred parts beside it.
        ("claim-2023", "separate", THREE, (), 21, "days", "stated", 21),
        ("claim-2023", "interlinked", THREE, (), 4, "working_days", "stated", 4),
        # Two procedures only: the claim says nothing about them. 1 + 5; 1 + 15.
        ("claim-2023", "separate", (BIRTH, CARD), (), 6, "working_days", "summed", 6),
        ("claim-2023", "separate", (BIRTH, RESIDENCE), (), 16, "days", "summed", 16),
        # 1 + 7 + 10 one after the other; 1 + max(2, 2) in parallel; the decree says 5 where 1 + 5 is 6.
        ("decree-63-2024", "separate", THREE, (), 18, "working_days", "summed", 18),
        ("decree-63-2024", "interlinked", THREE, (), 3, "working_days", "stated", 3),
        ("decree-63-2024", "interlinked", THREE, ("verification",), 5, "working_days", "stated", 6),
        # 1 + 7 + 5.
        ("two-tier-2025", "separate", THREE, (), 13, "working_days", "summed", 13),
        ("two-tier-2025", "interlinked", THREE, (), 3, "working_days", "stated", 3),
        ("decree-301-2026", "separate", THREE, (), 13, "working_days", "summed", 13),
        # The total was not found; 1 + max(2, 2) is kept beside it.
        ("decree-301-2026", "interlinked", THREE, (), None, "working_days", "stated", 3),
    ],
)
def test_the_legal_length_of_a_birth_is_what_each_profile_says(
    law: str,
    path: str,
    procedures: tuple[str, ...],
    conditions: tuple[str, ...],
    value: int | None,
    unit: str,
    basis: str,
    summed: int | None,
) -> None:
    found = legal_length(catalogue().group("birth"), law, path, procedures, conditions)
    assert (found.value, found.unit, found.basis, found.summed) == (value, unit, basis, summed)
    assert found.article
    assert found.as_json()["value"] == value


@pytest.mark.parametrize(
    ("law", "path", "money", "conditions", "value", "unit", "summed"),
    [
        ("claim-2023", "separate", ALLOWANCE, (), 21, "days", 21),  # 1 + 5 + 15
        ("claim-2023", "interlinked", ALLOWANCE, (), 4, "working_days", 4),  # 1 + max(1, 3)
        ("decree-63-2024", "separate", ALLOWANCE, (), 14, "working_days", 14),  # 1 + 5 + 8
        ("decree-63-2024", "interlinked", ALLOWANCE, (), 9, "working_days", 9),  # 1 + max(1, 8)
        ("decree-63-2024", "interlinked", SURVIVOR, (), 9, "working_days", 9),  # 1 + max(1, 8)
        ("decree-63-2024", "interlinked", SUPPORT, (), 6, "working_days", 6),  # 1 + max(1, 5)
        ("decree-63-2024", "interlinked", SUPPORT, ("over_eighty",), 11, "working_days", 11),  # 1 + 10
        ("decree-63-2024", "interlinked", GRANT, (), 18, "working_days", 18),  # 1 + max(1, 17)
        ("two-tier-2025", "separate", ALLOWANCE, (), 16, "working_days", 16),  # 1 + 5 + 10
        # Since 15 March 2026 the deregistration runs by itself: 1 + max(1, 10), not 1 + 1 + 10.
        ("decree-301-2026", "separate", ALLOWANCE, (), 11, "working_days", 11),
    ],
)
def test_the_legal_length_of_a_death_depends_on_the_benefit(
    law: str, path: str, money: str, conditions: tuple[str, ...], value: int, unit: str, summed: int
) -> None:
    chosen = (DEATH, DEREGISTRATION, money)
    found = legal_length(catalogue().group("death"), law, path, chosen, conditions)
    assert (found.value, found.unit, found.summed) == (value, unit, summed)


def test_what_needs_no_visit_is_not_on_the_longest_chain_of_the_old_path() -> None:
    chosen, group = (DEATH, DEREGISTRATION, ALLOWANCE), catalogue().group("death")
    before = legal_length(group, "two-tier-2025", "separate", chosen, ())
    after = legal_length(group, "decree-301-2026", "separate", chosen, ())
    assert before.critical == chosen
    assert after.critical == (DEATH, ALLOWANCE)


def test_an_unknown_limit_leaves_no_number_and_says_what_is_missing() -> None:
    group, four = catalogue().group("birth"), (*THREE, IDENTITY)
    separate = legal_length(group, "decree-301-2026", "separate", four, ())
    assert (separate.value, separate.summed, separate.unknown) == (None, None, (IDENTITY,))
    # One counter after the other: whatever the unknown limit is, all four are on the chain.
    assert separate.critical == four
    interlinked = legal_length(group, "decree-301-2026", "interlinked", four, ())
    assert (interlinked.value, interlinked.unknown) == (None, ("total", IDENTITY))
    # In parallel the unknown one may or may not be the longest.
    assert interlinked.critical == ()


def test_a_sum_is_as_uncertain_as_its_least_certain_part() -> None:
    found = legal_length(catalogue().group("birth"), "claim-2023", "separate", (BIRTH, CARD), ())
    assert [part.confidence for part in found.parts] == ["confirmed", "unverified"]
    assert found.confidence == "unverified"
    assert found.article.count(";") >= 1
    inferred = legal_length(catalogue().group("birth"), "claim-2023", "interlinked", (BIRTH, CARD), ())
    assert (inferred.value, inferred.confidence) == (4, "inferred")  # 1 + 3
