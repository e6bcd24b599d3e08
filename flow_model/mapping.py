"""Fill an official form from the one declaration, and prove that every cell has one origin.

An origin is a field of the declaration, a result of an earlier procedure, or a pure function of
these. From the same table come the filled form, the lineage, and the count of what is typed.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from functools import lru_cache
from typing import Any, get_args

from pydantic import BaseModel

from flow_model.errors import BadContract
from flow_model.form_parts import OfficialForm, Source


@dataclass(frozen=True)
class Declared:
    """The cell carries a field of the declaration, by dotted path."""

    path: str


@dataclass(frozen=True)
class ResultOf:
    """The cell carries a result of an earlier procedure."""

    procedure: str
    name: str


@dataclass(frozen=True)
class Derived:
    """The cell is a pure function of other origins; ``rule`` says which, for the lineage page."""

    make: Callable[..., Any]
    rule: str
    inputs: tuple[Declared | ResultOf, ...]


Origin = Declared | ResultOf | Derived


def declared(path: str) -> Declared:
    """Origin: the declaration's field at this dotted path."""
    return Declared(path)


def result_of(procedure: str, name: str) -> ResultOf:
    """Origin: a named result of a procedure that comes before."""
    return ResultOf(procedure, name)


def derived(make: Callable[..., Any], rule: str, *inputs: Declared | ResultOf) -> Derived:
    """Origin: ``make(*values of inputs)``."""
    return Derived(make, rule, inputs)


@dataclass(frozen=True)
class FormMapping:
    """Which cell of an official form comes from where."""

    form: type[OfficialForm]
    form_code: str
    cells: Mapping[str, Origin]

    def blanks(self) -> list[str]:
        """The cells a citizen writes when the form is filled by hand."""
        return [name for name in self.cells if not _extra(self.form, name)["printed"]]


@dataclass(frozen=True)
class CellOrigin:
    """One line of the lineage: a cell of a form and where its value comes from."""

    procedure: str
    form_code: str
    cell: str
    number: str
    title_vi: str
    title_en: str
    printed: bool
    source: Source
    roots: tuple[str, ...]
    rule: str
    internal: bool = False

    def as_json(self) -> dict[str, Any]:
        """The line as it is shown."""
        return {
            "procedure": self.procedure,
            "form": self.form_code,
            "cell": self.cell,
            "number": self.number,
            "title_vi": self.title_vi,
            "title_en": self.title_en,
            "printed": self.printed,
            "source": self.source.value,
            "roots": list(self.roots),
            "rule": self.rule,
        }


def fill(
    mapping: FormMapping, declaration: BaseModel, results: Mapping[str, Mapping[str, Any]]
) -> dict[str, Any]:
    """The cells of a form as plain values, ready to validate; results by procedure and name."""
    return {name: _plain(_value(origin, declaration, results)) for name, origin in mapping.cells.items()}


def _value(origin: Origin, declaration: BaseModel, results: Mapping[str, Mapping[str, Any]]) -> Any:
    match origin:
        case Declared(path):
            return read_path(declaration, path)
        case ResultOf(procedure, name):
            return results.get(procedure, {}).get(name)
        case Derived(make, _, inputs):
            return make(*(_value(each, declaration, results) for each in inputs))


def read_path(declaration: BaseModel, path: str) -> Any:
    """The value at a dotted path; None where a block on the way is absent."""
    value: Any = declaration
    for step in path.split("."):
        if value is None:
            return None
        value = getattr(value, step)
    return value


def _plain(value: Any) -> Any:
    match value:
        case BaseModel():
            return value.as_line() if hasattr(value, "as_line") else value.model_dump(mode="json")
        case datetime():
            return value.isoformat()
        case date():
            return value.isoformat()
        case Enum():
            return value.value
        case _:
            return value


