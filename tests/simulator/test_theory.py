"""The desk against the theory of queues: mean waits within the confidence interval of the formula."""

from math import exp, factorial, sqrt
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from flow_model.catalogue import catalogue
from simulator.ahead import OWN, draw_ahead
from simulator.book import Book
from simulator.clock import add_working, office_time, span
from simulator.compiled import kernel
from simulator.desk import serve, ticket
from simulator.draws import EXPONENTIAL, FIXED, LOGNORMAL, of_application, of_dossier
from simulator.world import DESK, Cases, Files, blank, room_for
from simulator.year import Wanted, book_for, national_year
from tests.simulator.years import SINCE

FILES, EVERY, YEARS = 400_000, 300.0, 24
BATCHES, WARM = 32, 0.02
# Of Student's distribution with 31 degrees of freedom, two-sided: one interval in a thousand lies beside.
STUDENT = 3.633


def erlang_c(officers: int, load: float) -> float:
    """The share of files that wait, when this much work comes in the time that one officer has."""
    queued = load**officers / factorial(officers) * officers / (officers - load)
    return queued / (sum(load**k / factorial(k) for k in range(officers)) + queued)


def pollaczek_khinchine(work: float, second_moment: float) -> float:
    """The mean wait at a desk of one officer."""
    return second_moment / EVERY / (2 * (1 - work / EVERY))


def office(shape: int, *numbers: float) -> Book:
    """The book of a desk that finds nothing and works so long, in minutes, on a calendar of many years."""
    group = next(iter(catalogue().groups.values()))
    wanted = Wanted(group.law.default.id, 11, SINCE)
    record, _ = book_for(national_year(group, wanted.law), "separate", span(SINCE, YEARS), wanted)
    record["odds"][:] = 0
    place = record["at_work"][0]
    record["shape"][place] = shape
    record["numbers"][place, : len(numbers)] = numbers
    return record


@kernel
def come(
    book: Book,
    cases: Cases,
    files: Files,
    at: NDArray[np.int64],
    tickets: NDArray[np.int64],
    own: NDArray[Any],
) -> None:
    """Files that come at so many seconds of office time."""
    lucks = np.empty(at.shape[0], dtype=np.uint64)
    for case in range(at.shape[0]):
        since = add_working(book, 0, at[case])
        cases[case].luck, cases[case].kind = of_dossier(book.seed, case), 0
        file = files[case, 0]
        blank(file)
        file.received, file.due = since, since
        lucks[case] = of_application(cases[case].luck, book.procedure_name[0])
        tickets[case] = ticket(since, True, case)
    draw_ahead(book, 0, lucks, own)
    for case in range(at.shape[0]):
        own[case].reached, own[case].ends = 2 * at[case], 2 * at[case]


@kernel
def waited(book: Book, files: Files, waits: NDArray[np.float64]) -> None:
    """Office seconds that each file waited."""
    for case in range(waits.shape[0]):
        file = files[case, 0]
        waits[case] = office_time(book, file.taken_up) - office_time(book, file.received)


def waits_at(book: Book, officers: int, seed: int) -> tuple[float, float]:
    """The mean wait, and how far the true one may be from it. Waits that follow each other are alike: batches
    of them are not."""
    at = np.cumsum(np.random.default_rng(seed).exponential(EVERY, FILES)).astype(np.int64)
    cases, files = room_for(FILES, 1)
    desks = np.zeros((1, 1), dtype=DESK)
    desks["officers"] = officers
    tickets, waits = np.empty(FILES, dtype=np.int64), np.empty(FILES)
    own = np.empty(FILES, dtype=OWN)
    come(book, cases, files, at, tickets, own)
    serve(book, cases, files, desks, np.arange(FILES, dtype=np.uint64), own, 0, 0, tickets)
    waited(book, files, waits)
    assert desks["opened"][0, 0] == FILES
    means = waits[int(WARM * FILES) :].reshape(BATCHES, -1).mean(axis=1)
    return float(means.mean()), STUDENT * float(means.std(ddof=1)) / sqrt(BATCHES)


@pytest.mark.parametrize(("officers", "busy"), [(1, 0.5), (1, 0.85), (2, 0.8), (5, 0.9)])
def test_officers_with_exponential_work_keep_files_waiting_as_erlang_says(officers: int, busy: float) -> None:
    work = officers * busy * EVERY
    expected = erlang_c(officers, work / EVERY) * work / (officers * (1 - busy))
    mean, off = waits_at(office(EXPONENTIAL, work / 60), officers, 3)
    assert off < 0.15 * expected
    assert abs(mean - expected) < off


def test_an_officer_with_any_work_keeps_files_waiting_as_pollaczek_and_khinchine_say() -> None:
    median, sigma = 120.0, 0.7
    mean_work = median * exp(sigma**2 / 2)
    second_moment = median**2 * exp(2 * sigma**2)
    for book, expected in (
        (office(LOGNORMAL, median / 60, sigma), pollaczek_khinchine(mean_work, second_moment)),
        (office(FIXED, 240 / 60), pollaczek_khinchine(240, 240**2)),
    ):
        mean, off = waits_at(book, 1, 5)
        assert off < 0.1 * expected
        assert abs(mean - expected) < off
