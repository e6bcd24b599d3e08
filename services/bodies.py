"""What an agency is sent: the bodies of its requests, closed and bounded."""

from typing import Any, Literal

from pydantic import ConfigDict, Field

from services.instants import Instant
from services.terms import Closed

APPLICATION_ID = r"^[A-Z]-\d{4}-\d{6}\.[a-z_]+$"
_FORM = "the cells of the procedure's official form, by name"


class Submission(Closed):
    """An application as the gateway sends it."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "group": "birth",
                    "procedure": "health_insurance_card",
                    "path": "interlinked",
                    "dossier": "B-2026-000001",
                    "form": {
                        "full_name": "Vũ Quốc Tùng",
                        "sex": "male",
                        "born_on": "2026-03-07",
                        "nationality": "VN",
                        "ethnicity": "01",
                        "personal_id": "979226500001",
                        "guardian": "Đào Thị Duyên",
                        "result_street": "số nhà 76, thôn 7",
                        "result_commune": "27619",
                        "result_province": "79",
                        "first_contact_facility": "Trạm y tế xã Bình Hưng (mô phỏng)",
                    },
                    "documents": [],
                    "consents_needed": [],
                    "consents_given": {},
                    "consent_deadline": None,
                    "declared_at": "2026-03-09T08:30:00+07:00",
                    "conditions": [],
                }
            ]
        }
    )

    group: str = Field(max_length=40)
    procedure: str = Field(max_length=60)
    path: Literal["separate", "interlinked"]
    dossier: str = Field(pattern=r"^[A-Z]-\d{4}-\d{6}$")
    form: dict[str, Any] = Field(description=_FORM, max_length=100)
    documents: list[str] = Field(default_factory=list, max_length=50)
    consents_needed: list[str] = Field(default_factory=list, max_length=20)
    consents_given: dict[str, Instant] = Field(default_factory=dict, max_length=20)
    consent_deadline: Instant | None = None
    declared_at: Instant
    conditions: list[str] = Field(default_factory=list, max_length=20)


class ConsentGiven(Closed):
    """A confirmation that arrived after the application."""

    given_at: Instant


class Supplement(Closed):
    """What was missing: the form again, and the papers that are added."""

    form: dict[str, Any] = Field(description=_FORM, max_length=100)
    documents: list[str] = Field(default_factory=list, max_length=50)


class CorrectionAsked(Closed):
    """An error that another agency found in a certificate of this one."""

    found_by: str = Field(max_length=60, examples=["permanent_residence"])
    error: str = Field(max_length=60, examples=["error_in_certificate"])


class Withdrawal(Closed):
    """The citizen takes the application back before it is decided."""

    reason: str = Field(default="", max_length=500, examples=["Khai nhầm"])


class Resubmission(Closed):
    """The application again, with the corrected data."""

    form: dict[str, Any] = Field(description=_FORM, max_length=100)


class Decision(Closed):
    """What a human officer decides."""

    decision: Literal["grant", "reject", "request_supplement", "return_to_issuer"]
    reason: str = Field(default="", max_length=500, examples=["Hồ sơ đầy đủ"])
    officer: str = Field(min_length=1, max_length=100, examples=["Cán bộ 1"])
