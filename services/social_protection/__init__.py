"""The office for social protection and people with merit: funeral money."""

from mock_registries import social_protection
from services.agency import AgencySpec

SPEC = AgencySpec(
    name="social_protection",
    title_vi="Bảo trợ xã hội và người có công",
    title_en="Social protection and people with merit",
    registry=social_protection.REGISTRY,
)
