"""A disk without room and one that fails, under the SQLite of the system."""

import pytest
from rich.console import Console

from town.torture import disk_faults
from town.torture.disk_child import PAGES


@pytest.mark.parametrize("way", disk_faults.WAYS)
def test_trouble_is_told_as_what_it_is_and_costs_nothing_that_was_kept(way: str) -> None:
    borne = disk_faults.bear(way, 2)
    if borne.skipped:
        pytest.skip(borne.skipped)
    assert borne.fine, borne
    assert borne.told > 0


def test_the_report_is_told() -> None:
    report = disk_faults.run(1, [PAGES])
    assert report.fine
    assert report.as_json()["ways"][0]["met"]["store-full"] >= 1
    console = Console(record=True, width=120)
    console.print(report.table())
    assert "store-full" in console.export_text()
