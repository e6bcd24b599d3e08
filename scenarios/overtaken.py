"""A consent of the story that came too late: the simulated relative had answered before."""

from collections.abc import Mapping, Sequence
from typing import Any

from scenarios.acts import GiveConsent
from scenarios.model import Scenario
from scenarios.timeline import Item
from scenarios.verdict import Failure


def overtaken(story: Scenario, item: Item, history: Sequence[Mapping[str, Any]]) -> Failure | None:
    """What is told of such a consent: the same answer again is taken, and the act would have tried nothing.

    A saved story is as its run was, and the hash of its log says whether it went so again.
    """
    what = item.what
    if not isinstance(what, GiveConsent) or story.run.citizens == "human" or what.dossier in story.expect.log:
        return None
    for event in history:
        if event["kind"] in ("consent_given", "consent_refused") and event["payload"]["party"] == what.party:
            said = f'the simulated {what.party} answered at {event["at"]}: set citizens = "human" under [run]'
            return Failure(item.where, f"the {what.party} answers by this act", said)
    return None
