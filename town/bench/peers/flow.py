"""The rules of a dossier in plain Python, as any Python simulator would hold them.

Nothing here knows the kernels: the peers must come to the same answers by themselves.
"""

from dataclasses import dataclass
from typing import Any

from simulator.national import National
from simulator.world import GRANTED, NEVER, NOT_CHOSEN, NOT_STARTED, REJECTED, WAITS
from simulator.year import Lived, Wanted, book_for
from town.bench.peers.hours import Hours
from town.bench.peers.luck import (
    ACKNOWLEDGE,
    ANSWERS,
    COLLECT,
    FATE,
    HABIT,
    PAUSE,
    REJECT,
    REPLY,
    SUBMIT,
    SUPPLEMENT,
    SUPPLY,
    SYNC,
    TRAVEL,
    VERIFY,
    WORK,
    Luck,
    luck_of,
)


@dataclass(slots=True)
class Sheet:
    """One application."""

    state: int = NOT_CHOSEN
    turn: int = 0
    verified: bool = False
    paused: int = 0
    received: int = NEVER
    taken_up: int = NEVER
    due: int = NEVER
    decided: int = NEVER
    collected: int = NEVER


class Model:
    """The rules of one group on one path, and the dossiers of a country."""

    def __init__(self, year: National, path: str, wanted: Wanted, lived: Lived) -> None:
        book, self.procedures = book_for(year, path, lived.span, wanted)
        self.hours = Hours(lived.span.clock)
        self.luck: Luck = luck_of(book, lived.cases)
        self.separate = path == "separate"
        self.places = range(len(self.procedures))
        self.visited = [bool(book["visited"][place]) for place in self.places]
        masks = [int(book["requires"][place]) for place in self.places]
        self.requires = [[one for one in self.places if mask >> one & 1] for mask in masks]
        self.limits = list(zip(book["limit_value"].tolist(), book["limit_unit"].tolist(), strict=True))
        self.windows = list(zip(book["window_value"].tolist(), book["window_unit"].tolist(), strict=True))
        self.supplement = int(book["supplement_value"]), int(book["supplement_unit"])
        self.pairs_of = [
            range(book["pairs_from"][place], book["pairs_until"][place]) for place in self.places
        ]
        self.needed = book["consents"].tolist()
        self.chosen = [
            [place for place in self.places if book["chosen"][kind][place]]
            for kind in range(int(book["kinds_held"]))
        ]
        self.kinds = lived.cases["kind"].tolist()
        self.declared = lived.cases["declared"].tolist()
        self.desks = [year.desks[each.id] for each in self.procedures]
        self.begin_anew()

    def begin_anew(self) -> None:
        """Nothing has happened yet."""
        self.sheets: list[dict[int, Sheet]] = [
            {place: Sheet() for place in self.chosen[kind]} for kind in self.kinds
        ]
        self.finished = [NEVER] * len(self.kinds)

    def waits_for(self, case: int, place: int) -> list[int]:
        """What must have ended before this begins."""
        before = [one for one in self.requires[place] if one in self.sheets[case]]
        if self.visited[place]:
            before += [one for one in self.sheets[case] if one < place and self.visited[one]]
        return before

    def served(self, case: int, place: int, ready: int, queue: int) -> int:
        """When a citizen who is ready to set out has been served."""
        opens = self.hours.next_open(ready + self.luck.once[case][place][TRAVEL])
        return self.hours.add_working(opens, queue)

    def receive(self, case: int, place: int) -> int:
        """When it is on the officer's desk; NEVER, with its state set, if it does not come there."""
        sheet, sheets = self.sheets[case][place], self.sheets[case]
        before = [sheets[one] for one in self.requires[place] if one in sheets]
        failed = [one.decided for one in before if one.state in (REJECTED, NOT_STARTED)]
        if failed:
            sheet.state, sheet.decided = NOT_STARTED, min(failed)
            return NEVER
        sent = NEVER if any(one.state == WAITS for one in before) else self._sent(case, place, before)
        received = NEVER if sent == NEVER else self._acknowledged(case, place, sent)
        if received == NEVER:
            sheet.state = WAITS
        else:
            sheet.received, sheet.due = received, self._limit_ends(case, place, received, 0)
        return received

    def _sent(self, case: int, place: int, before: list[Sheet]) -> int:
        once = self.luck.once[case][place]
        if not self.visited[place]:
            return int(max([self.declared[case], *(one.decided for one in before)]) + once[SYNC])
        ready = self.declared[case]
        for one, sheet in self.sheets[case].items():
            if one < place and self.visited[one] and sheet.state != NOT_STARTED:
                if sheet.state == WAITS:
                    return NEVER
                ready = self.hours.add_working(sheet.collected, once[PAUSE])
        return self.served(case, place, ready, once[SUBMIT])

    def _acknowledged(self, case: int, place: int, sent: int) -> int:
        agreed, late, silent = sent, False, False
        for pair in self.pairs_of[place]:
            if self.needed[self.kinds[case]][pair]:
                given = self.luck.given[case][pair]
                if given == NEVER:
                    silent = True
                elif given >= sent:
                    late, agreed = True, max(agreed, given + self.luck.forwarded[case][pair])
        if not late and not silent:
            return self._counter(case, place, sent)
        at, (value, unit) = NEVER, self.windows[place]
        if value >= 0:
            at = self._counter(case, place, max(sent, self.hours.due_at(self.declared[case], value, unit)))
        if not silent and (at == NEVER or agreed <= at):
            at = self._counter(case, place, agreed)
        return at

    def _counter(self, case: int, place: int, since: int) -> int:
        wait = self.luck.once[case][place][ACKNOWLEDGE]
        return self.hours.add_working(since, wait) if wait else self.hours.next_open(since)

    def _limit_ends(self, case: int, place: int, received: int, verified: int) -> int:
        values, units = self.limits[self.kinds[case]]
        if values[place][verified] < 0:
            return self.hours.add_working(received, self.luck.once[case][place][HABIT])
        return self.hours.due_at(received, values[place][verified], units[place][verified])

    def work(self, case: int, place: int) -> int:
        """How long the officer works on it this time."""
        return int(self.luck.turns[case][place][self.sheets[case][place].turn][WORK])

    def examine(self, case: int, place: int, opened: int, done: int) -> int:
        """What the officer does with an opened file. When it comes back, or NEVER if it does not."""
        sheet, hours = self.sheets[case][place], self.hours
        sheet.taken_up = opened
        row = self.luck.turns[case][place][sheet.turn]
        if row[FATE] == REJECT:
            sheet.state, sheet.decided = REJECTED, opened
            return NEVER
        if row[FATE] == SUPPLEMENT:
            return self._supplement(case, place, opened, row)
        if row[FATE] == VERIFY and not sheet.verified:
            due = self._limit_ends(case, place, sheet.received, 1)
            sheet.verified, sheet.due = True, hours.add_working(due, sheet.paused)
        span = hours.office_time(max(sheet.received, sheet.due)) - hours.office_time(sheet.received)
        share = self.luck.shares[case][place][sheet.turn]
        sheet.state, sheet.decided = (
            GRANTED,
            max(hours.add_working(sheet.received, int(share * span)), done),
        )
        return NEVER

    def _supplement(self, case: int, place: int, asked: int, row: list[int]) -> int:
        sheet, hours = self.sheets[case][place], self.hours
        sheet.turn += 1
        answer_by = hours.due_at(asked, *self.supplement)
        if row[ANSWERS]:
            at = hours.add_working(asked, row[REPLY])
            if self.visited[place]:
                at = self.served(case, place, at, row[SUPPLY])
            if at <= answer_by:
                pause = hours.office_time(at) - hours.office_time(asked)
                sheet.paused += pause
                sheet.due = hours.add_working(sheet.due, pause)
                return at
        sheet.state, sheet.decided = REJECTED, answer_by + 1
        return NEVER

    def end(self, case: int, place: int) -> int:
        """When it is over: decided, and on the old path fetched."""
        sheet = self.sheets[case][place]
        if self.visited[place] and sheet.state in (GRANTED, REJECTED):
            ready = max(sheet.decided, sheet.due)
            sheet.collected = self.served(case, place, ready, self.luck.once[case][place][COLLECT])
            return sheet.collected
        return sheet.decided

    def finish(self, case: int) -> None:
        """The results are laid down, unless something waits for ever."""
        sheets = self.sheets[case].values()
        if all(one.state != WAITS for one in sheets):
            last = max(one.decided if one.collected == NEVER else one.collected for one in sheets)
            self.finished[case] = last + (0 if self.separate else self.luck.results[case])


def apart(model: Model, lived: Lived) -> int:
    """In how many dossiers a peer and the sweep differ, in whatever instant or end."""
    names = ("state", "received", "taken_up", "due", "decided", "collected")
    columns: list[tuple[str, list[Any]]] = [(name, lived.files[name].tolist()) for name in names]
    finished = lived.cases["finished"].tolist()
    return sum(
        model.finished[case] != finished[case]
        or any(
            getattr(sheet, name) != column[case][place]
            for place, sheet in sheets.items()
            for name, column in columns
        )
        for case, sheets in enumerate(model.sheets)
    )
