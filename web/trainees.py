"""The names of trainees' runs, by which any page of such a run finds the way back to their own page."""

import re

# Each of these runs is one trainee's own.
TRAINEES = "lop-"
_RUN = re.compile(rf"^{TRAINEES}([a-z0-9]+)-([0-9a-f]{{10}})-[0-9]+$")


def run_of(code: str, name: str, number: int) -> str:
    """The run of a trainee of a class; ``number`` grows when they begin anew."""
    return f"{TRAINEES}{code.lower()}-{name}-{number}"


def page_of(code: str, name: str) -> str:
    """A trainee's own page."""
    return f"/lop/{code}/{name}"


def own_page(run_id: str) -> str:
    """The page of the trainee whose run this is; nothing for any other run."""
    found = _RUN.match(run_id)
    return page_of(found[1].upper(), found[2]) if found else ""
