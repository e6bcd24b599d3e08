"""The calendar over the lanes of the demo: every date on it is whole."""

from datetime import date, timedelta

import pytest

from town.telling import _ruler

DAYS = [
    date(2026, 10, 5) + timedelta(days=number) for number in range(30)
]  # the last is the Tuesday after 02/11


@pytest.mark.parametrize(
    ("room", "said"),
    [
        (50, "05/10  12/10  19/10  26/10  02/11"),
        (32, "05/10  12/10  19/10  26/10"),
        (33, "05/10  12/10  19/10  26/10  02/11"),
    ],
)
def test_the_last_date_is_whole_or_left_out(room: int, said: str) -> None:
    assert _ruler(DAYS, 1, room).plain == said
