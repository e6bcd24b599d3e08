"""Which days Vietnam's offices work: the week, the public holidays, the swapped days, our corrections.

Public holidays come from the `holidays` package; `working_days.toml` corrects it, with documents. The
package is loaded at the first question, not at import: it costs some 25 MB.
"""

import re
import tomllib
from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from itertools import accumulate, pairwise
from pathlib import Path
from typing import Any, Literal

WORKING_DAYS_TOML = Path(__file__).with_name("working_days.toml")
SATURDAY = 5
_CONFIDENCES = frozenset({"confirmed", "secondary", "inferred", "unverified", "assumption"})
_SUBSTITUTED = re.compile(r"thay cho ngày (\d{2})/(\d{2})/(\d{4})")


@dataclass(frozen=True, slots=True)
class DayKind:
    """What sort of day it is, with the Vietnamese name and the document where there is one."""

    kind: Literal["working", "weekend", "holiday", "swapped_working"]
    name_vi: str = ""
    document: str = ""

    @property
    def is_worked(self) -> bool:
        return self.kind in ("working", "swapped_working")


_WORKING = DayKind("working")
_WEEKEND = DayKind("weekend")


@dataclass(frozen=True, slots=True, kw_only=True)
class DayRow:
    """One `[[day]]` of `working_days.toml`: a day on which the package is not simply believed."""

    day: date
    working: bool
    active: bool
    document: str
    confidence: str
    note: str
    name_vi: str = ""
    yearly: bool = False

    def __post_init__(self) -> None:
        if type(self.day) is not date:
            raise ValueError(f"working_days.toml: date must be a day like 2026-01-02, not {self.day!r}")
        if self.confidence not in _CONFIDENCES:
            raise ValueError(
                f"working_days.toml: {self.day}: confidence {self.confidence!r} is not one of "
                + ", ".join(sorted(_CONFIDENCES))
            )
        for field, wanted in (("working", bool), ("active", bool), ("yearly", bool), ("name_vi", str)):
            if type(getattr(self, field)) is not wanted:
                raise ValueError(f"working_days.toml: {self.day}: {field} must be a {wanted.__name__}")
        if self.yearly and not self.name_vi:
            raise ValueError(f"working_days.toml: {self.day}: a yearly row needs name_vi")

    @property
    def day_kind(self) -> DayKind:
        if not self.working:
            return DayKind("holiday", self.name_vi, self.document)
        kind: Literal["working", "swapped_working"] = (
            "swapped_working" if self.day.weekday() >= SATURDAY else "working"
        )
        return DayKind(kind, self.name_vi, self.document)

    def drops(self, day: date, name_vi: str) -> bool:
        """Whether this row, being switched off, drops the package's holiday of that name on that day."""
        if self.active or day < self.day:
            return False
        return day == self.day or (self.yearly and name_vi.startswith(self.name_vi))


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkingRules:
    """`working_days.toml`, read and checked. Sessions are (opens, closes) in time order."""

    sessions: tuple[tuple[time, time], ...]
    cut_off: time
    cut_off_article: str
    first_day_article: str
    last_day_article: str
    first_year: int
    last_year: int
    checked_through: int
    rows: tuple[DayRow, ...]


def load_rules(path: Path = WORKING_DAYS_TOML, *, switched_on: Iterable[date] = ()) -> WorkingRules:
    """Read the rules; `switched_on` activates the inactive rows of those days.

    Raises ValueError for a wrong row, a day given twice, or a switch that no inactive row offers.
    """
    with path.open("rb") as file:
        text = tomllib.load(file)
    rows = [_row(declared) for declared in text["day"]]
    days = [row.day for row in rows]
    if twice := sorted({day for day in days if days.count(day) > 1}):
        raise ValueError(f"working_days.toml gives the same day twice: {', '.join(map(str, twice))}")
    wanted = frozenset(switched_on)
    switches = {row.day for row in rows if not row.active}
    if unknown := sorted(wanted - switches):
        raise ValueError(
            f"no switch for {', '.join(map(str, unknown))}; the switches of working_days.toml are "
            + ", ".join(map(str, sorted(switches)))
        )
    sessions = tuple((session["opens"], session["closes"]) for session in text["office_hours"]["sessions"])
    edges = [edge for session in sessions for edge in session]
    if not edges or any(later <= earlier for earlier, later in pairwise(edges)):
        raise ValueError("working_days.toml: office sessions must be in time order and not overlap")
    return WorkingRules(
        sessions=sessions,
        cut_off=text["cut_off"]["at"],
        cut_off_article=text["cut_off"]["article"],
        first_day_article=text["first_day_not_counted"]["article"],
        last_day_article=text["last_day_off_moves_on"]["article"],
        first_year=text["years"]["first"],
        last_year=text["years"]["last"],
        checked_through=text["years"]["checked_through"],
        rows=tuple(row if row.day not in wanted else replace(row, active=True) for row in rows),
    )


