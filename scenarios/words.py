"""The words of a scenario file: what names, events and waits look like."""

from typing import Annotated

from pydantic import Field

Slug = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,79}$")]
Name = Annotated[str, Field(pattern=r"^[a-z_]{1,60}$")]
DossierName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
# "received permanent_residence", "consent_given", "supplement_requested birth_registration"
EventName = Annotated[str, Field(pattern=r"^[a-z_]{1,40}( [a-z_]{1,60})?$")]
Wait = Annotated[
    str,
    Field(
        pattern=r"^\d{1,5} (minutes|hours|days|working_minutes|working_hours|working_days)$",
        description="such as '30 minutes' or '7 working_days'",
    ),
]
MAIN = "dossier"
