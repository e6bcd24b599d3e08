"""The cells of a study on other machines: a Dask scheduler by its address, which may lose workers.

A cell is a pure function of what it is asked, and what cells come to is added up in whole numbers: however
often one is done again, and in whatever order they end, the sum is the same to the last bit.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from flow_model.errors import Refused
from simulator.study import Cell, Counted, lived


class Cluster:
    """The machines behind a scheduler, such as tcp://10.0.0.5:8786: runs cells where it sends them."""

    def __init__(self, address: str) -> None:
        self._address = address

    def __call__(self, cells: Sequence[Cell]) -> Iterator[tuple[Cell, Counted]]:
        """The cells in the order in which they end."""
        from distributed import Client, as_completed
        from distributed.comm import get_address_host_port

        try:
            # A client of no address at all never ends well: it waits ten seconds and prints a traceback.
            get_address_host_port(self._address)
            client = Client(self._address, timeout="5s", set_as_default=False)
        except (OSError, ValueError) as error:
            raise Refused(
                f"Không tới được bộ điều phối {self._address}: {error}. Hãy chạy: dask scheduler",
                f"the scheduler {self._address} cannot be reached: {error}. Start one: dask scheduler",
            ) from error
        with client:
            # Workers have as many threads as they have cores: a cell takes one.
            asked = {client.submit(lived, _alone(cell), pure=False, retries=5): cell for cell in cells}
            for future, counts in as_completed(asked, loop=client.loop, with_results=True):
                yield asked[future], counts


def _alone(cell: Cell) -> Cell:
    return replace(cell, order=replace(cell.order, cores=1))