def _row(declared: Mapping[str, Any]) -> DayRow:
    named = {"day" if field == "date" else field: value for field, value in declared.items()}
    try:
        return DayRow(**named)
    except TypeError as error:
        day = declared.get("date", "a row without date")
        raise ValueError(f"working_days.toml: {day}: {error}") from None


@dataclass(frozen=True, slots=True)
class CalendarYear:
    """One year, counted once: `worked_before[i]` is how many days are worked before its i-th day from 0."""

    first_ordinal: int
    kinds: tuple[DayKind, ...]
    worked: tuple[date, ...]
    worked_before: tuple[int, ...]


class HolidayCalendar:
    """The days of the supported years, each year built when first asked for and kept.

    Days are dates of the Vietnamese calendar. Every method raises ValueError for a day outside the
    supported years, or for a datetime given where a day is meant.
    """

    def __init__(self, rules: WorkingRules) -> None:
        self._rules = rules
        self._years: dict[int, CalendarYear] = {}

    def year(self, year: int) -> CalendarYear:
        """The counted year."""
        found = self._years.get(year)
        if found is None:
            if not self._rules.first_year <= year <= self._rules.last_year:
                raise ValueError(
                    f"the working calendar knows the years {self._rules.first_year} to "
                    f"{self._rules.last_year}, not {year}"
                )
            found = self._years[year] = self._build(year)
        return found

    def kind(self, day: date) -> DayKind:
        """What sort of day it is."""
        if isinstance(day, datetime):
            raise ValueError(f"{day.isoformat()} is an instant; ask with its day in Vietnam (a date)")
        year = self.year(day.year)
        return year.kinds[day.toordinal() - year.first_ordinal]

    def nth_worked_after(self, day: date, n: int) -> date:
        """The n-th working day strictly after `day`, n at least 1."""
        year = self.year(day.year)
        index = bisect_right(year.worked, day) + n - 1
        number = day.year
        while index >= len(year.worked):
            index -= len(year.worked)
            number += 1
            year = self.year(number)
        return year.worked[index]

    def worked_days(self, first: date, end: date) -> int:
        """How many days are worked in [first, end), first <= end."""
        a, b = self.year(first.year), self.year(end.year)
        count = (
            b.worked_before[end.toordinal() - b.first_ordinal]
            - a.worked_before[first.toordinal() - a.first_ordinal]
        )
        for number in range(first.year, end.year):
            count += len(self.year(number).worked)
        return count

    def _build(self, year: int) -> CalendarYear:
        special = self._special_days(year)
        first = date(year, 1, 1)
        length = (date(year, 12, 31) - first).days + 1
        days = [first + timedelta(days=number) for number in range(length)]
        kinds = tuple(
            special.get(day) or (_WEEKEND if day.weekday() >= SATURDAY else _WORKING) for day in days
        )
        return CalendarYear(
            first_ordinal=first.toordinal(),
            kinds=kinds,
            worked=tuple(day for day, kind in zip(days, kinds, strict=True) if kind.is_worked),
            worked_before=tuple(accumulate((kind.is_worked for kind in kinds), initial=0)),
        )

    def _special_days(self, year: int) -> dict[date, DayKind]:
        """The days of that year that do not follow the ordinary week, or have a document of their own."""
        import holidays

        package = holidays.country_holidays("VN", years=year, language="vi", expand=False)
        special: dict[date, DayKind] = {}
        off_for: dict[date, date] = {}
        for day in package:
            names = [name for name in package.get_list(day) if not self._dropped(day, name)]
            if names:
                special[day] = DayKind("holiday", "; ".join(names))
            for name in names:
                if found := _SUBSTITUTED.search(name):
                    off_for[date(int(found[3]), int(found[2]), int(found[1]))] = day
        # The package names a worked Saturday nowhere in its items: it must be asked for by this name, and
        # it answers with those of other years too.
        for day in package.weekend_workdays:
            if day.year == year:
                off = off_for.get(day)
                name = f"Làm bù cho ngày {off:%d/%m/%Y}" if off else "Ngày làm bù"
                special[day] = DayKind("swapped_working", name)
        for row in self._rules.rows:
            if row.active and row.day.year == year:
                special[row.day] = row.day_kind
            elif row.day.year == year:
                special.pop(row.day, None)
        return special

    def _dropped(self, day: date, name_vi: str) -> bool:
        return any(row.drops(day, name_vi) for row in self._rules.rows)
