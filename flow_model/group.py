"""The language flows are written in: Group, Procedure, Check, Finding.

A group is data and pure functions. It knows no web framework, no database and no engine; a
contradiction in it stops the program at start, naming group, procedure and field.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from pydantic import BaseModel

from flow_model.assumptions import Assumptions
from flow_model.declaration_pages import DeclarationPages, plain_pages
from flow_model.errors import BadContract, FieldError, Refused
from flow_model.form_parts import OfficialForm
from flow_model.limits import PATHS, LawBook
from flow_model.mapping import CellOrigin, FormMapping, field_sources, lineage, prove


def attached_papers(declaration: Any) -> tuple[str, ...]:
    """The kinds of paper attached to a declaration that lists them under ``papers``."""
    return tuple(paper.value for paper in declaration.papers)


class Effect(StrEnum):
    """What a finding does to an application, from the mildest to the gravest."""

    NOTE = "note"
    VERIFY = "verify"
    SUPPLEMENT = "supplement"
    RETURN = "return_to_issuer"
    REJECT = "reject"


@dataclass(frozen=True)
class Finding:
    """What an officer found, and the article that makes it matter.

    ``remedy`` names papers of which one puts it right; a citizen who is asked for a supplement sends it.
    """

    code: str
    effect: Effect
    message_vi: str
    message_en: str
    article: str
    remedy: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """The finding as it stands in an event's payload."""
        return {
            "code": self.code,
            "effect": self.effect.value,
            "message_vi": self.message_vi,
            "message_en": self.message_en,
            "article": self.article,
            "remedy": list(self.remedy),
        }


@dataclass(frozen=True)
class Facts:
    """What an officer knows beside the form: look-ups by name, papers, consents, days.

    ``looked_up[name]`` is None when the registry had nothing under the key.
    """

    looked_up: Mapping[str, Any]
    documents: frozenset[str]
    consents: frozenset[str]
    declared_at: datetime
    path: str
    round: int
    terms: Mapping[str, int]


Check = Callable[[Any, Facts], Finding | None]


@dataclass(frozen=True)
class LookUp:
    """A question to a registry: which service, which kind of record, keyed by which field."""

    name: str
    service: str
    kind: str
    key: str


@dataclass(frozen=True)
class Prefill:
    """Fields of the declaration that a look-up fills, so that nobody types them."""

    look_up: LookUp
    fills: Mapping[str, str]


@dataclass(frozen=True)
class Consent:
    """A confirmation that somebody else gives by VNeID (or signs, on the old path).

    ``of`` gives the personal ID of who must confirm, or None when nobody must. With a ``window``
    (the name of a term of law) the agency goes on without it when the window closes.
    """

    party: str
    title_vi: str
    title_en: str
    article: str
    of: Callable[[Any], str | None]
    window: str | None = None


@dataclass(frozen=True)
class Procedure:
    """One administrative procedure: who decides, on which form, after which others.

    ``benefit_for`` names the kind of benefit it pays: of one kind the law pays one for one life event.
    """

    id: str
    title_vi: str
    title_en: str
    agency: str
    action: str
    mapping: FormMapping
    results: tuple[str, ...]
    result_title_vi: str
    result_title_en: str
    requires: tuple[str, ...] = ()
    facts: tuple[LookUp, ...] = ()
    checks: tuple[Check, ...] = ()
    consents: tuple[Consent, ...] = ()
    papers: tuple[str, ...] = ()
    codes: Mapping[str, str] = field(default_factory=dict)
    since: date | None = None
    visits_until: date | None = None
    benefit_for: str | None = None

    def visited_on(self, day: date) -> bool:
        """Whether the old path needs a visit for it under the law of that day."""
        return self.visits_until is None or day <= self.visits_until


@dataclass(frozen=True)
class Bundle:
    """A lawful choice of procedures."""

    procedures: tuple[str, ...]
    title_vi: str
    title_en: str


