"""What of the universe the plays reached, and what none of them did."""

import json
from io import StringIO
from typing import Any

import pytest
from rich.console import Console

from flow_model.catalogue import catalogue
from flow_model.events import KINDS as EVENTS
from flow_model.faults import KINDS
from flow_model.limits import PATHS
from scenarios import shown
from scenarios.coverage import (
    OUTCOMES,
    STATES,
    Coverage,
    bundle_name,
    coverage,
    states_that_matter,
    unreached,
)
from scenarios.coverage_table import table
from scenarios.verdict import Reached
from tests.scenarios.written import PASSED, PLAYS, played

GROUPS = catalogue().groups


def drawn(covered: Coverage, width: int, **more: Any) -> str:
    file = StringIO()
    Console(file=file, width=width, highlight=False, **more).print(table(covered))
    return file.getvalue()


def test_without_plays_nothing_is_reached() -> None:
    covered = coverage([], catalogue())
    for part in covered.parts().values():
        assert part
        assert unreached(part) == list(part)


def test_a_play_reaches_what_it_says_and_nothing_more() -> None:
    covered = coverage([PASSED], catalogue())
    assert {thing for thing, count in covered.states.items() if count} == set(PASSED.reached.states)
    assert {thing for thing, count in covered.paths.items() if count} == set(PASSED.reached.paths)
    assert [kind for kind, count in covered.faults.items() if count] == ["office_closed"]
    assert [code for code, count in covered.reported.items() if count] == ["F10"]
    assert covered.findings == {("birth_registration", "declared_late"): 1}


def test_a_thing_counts_once_for_each_play_and_whatever_the_verdict() -> None:
    twice = played(reached=Reached(reported=("F10", "F10")), verdict="failed")
    assert coverage([PASSED, twice], catalogue()).reported["F10"] == 2


def test_the_order_of_plays_does_not_matter() -> None:
    assert coverage(PLAYS, catalogue()) == coverage(PLAYS[::-1], catalogue())


def test_what_is_reached_outside_of_the_universe_joins_it() -> None:
    article = "Một điều chỉ bước kiểm tra biết"
    assert article not in coverage([], catalogue()).articles
    covered = coverage([played(reached=Reached(articles=(article,)))], catalogue())
    assert covered.articles[article] == 1


def test_the_articles_are_those_of_limits_totals_terms_and_consents() -> None:
    articles = coverage([], catalogue()).articles
    for group in GROUPS.values():
        for row in (*group.law.limits, *group.law.totals, *group.law.terms):
            assert row.article in articles
        for consent in (each for procedure in group.procedures for each in procedure.consents):
            assert consent.article in articles


def test_the_first_procedure_of_a_group_is_never_sent_back_to_an_issuer() -> None:
    for group in GROUPS.values():
        first = group.procedures[0]
        assert not {"returned_to_issuer", "not_started"} & set(states_that_matter(first, group))
        assert "corrected" in states_that_matter(first, group)
        for later in group.procedures[1:]:
            assert {"returned_to_issuer", "not_started"} < set(states_that_matter(later, group))
            assert "corrected" not in states_that_matter(later, group)


def test_a_procedure_whose_limits_know_no_verification_cannot_be_verified() -> None:
    birth = GROUPS["birth"]
    assert "verification_started" in states_that_matter(birth.procedure("permanent_residence"), birth)
    assert "verification_started" not in states_that_matter(birth.procedure("health_insurance_card"), birth)


def test_every_bundle_is_on_every_path_with_every_outcome() -> None:
    bundles = sum(len(group.bundles) for group in GROUPS.values())
    assert len(coverage([], catalogue()).paths) == bundles * len(PATHS) * len(OUTCOMES)


def test_states_are_events_and_have_names_that_a_narrow_column_holds() -> None:
    assert set(STATES) <= EVENTS
    assert list(shown.STATES) == list(STATES)
    assert list(shown.OUTCOMES) == list(OUTCOMES)
    assert list(shown.PATHS) == list(PATHS)
    for words in (shown.STATES, shown.OUTCOMES, shown.PATHS):
        shorts = [short for short, _, _ in words.values()]
        assert len(set(shorts)) == len(shorts)
        assert all(len(short) <= 2 for short in shorts)


def test_states_that_do_not_matter_and_dossiers_without_an_end_are_left_out() -> None:
    reached = Reached(
        states=(("birth_registration", "sent"), ("birth_registration", "granted")),
        paths=(("birth_registration+permanent_residence", "interlinked", "waiting"),),
    )
    covered = coverage([played(reached=reached)], catalogue())
    assert sum(covered.states.values()) == 1
    assert sum(covered.paths.values()) == 0
    assert len(covered.states) == len(coverage([], catalogue()).states)


def test_a_state_that_was_thought_impossible_and_came_joins_the_universe() -> None:
    reached = Reached(states=(("birth_registration", "returned_to_issuer"),))
    assert (
        coverage([played(reached=reached)], catalogue()).states["birth_registration", "returned_to_issuer"]
        == 1
    )


def test_of_lines_and_messages_each_effect_is_a_thing_to_reach() -> None:
    faults = coverage([], catalogue()).faults
    assert {"office_closed", "line", "line:slow", "message:twice", "id_issue"} <= set(faults)
    assert len([kind for kind in faults if ":" not in kind]) == len(KINDS)


def test_it_is_told_as_json_with_figures_and_what_is_missing() -> None:
    told = json.loads(json.dumps(coverage([PASSED], catalogue()).as_json()))
    assert told["plays"] == 1
    assert (told["reported"]["reached"], told["reported"]["of"]) == (1, 22)
    assert "F10" not in told["reported"]["unreached"]
    assert told["states"]["counts"]["birth_registration granted"] == 1
    bundle = bundle_name(["birth_registration", "permanent_residence"])
    assert told["paths"]["counts"][f"{bundle} interlinked granted"] == 1
    assert f"{bundle} separate granted" in told["paths"]["unreached"]


@pytest.mark.parametrize("width", [60, 80, 160])
def test_the_table_shows_counts_and_dots_and_fits_its_terminal(width: int) -> None:
    text = drawn(coverage(PLAYS, catalogue()), width)
    assert max(map(len, text.splitlines())) <= width
    assert "Đăng ký khai sinh" in text
    assert "·" in text
    assert "not reached by any" in " ".join(text.split())


def test_without_colour_there_are_no_escapes_and_the_same_words() -> None:
    covered = coverage(PLAYS, catalogue())
    assert "\x1b" not in drawn(covered, 100, no_color=True)
    assert "\x1b[" in drawn(covered, 100, force_terminal=True, color_system="standard")
