"""The law as dated data: which limit is in force for a procedure, on a path, under a profile.

A profile says, for each path, the day whose law applies ("as of"). Rows of ``limits.toml`` carry
the first day they are in force, the article and a confidence; rows marked ``only_in`` belong to
one profile alone. Adding a profile or a row touches no Python file.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Literal

from flow_model.errors import BadContract, UnknownThing
from flow_model.reading import name_of, read_toml

PathName = Literal["separate", "interlinked"]
PATHS: tuple[PathName, ...] = ("separate", "interlinked")
UNITS = ("same_working_day", "working_days", "working_hours", "days", "minutes", "vnd")
CONFIDENCES = ("confirmed", "secondary", "inferred", "unverified")


@dataclass(frozen=True)
class Profile:
    """A law profile: the day whose law applies on each path."""

    id: str
    title_vi: str
    title_en: str
    as_of: Mapping[str, date]
    default: bool
    note_vi: str
    note_en: str


@dataclass(frozen=True)
class Limit:
    """One row of law: so much time, since a day, by an article, known with a confidence.

    ``value`` is None where the law in force was looked for and not found.
    """

    subject: str
    path: str
    value: int | None
    unit: str
    since: date
    until: date | None
    when: frozenset[str]
    unless: frozenset[str]
    article: str
    confidence: str
    only_in: str | None
    note: str

    @property
    def in_days(self) -> int | None:
        """The number this limit adds to a total: "the same day" counts as one, as in Decree 63."""
        return 1 if self.unit == "same_working_day" else self.value


class LawBook:
    """The profiles and rows of one group's ``limits.toml``."""

    def __init__(self, where: str, document: Mapping[str, Any]) -> None:
        self.where = where
        profiles = [_profile(where, row) for row in document.get("profile", [])]
        self.profiles = {profile.id: profile for profile in profiles}
        self.limits = [_limit(where, row, "procedure") for row in document.get("limit", [])]
        self.totals = [_limit(where, row, None) for row in document.get("total", [])]
        self.terms = [_limit(where, row, "term") for row in document.get("term", [])]
        if sum(profile.default for profile in self.profiles.values()) != 1:
            raise BadContract(where, "exactly one profile must say default = true")
        for limit in [*self.limits, *self.totals, *self.terms]:
            if limit.only_in is not None and limit.only_in not in self.profiles:
                raise BadContract(where, f"only_in names an unknown profile {limit.only_in!r}")

    @property
    def default(self) -> Profile:
        """The profile used when none is named."""
        return next(profile for profile in self.profiles.values() if profile.default)

    def profile(self, law: str) -> Profile:
        """The profile of this name; raises UnknownThing with the known names."""
        try:
            return self.profiles[law]
        except KeyError:
            known = ", ".join(self.profiles)
            raise UnknownThing(
                f"Không có bộ luật “{law}”; có: {known}", f"no law profile {law!r}; there are: {known}"
            ) from None

    def limit(self, procedure: str, path: str, law: str, conditions: Iterable[str] = ()) -> Limit:
        """The limit in force for a procedure; raises BadContract when no row covers it."""
        return self._pick(self.limits, procedure, path, law, conditions)

    def total(self, path: str, law: str, conditions: Iterable[str] = ()) -> Limit | None:
        """The total that the law itself states for the whole group, if it states one."""
        try:
            return self._pick(self.totals, "", path, law, conditions)
        except BadContract:
            return None

    def term(self, name: str, path: str, law: str) -> Limit:
        """A term that is not a processing limit: days to declare, to supplement, to acknowledge."""
        return self._pick(self.terms, name, path, law, ())

    def terms_in_force(self, path: str, law: str) -> list[str]:
        """The names of the terms that have a row under this profile, in the order of the file."""
        profile = self.profile(law)
        held = [row for row in self.terms if row.path in (path, "both")]
        names = dict.fromkeys(row.subject for row in held)
        return [
            name
            for name in names
            if any(row.subject == name and _in_force(row, profile, path) for row in held)
        ]

    def conditions(self, path: str, procedures: Iterable[str]) -> list[str]:
        """The facts (beside the chosen procedures) that some limit or total on this path depends on."""
        chosen = set(procedures)
        rows = [row for row in self.limits if row.subject in chosen] + self.totals
        facts = {name for row in rows if row.path in (path, "both") for name in row.when | row.unless}
        procedures_known = {row.subject for row in self.limits}
        return sorted(facts - procedures_known)

    def _pick(self, rows: list[Limit], subject: str, path: str, law: str, conditions: Iterable[str]) -> Limit:
        profile = self.profile(law)
        holding = set(conditions)
        in_force = [
            row
            for row in rows
            if row.subject == subject
            and row.path in (path, "both")
            and row.only_in in (None, law)
            and (row.only_in == law or _in_force(row, profile, path))
            and row.when <= holding
            and not row.unless & holding
        ]
        if not in_force:
            raise BadContract(
                self.where, f"no limit for {subject or 'the total'} on the {path} path under {law}"
            )
        return max(in_force, key=lambda row: (row.only_in is not None, len(row.when), row.since))


