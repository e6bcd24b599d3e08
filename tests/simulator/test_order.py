"""Tickets in order, however they come."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.order import put_in_order


@settings(deadline=None)  # the first one compiles
@given(st.lists(st.integers(min_value=0, max_value=(1 << 54) - 1), max_size=200))
def test_tickets_are_sorted_as_numpy_sorts_them(tickets: list[int]) -> None:
    ours = np.array(tickets, dtype=np.int64)
    put_in_order(ours)
    assert ours.tolist() == sorted(tickets)


@pytest.mark.parametrize("instants", [1, 2, 50, 5000])
def test_many_at_few_instants_are_sorted_too(instants: int) -> None:
    tickets = (np.random.default_rng(instants).integers(0, instants, 3000) << 22) + np.arange(3000)
    expected = sorted(tickets.tolist())
    put_in_order(tickets)
    assert tickets.tolist() == expected


@pytest.mark.parametrize("apart", [1, 10, 100])
def test_what_is_nearly_in_order_is_sorted_as_well_as_what_stops_being_so(apart: int) -> None:
    rng = np.random.default_rng(apart)
    tickets = np.arange(3000, dtype=np.int64) * 10 + rng.integers(0, 10 * apart, 3000)
    for sent in (tickets, np.concatenate((tickets, tickets[::-1] - 5))):
        expected = sorted(sent.tolist())
        put_in_order(sent)
        assert sent.tolist() == expected
