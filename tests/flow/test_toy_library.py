"""The engines know no life event: a library plays every effect on both paths, and time is conserved."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from flow_model.catalogue import Catalogue
from flow_model.errors import BadContract
from flow_model.limits import PATHS
from flow_model.mapping import FormMapping, declared, result_of
from tests.town_in_memory import Town, build_town
from tests.toy_library import LIBRARY, CardForm

EFFECTS = ("nothing", "note", "verify", "supplement", "return_to_issuer", "reject")


@pytest.fixture
async def library() -> AsyncIterator[Town]:
    """A town where nobody is born and nobody dies: there is only the library."""
    town = build_town(Catalogue([LIBRARY]))
    yield town
    town.close()


async def borrow(town: Town, run: str, wish: str, path: str, guarantor: bool = False) -> str:
    family = (await town.get(f"/runs/{run}/families", situation="pensioner", limit=1))[0]
    people = [
        person["personal_id"]
        for person in family["persons"]
        if person["personal_id"] != family["roles"]["deceased"]
    ]
    draft: dict[str, Any] = {"reader_id": people[0], "wish": wish}
    if guarantor:
        draft["guarantor_id"] = people[1]
    filled = await town.post(f"/runs/{run}/prefill", {"group": "library", "declaration": draft})
    body = {
        "group": "library",
        "path": path,
        "procedures": ["reader_card", "shelf", "magazine"],
        "declaration": filled["declaration"],
        "consent": True,
    }
    return str((await town.post(f"/runs/{run}/dossiers", body))["dossier"])


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("wish", EFFECTS)
async def test_every_effect_ends_and_time_is_conserved_on_both_paths(
    library: Town, wish: str, path: str
) -> None:
    run = await library.open()
    dossier = await borrow(library, run, wish, path)
    assert dossier == "L-2026-000001"
    await library.settle()
    outcomes = await library.outcomes(run, dossier)
    assert outcomes["reader_card"] == "granted"
    # A wish is no error that the issuer could correct: it comes back until people look at it.
    expected = {"reject": "rejected", "return_to_issuer": "returned_to_issuer"}.get(wish, "granted")
    assert outcomes["shelf"] == expected
    if wish != "return_to_issuer":
        assert outcomes["magazine"] == expected
        assert (await library.kinds(run, dossier))[-1] == "results_returned"
    measure = await library.get(f"/runs/{run}/dossiers/{dossier}/measurement")
    at = datetime.fromisoformat(measure["intervals"][0]["starts_at"])
    total = timedelta()
    for interval in measure["intervals"]:
        assert datetime.fromisoformat(interval["starts_at"]) == at
        at = datetime.fromisoformat(interval["ends_at"])
        total += at - datetime.fromisoformat(interval["starts_at"])
    history = await library.history(run, dossier)
    first, last = (datetime.fromisoformat(history[index]["at"]) for index in (0, -1))
    assert total == last - first


async def test_the_guarantor_confirms_before_the_shelf_is_received(library: Town) -> None:
    run = await library.open()
    dossier = await borrow(library, run, "nothing", "interlinked", guarantor=True)
    await library.settle()
    kinds = await library.kinds(run, dossier)
    assert "consent_given" in kinds
    assert set((await library.outcomes(run, dossier)).values()) == {"granted"}


async def test_the_card_is_one_procedure_alone(library: Town) -> None:
    choices = (await library.get("/groups/library"))["choices"]
    assert [len(choice["procedures"]) for choice in choices] == [3, 1]


def test_the_old_path_of_the_library_adds_counter_to_counter_and_the_new_one_takes_the_longest() -> None:
    from measurement.legal import legal_length

    chosen = ("reader_card", "shelf", "magazine")
    old = legal_length(LIBRARY, "claim-2023", "separate", chosen, ())
    new = legal_length(LIBRARY, "claim-2023", "interlinked", chosen, ())
    assert (old.value, old.unit) == (2 + 6 + 3, "days")
    assert (new.value, new.unit) == (2 + 6, "days")
    verified = legal_length(LIBRARY, "claim-2023", "interlinked", chosen, ("verification",))
    assert verified.value == 2 + 12


def _with(cells: dict[str, Any]) -> Any:
    card = LIBRARY.procedures[0]
    return replace(
        LIBRARY,
        procedures=(replace(card, mapping=FormMapping(CardForm, "x", cells)), *LIBRARY.procedures[1:]),
    )


WHOLE = {"reader": declared("reader"), "reader_id": declared("reader_id"), "wish": declared("wish")}


@pytest.mark.parametrize(
    ("cells", "named"),
    [
        ({name: origin for name, origin in WHOLE.items() if name != "wish"}, "cell wish"),
        (WHOLE | {"wish": declared("whish")}, "whish"),
        (WHOLE | {"shelf": declared("wish")}, "no cell shelf"),
        (WHOLE | {"wish": result_of("shelf", "entry_number")}, "not awaited"),
        (WHOLE | {"wish": result_of("nothing", "entry_number")}, "not awaited"),
    ],
)
def test_a_mapping_that_is_not_whole_stops_the_program_naming_group_procedure_and_field(
    cells: dict[str, Any], named: str
) -> None:
    with pytest.raises(BadContract, match=named) as stopped:
        _with(cells)
    assert "library.reader_card" in str(stopped.value)


def test_a_result_that_the_procedure_before_does_not_give_stops_the_program() -> None:
    shelf = LIBRARY.procedures[1]
    cells = {**shelf.mapping.cells, "card": result_of("reader_card", "colour")}
    wrong = replace(shelf, mapping=FormMapping(shelf.mapping.form, "x", cells))
    with pytest.raises(BadContract, match="colour"):
        replace(LIBRARY, procedures=(LIBRARY.procedures[0], wrong))


def test_a_procedure_that_requires_a_later_one_stops_the_program() -> None:
    with pytest.raises(BadContract, match="does not come before"):
        replace(LIBRARY, procedures=tuple(reversed(LIBRARY.procedures)))


def test_an_agency_that_cannot_do_what_is_asked_stops_the_program() -> None:
    impossible = replace(LIBRARY.procedures[0], action="lend_the_moon")
    with pytest.raises(BadContract, match="lend_the_moon"):
        build_town(Catalogue([replace(LIBRARY, procedures=(impossible, *LIBRARY.procedures[1:]))]))
