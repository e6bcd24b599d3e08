"""The parts of docs/agency-contract.md that follow from the code, so that the page cannot tell otherwise.

    .venv/bin/python -m town.conformance.contract_page

A test makes them anew and compares.
"""

import asyncio
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any

import services
from chassis.client import ServiceClient
from chassis.request_headers import run_headers
from chassis.settings import OPEN_SECRET
from chassis.signing import Signer
from flow_model.catalogue import HERE, catalogue
from flow_model.events import canonical
from flow_model.group import LookUp, Procedure
from town.conformance.material import SEED
from town.layout import in_memory

PAGE = HERE / "docs" / "agency-contract.md"
SHOWN = "residence"
_PART = re.compile(
    r"(<!-- made by town/conformance/contract_page\.py: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL
)
# Kinds of faults have a page of their own.
_BODIES = (
    "Terms",
    "RunView",
    "Submission",
    "ApplicationView",
    "WorkOrder",
    "WorkDone",
    "EventView",
    "Decision",
    "Supplement",
    "ConsentGiven",
    "CorrectionAsked",
    "Resubmission",
    "Withdrawal",
    "Found",
    "Problem",
)
SAMPLE = {
    "run_id": "lop-hoc-1",
    "service": SHOWN,
    "id": 1,
    "application_id": "B-2026-000001.permanent_residence",
    "kind": "granted",
    "at": "2026-03-09T16:30:00+07:00",
    "round": 0,
    "payload": {"results": {"notice_number": "00001/2026"}, "reason": "Đủ điều kiện"},
}
Json = Mapping[str, Any]


def written(page: str) -> str:
    """The page with its parts made anew."""
    document = _document()
    parts = {
        "endpoints": "\n".join(_endpoints(document)),
        "bodies": "\n".join(_bodies(document["components"]["schemas"])),
        "procedures": "\n".join(_procedures()),
        "lookups": "\n".join(_look_ups()),
        "records": "\n".join(asyncio.run(_records())),
        "signature": _signature(),
    }
    return _PART.sub(lambda found: f"{found[1]}\n{parts[found[2]]}\n\n{found[3]}", page)


def _document() -> Json:
    app = services.build(SHOWN, store_path=None, client=ServiceClient.in_process({}), catalogue=catalogue())
    document: Json = app.openapi()
    app.state.store.close()
    return document


def _endpoints(document: Json) -> Iterator[str]:
    yield "| Request | Query | Body | Answers |"
    yield "|---|---|---|---|"
    for path, operations in document["paths"].items():
        for method, told in operations.items():
            query = [f"`{each['name']}`" for each in told.get("parameters", ()) if each["in"] == "query"]
            sent = told.get("requestBody", {}).get("content", {})
            answers = ", ".join(_answers(told["responses"]))
            yield f"| `{method.upper()} {path}` | {', '.join(query)} | {_body(sent)} | {answers} |"


def _answers(responses: Json) -> Iterator[str]:
    for status, told in responses.items():
        if status in ("400", "413", "415", "422", "500"):  # of every request
            continue
        name = "" if status >= "400" else _body(told.get("content", {}))
        yield f"{status} {name}".strip()


def _body(content: Json) -> str:
    for kind, told in content.items():
        name = told["schema"].get("$ref", "").rpartition("/")[2]
        return f"`{name}`" if name else kind.removeprefix("application/")
    return ""


def _bodies(schemas: Json) -> Iterator[str]:
    for name in _BODIES:
        schema = schemas[name]
        yield f"**`{name}`** {schema.get('description', '').partition(chr(10))[0]}\n"
        yield "| Field | Type | |"
        yield "|---|---|---|"
        for field, told in schema["properties"].items():
            notes = [told.get("description", ""), _bounds(told)]
            if field not in schema.get("required", ()):
                notes.append("may be left out")
            yield f"| `{field}` | {_type(told)} | {'; '.join(filter(None, notes)).replace('|', '/')} |"
        yield ""


def _type(told: Json) -> str:
    if "$ref" in told:
        return f"`{told['$ref'].rpartition('/')[2]}`"
    if "anyOf" in told:
        return " or ".join(dict.fromkeys(map(_type, told["anyOf"])))
    if "enum" in told:
        return ", ".join(f"`{each}`" for each in told["enum"])
    if told.get("type") == "array":
        items = told["items"]
        return f"list of {'faults' if 'oneOf' in items else _type(items)}"
    if told.get("format") == "date-time":
        return "instant"
    return str(told.get("type", "anything"))