@dataclass(frozen=True)
class Group:
    """An interlinked group: one declaration, several procedures, two paths.

    ``subject`` names whom a dossier is about, ``natural_key`` tells one life event from another.
    ``example`` and ``wanted`` say what an invented family types and asks for: a group without an example
    is left out where families declare by themselves. ``door`` refuses what no officer needs to see;
    ``conditions`` names what lengthens the limits; ``documents`` lists the papers.
    """

    id: str
    letter: str
    title_vi: str
    title_en: str
    declaration: type[BaseModel]
    procedures: tuple[Procedure, ...]
    bundles: tuple[Bundle, ...]
    law: LawBook
    assumptions: Assumptions
    subject: Callable[[Any], str]
    natural_key: Callable[[Any], str]
    prefills: tuple[Prefill, ...] = ()
    example: Callable[[Mapping[str, Any]], dict[str, Any]] | None = None
    wanted: Callable[[Mapping[str, Any]], tuple[str, ...]] = lambda _family: ()
    door: Callable[[Any, tuple[str, ...], datetime], list[FieldError]] = (
        lambda _declaration, _procedures, _now: []
    )
    conditions: Callable[[Any], frozenset[str]] = lambda _declaration: frozenset()
    documents: Callable[[Any], tuple[str, ...]] = lambda _declaration: ()
    pages_declared: DeclarationPages | None = None

    def __post_init__(self) -> None:
        if len({procedure.id for procedure in self.procedures}) != len(self.procedures):
            raise BadContract(self.id, "two procedures have the same id")
        for procedure in self.procedures:
            self._prove_procedure(procedure)
        self._prove_prefills()
        for bundle in self.bundles:
            for procedure_id in bundle.procedures:
                self.procedure(procedure_id)
        for profile in self.law.profiles:
            for path in PATHS:
                for procedure in self.in_force(profile, path):
                    self.law.limit(procedure.id, path, profile)

    def _prove_prefills(self) -> None:
        fields = {path for path, *_ in field_sources(self.declaration)}
        for prefill in self.prefills:
            for path in (prefill.look_up.key, *prefill.fills):
                if path not in fields:
                    raise BadContract(
                        self.id, f"prefill {prefill.look_up.name} names an unknown field {path}"
                    )

    def _prove_procedure(self, procedure: Procedure) -> None:
        earlier: dict[str, tuple[str, ...]] = {}
        for other in self.procedures:
            if other.id == procedure.id:
                break
            earlier[other.id] = other.results
        for required in procedure.requires:
            if required not in earlier:
                raise BadContract(
                    f"{self.id}.{procedure.id}", f"requires {required}, which does not come before"
                )
        awaited = {name: earlier[name] for name in procedure.requires}
        prove(self.id, procedure.id, procedure.mapping, self.declaration, awaited)
        form = procedure.mapping.form
        for look_up in procedure.facts:
            if look_up.key not in form.model_fields:
                raise BadContract(
                    f"{self.id}.{procedure.id}",
                    f"fact {look_up.name} is keyed by an unknown cell {look_up.key}",
                )

    def procedure(self, procedure_id: str) -> Procedure:
        """The procedure of this id; raises BadContract when the group has none."""
        for procedure in self.procedures:
            if procedure.id == procedure_id:
                return procedure
        raise BadContract(self.id, f"no procedure {procedure_id}")

    def in_force(self, law: str, path: str) -> tuple[Procedure, ...]:
        """The procedures the group holds under a law profile."""
        day = self.law.profile(law).as_of[path]
        return tuple(each for each in self.procedures if each.since is None or each.since <= day)

    def choices(self, law: str, path: str) -> tuple[Bundle, ...]:
        """The bundles a declarant may choose under a law profile."""
        held = {each.id for each in self.in_force(law, path)}
        return tuple(bundle for bundle in self.bundles if held.issuperset(bundle.procedures))

    def choose(self, wanted: tuple[str, ...], law: str, path: str) -> tuple[str, ...]:
        """The wanted procedures in the group's order; raises Refused unless they are a lawful bundle."""
        for bundle in self.choices(law, path):
            if set(bundle.procedures) == set(wanted) and len(wanted) == len(set(wanted)):
                return tuple(each.id for each in self.procedures if each.id in wanted)
        offered = "; ".join(" + ".join(bundle.procedures) for bundle in self.choices(law, path))
        raise Refused(
            f"Không thể chọn các thủ tục này cùng nhau. Có thể chọn: {offered}",
            f"these procedures cannot be chosen together; choose one of: {offered}",
        )

    def lineage(self, procedures: tuple[str, ...]) -> list[CellOrigin]:
        """Where each cell of the chosen procedures' forms comes from."""
        return [
            line
            for each in self.procedures
            if each.id in procedures
            for line in lineage(each.id, each.mapping, self.declaration)
        ]

    @property
    def folder(self) -> str:
        """The folder that declares it, as people are told of it."""
        return self.assumptions.where.rpartition("/")[0] or self.id

    @property
    def pages(self) -> DeclarationPages:
        """What pages say about the declaration; of a group that says nothing, what its model tells."""
        return self.pages_declared or plain_pages(self.declaration)

    def form_of(self, procedure_id: str) -> type[OfficialForm]:
        """The official form of a procedure."""
        return self.procedure(procedure_id).mapping.form
