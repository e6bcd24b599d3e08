"""The commune police: residence and identity cards."""

from mock_registries import residence
from services.agency import AgencySpec

SPEC = AgencySpec(
    name="residence",
    title_vi="Cư trú (Công an cấp xã)",
    title_en="Residence (commune police)",
    registry=residence.REGISTRY,
)
