"""Holds what a scenario expects against what came, and says how near a miss was."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from difflib import SequenceMatcher, get_close_matches
from typing import Any

from flow_model.documents import value_at
from flow_model.working_time import in_vietnam
from scenarios.expect import Book, Count, Deadline, Expect, Noted, Order, Row, Told
from scenarios.timeline import is_called
from scenarios.verdict import Failure

Json = dict[str, Any]


@dataclass(frozen=True)
class Came:
    """All that came of a play: by name of the dossier in the file, and for the run."""

    views: Mapping[str, Json]
    histories: Mapping[str, Sequence[Json]]
    whole: Mapping[str, bool]
    messages: Mapping[str, Sequence[Json]]
    measures: Mapping[str, Json]
    violations: Sequence[Json]
    books: Mapping[tuple[str, str], int] = field(default_factory=dict)  # new entries, by (service, book)
    rows: Mapping[int, Json | None] = field(default_factory=dict)  # records, by number of the expectation


def check(expect: Expect, came: Came) -> list[Failure]:
    """Everything that was expected and is not so, in the order of the file's parts."""
    failures = [*_outcomes(expect, came), *_states(expect, came)]
    checks: tuple[tuple[str, Sequence[Any], Any], ...] = (
        ("deadline", expect.deadline, _deadline),
        ("count", expect.count, _count),
        ("order", expect.order, _order),
        ("book", expect.book, _book),
        ("message", expect.message, _message),
        ("finding", expect.finding, _finding),
    )
    for name, wanted, checked in checks:
        for number, each in enumerate(wanted):
            failures += checked(f"expect.{name}[{number}]", each, came)
    for number, row in enumerate(expect.row):
        failures += _row(f"expect.row[{number}]", row, came.rows.get(number))
    return [*failures, *_violations(expect, came), *_logs(expect, came)]


def _outcomes(expect: Expect, came: Came) -> list[Failure]:
    failures = []
    for name, wanted in expect.outcomes.items():
        actual = {step["procedure"]: step["state"] for step in came.views.get(name, {}).get("steps", [])}
        for procedure, state in wanted.items():
            if actual.get(procedure) != state:
                where, near = f"expect.outcomes.{name}.{procedure}", _last_of(came, name, procedure)
                failures.append(Failure(where, state, str(actual.get(procedure, "no such procedure")), near))
    return failures


def _last_of(came: Came, name: str, procedure: str) -> str:
    events = [event for event in came.histories.get(name, ()) if event["procedure"] == procedure]
    return f"its last event was {shown(events[-1])}" if events else ""


def _states(expect: Expect, came: Came) -> list[Failure]:
    actual = {name: str(came.views.get(name, {}).get("state", "not declared")) for name in expect.state}
    return [
        Failure(f"expect.state.{name}", state, actual[name])
        for name, state in expect.state.items()
        if actual[name] != state
    ]


def _deadline(where: str, wanted: Deadline, came: Came) -> list[Failure]:
    step = _step(came, wanted.dossier, wanted.procedure)
    failures = []
    if wanted.due_at is not None:
        due_at = step.get("due_at")
        if due_at is None or datetime.fromisoformat(due_at) != wanted.due_at:
            expected = in_vietnam(wanted.due_at).isoformat()
            failures.append(Failure(f"{where}.due_at", expected, str(due_at)))
    if wanted.met is not None and step.get("overdue") is not (not wanted.met):
        said = "overdue" if step.get("overdue") else f"in time, decided {step.get('decided_at')}"
        failures.append(Failure(f"{where}.met", "in time" if wanted.met else "overdue", said))
    return failures


def _step(came: Came, dossier: str, procedure: str) -> Json:
    steps = came.views.get(dossier, {}).get("steps", [])
    return next((step for step in steps if step["procedure"] == procedure), {})


def _count(where: str, wanted: Count, came: Came) -> list[Failure]:
    measure = came.measures.get(wanted.dossier, {})
    if wanted.of in measure:
        actual = measure[wanted.of]
    else:
        actual = sum(is_called(event, wanted.of) for event in came.histories.get(wanted.dossier, ()))
    least, most = wanted.at_least, wanted.at_most
    fits = (
        wanted.exactly in (None, actual)
        and (least is None or actual >= least)
        and (most is None or actual <= most)
    )
    if fits:
        return []
    bounds = {"exactly": wanted.exactly, "at least": least, "at most": most}
    expected = " and ".join(f"{word} {number}" for word, number in bounds.items() if number is not None)
    return [Failure(where, f"{expected} of {wanted.of}", str(actual))]


