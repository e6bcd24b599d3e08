"""The population registry: people, personal IDs, and the families of a run for those who play it."""

from mock_registries.people import SITUATIONS, families, family, situation_of
from mock_registries.population.families_json import family_json
from mock_registries.population.persons import IssuedId, PersonRow, fill, issue, lives, person, report_death
from mock_registries.registry import Registry

__all__ = [
    "REGISTRY",
    "SITUATIONS",
    "IssuedId",
    "PersonRow",
    "families",
    "family",
    "family_json",
    "issue",
    "lives",
    "report_death",
    "situation_of",
]

REGISTRY = Registry(tables=(PersonRow, IssuedId), fill=fill, look_ups={"person": person})