def _in_force(row: Limit, profile: Profile, path: str) -> bool:
    """Whether a row is law on the day that a profile looks at.

    An amount goes by the day of the death, and that is the same whichever path a family takes. What stands
    for that day is the profile's, whatever day a family declares: where a profile looks at an older law for
    the old path, the amounts of both are those of the later day.
    """
    day = max(profile.as_of.values()) if row.unit == "vnd" else profile.as_of[path]
    return row.since <= day and (row.until is None or day <= row.until)


def load_law(path: Path) -> LawBook:
    """Read a group's ``limits.toml``; raises BadContract when a row lacks article, date or unit."""
    return LawBook(name_of(path), read_toml(path))


def _profile(where: str, row: Mapping[str, Any]) -> Profile:
    try:
        return Profile(
            id=row["id"],
            title_vi=row["title_vi"],
            title_en=row["title_en"],
            as_of={"separate": row["separate_as_of"], "interlinked": row["interlinked_as_of"]},
            default=row.get("default", False),
            note_vi=row["note_vi"],
            note_en=row["note_en"],
        )
    except KeyError as missing:
        raise BadContract(where, f"profile {row.get('id', '?')} lacks {missing}") from None


def _limit(where: str, row: Mapping[str, Any], subject_key: str | None) -> Limit:
    subject = row.get(subject_key, "") if subject_key else ""
    for key in ("path", "since", "article", "confidence", "unit", *((subject_key,) if subject_key else ())):
        if key not in row:
            raise BadContract(where, f"the row for {subject or 'the total'} lacks {key}")
    if row["unit"] not in UNITS or row["confidence"] not in CONFIDENCES:
        raise BadContract(where, f"the row for {subject} has a wrong unit or confidence")
    for day in (row["since"], row.get("until", row["since"])):
        if type(day) is not date:
            raise BadContract(where, f"the row for {subject} has no day but {day!r} (write 2016-01-01)")
    if row["path"] not in (*PATHS, "both"):
        raise BadContract(where, f"the row for {subject} has a wrong path {row['path']!r}")
    value = None if row.get("unknown") else row.get("value", 1 if row["unit"] == "same_working_day" else None)
    if value is None and not row.get("unknown"):
        raise BadContract(where, f"the row for {subject} has no value (say unknown = true if none was found)")
    return Limit(
        subject=subject,
        path=row["path"],
        value=value,
        unit=row["unit"],
        since=row["since"],
        until=row.get("until"),
        when=frozenset(row.get("when", ())),
        unless=frozenset(row.get("unless", ())),
        article=row["article"],
        confidence=row["confidence"],
        only_in=row.get("only_in"),
        note=row.get("note", ""),
    )
