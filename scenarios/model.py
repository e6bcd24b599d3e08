"""A scenario: one TOML file that says who declares what, what goes wrong, and what must be true at the end.

The same file is a test, a demo with narration, a lesson, and an input to the simulator. Its JSON Schema is
made from these classes (schema.py), so a field's description here is what an editor shows.
"""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from flow_model.faults import AnyFault, Closed, Moment
from scenarios.acts import Act, Declare
from scenarios.expect import Expect
from scenarios.words import MAIN, DossierName, EventName, Slug

MOST_DECLARED, MOST_ACTS, MOST_LETTERS = 50, 200, 60_000
MOST_SEED = 2**31 - 1


class Terms(Closed):
    """What fixes the run. What is left out has the gateway's default."""

    law: Annotated[str, Field(pattern=r"^[a-z0-9-]{1,40}$")] | None = Field(None, description="law profile")
    seed: int = Field(2026, ge=0, le=MOST_SEED, description="all chance comes from this number")
    starts_at: Moment | None = Field(None, description="the story's date and hour")
    families: int = Field(40, ge=0, le=5000)
    preview_minutes: int | None = Field(None, ge=1, le=1440, description="how long a preview may be answered")
    officers: Literal["simulated", "human"] = "simulated"
    citizens: Literal["simulated", "human"] = Field(
        "simulated", description="human: consents and supplements come only by an [[act]]"
    )


class Narration(Closed):
    """What a trainer says before it begins."""

    vi: str = Field(min_length=20, max_length=2000)
    en: str = Field(min_length=20, max_length=2000)


class Tell(Closed):
    """What a trainer says when something happens."""

    on: EventName
    dossier: DossierName = MAIN
    vi: str = Field(min_length=5, max_length=500)
    en: str = Field(min_length=5, max_length=500)


class Scenario(Closed):
    """One story."""

    id: Slug = Field("", validate_default=False, description="the file's name without .toml, when left out")
    title_vi: str = Field(min_length=5, max_length=200)
    title_en: str = Field(min_length=5, max_length=200)
    cites: tuple[str, ...] = Field(min_length=1, description="the article or the complaint it comes from")
    tags: tuple[Slug, ...] = Field((), max_length=20)
    reported: tuple[Annotated[str, Field(pattern=r"^F([1-9]|1\d|2[0-2])$")], ...] = Field(
        (), description="faults of the domain sheet, section 7, that it shows"
    )
    narration: Narration
    tell: tuple[Tell, ...] = ()
    run: Terms = Field(default_factory=lambda: Terms.model_validate({}))
    declare: tuple[Declare, ...] = Field(min_length=1, max_length=MOST_DECLARED)
    act: tuple[Act, ...] = Field((), max_length=MOST_ACTS)
    fault: tuple[AnyFault, ...] = Field((), max_length=50)
    expect: Expect = Field(default_factory=lambda: Expect.model_validate({}))

    @model_validator(mode="after")
    def _names(self) -> "Scenario":
        names = [each.name for each in self.declare]
        if len(set(names)) != len(names):
            raise ValueError("two declarations have the same name")
        used = {each.dossier for each in (*self.act, *self.tell)}
        for part in (self.expect.deadline, self.expect.count, self.expect.order, self.expect.message):
            used |= {each.dossier for each in part}
        used |= {each.dossier for each in self.expect.finding}
        for table in (self.expect.outcomes, self.expect.state, self.expect.log):
            used |= set(table)
        unknown = sorted(used - set(names))
        if unknown:
            raise ValueError(f"no declaration is called {', '.join(unknown)}; there are: {', '.join(names)}")
        return self
