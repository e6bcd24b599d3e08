"""The runs of trainees: one for each, opened when they join, removed when they begin anew."""

from collections.abc import Mapping, Sequence
from typing import Any

from web.asking import Asking, Passed
from web.classroom.classes import Class, Classes, Trainee

_GONE = "not-found"


async def open_run(asking: Asking, one: Class, trainee: Trainee) -> None:
    """The run of a trainee; asked for twice, it is opened once."""
    await asking.post("/runs", {"run_id": trainee.run_id, "terms": one.terms})


async def dossiers_of(asking: Asking, one: Class, trainee: Trainee) -> Sequence[Mapping[str, Any]]:
    """What a trainee has declared; a run that somebody removed is opened again."""
    try:
        found: Sequence[Mapping[str, Any]] = await asking.get(f"/runs/{trainee.run_id}/dossiers")
    except Passed as refused:
        if refused.slug != _GONE:
            raise
        await open_run(asking, one, trainee)
        return ()
    return found


async def begin_anew(asking: Asking, classes: Classes, one: Class, trainee: Trainee) -> None:
    """Another run for a trainee; the one before is removed."""
    fresh = classes.anew(trainee)
    await open_run(asking, one, fresh)
    await remove_run(asking, trainee)


async def remove_run(asking: Asking, trainee: Trainee) -> None:
    """The run is gone; that it was gone already is as good."""
    try:
        await asking.ask("DELETE", f"/runs/{trainee.run_id}")
    except Passed as refused:
        if refused.slug != _GONE:
            raise
