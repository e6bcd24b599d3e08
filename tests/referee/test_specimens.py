"""Each rule, on a log that keeps it and on one that breaks it alone."""

import pytest

from flow_model.limits import CONFIDENCES
from measurement.referee import RULES, referee
from tests.referee.logs import Log, broken, judged
from tests.referee.specimens import SPECIMENS, STORIES


def test_every_rule_has_its_specimen_and_no_specimen_is_without_a_rule() -> None:
    assert list(SPECIMENS) == list(dict.fromkeys(SPECIMENS))
    assert set(SPECIMENS) == {rule.id for rule in RULES}
    assert {story for story, _ in SPECIMENS.values()} == set(STORIES)


def test_every_rule_names_its_article_and_how_sure_we_are_in_both_languages() -> None:
    assert len({rule.id for rule in RULES}) == len(RULES) >= 14
    for rule in RULES:
        assert rule.article
        assert rule.confidence in CONFIDENCES
        assert rule.title_vi != rule.title_en
        assert rule.paths


@pytest.mark.parametrize("story", STORIES)
def test_a_lawful_log_is_accused_of_nothing(logs: dict[str, Log], story: str) -> None:
    assert judged(logs[story]) == []


@pytest.mark.parametrize("rule", SPECIMENS)
def test_an_unlawful_log_is_refused_by_its_rule_and_by_no_other(logs: dict[str, Log], rule: str) -> None:
    story, cut = SPECIMENS[rule]
    unlawful = cut(logs[story])
    assert broken(*unlawful) == {rule}
    events = {(log.case.dossier, event.sequence) for log in unlawful for event in log.events}
    for violation in judged(*unlawful):
        assert (violation.dossier, violation.sequence) in events
        assert violation.article
        assert violation.confidence in CONFIDENCES
        assert violation.expected_vi != violation.expected_en
        assert violation.found_vi != violation.found_en


def test_a_dossier_alone_is_judged_as_it_is_among_others(logs: dict[str, Log]) -> None:
    for story, cut in SPECIMENS.values():
        unlawful = cut(logs[story])
        if len(unlawful) == 1:
            log = unlawful[0]
            assert referee(log.case, log.events, log.genesis) == judged(log)


def test_without_the_genesis_nobody_can_tell_whether_the_chain_is_whole(logs: dict[str, Log]) -> None:
    story, cut = SPECIMENS["chain_is_whole"]
    log = cut(logs[story])[0]
    assert referee(log.case, log.events) == []
