"""Count what each kind of family writes, in the live system: makes ``writing.toml`` of every flow folder.

    .venv/bin/python -m town.simulate.writing

To be run again when a form, a mapping or a kind of family changes; a test counts anew and compares.
"""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from chassis.client import ServiceClient
from flow_model.catalogue import catalogue
from flow_model.group import Group
from flow_model.limits import PATHS
from simulator.national import has_national_year, national
from simulator.plan import Kind
from simulator.writing import Writing, Written, file_of
from town.layout import in_memory

Json = dict[str, Any]
_SEED = 7
_HEAD = """# What a family of each kind writes and hands in, counted in the live system:
#   .venv/bin/python -m town.simulate.writing
# Without "procedure": when it declares. With it: at the counter of that procedure (old path).
"""


async def counted(group: Group, laws: Sequence[str] | None = None) -> dict[tuple[str, str], Writing]:
    """Every kind of family of a group, on both paths, under these laws, or all of them."""
    client, apps = in_memory()
    found: dict[tuple[str, str], Writing] = {}
    try:
        for law in laws or tuple(group.law.profiles):
            for kind in national(group).under(law).kinds:
                for path in PATHS:
                    more = await _lived(client, group, law, kind, path)
                    before = found.get((kind.id, path), more)
                    found[kind.id, path] = Writing(more.declaring, {**before.counters, **more.counters})
    finally:
        await client.aclose()
        for app in apps.values():
            app.state.store.close()
    return found


async def _lived(client: ServiceClient, group: Group, law: str, kind: Kind, path: str) -> Writing:
    """One family in a run of its own: the same life event is not declared twice in one."""
    run = f"writing-{law}-{kind.id}-{path}".replace("_", "-")
    await _post(client, "/runs", {"run_id": run, "terms": {"seed": _SEED, "law": law}}, run)
    asked = f"/runs/{run}/examples/{group.id}?situation={kind.situation}"
    example = (await client.call("gateway", "GET", asked)).raise_for_problem().body
    body = {
        "group": group.id,
        "path": path,
        "procedures": list(kind.procedures),
        "declaration": example["declaration"],
        "consent": True,
    }
    code = (await _post(client, f"/runs/{run}/dossiers", body, f"declare-{run}"))["dossier"]
    await _post(client, f"/runs/{run}/clock", {"to": "settled"}, f"settle-{run}")
    told = await client.call("gateway", "GET", f"/runs/{run}/dossiers/{code}/events")
    return _count(told.raise_for_problem().body["events"])


async def _post(client: ServiceClient, path: str, body: Json, key: str) -> Json:
    answer = await client.call("gateway", "POST", path, json=body, headers={"Idempotency-Key": key})
    document: Json = answer.raise_for_problem().body
    return document


def _count(events: Sequence[Json]) -> Writing:
    """As ``measurement.burden`` counts, without supplements: whether officers ask for them is chance."""
    declared = events[0]["payload"]
    at_once = Written(declared["fields_typed"], declared["fields_prefilled"], declared["documents"])
    visits = [each for each in events if each["kind"] == "visited" and each["payload"]["purpose"] == "submit"]
    return Writing(
        at_once,
        {
            each["procedure"]: Written(each["payload"]["fields_typed"], 0, each["payload"]["documents"])
            for each in visits
        },
    )


def as_toml(found: Mapping[tuple[str, str], Writing]) -> str:
    """The file, a table for each row."""
    return _HEAD + "".join(f"\n{row}\n" for row in _rows(found))


def _rows(found: Mapping[tuple[str, str], Writing]) -> Iterator[str]:
    for (kind, path), each in found.items():
        head = f'[[written]]\nkind = "{kind}"\npath = "{path}"\n'
        yield head + _numbers(each.declaring)
        for procedure, written in each.counters.items():
            yield f'{head}procedure = "{procedure}"\n{_numbers(written)}'


def _numbers(one: Written) -> str:
    return f"typed = {one.typed}\nprefilled = {one.prefilled}\npapers = {one.papers}"


def main() -> None:
    """Count for every group that has a national year."""
    for group in filter(has_national_year, catalogue().groups.values()):
        where = file_of(group)
        where.write_text(as_toml(asyncio.run(counted(group))), encoding="utf-8")
        print(where)


if __name__ == "__main__":
    main()
