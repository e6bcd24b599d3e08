"""The fields of a declaration as a page needs them: what kind each is, what may be chosen, what is needed.

Read from the declaration's model alone, so a field that is added there appears wherever fields are shown.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, get_args, get_origin

from annotated_types import Ge, Le
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from flow_model.form_parts import Address, Email, Ethnicity, Nationality, PersonalId, Phone, Source


class Kind(StrEnum):
    """How a field is asked for."""

    TEXT = "text"
    CHOICE = "choice"
    SEVERAL = "several"
    YES_NO = "yes_no"
    AGREED = "agreed"
    DAY = "day"
    INSTANT = "instant"
    NUMBER = "number"
    ADDRESS = "address"
    ETHNICITY = "ethnicity"
    NATIONALITY = "nationality"
    PERSONAL_ID = "personal_id"
    PHONE = "phone"
    EMAIL = "email"
    PEOPLE = "people"
    LINES = "lines"


@dataclass(frozen=True)
class DeclaredField:
    """One leaf of a declaration; ``values`` of a choice, ``parts`` of a person in a list."""

    path: str
    source: Source
    title_vi: str
    title_en: str
    kind: Kind
    needed: bool
    values: tuple[str, ...] = ()
    default: Any = None
    parts: tuple[str, ...] = ()
    most: int | None = None
    least: int | None = None

    @property
    def pulled(self) -> bool:
        """Whether somebody else than the citizen knows it."""
        return self.source is not Source.TYPED

    @property
    def names_a_person(self) -> bool:
        """Whether it is somebody's name."""
        return self.path.endswith(("full_name", "_name"))


_BY_PATTERN = {
    get_args(each)[1].pattern: kind
    for each, kind in (
        (PersonalId, Kind.PERSONAL_ID),
        (Phone, Kind.PHONE),
        (Email, Kind.EMAIL),
        (Ethnicity, Kind.ETHNICITY),
        (Nationality, Kind.NATIONALITY),
    )
}


def declared_fields(declaration: type[BaseModel], prefix: str = "") -> Iterator[DeclaredField]:
    """Every leaf field, in the order of the declaration; a field that names its source is a leaf."""
    for name, field in declaration.model_fields.items():
        extra = field.json_schema_extra
        if isinstance(extra, dict) and "source" in extra:
            yield _leaf(f"{prefix}{name}", field, extra)
        elif (block := _model(field.annotation)) is not None:
            yield from declared_fields(block, f"{prefix}{name}.")


def empty_blocks(declaration: type[BaseModel]) -> dict[str, Any]:
    """The blocks that a declaration cannot be without, with nothing in them."""
    return {
        name: {}
        for name, field in declaration.model_fields.items()
        if field.is_required() and isinstance(field.annotation, type)
        if issubclass(field.annotation, BaseModel)
    }


def _leaf(path: str, field: FieldInfo, extra: Mapping[str, Any]) -> DeclaredField:
    kind, values, parts = _kind(field)
    bounds = {type(each): each for each in field.metadata}
    most, least = bounds.get(Le), bounds.get(Ge)
    return DeclaredField(
        path=path,
        source=Source(str(extra["source"])),
        title_vi=field.title or path,
        title_en=str(extra["title_en"]),
        kind=kind,
        needed=field.is_required(),
        values=values,
        default=None if field.is_required() else _plain(field.default),
        parts=parts,
        most=most.le if most else None,
        least=least.ge if least else None,
    )


def _kind(field: FieldInfo) -> tuple[Kind, tuple[str, ...], tuple[str, ...]]:
    base, patterns = _unwrapped(field)
    if get_origin(base) is tuple:
        inner = get_args(base)[0]
        if issubclass(inner, StrEnum):
            return Kind.SEVERAL, tuple(each.value for each in inner), ()
        people = issubclass(inner, BaseModel)
        return (Kind.PEOPLE, (), tuple(inner.model_fields)) if people else (Kind.LINES, (), ())
    if base is bool:
        return (Kind.AGREED if field.is_required() else Kind.YES_NO), (), ()
    if issubclass(base, StrEnum):
        return Kind.CHOICE, tuple(each.value for each in base), ()
    for known, kind in _BY_TYPE:
        if issubclass(base, known):
            return kind, (), ()
    return next((_BY_PATTERN[each] for each in patterns if each in _BY_PATTERN), Kind.TEXT), (), ()


_BY_TYPE: tuple[tuple[type, Kind], ...] = (
    (datetime, Kind.INSTANT),
    (date, Kind.DAY),
    (int, Kind.NUMBER),
    (Address, Kind.ADDRESS),
)


def _unwrapped(field: FieldInfo) -> tuple[Any, list[str]]:
    """The type beneath ``| None`` and ``Annotated``, and the patterns its text must match."""
    inner = [each for each in get_args(field.annotation) if each is not type(None)]
    wrapped: Any = inner[0] if type(None) in get_args(field.annotation) else field.annotation
    metadata = [*field.metadata, *getattr(wrapped, "__metadata__", ())]
    if hasattr(wrapped, "__metadata__"):
        wrapped = get_args(wrapped)[0]
    return wrapped, [str(each.pattern) for each in metadata if getattr(each, "pattern", None)]


def _model(annotation: Any) -> type[BaseModel] | None:
    for candidate in (annotation, *get_args(annotation)):
        if isinstance(candidate, type) and issubclass(candidate, BaseModel):
            return candidate
    return None


def _plain(value: Any) -> Any:
    return value.value if isinstance(value, StrEnum) else list(value) if isinstance(value, tuple) else value
