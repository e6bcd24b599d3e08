"""What the OpenAPI document says about problems: one schema, and an example for each status."""

from typing import Any

from fastapi import FastAPI

MEDIA_TYPE = "application/problem+json"
TYPE_PREFIX = "urn:mot-lan-khai:problem:"

_SCHEMA: dict[str, Any] = {
    "title": "Problem",
    "description": "RFC 9457. The language follows Accept-Language (vi by default, or en).",
    "type": "object",
    "required": ["type", "title", "status", "detail", "instance", "errors"],
    "properties": {
        "type": {"type": "string", "description": f"stable name: {TYPE_PREFIX}…"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "what to do"},
        "instance": {"type": "string", "description": "the path that was asked for"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["field", "code", "message"],
                "properties": {
                    "field": {"type": "string", "description": "dotted path, such as mother.full_name"},
                    "code": {"type": "string"},
                    "message": {"type": "string"},
                },
            },
        },
        "reference": {"type": "string", "description": "of a fault, for the operator's log"},
    },
}
_MISSING_FIELD = {
    "field": "mother.full_name",
    "code": "missing",
    "message": "Thiếu trường bắt buộc này. Hãy điền vào.",
}
_CASES: dict[int, tuple[str, str, str, str]] = {
    400: (
        "malformed-json",
        "Nội dung JSON không dùng được",
        "Hãy sửa rồi gửi lại.",
        "The request cannot be read",
    ),
    404: ("not-found", "Không có thứ này", "Hãy xem lại tên.", "There is no such thing"),
    405: (
        "method-not-allowed",
        "Địa chỉ này không nhận phương thức đó",
        "Xem tiêu đề Allow.",
        "Wrong method",
    ),
    409: ("conflicting-content", "Đã có nội dung khác dưới tên này", "Hãy xem nội dung đang có.", "Conflict"),
    412: ("precondition-failed", "Nội dung đã thay đổi", "Hãy đọc lại rồi gửi.", "The content has changed"),
    413: ("body-too-large", "Nội dung quá lớn", "Hãy gửi ít hơn.", "The body is too large"),
    415: (
        "unsupported-media-type",
        "Chỉ nhận JSON mã UTF-8",
        "Hãy gửi application/json.",
        "Only JSON in UTF-8",
    ),
    422: (
        "invalid-request",
        "Yêu cầu có trường chưa hợp lệ",
        "Có 1 trường cần sửa; xem errors.",
        "Fields not valid",
    ),
    429: ("too-many-requests", "Quá nhiều yêu cầu", "Hãy thử lại sau.", "Too many requests"),
    500: (
        "internal-error",
        "Lỗi của chương trình",
        "Hãy báo mã cho người vận hành.",
        "A fault of the program",
    ),
    503: ("service-down", "Dịch vụ tạm ngừng", "Hãy thử lại sau.", "The service is down"),
}


def problem_responses(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """For `responses=` of a route: each status as a problem, with its schema and an example."""
    return {status: _response(status) for status in statuses}


PROBLEM_RESPONSES = problem_responses


def _response(status: int) -> dict[str, Any]:
    slug, title, detail, description = _CASES.get(
        status, ("error", "Lỗi", "Hãy xem lại yêu cầu.", "A problem")
    )
    example: dict[str, Any] = {
        "type": TYPE_PREFIX + slug,
        "title": title,
        "status": status,
        "detail": detail,
        "instance": "/dossiers/D1",
        "errors": [_MISSING_FIELD] if status == 422 else [],
    }
    if status == 500:
        example["reference"] = "5f0c1d2e3a"
    return {
        "description": description,
        "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}, "example": example}},
    }


def describe_problems(app: FastAPI) -> None:
    """Let the app's OpenAPI document name the problems that any of its operations may answer with."""
    write = app.openapi

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            document = write()
            components = document.setdefault("components", {}).setdefault("schemas", {})
            for unused in ("HTTPValidationError", "ValidationError"):
                components.pop(unused, None)
            components["Problem"] = _SCHEMA
            for operations in document.get("paths", {}).values():
                for operation in operations.values():
                    _complete(operation)
        assert app.openapi_schema is not None
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]


def _complete(operation: dict[str, Any]) -> None:
    responses = operation["responses"]
    statuses = [400, 500] if "requestBody" not in operation else [400, 413, 415, 422, 500]
    if "parameters" in operation and 422 not in statuses:
        statuses.append(422)
    for status in statuses:
        if MEDIA_TYPE not in responses.get(str(status), {}).get("content", {}):
            responses[str(status)] = _response(status)
    operation["responses"] = dict(sorted(responses.items()))