def _bounds(told: Json) -> str:
    names = ("pattern", "maxLength", "maxItems", "minimum", "maximum", "default")
    return ", ".join(
        f"{name} `{int(told[name]) if isinstance(told[name], float) else told[name]}`"
        for name in names
        if name in told and told[name] not in ((), [], "")
    )


def _procedures() -> Iterator[str]:
    yield "| Agency | Procedure | Group | After | Looks up, by a cell of the form | Results, all of them |"
    yield "|---|---|---|---|---|---|"
    for agency in catalogue().agencies():
        for (group, name), each in catalogue().procedures_of(agency).items():
            asked = "; ".join(f"{fact.service} `{fact.kind}` by `{fact.key}`" for fact in each.facts)
            row = (agency, f"`{name}`", group, _names(each.requires), asked, _names(each.results))
            yield f"| {' | '.join(row)} |"


def _names(names: Sequence[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _look_ups() -> Iterator[str]:
    yield "| Service | Kind | Asked by | Fields of the record that are read |"
    yield "|---|---|---|---|"
    asked: dict[tuple[str, str], tuple[set[str], set[str]]] = {}
    for group in catalogue().groups.values():
        for prefill in group.prefills:
            by, fields = asked.setdefault(_name_of(prefill.look_up), (set(), set()))
            by.add(f"the gateway ({group.id})")
            fields.update(prefill.fills.values())
        for each in group.procedures:
            for fact in each.facts:
                by, _ = asked.setdefault(_name_of(fact), (set(), set()))
                by.add(_asker(fact, each))
    for (service, kind), (by, fields) in sorted(asked.items()):
        yield f"| {service} | `{kind}` | {', '.join(sorted(by))} | {_names(sorted(fields))} |"


async def _records() -> list[str]:
    """The first record of each kind that a run begins with; of most kinds it begins with none."""
    client, apps = in_memory()
    terms = {"seed": SEED, "law": catalogue().group("birth").law.default.id}
    try:
        opened = await client.call(
            "gateway",
            "POST",
            "/runs",
            json={"run_id": "records", "terms": terms},
            headers={"Idempotency-Key": "records"},
        )
        at = datetime.fromisoformat(opened.raise_for_problem().body["terms"]["starts_at"])
        ask = partial(client.call, headers=run_headers("records", at))
        families = (await ask("population", "GET", "/families", params={"limit": 40})).body["families"]
        people = [person["personal_id"] for family in families for person in family["persons"]]
        notices = [each["code"] for family in families for each in family["birth_notices"]]
        lines = []
        for service, kind in sorted(_kinds()):
            for key in [*people, *notices]:
                answer = await ask(service, "GET", f"/lookups/{kind}", params={"key": key})
                if answer.body["found"]:
                    told = json.dumps(answer.body["record"], ensure_ascii=False)
                    lines += [f"{service}: GET /lookups/{kind}?key={key}", f"  {told}"]
                    break
    finally:
        await client.aclose()
        for app in apps.values():
            app.state.store.close()
    return ["```", *lines, "```"]


def _kinds() -> set[tuple[str, str]]:
    every = catalogue().groups.values()
    filled = {_name_of(each.look_up) for group in every for each in group.prefills}
    return filled | {_name_of(fact) for group in every for each in group.procedures for fact in each.facts}


def _name_of(look_up: LookUp) -> tuple[str, str]:
    return look_up.service, look_up.kind


def _asker(fact: LookUp, procedure: Procedure) -> str:
    return "itself" if fact.service == procedure.agency else procedure.agency


def _signature() -> str:
    key = sha256(f"{OPEN_SECRET} {SHOWN}".encode()).hexdigest()
    return "\n".join(
        [
            "```",
            f"secret     {OPEN_SECRET}",
            f"sender     {SHOWN}",
            f"key        {key}   (SHA-256 of 'secret sender', in hexadecimal; 32 bytes)",
            f"content    {canonical(SAMPLE).decode()}",
            f"signature  {Signer(OPEN_SECRET, SHOWN).sign(SAMPLE)}",
            "```",
        ]
    )


def main(page: Path = PAGE) -> None:
    """Write the page anew."""
    page.write_text(written(page.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
