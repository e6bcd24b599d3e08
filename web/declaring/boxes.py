"""Between the boxes of a form and the values of a declaration, both ways, for each kind of field."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime, time
from typing import Any

from chassis.clock import VIETNAM
from flow_model.declared_fields import DeclaredField, Kind
from web.formats import as_instant
from web.forms import Sent
from web.places import atlas
from web.words import N_, Words

MOST_PEOPLE = 20
Boxes = dict[str, Any]
# The first letter of each word of a name, also behind a hyphen or an apostrophe (H'Hen, K'Brơi).
_WORD = re.compile(r"(?<!\w)\w")
_PARTS = ("day", "month", "year")
_NO_DAY = N_("%(field)s: cần một ngày có thật, đủ ngày, tháng, năm.")
_NO_TIME = N_("%(field)s: cần giờ, ví dụ 08:30.")
_NO_NUMBER = N_("%(field)s: cần một số.")
_NO_PROVINCE = N_("%(field)s: hãy chọn tỉnh, thành phố.")
_NO_COMMUNE = N_("%(field)s: hãy chọn xã, phường.")
_NO_DETAIL = N_("%(field)s: hãy ghi số nhà, đường, thôn, tổ.")


def boxes_of(field: DeclaredField, value: Any) -> Boxes:
    """What stands in the boxes for a value; for none, what the form starts with."""
    make = _TO_BOXES.get(field.kind)
    return make(value) if make is not None else {"text": "" if value is None else str(value)}


def boxes_sent(field: DeclaredField, sent: Sent) -> Boxes:
    """What stood in the boxes when the form was sent."""
    name = field.path
    match field.kind:
        case Kind.DAY | Kind.INSTANT:
            boxes = {part: sent.text(f"{name}-{part}") for part in _PARTS}
            return {**boxes, "time": sent.text(f"{name}-time")}
        case Kind.ADDRESS:
            return {part: sent.text(f"{name}-{part}") for part in ("province", "commune", "detail")}
        case Kind.SEVERAL:
            return {"chosen": sent.texts(name)}
        case Kind.PEOPLE:
            return {"rows": [_row(sent, field, number) for number in range(MOST_PEOPLE)]}
        case _:
            return {"text": sent.text(name)}


def text_of(boxes: Boxes) -> str:
    """What stands in the boxes, one after the other; nothing for empty ones."""
    return " ".join(text for value in boxes.values() for text in _texts(value) if text)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    else:
        for each in value.values() if isinstance(value, Mapping) else value:
            yield from _texts(each)


def value_sent(field: DeclaredField, boxes: Boxes, sent: Sent, words: Words) -> Any:
    """The value that the boxes make; what they cannot make is noted as a mistake. None for empty boxes."""
    read = _FROM_BOXES.get(field.kind, _text)
    return read(_Reading(field, boxes, sent, words))


class _Reading:
    """One field on its way from boxes to a value."""

    def __init__(self, field: DeclaredField, boxes: Boxes, sent: Sent, words: Words) -> None:
        self.field, self.boxes, self.sent, self.words = field, boxes, sent, words

    def wrong(self, message: str, part: str = "") -> None:
        """Note a mistake at one of the boxes."""
        title = self.words.pick(self.field.title_vi, self.field.title_en)
        anchor = f"f-{self.field.path}" + (f"-{part}" if part else "")
        self.sent.wrong(self.field.path, self.words.say(message, field=title), anchor)

    def empty(self, *parts: str) -> bool:
        """Whether nothing stands in these boxes."""
        return not any(self.boxes[part] for part in parts)

    def day(self) -> date | None:
        """The day; notes a mistake at the first box that is wrong."""
        day = self.sent.day(self.field.path)
        if day is None:
            wrong = next((part for part in _PARTS if not self.boxes[part].isdigit()), "day")
            self.wrong(_NO_DAY, wrong)
        return day


def _text(reading: _Reading) -> Any:
    text = reading.boxes["text"]
    return (as_name(text) if reading.field.names_a_person else text) or None


def as_name(text: str) -> str:
    """A name that was typed all in small letters, as names are written; any other as it is."""
    return _WORD.sub(lambda found: found.group().upper(), text) if text == text.lower() else text


def _day(reading: _Reading) -> Any:
    if reading.empty(*_PARTS):
        return None
    day = reading.day()
    return day.isoformat() if day else None


def _instant(reading: _Reading) -> Any:
    if reading.empty(*_PARTS, "time"):
        return None
    day = reading.day()
    try:
        clock = time.fromisoformat(reading.boxes["time"])
    except ValueError:
        reading.wrong(_NO_TIME, "time")
        return None
    return datetime.combine(day, clock.replace(tzinfo=None), VIETNAM).isoformat() if day else None


def _number(reading: _Reading) -> Any:
    text = reading.boxes["text"]
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        reading.wrong(_NO_NUMBER)
        return None
    return int(text)


def _yes_no(reading: _Reading) -> Any:
    return {"yes": True, "no": False}.get(reading.boxes["text"])


def _agreed(reading: _Reading) -> Any:
    return reading.boxes["text"] == "yes"


def _several(reading: _Reading) -> Any:
    return [each for each in reading.boxes["chosen"] if each in reading.field.values] or None


def _lines(reading: _Reading) -> Any:
    return [line.strip() for line in reading.boxes["text"].splitlines() if line.strip()] or None


def _address(reading: _Reading) -> Any:
    if reading.empty("province", "commune", "detail"):
        return None
    province, commune = reading.boxes["province"], reading.boxes["commune"]
    known = atlas()
    if province not in known.provinces:
        reading.wrong(_NO_PROVINCE)
    elif commune not in known.communes_of[province]:
        reading.wrong(_NO_COMMUNE, "commune")
    elif not reading.boxes["detail"]:
        reading.wrong(_NO_DETAIL, "detail")
    else:
        return {"province_code": province, "commune_code": commune, "detail": reading.boxes["detail"]}
    return None


def _people(reading: _Reading) -> Any:
    rows: Iterable[Mapping[str, str]] = reading.boxes["rows"]
    return [
        {part: as_name(text) if part == "full_name" else text for part, text in row.items()}
        for row in rows
        if any(row.values())
    ] or None


def _row(sent: Sent, field: DeclaredField, number: int) -> dict[str, str]:
    return {part: sent.text(f"{field.path}-{number}-{part}") for part in field.parts}


def _day_boxes(value: Any) -> Boxes:
    if not value:
        return {**dict.fromkeys(_PARTS, ""), "time": ""}
    day = date.fromisoformat(value[:10])
    return {"day": str(day.day), "month": str(day.month), "year": str(day.year), "time": ""}


def _instant_boxes(value: Any) -> Boxes:
    if not value:
        return _day_boxes(None)
    moment = as_instant(value)
    return _day_boxes(moment.date().isoformat()) | {"time": f"{moment:%H:%M}"}


def _address_boxes(value: Any) -> Boxes:
    told = value or {}
    return {
        "province": told.get("province_code", ""),
        "commune": told.get("commune_code", ""),
        "detail": told.get("detail", ""),
    }


def _yes_no_boxes(value: Any) -> Boxes:
    return {"text": "" if value is None else "yes" if value else "no"}


_TO_BOXES: Mapping[Kind, Callable[[Any], Boxes]] = {
    Kind.DAY: _day_boxes,
    Kind.INSTANT: _instant_boxes,
    Kind.ADDRESS: _address_boxes,
    Kind.YES_NO: _yes_no_boxes,
    Kind.AGREED: _yes_no_boxes,
    Kind.SEVERAL: lambda value: {"chosen": list(value or ())},
    Kind.LINES: lambda value: {"text": "\n".join(value or ())},
    Kind.PEOPLE: lambda value: {"rows": list(value or ())},
}
_FROM_BOXES: Mapping[Kind, Callable[[_Reading], Any]] = {
    Kind.DAY: _day,
    Kind.INSTANT: _instant,
    Kind.ADDRESS: _address,
    Kind.NUMBER: _number,
    Kind.YES_NO: _yes_no,
    Kind.AGREED: _agreed,
    Kind.SEVERAL: _several,
    Kind.LINES: _lines,
    Kind.PEOPLE: _people,
}
