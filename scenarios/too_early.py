"""Instants before the run begins: what is done then would be done at the start, and nobody would notice."""

from collections.abc import Iterator

from flow_model.working_time import in_vietnam
from scenarios.model import Scenario


def too_early(scenario: Scenario) -> Iterator[tuple[tuple[str | int, ...], str, str, str]]:
    """A complaint for each declaration and act that is to happen before ``run.starts_at``."""
    starts_at = scenario.run.starts_at
    if starts_at is None:  # the gateway's default, which it says when the run is open
        return
    began = in_vietnam(starts_at).isoformat()
    for name, items in (("declare", scenario.declare), ("act", scenario.act)):
        for index, each in enumerate(items):
            if each.at is not None and each.at < starts_at:
                said = f"is before the run begins, which is {began}"
                yield (name, index, "at"), "value", said, f"sớm hơn lúc lượt chạy bắt đầu là {began}"
