"""Many things in one request: a line of JSON for each, and a line of answer for each (NDJSON).

Every line passes the same gate as a body of its own. What is wrong with one refuses that line and no other.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import structlog
from pydantic import BaseModel, ValidationError
from starlette.responses import Response
from starlette.types import Scope

from chassis.field_messages import field_errors
from chassis.media_types import is_plain_utf8, kind_of
from chassis.problems import problem_of
from chassis.strict_json import NotStrict, strict_dumps, strict_loads
from flow_model.errors import Busy, FieldError, NeighbourBroken, NeighbourGone, SandboxError, ServiceDown

MEDIA_TYPE = "application/x-ndjson"
ONLY_AT = "/batch"
MOST_LINES = 1000
MOST_BYTES = 4 * 1024 * 1024
LONGEST_LINE = 65_536
# What is in the way of all lines alike: the whole request is refused, and sent again later.
OF_ALL = (ServiceDown, Busy, NeighbourGone)
Json = dict[str, Any]
Model = TypeVar("Model", bound=BaseModel)
_log = structlog.get_logger("chassis.lines")


class MalformedLine(SandboxError):
    """The sender corrects this line."""

    slug = "malformed-json"


class InvalidLine(SandboxError):
    """The sender corrects the fields of this line."""

    slug = "invalid-request"


class LineTooLarge(SandboxError):
    """The sender shortens this line, or sends fewer."""

    slug = "body-too-large"


class LineFailed(SandboxError):
    """The developer: this line met a fault of the program; the others did not."""

    slug = "internal-error"


@dataclass(frozen=True)
class Line:
    """One line by its number in the body, from 1: what it says, or why it cannot be read."""

    number: int
    value: Any = None
    wrong: SandboxError | None = None

    def read(self, model: type[Model]) -> Model:
        """What it says, as this model; raises what is wrong with it."""
        if self.wrong is not None:
            raise self.wrong
        try:
            return model.model_validate_json(strict_dumps(self.value))
        except ValidationError as error:
            found = field_errors(error.errors())
            raise InvalidLine(
                f"Dòng {self.number} có {len(found)} trường cần sửa; xem errors.",
                f"{len(found)} fields of line {self.number} need correcting; see errors.",
                errors=found,
            ) from None


def lines_are_taken(scope: Scope) -> bool:
    """Whether a body sent there is lines."""
    return str(scope["path"]).endswith(ONLY_AT)


def are_lines(scope: Scope, headers: Mapping[bytes, bytes]) -> bool:
    """Whether the body is lines, sent to where lines are taken."""
    return lines_are_taken(scope) and kind_of(headers) == MEDIA_TYPE and is_plain_utf8(headers)


def read_lines(body: bytes) -> list[Line]:
    """The lines that are not empty, each by its number in the body; LineTooLarge when there are too many."""
    texts = [(number, text) for number, text in enumerate(body.split(b"\n"), 1) if text.strip()]
    if len(texts) > MOST_LINES:
        raise LineTooLarge(
            f"Có {len(texts)} dòng; mỗi lần gửi tối đa {MOST_LINES}. Hãy chia ra.",
            f"There are {len(texts)} lines; at most {MOST_LINES} are taken at once. Split them.",
        )
    return [_line(number, text) for number, text in texts]


def _line(number: int, text: bytes) -> Line:
    if len(text) > LONGEST_LINE:
        return Line(
            number,
            wrong=LineTooLarge(
                f"Dòng {number} vượt quá {LONGEST_LINE} byte.",
                f"Line {number} is beyond {LONGEST_LINE} bytes.",
            ),
        )
    try:
        return Line(number, strict_loads(text, number))
    except NotStrict as error:
        where = FieldError(error.dotted(), error.code, error.message_vi, error.message_en)
        return Line(number, wrong=MalformedLine(error.message_vi, error.message_en, errors=[where]))


def refusal(line: Line, error: Exception, scope: Scope) -> Json:
    """The answer to a line that was refused; what is in the way of all lines rises."""
    if isinstance(error, OF_ALL) and not isinstance(error, NeighbourBroken):
        raise error
    if not isinstance(error, SandboxError):
        _log.error("line-failed", line=line.number, error=type(error).__name__)
        error = LineFailed(
            f"Chương trình gặp lỗi ở dòng {line.number}; các dòng khác không bị ảnh hưởng.",
            f"The program met a fault at line {line.number}; the other lines did not.",
        )
    problem = json.loads(bytes(problem_of(error, scope).body))
    return {"line": line.number, "status": problem["status"], "problem": problem}


def written(values: Iterable[Any]) -> bytes:
    """One line for each value."""
    return b"".join(strict_dumps(value) + b"\n" for value in values)


def answered(values: Sequence[Any], headers: Mapping[str, str] | None = None) -> Response:
    """The answer, a line for each line that came."""
    return Response(written(values), headers={**(headers or {}), "content-type": MEDIA_TYPE})


def answers_in(content: bytes) -> Iterator[Json]:
    """The lines of an answer; raises ValueError when one cannot be read."""
    for text in content.split(b"\n"):
        if text.strip():
            found = json.loads(text)
            if not isinstance(found, dict):
                raise ValueError("a line of the answer is no object")
            yield found


def documented(what: str, example: Json, answer: Json) -> Json:
    """What the OpenAPI document says of such a route: `responses` and `openapi_extra`."""
    lines = {"schema": {"type": "string", "description": what}}
    sent, came = (written([each]).decode() for each in (example, answer))
    return {
        "responses": {
            200: {"description": "a line for each line", "content": {MEDIA_TYPE: {**lines, "example": came}}}
        },
        "openapi_extra": {
            "requestBody": {"required": True, "content": {MEDIA_TYPE: {**lines, "example": sent}}}
        },
    }
