"""All the mistakes that are planted. Each declares itself where it stands."""

from collections.abc import Mapping

import town.torture.virtual.mistakes_agencies
import town.torture.virtual.mistakes_gateway
import town.torture.virtual.mistakes_services
import town.torture.virtual.mistakes_store
import town.torture.virtual.mistakes_turns  # noqa: F401
from town.torture.virtual.sabotage import ALL, Mistake


def mistakes() -> Mapping[str, Mistake]:
    """All of them, by name."""
    return dict(ALL)