def field_sources(declaration: type[BaseModel], prefix: str = "") -> Iterator[tuple[str, Source, str, str]]:
    """Every leaf field of a declaration: dotted path, source, Vietnamese and English label.

    A field that declares a source is a leaf, even when its value is a block such as an address.
    """
    for name, field in declaration.model_fields.items():
        extra = field.json_schema_extra
        block = _block(field.annotation)
        if isinstance(extra, dict) and "source" in extra:
            yield f"{prefix}{name}", Source(str(extra["source"])), field.title or name, str(extra["title_en"])
        elif block is not None:
            yield from field_sources(block, f"{prefix}{name}.")
        else:
            raise BadContract(declaration.__name__, f"field {prefix}{name} declares no source")


@lru_cache
def source_by_path(declaration: type[BaseModel]) -> Mapping[str, Source]:
    """Who knows each leaf field of a declaration."""
    return {path: source for path, source, *_ in field_sources(declaration)}


def _block(annotation: Any) -> type[BaseModel] | None:
    for candidate in (annotation, *get_args(annotation)):
        if isinstance(candidate, type) and issubclass(candidate, BaseModel):
            return candidate
    return None


def _extra(form: type[OfficialForm], name: str) -> dict[str, Any]:
    extra = form.model_fields[name].json_schema_extra
    return extra if isinstance(extra, dict) else {}


def prove(
    where: str,
    procedure: str,
    mapping: FormMapping,
    declaration: type[BaseModel],
    awaited: Mapping[str, tuple[str, ...]],
) -> None:
    """Raise BadContract naming group, procedure and field unless the mapping is whole.

    ``awaited`` holds, for each procedure that comes before, the names of its results.
    """
    fields = {path for path, *_ in field_sources(declaration)}
    here = f"{where}.{procedure}"
    for name in mapping.form.model_fields:
        if name not in mapping.cells:
            raise BadContract(here, f"cell {name} of {mapping.form.__name__} has no origin")
        if "number" not in _extra(mapping.form, name):
            raise BadContract(here, f"cell {name} of {mapping.form.__name__} has no number on the form")
    for name, origin in mapping.cells.items():
        if name not in mapping.form.model_fields:
            raise BadContract(here, f"{mapping.form.__name__} has no cell {name}")
        for root in origin.inputs if isinstance(origin, Derived) else (origin,):
            _prove_root(here, name, root, fields, awaited)


def _prove_root(
    here: str,
    cell: str,
    root: Declared | ResultOf,
    fields: set[str],
    awaited: Mapping[str, tuple[str, ...]],
) -> None:
    if isinstance(root, Declared):
        if root.path not in fields:
            raise BadContract(here, f"cell {cell} uses an unknown field {root.path} of the declaration")
    elif root.procedure not in awaited:
        raise BadContract(here, f"cell {cell} uses a result of {root.procedure}, which is not awaited")
    elif root.name not in awaited[root.procedure]:
        raise BadContract(here, f"cell {cell} uses {root.name}, which {root.procedure} does not give")


def lineage(procedure: str, mapping: FormMapping, declaration: type[BaseModel]) -> list[CellOrigin]:
    """Where each cell of one form comes from, in the order of the form."""
    sources = source_by_path(declaration)
    lines = []
    for name in mapping.form.model_fields:
        origin, extra = mapping.cells[name], _extra(mapping.form, name)
        roots = origin.inputs if isinstance(origin, Derived) else (origin,)
        lines.append(
            CellOrigin(
                procedure=procedure,
                form_code=mapping.form_code,
                cell=name,
                number=extra["number"],
                title_vi=mapping.form.model_fields[name].title or name,
                title_en=extra["title_en"],
                printed=extra["printed"],
                source=_source(origin, sources),
                roots=tuple(_root_name(root) for root in roots),
                rule=origin.rule if isinstance(origin, Derived) else "",
                internal=extra["internal"],
            )
        )
    return lines


def _source(origin: Origin, sources: Mapping[str, Source]) -> Source:
    match origin:
        case Declared(path):
            return sources[path]
        case ResultOf():
            return Source.RESULT
        case Derived():
            return Source.DERIVED


def _root_name(root: Declared | ResultOf) -> str:
    return root.path if isinstance(root, Declared) else f"{root.procedure}.{root.name}"
