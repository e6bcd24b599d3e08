"""The social-insurance agency: health-insurance cards and benefits after a death."""

from mock_registries import social_insurance
from services.agency import AgencySpec

SPEC = AgencySpec(
    name="social_insurance",
    title_vi="Bảo hiểm xã hội",
    title_en="Social insurance",
    registry=social_insurance.REGISTRY,
)
