"""What a play reached of all that could be reached: states, faults, findings, articles, bundles."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from flow_model.faults import Words
from scenarios.checking import Came
from scenarios.model import Scenario
from scenarios.verdict import Reached

Json = dict[str, Any]
# The worst that came of a dossier names its outcome.
_WORST = (
    "granted",
    "supplemented",
    "corrected",
    "sent",
    "received",
    "waiting",
    "withdrawn",
    "not_started",
    "refused",
    "rejected",
)


def reached(scenario: Scenario, came: Came) -> Reached:
    """The facts of one play, each list sorted."""
    events = [event for history in came.histories.values() for event in history]
    injected = [event["payload"] for event in events if event["kind"] == "fault_injected"]
    return Reached(
        states=_sorted((event["procedure"], event["kind"]) for event in events if event["procedure"]),
        faults=_sorted([*_live(injected), *_words(scenario, injected)]),
        checks=_sorted((event["procedure"], each["code"]) for event in events for each in _findings(event)),
        articles=_sorted(article for event in events for article in _articles(event)),
        paths=_sorted(_path(came, name) for name in came.histories),
        reported=_sorted(scenario.reported),
    )


def _sorted(found: Iterable[Any]) -> tuple[Any, ...]:
    return tuple(sorted(set(found)))


def _findings(event: Json) -> Sequence[Json]:
    found: Sequence[Json] = event["payload"].get("findings") or ()
    return found


def _articles(event: Json) -> list[str]:
    limit: Mapping[str, Any] = event["payload"].get("limit") or {}
    cited = [limit.get("article", ""), *(each["article"] for each in _findings(event))]
    return [article for article in cited if article]


def _live(injected: Iterable[Json]) -> list[str]:
    """The live kinds that really happened, each also with its effect."""
    kinds = []
    for payload in injected:
        kinds.append(payload["fault"])
        kinds += [f"{payload['fault']}:{payload['effect']}"] if "effect" in payload else []
    return kinds


def _words(scenario: Scenario, injected: Sequence[Json]) -> list[str]:
    """The office words of which some live fault really happened."""
    happened = {payload["fault"] for payload in injected}
    said = [*scenario.fault, *(act.fault for act in scenario.act if act.does == "add_fault")]
    return [
        word.kind
        for word in said
        if isinstance(word, Words) and {fault.kind for fault in word.live()} & happened
    ]


def _path(came: Came, name: str) -> tuple[str, str, str]:
    steps = came.views[name]["steps"]
    states = [step["state"] for step in steps]
    kinds = {event["kind"] for event in came.histories[name]}
    states += [kind for kind in ("supplemented", "corrected") if kind in kinds]
    outcome = max(states, key=lambda state: _WORST.index(state) if state in _WORST else 0)
    bundle = "+".join(step["procedure"] for step in steps)
    return bundle, came.views[name]["path"], outcome
