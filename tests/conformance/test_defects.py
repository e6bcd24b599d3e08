"""Whoever breaks one thing of the contract is found out, and the suite names that thing and no other."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlmodel import select

from services import assembly, counter, journal, performing, steps
from services.counter import Service, open_service
from services.desk import Desk
from services.journal import EventRow
from tests.conformance.agencies import Town, broken, lean_material_of, outcomes_of
from tests.conformance.between import Between
from tests.conformance.defects import DEFECTS
from tests.conformance.planting import Defect
from town.conformance.checks import ALL

CHAPTER = {each.name: each.chapter for each in ALL}
TOO_EARLY = timedelta(hours=1)


class Towns(dict[str, Town]):
    """A town for each agency, shared by the defects that stand before it: each leaves no run behind."""

    def __missing__(self, name: str) -> Town:
        self[name] = Town(name)
        return self[name]


@pytest.fixture(scope="module")
def towns() -> Iterator[Towns]:
    towns = Towns()
    yield towns
    for each in towns.values():
        each.close()


@pytest.mark.parametrize("defect", DEFECTS, ids=lambda each: each.name)
async def test_an_agency_that_breaks_one_thing_is_told_which(defect: Defect, towns: Towns) -> None:
    town = towns[defect.agency]
    chapters = {CHAPTER[name] for name in defect.found_by}
    if chapters == {"answers"}:
        chapters |= {"runs", "bodies", "decisions"}  # something to look through
    material = await lean_material_of(defect.agency)
    told = await outcomes_of(town, material, instead=Between(town.agency, defect.act), chapters=chapters)
    assert broken(told) == defect.found_by
    for each in told:
        if each.state == "broken":
            assert each.expected
            assert each.actual
            assert each.commands[-1].startswith("curl ")


@pytest.mark.parametrize("defect", DEFECTS[::30], ids=lambda each: each.name)
async def test_the_whole_suite_finds_nothing_else_in_such_an_agency(defect: Defect, towns: Towns) -> None:
    town = towns[defect.agency]
    material = await lean_material_of(defect.agency)
    told = await outcomes_of(town, material, instead=Between(town.agency, defect.act))
    assert broken(told) == defect.found_by


@pytest.fixture
def spoilt(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    with monkeypatch.context() as changes:
        yield changes


async def found(*chapters: str) -> set[str]:
    """What the suite finds in an agency whose inside has been changed."""
    town = Town("residence")
    told = await outcomes_of(town, await lean_material_of("residence"), chapters=chapters)
    town.close()
    return broken(told)


async def test_a_second_event_on_repetition_is_found(spoilt: pytest.MonkeyPatch) -> None:
    class Forgetful(Desk):
        def submit(self, run, application_id, sent):  # type: ignore[no-untyped-def]
            view, is_new = super().submit(run, application_id, sent)
            if not is_new:
                with self.store.session() as session:
                    at = run.simulated_at
                    journal.append(
                        session, run.run_id, application_id, "received", at, {"due_at": view.due_at}
                    )
            return view, is_new

    await lean_material_of("residence")  # by a desk that does not forget
    spoilt.setattr(assembly, "Desk", Forgetful)
    assert await found("applications", "events") == {"sending_twice_makes_no_second_event"}


async def test_acting_before_the_time_is_found(spoilt: pytest.MonkeyPatch) -> None:
    await lean_material_of("residence")
    punctual = performing.perform_until

    async def hasty(service, perform, run_id, until):  # type: ignore[no-untyped-def]
        await punctual(service, perform, run_id, until + TOO_EARLY)

    spoilt.setattr(counter, "perform_until", hasty)
    assert "nothing_happens_before_its_time" in await found("work")


async def test_acting_twice_is_found(spoilt: pytest.MonkeyPatch) -> None:
    await lean_material_of("residence")
    once, done = performing.perform_until, set()

    async def twice(service, perform, run_id, until):  # type: ignore[no-untyped-def]
        await once(service, perform, run_id, until)
        with service.store.session() as session:
            asked = select(EventRow).where(EventRow.run_id == run_id, EventRow.kind == "granted")
            granted = session.exec(asked).first()
            if granted is not None and (run_id, until) in done:
                journal.append(session, run_id, granted.application_id, "granted", until, granted.payload)
        done.add((run_id, until))

    spoilt.setattr(counter, "perform_until", twice)
    assert "acting_up_to_an_instant_twice_acts_once" in await found("work")


async def test_rows_that_outlive_their_run_are_found(spoilt: pytest.MonkeyPatch) -> None:
    await lean_material_of("residence")
    opened = open_service

    def leaving_events(*arguments):  # type: ignore[no-untyped-def]
        service: Service = opened(*arguments)
        return replace(service, tables=tuple(each for each in service.tables if each is not EventRow))

    spoilt.setattr(assembly, "open_service", leaving_events)
    assert await found("runs", "answers") == {"removing_a_run_leaves_no_trace"}


async def test_officers_who_decide_in_the_place_of_people_are_found(spoilt: pytest.MonkeyPatch) -> None:
    await lean_material_of("residence")
    diligent = steps.wait_for_officer

    def always(session, matter, at):  # type: ignore[no-untyped-def]
        simulated = replace(matter, terms=matter.terms.model_copy(update={"officers": "simulated"}))
        diligent(session, simulated, at)

    spoilt.setattr(steps, "wait_for_officer", always)
    assert "with_human_officers_nobody_decides_in_their_place" in await found("decisions")


def test_every_check_of_the_suite_has_found_a_defect() -> None:
    inside = {
        "sending_twice_makes_no_second_event",
        "nothing_happens_before_its_time",
        "acting_up_to_an_instant_twice_acts_once",
        "with_human_officers_nobody_decides_in_their_place",
    }
    assert {name for each in DEFECTS for name in each.found_by} | inside == set(CHAPTER)
