"""What every hand-out says: that it is a simulation, and that it has no legal value."""

from collections.abc import Mapping
from typing import Any

from web.words import N_, Words

Json = dict[str, Any]
SIMULATION = "MÔ PHỎNG"
_FRAME = {
    "no_legal_value": N_("không có giá trị pháp lý"),
    "author": N_("Một lần khai (mô phỏng)"),
}


def sheet(
    words: Words, title: str, reference: str = "", *, said: Mapping[str, str] | None = None, **content: Any
) -> Json:
    """The data of one hand-out. On paper the two Vietnamese words stand in every language."""
    frame = say_all(words, _FRAME)
    if words.language != "vi":
        frame["no_legal_value"] = f"{_FRAME['no_legal_value']} · {frame['no_legal_value']}"
    return {
        "lang": words.language,
        "title": title,
        "reference": reference,
        "words": {"simulation": SIMULATION, **frame, **say_all(words, said or {})},
        **content,
    }


def say_all(words: Words, messages: Mapping[str, str]) -> Json:
    """Each message in the reader's language."""
    return {name: words.say(message) for name, message in messages.items()}
