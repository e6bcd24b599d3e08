"""docs/agency-contract.md tells what the code does: its tables are made anew, its signatures verify."""

import re
from collections.abc import Mapping
from typing import Any

import pytest

from chassis.signing import Signer
from flow_model.catalogue import HERE
from services import journal
from services.journal import EventRow
from tests.conformance.agencies import Town, material_of, outcomes_of
from town.conformance.contract_page import PAGE, SAMPLE, SHOWN, written

TEXT = PAGE.read_text(encoding="utf-8")
ROW = re.compile(r"^\| `(\w+)` \|([^|]*)\|([^|]*)\|[^|]*\|$", re.MULTILINE)
EVENTS = {
    kind: (set(re.findall(r"`(\w+)`", always)), set(re.findall(r"`(\w+)`", more)))
    for kind, always, more in ROW.findall(TEXT.partition("## Events")[2].partition("## Signatures")[0])
}


def test_the_tables_are_those_of_the_code() -> None:
    assert written(TEXT) == TEXT, "run .venv/bin/python -m town.conformance.contract_page"


def test_the_words_of_the_page_make_the_signature_of_the_code() -> None:
    (code,) = re.findall(r"^```python signing\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)
    said: dict[str, Any] = {}
    exec(code, said)
    event = {name: value for name, value in SAMPLE.items() if name not in ("run_id", "service")}
    for secret in ("mo-phong: khong phai bi mat", "another secret, long enough"):
        signature = said["sign"](secret, SHOWN, SAMPLE["run_id"], event)
        assert Signer(secret, SHOWN).verifies(SAMPLE, signature)
        assert signature == Signer(secret, SHOWN).sign(SAMPLE)


def test_every_kind_of_event_that_an_agency_writes_stands_on_the_page() -> None:
    sources = "".join(file.read_text(encoding="utf-8") for file in (HERE / "services").rglob("*.py"))
    by_steps = set(re.findall(r'write\(session, matter, "(\w+)"', sources))
    later = set(re.findall(r'Pending\("(\w+)"', sources))
    assert len(by_steps) > 8
    assert by_steps | later == set(EVENTS)


@pytest.mark.parametrize("agency", ["civil_status", "residence"])
async def test_what_agencies_tell_has_the_payload_that_the_page_says(
    agency: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[tuple[str, Mapping[str, Any]]] = []
    append = journal.append

    def noted(
        session: Any, run_id: str, name: str, kind: str, at: Any, payload: Any, round_: int = 0
    ) -> None:
        told.append((kind, payload))
        append(session, run_id, name, kind, at, payload, round_)

    material = await material_of(agency)
    monkeypatch.setattr(journal, "append", noted)
    town = Town(agency)
    await outcomes_of(town, material, chapters=("applications", "decisions", "supplements", "returns"))
    town.close()
    assert {"received", "taken_up", "granted", "supplement_requested", "supplemented"} <= {
        kind for kind, _ in told
    }
    for kind, payload in told:
        always, more = EVENTS[kind]
        assert always <= set(payload) <= always | more, kind


def test_the_fields_of_an_event_are_those_that_are_signed() -> None:
    fields = set(EventRow.model_fields) - {"run_id"}
    assert fields == set(SAMPLE) - {"run_id", "service"}
