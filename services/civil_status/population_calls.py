"""What the civil-status office asks of the population registry before it makes an entry."""

from dataclasses import asdict
from typing import Any

from sqlmodel import Session

from chassis.client import ServiceRefused, ServiceUnreachable
from mock_registries import civil_status
from mock_registries.registry import Entry
from services.agency import Line, Unreachable

Json = dict[str, Any]
NOT_THEIRS = (404, 409, 422)


async def ask_personal_id(line: Line, entry: Entry) -> Json:
    """A personal ID for the child, and what is to be noted about it.

    The certificate does not wait: without an answer it is issued without the number. Foreigners get none.
    """
    form = entry.form
    if form["child_nationality"] != "VN":
        return {"personal_id": None, "notes": []}
    asked = {
        "full_name": form["child_full_name"],
        "sex": form["child_sex"],
        "born_on": form["child_born_on"],
        "province_code": form["registration_place"]["province_code"],
        "mother_id": form["mother_paper"],
        "twin_confirmed": False,
    }
    path = f"/personal-ids/{entry.application_id}"
    try:
        told = (await line.ask("population", "PUT", path, json=asked)).raise_for_problem().body
        note = told["because"] if told["status"] == "later" else None
        if told["status"] == "suspected_duplicate":
            note = "suspected_duplicate"
            if entry.is_twin:
                confirmed = asked | {"twin_confirmed": True}
                told = (await line.ask("population", "PUT", path, json=confirmed)).raise_for_problem().body
                note = "overridden"
    except ServiceRefused:
        return {"personal_id": None, "notes": ["refused"]}
    except ServiceUnreachable as error:
        return _later(Unreachable.of(error), "unreachable")
    if told["status"] == "later":
        held = Unreachable("population", told["because"], told["again_after_seconds"], "id_issue")
        return _later(held, told["because"])
    return {"personal_id": told["personal_id"], "notes": [] if note is None else [note]}


def _later(why: Unreachable, note: str) -> Json:
    return {"personal_id": None, "notes": [note], "unreachable": asdict(why)}


async def report_death(line: Line, entry: Entry) -> Json:
    """Tell the population registry. What it refuses hinders no entry; while it is down the entry waits."""
    form = entry.form
    path = f"/persons/{form['personal_id']}/death"
    answer = await line.ask("population", "PUT", path, json={"died_at": form["died_at"]})
    if answer.status in NOT_THEIRS:
        return {}
    told: Json = answer.raise_for_problem().body
    return told


def write_personal_id(session: Session, run_id: str, application_id: str, told: Json) -> Json | None:
    """Fill in the number that came late; None when the answer was that there is none."""
    personal_id = told["personal_id"]
    if personal_id is None:
        return None
    civil_status.fill_in_id(session, run_id, application_id, personal_id)
    return {"personal_id": personal_id}
