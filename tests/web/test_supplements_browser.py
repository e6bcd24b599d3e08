"""Answering a request for a supplement in a browser: without script, on a phone, for everybody."""

from typing import Any

import pytest

from tests.web.conftest import NewVisitor, Site

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def asked(site: Site, run: str) -> str:
    """A case of which a human officer wants more."""

    async def ask(method: str, path: str, body: Any = None) -> Any:
        headers = {"Idempotency-Key": f"{run}-{path}"[-60:].replace("/", "-")} if method == "POST" else {}
        answer = await site.client.call("gateway", method, path, json=body, headers=headers)
        return answer.raise_for_problem().body

    terms = {"seed": 7, "officers": "human", "citizens": "human"}
    await ask("POST", "/runs", {"run_id": run, "terms": terms})
    example = await ask("GET", f"/runs/{run}/examples/birth?situation=newborn_late")
    body = {
        "group": "birth",
        "consent": True,
        **{each: example[each] for each in ("procedures", "declaration")},
    }
    dossier = (await ask("POST", f"/runs/{run}/dossiers", body))["dossier"]
    await ask("POST", f"/runs/{run}/clock", {"to": "2026-10-06T08:00:00+07:00"})
    decision = {"decision": "request_supplement", "reason": "Thiếu giấy cam đoan", "officer": "Cán bộ 1"}
    application = f"{dossier}.birth_registration"
    await ask("PUT", f"/runs/{run}/worklists/civil_status/{application}/decision", decision)
    return f"/ho-so/{run}/{dossier}"


@pytest.mark.parametrize("language", ["vi", "en"])
async def test_a_supplement_is_answered_on_a_phone_without_script(
    site: Site, visit: NewVisitor, language: str, run: str
) -> None:
    case = await asked(site, f"{run}-{language}")
    visitor = await visit(language=language, width=390, script=False)
    await visitor.open(case)
    await visitor.picture(f"supplement-case-{language}")
    await visitor.page.locator("#live-asked a").click()
    assert await visitor.too_wide() <= 0
    await visitor.picture(f"supplement-{language}")
    await visitor.page.locator("details:has(#f-notice\\.children_this_birth) > summary").click()
    await visitor.page.locator("[name='notice.children_this_birth']").fill("hai")
    await visitor.page.locator("[name='documents'][value='pledge']").check()
    await visitor.page.locator("form#answer .button:not(.small)").click()
    assert await visitor.page.locator("#errors a").count() == 1
    assert await visitor.too_wide() <= 0
    await visitor.picture(f"supplement-wrong-{language}")
    await visitor.page.locator("[name='notice.children_this_birth']").fill("1")
    await visitor.page.locator("[name='notice.children_this_birth']").press("Enter")
    assert visitor.page.url.endswith(case), "Enter sends"


@pytest.mark.parametrize("width", [390, 1280])
async def test_nothing_bars_anybody_from_answering(
    site: Site, visit: NewVisitor, width: int, run: str
) -> None:
    case = await asked(site, f"{run}-{width}")
    visitor = await visit(width=width)
    await visitor.open(case)
    assert await visitor.barriers() == []
    await visitor.open(f"{case}/bo-sung/birth_registration")
    assert await visitor.barriers() == []
    await visitor.page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
    assert await visitor.barriers() == []
    assert await visitor.too_wide() <= 0
    await visitor.picture(f"supplement-open-{width}")
    await visitor.page.locator("form#answer .button:not(.small)").click()
    assert await visitor.barriers() == []
