"""The legal clock: office hours, working days, the 15:00 cut-off, and the due dates that follow.

Instants are aware datetimes; whatever zone they come in, answers are in `VIETNAM`. Days are dates of the
Vietnamese calendar. A naive datetime, an instant outside the supported years, an unknown unit or a negative
amount raises ValueError. Nothing here reads a clock.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from typing import Literal

from flow_model.due_reasons import DueFacts, Reception, sentences
from flow_model.holiday_calendar import DayKind, HolidayCalendar, WorkingRules, load_rules

# A fixed offset, not ZoneInfo("Asia/Ho_Chi_Minh"): that zone has been +07:00 without summer time since
# 1975, so every instant reads the same, and a bare machine needs no time-zone data.
VIETNAM = timezone(timedelta(hours=7))

LimitUnit = Literal["same_working_day", "working_days", "working_hours", "days"]
UNITS: tuple[LimitUnit, ...] = ("same_working_day", "working_days", "working_hours", "days")

_SECOND = 1_000_000
_ONE_DAY = timedelta(days=1)


def in_vietnam(at: datetime) -> datetime:
    """The same instant on Vietnam's clocks. Raises ValueError for a naive datetime."""
    if at.tzinfo is VIETNAM:
        return at
    if at.utcoffset() is None:
        raise ValueError(
            f"{at.isoformat()} has no time zone; the legal clock takes aware datetimes only "
            "(datetime(..., tzinfo=VIETNAM))"
        )
    try:
        return at.astimezone(VIETNAM)
    except OverflowError:
        raise ValueError(f"{at.isoformat()} is outside the years the working calendar knows") from None


