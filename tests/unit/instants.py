"""Instants of Vietnam time to ask the legal clock about."""

from datetime import date, datetime, time, timedelta

from hypothesis import strategies as st

from flow_model.working_time import CALENDAR, VIETNAM

# The first question about a year builds it; a property test would call its first example too slow.
for _year in range(2022, 2031):
    CALENDAR.is_working_day(date(_year, 1, 1))


def at(text: str) -> datetime:
    """Vietnam time, written "2024-05-04 15:00"."""
    return datetime.fromisoformat(text).replace(tzinfo=VIETNAM)


def microseconds(count: int) -> timedelta:
    return timedelta(microseconds=count)


instants = st.datetimes(
    min_value=datetime(2023, 1, 1),  # noqa: DTZ001
    max_value=datetime(2027, 12, 20),  # noqa: DTZ001
    timezones=st.just(VIETNAM),
)
# Most bugs live at the edges of a session, so half of the instants are drawn there.
edges = st.builds(
    lambda day, edge, shift: datetime.combine(day, edge, tzinfo=VIETNAM) + microseconds(shift),
    st.dates(date(2023, 1, 2), date(2027, 12, 20)),
    st.sampled_from([time(0), time(7, 30), time(11, 30), time(13), time(15), time(17)]),
    st.sampled_from([-1, 0, 1]),
)
moments = instants | edges