def _order(where: str, wanted: Order, came: Came) -> list[Failure]:
    history = came.histories.get(wanted.dossier, ())
    failures, place = [], 0
    for index, name in enumerate(wanted.events):
        found = next((at for at in range(place, len(history)) if is_called(history[at], name)), None)
        if found is None:
            early = [event for event in history[:place] if is_called(event, name)]
            near = f"it came before: {shown(early[-1])}" if early else _closest(name, history)
            after = f"after {wanted.events[index - 1]}" if index else "at all"
            failures.append(Failure(f"{where}.events[{index}]", name, f"did not come {after}", near))
            break
        place = found + 1
    for index, name in enumerate(wanted.never):
        came_all_the_same = [event for event in history if is_called(event, name)]
        if came_all_the_same:
            said = shown(came_all_the_same[0])
            failures.append(Failure(f"{where}.never[{index}]", f"never {name}", said))
    return failures


def _closest(name: str, history: Sequence[Json]) -> str:
    names = [f"{event['kind']} {event['procedure'] or ''}".strip() for event in history]
    near = get_close_matches(name, names, 1, 0.5)
    return f"{shown(history[names.index(near[0])])}" if near else ""


def _book(where: str, wanted: Book, came: Came) -> list[Failure]:
    actual = came.books.get((wanted.service, wanted.book))
    if actual == wanted.new_entries:
        return []
    known = sorted(book for service, book in came.books if service == wanted.service)
    said = f"{actual} new entries" if actual is not None else f"no such book; there are: {', '.join(known)}"
    return [Failure(where, f"{wanted.new_entries} new entries in {wanted.book}", said)]


def _message(where: str, wanted: Told, came: Came) -> list[Failure]:
    told = came.messages.get(wanted.dossier, ())
    texts = [text for message in told for text in (message["text_vi"], message["text_en"])]
    found = sum(wanted.says in message["text_vi"] or wanted.says in message["text_en"] for message in told)
    if found == wanted.times or (wanted.times is None and found):
        return []
    times = "" if wanted.times is None else f" {wanted.times} times"
    nearest = max(texts, key=lambda text: SequenceMatcher(None, wanted.says, text).ratio(), default="")
    return [Failure(where, f"“{wanted.says}”{times}", f"{found} of {len(told)} messages say it", nearest)]


def _finding(where: str, wanted: Noted, came: Came) -> list[Failure]:
    codes = codes_found(came.histories.get(wanted.dossier, ()), wanted.procedure)
    if wanted.code in codes:
        return []
    near = get_close_matches(wanted.code, codes, 1)
    said = f"found: {', '.join(codes)}" if codes else "nothing was found"
    return [Failure(where, f"{wanted.code} on {wanted.procedure}", said, near[0] if near else "")]


def codes_found(history: Sequence[Json], procedure: str) -> list[str]:
    """What officers found on a procedure, by code, each once."""
    events = [event for event in history if event["procedure"] == procedure]
    found = [each["code"] for event in events for each in event["payload"].get("findings", [])]
    return list(dict.fromkeys(found))


def _row(where: str, wanted: Row, record: Json | None) -> list[Failure]:
    if wanted.found != (record is not None):
        said = f"a {wanted.look_up}", f"no {wanted.look_up}"
        return [Failure(where, said[not wanted.found], said[wanted.found])]
    return [
        Failure(f"{where}.holds.{path}", str(value), str(value_at(record or {}, path)))
        for path, value in wanted.holds.items()
        if value_at(record or {}, path) != value
    ]


def _violations(expect: Expect, came: Came) -> list[Failure]:
    wanted, actual = set(expect.violations), {each["rule"] for each in came.violations}
    failures = [
        Failure("expect.violations", f"{rule} is broken", "it holds") for rule in sorted(wanted - actual)
    ]
    for each in came.violations:
        if each["rule"] not in wanted:
            about = f"{each['rule']} of {each['dossier']} ({each['article']})"
            at, said = f"event {each['sequence']}", each["found_en"]
            said = said if said.startswith(f"{at} ") else f"{at}: {said}"  # the referee may say it himself
            failures.append(
                Failure("expect.violations", f"no violation of {about}", said, each["expected_en"])
            )
    broken = [name for name, whole in came.whole.items() if not whole]
    return failures + [Failure("log", "a whole chain of hashes", f"broken in {name}") for name in broken]


def _logs(expect: Expect, came: Came) -> list[Failure]:
    failures = []
    for name, digest in expect.log.items():
        history = came.histories.get(name, ())
        actual = history[-1]["hash"] if history else "nothing"
        if actual != digest:
            last = f"{len(history)} events, the last {shown(history[-1])}" if history else ""
            failures.append(Failure(f"expect.log.{name}", digest, actual, last))
    return failures


def shown(event: Mapping[str, Any]) -> str:
    """An event in one line."""
    about = f" {event['procedure']}" if event["procedure"] else ""
    return f"{event['sequence']} {event['kind']}{about} at {event['at']}"
