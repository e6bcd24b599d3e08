"""Clocks that move by themselves: to what instant each has come by now."""

from datetime import datetime, timedelta

from sqlalchemy import or_, select

from chassis.clock import Clock
from chassis.prepared import Prepared
from chassis.storage import Store
from flow_model.working_time import CALENDAR, in_vietnam
from gateway.journal import RUNS
from gateway.runs import SELF_MOVING, Run

OFFICE_SECONDS = 8 * 3600
# Somebody else's agency is asked for news so often, unless it says itself that there is some.
LISTENS_EVERY = timedelta(seconds=5)
_MOVING = Prepared(
    select(RUNS.c.run_id).where(or_(*(RUNS.c.clock == each for each in SELF_MOVING)), RUNS.c.opened)
)


class Pace:
    """What real time makes of the time of runs whose clock nobody moves."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._listened: dict[str, datetime] = {}

    def moving(self) -> list[str]:
        """The runs whose clock moves by itself."""
        with self._store.reading() as connection:
            return [row["run_id"] for row in _MOVING.all(connection)]

    def present(self, run: Run) -> datetime:
        """The instant that a run has come to: where it stands, if its clock does not move by itself."""
        if run.terms.clock not in SELF_MOVING:
            return run.now
        passed = self._clock.now() - datetime.fromisoformat(run.opened_at)
        moved = _by_office_days(run, passed) if run.terms.clock == "paced" else _whole(run, passed)
        return max(run.now, moved)

    def is_first_look(self, run: Run) -> bool:
        """Whether this process has not yet listened to what a run's neighbours have to tell."""
        return run.run_id not in self._listened

    def listens(self, run: Run) -> bool:
        """Whether it is time to ask for news again; if so, this counts as asking."""
        now = self._clock.now()
        if now - self._listened.get(run.run_id, now - LISTENS_EVERY) < LISTENS_EVERY:
            return False
        self._listened[run.run_id] = now
        return True

    def forget(self, run_id: str) -> None:
        """Drop what is remembered of a run that is gone."""
        self._listened.pop(run_id, None)


def _by_office_days(run: Run, passed: timedelta) -> datetime:
    """Real seconds become office hours: nights and days off take no time at all."""
    office_days = passed.total_seconds() / run.terms.seconds_per_working_day
    return CALENDAR.add_working_seconds(in_vietnam(run.terms.starts_at), int(office_days * OFFICE_SECONDS))


def _whole(run: Run, passed: timedelta) -> datetime:
    """As much time as has really passed, nights and days off included."""
    return in_vietnam(run.terms.starts_at) + timedelta(seconds=int(passed.total_seconds()))
