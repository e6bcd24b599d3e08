"""Tells a play as it goes on: what the trainer says, and each event as a sentence, on the story's clock."""

from typing import Any

from rich.console import Console
from rich.text import Text

from flow_model.catalogue import Catalogue
from scenarios.model import Scenario
from scenarios.player import Watch
from scenarios.story import sayings, sentence, short
from scenarios.timeline import is_called

Json = dict[str, Any]


def narrator(console: Console, scenario: Scenario, catalogue: Catalogue) -> Watch:
    """Something that tells each event of a scenario as it is seen."""
    group = catalogue.group(scenario.declare[0].group)
    titles, results = sayings(group)
    console.print()
    console.rule(f"[bold]{scenario.title_vi}[/]", align="left")
    console.print(Text(scenario.narration.vi, style="italic"))

    def tell(name: str, event: Json) -> None:
        said = sentence(event, titles, results, "vi")
        console.print(Text.assemble((f"{short(event['at'])}  ", "cyan"), said))
        for each in scenario.tell:
            if each.dossier == name and is_called(event, each.on):
                console.print(Text(f"             » {each.vi}", style="bold yellow"))

    return tell
