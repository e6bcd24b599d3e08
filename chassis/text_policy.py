"""Which text may enter: composed (NFC), and free of characters that a reader cannot see.

Controls forge log lines, bidirectional marks make a name read otherwise than it is stored, zero-width
characters make two equal-looking names differ, and a lone surrogate cannot be stored at all.
"""

import re
from unicodedata import is_normalized, normalize

# Code points are given by number: written out, none of them would be seen by a reviewer.
_CONTROL = "\x00-\x08\x0b-\x1f\x7f-\x9f"
_BIDIRECTIONAL = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
_INVISIBLE = (
    "\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200d\u2028\u2029\u2060-\u2065\u206a-\u206f\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff\U000e0000-\U000e0fff"
)
_SURROGATE = "\ud800-\udfff"
_REFUSED = re.compile(f"[{_CONTROL}{_BIDIRECTIONAL}{_INVISIBLE}{_SURROGATE}]")
_KINDS = (
    (re.compile(f"[{_SURROGATE}]"), "lone-surrogate"),
    (re.compile(f"[{_CONTROL}]"), "control-character"),
    (re.compile(f"[{_BIDIRECTIONAL}]"), "bidirectional-character"),
)

MESSAGES: dict[str, tuple[str, str]] = {
    "lone-surrogate": (
        "Có nửa ký tự Unicode (surrogate) đứng một mình. Hãy gõ lại chữ này.",
        "Half a Unicode character (a lone surrogate) stands here. Type this text again.",
    ),
    "control-character": (
        "Có ký tự điều khiển. Chỉ được dùng chữ, dấu cách, xuống dòng và tab.",
        "A control character stands here. Only letters, spaces, line feeds and tabs may be used.",
    ),
    "bidirectional-character": (
        "Có ký tự đổi hướng viết. Hãy gõ lại chữ này, đừng sao chép từ nơi khác.",
        "A character that changes the writing direction stands here. Type this text again, do not paste it.",
    ),
    "invisible-character": (
        "Có ký tự không nhìn thấy. Hãy gõ lại chữ này, đừng sao chép từ nơi khác.",
        "An invisible character stands here. Type this text again, do not paste it.",
    ),
}


def refused_kind(text: str) -> str | None:
    """The code of the first refused character, or None: a key of MESSAGES."""
    found = _REFUSED.search(text)
    if found is None:
        return None
    for pattern, kind in _KINDS:
        if pattern.match(found.group()):
            return kind
    return "invisible-character"


def composed(text: str) -> str:
    """The NFC form, so that one Vietnamese name is one string however it was typed."""
    return text if is_normalized("NFC", text) else normalize("NFC", text)


def is_plain(text: str) -> bool:
    """A cheap yes for the text of nearly every field; no means only: look closer."""
    return text.isascii() and text.isprintable()
