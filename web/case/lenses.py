"""Three ways to look at an event: the citizen's sentence, the officer's line, the HTTP exchange."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flow_model.events import Event
from scenarios.story import sayings, sentence
from web.histories import Told
from web.words import N_, Words

LENSES = {
    "nguoi-dan": N_("Người dân"),
    "can-bo": N_("Cán bộ"),
    "http": N_("Trao đổi HTTP"),
}
Json = Mapping[str, Any]


@dataclass(frozen=True)
class Exchange:
    """One request between two services, and its answer."""

    number: int
    method: str
    url: str
    status: int
    at: str
    request_headers: Sequence[tuple[str, str]]
    request: str
    response_headers: Sequence[tuple[str, str]]
    response: str
    failure: str


def citizen_s(event: Event, told_to: Sequence[Json], words: Words) -> str:
    """What the citizen, or a relative, was told of an event; nothing when nobody told them."""
    texts = [
        words.of(each, "text")
        for each in told_to
        if each["about"] == event.kind
        and each["procedure"] == event.procedure
        and each["at"] == event.at.isoformat()
    ]
    return " ".join(dict.fromkeys(texts))


def officer_s(raw: Json, told: Told, words: Words) -> str:
    """The line of the event."""
    titles, results = sayings(told.case.group)
    return sentence(raw, titles, results, words.language)


def exchanges_of(event: Event, recorded: Sequence[Json]) -> list[Exchange]:
    """The exchanges that an event tells of: at its instant, with its application in address or answer.

    What was sent may have been tried before: then every attempt is among them.
    """
    if event.procedure is None:
        return []
    application = f"{event.dossier}.{event.procedure}"
    found = []
    for number, entry in enumerate(recorded, start=1):
        at, url = entry["startedDateTime"], entry["request"]["url"]
        sent = f"/applications/{application}" in url
        told_of = sent or application in entry["response"]["content"]["text"]
        tried = sent and event.kind in ("sent", "attempt_failed") and at <= event.at.isoformat()
        if (told_of and at == event.at.isoformat()) or tried:
            found.append(_exchange(number, entry))
    return found


def _exchange(number: int, entry: Json) -> Exchange:
    request, response = entry["request"], entry["response"]
    failure = entry.get("_failure") or {}
    return Exchange(
        number=number,
        method=request["method"],
        url=request["url"],
        status=response["status"],
        at=entry["startedDateTime"],
        request_headers=[(each["name"], each["value"]) for each in request["headers"]],
        request=_pretty(request.get("postData", {}).get("text", "")),
        response_headers=[(each["name"], each["value"]) for each in response["headers"]],
        response=_pretty(response["content"]["text"]),
        failure=str(failure.get("reason", "")),
    )


def _pretty(text: str) -> str:
    try:
        return json.dumps(json.loads(text), ensure_ascii=False, indent=2) if text else ""
    except ValueError:
        return text