@dataclass(frozen=True)
class WorkingCalendar:
    """The working time of Vietnam's offices under one set of rules.

    Office time is exact: for a <= b <= c, working_time_between(a, b) + working_time_between(b, c) is
    working_time_between(a, c), to the microsecond.
    """

    rules: WorkingRules
    days: HolidayCalendar
    # Office sessions as (opens, closes) in microseconds after midnight, and their sum.
    sessions: tuple[tuple[int, int], ...]
    office_day: int

    # Days

    def is_working_day(self, day: date) -> bool:
        """Whether offices work on that day."""
        return self.days.kind(day).is_worked

    def day_kind(self, day: date) -> DayKind:
        """Working, weekend, holiday or swapped working day, with its Vietnamese name and document."""
        return self.days.kind(day)

    def next_working_day(self, day: date) -> date:
        """The first working day strictly after `day`."""
        return self.add_working_days(day, 1)

    def add_working_days(self, day: date, n: int) -> date:
        """The n-th working day strictly after `day`; `day` itself when n is 0, even if it is a day off."""
        _not_negative(n, "working days")
        self.days.kind(day)
        return self.days.nth_worked_after(day, n) if n else day

    def working_days_between(self, a: date, b: date) -> int:
        """How many working days lie in (a, b]: the first day is not counted. Needs a <= b."""
        _in_order(a, b)
        return self.days.worked_days(a, b) + self.is_working_day(b) - self.is_working_day(a)

    # Office time

    def is_open(self, at: datetime) -> bool:
        """Whether offices are open: from each opening instant until just before the closing instant."""
        at = in_vietnam(at)
        clock = _clock(at)
        return self.is_working_day(at.date()) and any(o <= clock < c for o, c in self.sessions)

    def next_open(self, at: datetime) -> datetime:
        """The first instant not before `at` when offices are open."""
        at = in_vietnam(at)
        day = at.date()
        if self.is_working_day(day):
            clock = _clock(at)
            for opens, closes in self.sessions:
                if clock < closes:
                    return at if clock >= opens else _instant(day, opens)
        return _instant(self.next_working_day(day), self.sessions[0][0])

    def working_time_between(self, a: datetime, b: datetime) -> timedelta:
        """The office time in [a, b), exact to the microsecond. Needs a <= b."""
        a, b = in_vietnam(a), in_vietnam(b)
        _in_order(a, b)
        days = self.days.worked_days(a.date(), b.date())
        return timedelta(microseconds=days * self.office_day + self._worked_today(b) - self._worked_today(a))

    def add_working_seconds(self, at: datetime, seconds: int) -> datetime:
        """The earliest instant by which `seconds` (whole) of office time have passed since `at`.

        It may be a closing instant: 16:00 and 3,600 seconds give 17:00. No seconds give `at` itself.
        """
        at = in_vietnam(at)
        _not_negative(seconds, "working seconds")
        day = at.date()
        if not seconds:
            self.days.kind(day)
            return at
        wanted = seconds * _SECOND + self._worked_today(at)
        # The last day is entered with more than nothing and at most one office day left to work.
        whole_days, left = divmod(wanted - 1, self.office_day)
        if self.is_working_day(day):
            last = self.add_working_days(day, whole_days)
        else:
            last = self.add_working_days(day, whole_days + 1)
        left += 1
        for opens, closes in self.sessions:
            if left <= closes - opens:
                return _instant(last, opens + left)
            left -= closes - opens
        raise AssertionError("an office day is the sum of its sessions")

    def _worked_today(self, at: datetime) -> int:
        """Office time of its day that has passed at `at`, in microseconds; 0 on a day off."""
        if not self.is_working_day(at.date()):
            return 0
        clock = _clock(at)
        return sum(min(clock, closes) - opens for opens, closes in self.sessions if clock > opens)

    # Limits

    def counted_from(self, received_at: datetime) -> date:
        """The working day on which a dossier is taken to be received (Decree 63/2024, Article 7).

        The day itself if it is a working day and the time is not after 15:00:00, even before opening;
        otherwise the next working day.
        """
        at = in_vietnam(received_at)
        day = at.date()
        if self.is_working_day(day) and at.time() <= self.rules.cut_off:
            return day
        return self.next_working_day(day)

    def due_at(self, received_at: datetime, value: int, unit: str) -> datetime:
        """When a limit of `value` `unit` ends for a dossier received at `received_at`.

        - same_working_day: closing time of the `counted_from` day; `value` is not read.
        - working_days: closing time of the value-th working day after `counted_from`; the first day is not
          counted (Civil Code 2015, Article 147.2).
        - days: `counted_from` plus `value` calendar days, at closing time; a last day off moves to the next
          working day (Article 148.5).
        - working_hours: `value` hours of office time from receipt or, when closed, from the next opening.
          The cut-off does not apply.

        Both articles of the Civil Code are cited from general knowledge: confidence unverified.
        """
        _not_negative(value, unit)
        if unit == "working_hours":
            return self.add_working_seconds(self.next_open(received_at), value * 3600)
        counted = self.counted_from(received_at)
        if unit == "same_working_day":
            return self._closing(counted)
        if unit == "working_days":
            return self._closing(self.add_working_days(counted, value))
        if unit == "days":
            last = counted + timedelta(days=value)
            return self._closing(last if self.is_working_day(last) else self.next_working_day(last))
        raise ValueError(f"unknown unit of a limit: {unit!r}; the units are {', '.join(UNITS)}")

    def explain_due(self, received_at: datetime, value: int, unit: str, language: str = "vi") -> list[str]:
        """Why `due_at` is what it is, in short sentences of Vietnamese ("vi") or English ("en").

        They name the cut-off, and each weekend, holiday and swapped day that mattered.
        """
        due = self.due_at(received_at, value, unit)
        at = in_vietnam(received_at)
        in_hours = unit == "working_hours"
        from_ = self.next_open(at) if in_hours else _instant(self.counted_from(at), 0)
        last = from_.date() + timedelta(days=value) if unit == "days" else None
        moved = last is not None and last != due.date()
        # Calendar days count through days off: only those before the first day and after the last matter.
        outside = _days(at.date(), from_.date() - _ONE_DAY)
        spans = [*outside, *_days(last or from_.date(), due.date())]
        years = range(max(at.year, self.rules.checked_through + 1), due.year + 1)
        facts = DueFacts(
            received_at=at,
            reception="hours" if in_hours else self._reception(at),
            counts_from=from_,
            value=value,
            unit=unit,
            last_day=last if moved else None,
            special_days=[(day, kind) for day in spans if (kind := self.day_kind(day)).kind != "working"],
            due_at=due,
            cut_off=f"{self.rules.cut_off:%H:%M}",
            cut_off_article=self.rules.cut_off_article,
            first_day_article=self.rules.first_day_article,
            last_day_article=self.rules.last_day_article,
            unchecked_years=years,
        )
        return sentences(facts, language)

    def _reception(self, at: datetime) -> Reception:
        if not self.is_working_day(at.date()):
            return "day_off"
        if at.time() > self.rules.cut_off:
            return "after_cut_off"
        return "before_opening" if _clock(at) < self.sessions[0][0] else "in_time"

    def _closing(self, day: date) -> datetime:
        return _instant(day, self.sessions[-1][1])


def load_calendar(*, switched_on: Iterable[date] = frozenset()) -> WorkingCalendar:
    """The calendar of `working_days.toml`, with the inactive rows of the days in `switched_on` active.

    Raises ValueError for a wrong row, or a day that has no inactive row.
    """
    rules = load_rules(switched_on=switched_on)
    sessions = tuple((_clock(opens), _clock(closes)) for opens, closes in rules.sessions)
    return WorkingCalendar(
        rules=rules,
        days=HolidayCalendar(rules),
        sessions=sessions,
        office_day=sum(closes - opens for opens, closes in sessions),
    )


def _clock(at: datetime | time) -> int:
    """Microseconds since midnight."""
    return ((at.hour * 60 + at.minute) * 60 + at.second) * _SECOND + at.microsecond


def _instant(day: date, clock: int) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=VIETNAM) + timedelta(microseconds=clock)


def _days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]


def _not_negative(amount: int, what: str) -> None:
    if amount < 0:
        raise ValueError(f"{amount} {what}: the legal clock counts forward only")


def _in_order(a: date, b: date) -> None:
    if b < a:
        raise ValueError(f"{a.isoformat()} is after {b.isoformat()}: give the earlier one first")


CALENDAR = load_calendar()
