"""The civil-status office: births and deaths."""

from mock_registries import civil_status
from services.agency import AgencySpec, Pending
from services.civil_status.population_calls import ask_personal_id, report_death, write_personal_id

SPEC = AgencySpec(
    name="civil_status",
    title_vi="Hộ tịch (Ủy ban nhân dân cấp xã)",
    title_en="Civil status (commune People's Committee)",
    registry=civil_status.REGISTRY,
    prepare={"register_birth": ask_personal_id, "register_death": report_death},
    pending={"fill_in_id": Pending("personal_id_filled_in", write_personal_id)},
)
