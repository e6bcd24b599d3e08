"""Short stories, and playing them through the front door of a town in memory."""

from pathlib import Path
from typing import Any

from scenarios.loading import Loaded, load_file
from scenarios.player import Wish, play
from scenarios.verdict import Played
from tests.town_in_memory import Town

HEAD = """
title_vi = "Chuyện để thử"
title_en = "A story to try with"
cites = ["thử nghiệm"]
[narration]
vi = "Một câu chuyện chỉ để thử nghiệm người chơi."
en = "A story that is there only to try the player."
"""
BIRTH = """
[[declare]]
group = "birth"
situation = "newborn"
"""
ALL_GRANTED = """
[expect.outcomes.dossier]
birth_registration = "granted"
permanent_residence = "granted"
health_insurance_card = "granted"
"""


def story(*parts: str, name: str = "story") -> Loaded:
    return load_file(Path(f"{name}.toml"), HEAD + "".join(parts))


async def play_in(town: Town, loaded: Loaded, **wish: Any) -> Played:
    return await play(town.client, loaded, Wish(patience_seconds=0.2, **wish))
