"""Pieces that the forms of two groups share: names, numbers, addresses, persons, and form CT01.

Text is stored in NFC: one person, one spelling. Ages and dates are checked against the day of
declaration by the groups, never against a clock here.
"""

import re
import unicodedata
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
)

from flow_model.working_time import in_vietnam


class Source(StrEnum):
    """Where the value of a cell comes from; each cell has exactly one."""

    TYPED = "typed"
    VNEID = "vneid"
    POPULATION = "population"
    NOTICE = "notice"
    INSURANCE = "insurance"
    RESIDENCE = "residence"
    RESULT = "result"
    DERIVED = "derived"


FIRST_DAY = date(1900, 1, 1)
LAST_DAY = date(2100, 12, 31)


def _nfc(text: Any) -> Any:
    return unicodedata.normalize("NFC", text).strip() if isinstance(text, str) else text


def _letters_only(text: str) -> str:
    for character in text:
        if not (character.isalpha() or character in " '-." or unicodedata.category(character) == "Mn"):
            raise ValueError("a name holds letters, spaces, hyphens and apostrophes only")
        if character.isalpha() and not unicodedata.name(character, "").startswith("LATIN"):
            raise ValueError("a name is written in Latin letters")
    return " ".join(text.split())


def _within_reach(day: date) -> date:
    if not FIRST_DAY <= day <= LAST_DAY:
        raise ValueError("the day lies outside 1900 to 2100")
    return day


def _strict_day(value: Any) -> Any:
    if isinstance(value, bool | int | float):
        raise ValueError("a day is written YYYY-MM-DD")
    return value


def _strict_instant(value: Any) -> Any:
    if isinstance(value, bool | int | float):
        raise ValueError("an instant is written YYYY-MM-DDThh:mm:ss+07:00")
    return value


def _plain_phone(value: Any) -> Any:
    """Without what people put between the digits, and as it is dialled within the country."""
    return re.sub(r"^\+84", "0", re.sub(r"[ .-]", "", value)) if isinstance(value, str) else value


def _on_our_clocks(at: datetime) -> datetime:
    at = in_vietnam(at)
    _within_reach(at.date())
    return at


Text = Annotated[str, BeforeValidator(_nfc), StringConstraints(min_length=1, max_length=200)]
FullName = Annotated[
    str, BeforeValidator(_nfc), StringConstraints(min_length=2, max_length=100), AfterValidator(_letters_only)
]
PersonalId = Annotated[str, StringConstraints(pattern=r"^[0-9]{12}$")]
Phone = Annotated[str, StringConstraints(pattern=r"^0[0-9]{9}$"), BeforeValidator(_plain_phone)]
Email = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._+-]{1,64}@[A-Za-z0-9.-]{1,100}$")]
Day = Annotated[date, BeforeValidator(_strict_day), AfterValidator(_within_reach)]
# Whatever offset it is written with: which day it falls on is Vietnam's.
Instant = Annotated[datetime, AwareDatetime, BeforeValidator(_strict_instant), AfterValidator(_on_our_clocks)]
Ethnicity = Annotated[str, StringConstraints(pattern=r"^(0[1-9]|[1-4][0-9]|5[0-6])$")]
Nationality = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]


class Sex(StrEnum):
    """As written in the books."""

    MALE = "male"
    FEMALE = "female"
    UNDETERMINED = "undetermined"


class Closed(BaseModel):
    """A part of a declaration or form: nothing may be added, nothing changed."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class Address(Closed):
    """An address by official codes (province 2 digits, commune 5 digits) and free text."""

    province_code: Annotated[str, StringConstraints(pattern=r"^[0-9]{2}$")]
    commune_code: Annotated[str, StringConstraints(pattern=r"^[0-9]{5}$")]
    detail: Text

    def as_line(self) -> str:
        """One line, by codes: stable in every language; names are added where people read."""
        return f"{self.detail}, {self.commune_code}, {self.province_code}"


# The office of a commune, as the detail of an address: where a declaration is handed in.
COMMUNE_OFFICE = "Ủy ban nhân dân"


def entry(source: Source, title_vi: str, title_en: str, default: Any = ..., **more: Any) -> Any:
    """Declare a field of a declaration with its source and its two labels."""
    return Field(
        default, title=title_vi, json_schema_extra={"source": source.value, "title_en": title_en}, **more
    )


def typed(title_vi: str, title_en: str, default: Any = ..., **more: Any) -> Any:
    """Declare a field that the citizen writes or ticks."""
    return entry(Source.TYPED, title_vi, title_en, default, **more)


def cell(
    number: str,
    title_vi: str,
    title_en: str,
    *,
    printed: bool = False,
    internal: bool = False,
    default: Any = None,
) -> Any:
    """Declare a cell of an official form, under the number printed on the form.

    ``printed`` cells are filled by the office or the form itself: nobody writes them by hand. ``internal``
    ones are for the office's machines alone: no sheet shows them.
    """
    return Field(
        default,
        title=title_vi,
        json_schema_extra={
            "number": number,
            "title_en": title_en,
            "printed": printed,
            "internal": internal,
        },
    )


class Copies(Closed):
    """Copies of the paper that the civil-status office issues."""

    wanted: bool = typed("Đề nghị cấp bản sao", "Copies wanted", False)
    number: int | None = typed("Số lượng bản sao", "Number of copies", None, ge=1, le=20)


class ResultMethod(StrEnum):
    """How a result comes back."""

    ELECTRONIC = "electronic"
    POST = "post"
    AT_COMMUNE = "at_commune"


class InsuranceResultMethod(StrEnum):
    """How a result of the social insurance comes back: at its own office as well."""

    ELECTRONIC = "electronic"
    POST = "post"
    AT_COMMUNE = "at_commune"
    AT_INSURANCE = "at_insurance"


class OfficialForm(Closed):
    """The base of every official form: cells only."""
