"""What a form sent, and what is wrong with it: the same words in the summary and at the field."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from urllib.parse import parse_qsl

from starlette.requests import Request

from chassis.text_policy import MESSAGES, composed, refused_kind
from flow_model.errors import SandboxError

MOST_FIELDS = 500


class BadForm(SandboxError):
    """The visitor opens the page again: this is nothing that our form sends."""

    slug = "bad-request"


@dataclass(frozen=True)
class Mistake:
    """What is wrong with one field. ``anchor`` is the id of the first wrong box."""

    name: str
    message: str
    anchor: str


@dataclass
class Sent:
    """The fields of a form, their text composed (NFC) and without spaces around it."""

    values: Mapping[str, list[str]]
    mistakes: list[Mistake] = field(default_factory=list)

    def text(self, name: str) -> str:
        """The value of a field, or nothing."""
        return self.values.get(name, [""])[-1]

    def texts(self, name: str) -> list[str]:
        """All values of a field: boxes that were ticked."""
        return list(self.values.get(name, ()))

    def day(self, name: str) -> date | None:
        """The day of three boxes; None when they make no day."""
        try:
            boxes = [int(self.text(f"{name}-{part}")) for part in ("year", "month", "day")]
            return date(*boxes)
        except ValueError:
            return None

    def wrong(self, name: str, message: str, anchor: str = "") -> None:
        """Note a mistake; it stands in the summary in the order of noting."""
        self.mistakes.append(Mistake(name, message, anchor or f"f-{name}"))


def own_address(said: str) -> str:
    """Where to go on, as a form says, if that is one of our own addresses; else the first page."""
    plain = said.isascii() and said.isprintable() and "\\" not in said
    return said if plain and said.startswith("/") and not said.startswith("//") else "/"


async def read_form(request: Request) -> Sent:
    """The form of a POST; raises BadForm."""
    raw = await request.body()
    try:
        pairs = parse_qsl(raw.decode("utf-8"), True, True, errors="strict", max_num_fields=MOST_FIELDS)
    except ValueError:
        raise _bad() from None
    return Sent(_composed(pairs))


def _composed(pairs: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    values: dict[str, list[str]] = {}
    for name, value in pairs:
        text = composed(value).replace("\r\n", "\n").strip()
        kind = refused_kind(text)
        if kind is not None:
            raise BadForm(*MESSAGES[kind])
        values.setdefault(name, []).append(text)
    return values


def _bad() -> BadForm:
    return BadForm(
        "Không đọc được biểu mẫu. Hãy mở lại trang rồi gửi lại.",
        "The form cannot be read. Open the page again and send it once more.",
    )
