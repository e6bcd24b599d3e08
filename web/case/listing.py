"""Runs, and the dossiers of one: where to find a case."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flow_model.catalogue import Catalogue
from web.asking import Asking
from web.case.names import STATES, dossier_state
from web.formats import moment
from web.measured import law_name
from web.race.names import LANES
from web.words import Words

Json = Mapping[str, Any]
MOST_SHOWN = 60
MOST_RUNS = 60


@dataclass(frozen=True)
class Row:
    """One dossier of a run."""

    href: str
    dossier: str
    subject: str
    group: str
    path: str
    path_tag: str
    state: str
    tag: str
    at: str


@dataclass(frozen=True)
class ListView:
    """The page: the runs to choose from, and the dossiers of the chosen one."""

    runs: Sequence[tuple[str, str]]
    run: str
    states: Sequence[tuple[str, str]]
    state: str
    groups: Sequence[tuple[str, str]]
    group: str
    rows: Sequence[Row]
    now: str
    law: str
    more: int


async def list_view(
    asking: Asking,
    words: Words,
    catalogue: Catalogue,
    runs: Sequence[Json],
    run: str,
    state: str,
    group: str,
) -> ListView:
    """The dossiers of a run that pass the filters; without a run, those of the first that has any."""
    groups = {each["id"]: words.of(each, "title") for each in await asking.get("/groups")}
    filled = [each for each in runs if each["dossiers"]]
    filled.sort(key=lambda each: not each["run_id"].startswith("demo-"))
    chosen = next((each for each in runs if each["run_id"] == run), None)
    if chosen is None and run:
        chosen = await asking.get(f"/runs/{run}")
    chosen = chosen or (filled[0] if filled else None)
    found: list[Json] = []
    if chosen is not None:
        found = await asking.get(
            f"/runs/{chosen['run_id']}/dossiers",
            limit=MOST_SHOWN,
            state=state or None,
            group=group or None,
        )
    return ListView(
        runs=[
            (each["run_id"], words.say("%(run)s (%(n)s hồ sơ)", run=each["run_id"], n=each["dossiers"]))
            for each in filled[:MOST_RUNS]
        ],
        run=chosen["run_id"] if chosen else "",
        states=[("", words.say("Mọi tình trạng"))]
        + [(name, words.say(STATES[name][0])) for name in list(STATES)[:7]],
        state=state,
        groups=[("", words.say("Mọi nhóm")), *groups.items()],
        group=group,
        rows=[_row(words, each, groups) for each in found],
        now=moment(chosen["now"]) if chosen else "",
        law=law_name(words, next(iter(catalogue.groups.values())), chosen["terms"]["law"]) if chosen else "",
        more=max(0, (chosen["dossiers"] if chosen and not (state or group) else 0) - len(found)),
    )


def _row(words: Words, each: Json, groups: Mapping[str, str]) -> Row:
    state, tag = dossier_state(each, words)
    return Row(
        href=f"/ho-so/{each['run_id']}/{each['dossier']}",
        dossier=each["dossier"],
        subject=each["subject"],
        group=groups.get(each["group"], each["group"]),
        path=words.say(LANES[each["path"]]),
        path_tag="old" if each["path"] == "separate" else "new",
        state=state,
        tag=tag,
        at=moment(each["declared_at"]),
    )
