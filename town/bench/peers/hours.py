"""Office time in plain Python, over the tables of the kernels: for simulators that are written in Python."""

from collections.abc import Mapping
from typing import Any

from simulator.clock import DAY


class Hours:
    """When offices are open, in whole seconds since the first day."""

    def __init__(self, clock: Mapping[str, Any]) -> None:
        self._worked = clock["worked"].tolist()
        self._before = clock["before"].tolist()
        self._nth = clock["nth"].tolist()
        morning, afternoon, long = (int(clock[name]) for name in ("morning", "afternoon", "morning_length"))
        self._sessions = [
            (morning, morning + long, 0),
            (afternoon, afternoon + int(clock["afternoon_length"]), long),
        ]
        self._latest = self._sessions[::-1]
        self._office_day = int(clock["office_day"])
        self._cut_off = int(clock["cut_off"])

    def _today(self, at: int) -> int:
        day, passed = divmod(at, DAY)
        if self._worked[day]:
            for opens, closes, earlier in self._latest:
                if passed > opens:
                    return int(earlier + min(passed, closes) - opens)
        return 0

    def office_time(self, at: int) -> int:
        """Office seconds since the first day."""
        return int(self._before[at // DAY] * self._office_day + self._today(at))

    def next_open(self, at: int) -> int:
        """The first instant not before this one when offices are open."""
        day, passed = divmod(at, DAY)
        if self._worked[day]:
            for opens, closes, _earlier in self._sessions:
                if passed < closes:
                    return int(at if passed > opens else day * DAY + opens)
        return int(self._nth[self._before[day] + self._worked[day]] * DAY + self._sessions[0][0])

    def add_working(self, at: int, seconds: int) -> int:
        """The earliest instant by which so much office time has passed."""
        if seconds == 0:
            return at
        whole, left = divmod(seconds + self._today(at) - 1, self._office_day)
        start = self._nth[self._before[at // DAY] + whole] * DAY
        for opens, _closes, earlier in self._latest:
            if left >= earlier:
                return int(start + opens + left + 1 - earlier)
        raise AssertionError("a session begins at 0 seconds of the day")

    def due_at(self, received: int, value: int, unit: int) -> int:
        """When a limit ends; ``unit`` is a place in ``simulator.clock.UNITS``."""
        if unit == 2:
            return self.add_working(self.next_open(received), value * 3600)
        counted, passed = divmod(received, DAY)
        if not self._worked[counted] or passed > self._cut_off:
            counted = self._nth[self._before[counted] + self._worked[counted]]
        if unit == 0 or value == 0:
            day = counted
        elif unit == 1:
            day = self._nth[self._before[counted] + value]
        else:
            day = counted + value
            if not self._worked[day]:
                day = self._nth[self._before[day]]
        return int(day * DAY + self._sessions[-1][1])
