"""The referee over HTTP."""

from measurement.referee import RULES
from tests.town_in_memory import Town


async def test_the_rules_are_shown_with_their_articles(town: Town) -> None:
    shown = await town.get("/rules")
    assert [rule["id"] for rule in shown] == [rule.id for rule in RULES]
    assert shown == [rule.as_json() for rule in RULES]


async def test_a_lawful_dossier_and_its_run_have_no_violations(town: Town) -> None:
    run = await town.open()
    dossier = await town.declare(run, "birth", "newborn")
    await town.settle(run)
    clean = {"violations": [], "rules_checked": len(RULES)}
    assert await town.get(f"/runs/{run}/dossiers/{dossier}/referee") == clean
    assert await town.get(f"/runs/{run}/referee") == clean


async def test_a_violation_names_rule_article_dossier_event_and_says_what_was_found(town: Town) -> None:
    down = {
        "kind": "outage",
        "service": "residence",
        "from": "2026-10-05T08:01:00+07:00",
        "until": "2026-10-08T10:00:00+07:00",
    }
    run = await town.open(faults=[down])
    dossier = await town.declare(run, "birth", "newborn")
    await town.settle(run)
    view = await town.get(f"/runs/{run}/dossiers/{dossier}/referee")
    assert view == await town.get(f"/runs/{run}/referee")
    sent = await town.event(run, dossier, "sent", "permanent_residence")
    assert {key: view["violations"][0][key] for key in ("rule", "dossier", "procedure", "sequence")} == {
        "rule": "synchronised_in_time",
        "dossier": dossier,
        "procedure": "permanent_residence",
        "sequence": sent["sequence"],
    }
    for key in ("article", "confidence", "expected_vi", "expected_en", "found_vi", "found_en"):
        assert view["violations"][0][key]


async def test_an_unknown_run_or_dossier_has_no_referee(town: Town) -> None:
    run = await town.open()
    assert (await town.ask("GET", "/runs/nowhere/referee")).status == 404
    assert (await town.ask("GET", f"/runs/{run}/dossiers/B-2026-000009/referee")).status == 404
