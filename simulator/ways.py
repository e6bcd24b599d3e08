"""What is done as on the old path, and what as on the new one: the two paths, and all that lies between them.

Each switch is one cause of the time that is saved. All of them on is the old path, all off the new one; what
lies between exists nowhere, and shows what each is worth (``simulator.causes``).
"""

from dataclasses import astuple, dataclass
from typing import Any


@dataclass(frozen=True)
class Ways:
    """True: as on the old path.

    ``sequential``: one counter after the other; ``travels``: somebody goes there and waits for it to open;
    ``counters``: somebody queues and hands in; ``carries``: results are paper, fetched on the day on the slip
    and carried on; ``limits``: the limits of law, and how much of them agencies use; ``signs``: who must
    agree signs the form, where on the new path a confirmation is waited for.
    """

    sequential: bool
    travels: bool
    counters: bool
    carries: bool
    limits: bool
    signs: bool

    @property
    def path(self) -> str | None:
        """The path that this is; None for what lies between."""
        values = set(astuple(self))
        return None if len(values) > 1 else "separate" if values == {True} else "interlinked"

    def switches(self) -> dict[str, Any]:
        """What the book says of it."""
        return {name: getattr(self, name) for name in ("sequential", "travels", "counters", "carries")}


SEPARATE = Ways(True, True, True, True, True, True)
INTERLINKED = Ways(False, False, False, False, False, False)
PATHS = {"separate": SEPARATE, "interlinked": INTERLINKED}


def as_path(old: bool) -> str:
    """The path whose law and assumptions hold for one switch."""
    return "separate" if old else "interlinked"
