"""What pydantic finds in a scenario, in words for its author: where, what, and what was probably meant.

A complaint is (path, "key" or "value": which of the two the place is, message, the same in Vietnamese).
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from pydantic import ValidationError

from chassis.field_messages import field_errors
from scenarios.shape import Place, nearest, place

Complaint = tuple[tuple[str | int, ...], str, str, str]


def dotted(path: Sequence[str | int]) -> str:
    """``("act", 0, "does")`` is ``act[0].does``; a key that TOML would quote is quoted."""
    written = ""
    for part in path:
        if isinstance(part, int):
            written += f"[{part}]"
        else:
            plain = part.replace("_", "").replace("-", "").isalnum() and part.isascii()
            written += ("." if written else "") + (part if plain else f'"{part}"')
    return written


def complaints(error: ValidationError, *, names_are_right: bool = True) -> list[Complaint]:
    """One complaint per place. What follows from another complaint is left out: a list that is too short
    because its items are wrong, and dossier names when they have been complained about one by one.
    """
    raw = error.errors(include_url=False)
    found: dict[tuple[str | int, ...], Complaint] = {}
    for each in raw:
        deeper = any(len(other["loc"]) > len(each["loc"]) for other in raw if _starts(other, each["loc"]))
        if each["type"] == "too_short" and deeper:
            continue
        if each["loc"] == () and each["type"] == "value_error" and not names_are_right:
            continue
        complaint = _complaint(each)
        found.setdefault(complaint[0], complaint)
    return list(found.values())


def _starts(error: Any, location: Sequence[str | int]) -> bool:
    return bool(tuple(error["loc"][: len(location)]) == tuple(location))


def _complaint(error: Any) -> Complaint:
    at = place(error["loc"])
    special = _SPECIAL.get(error["type"])
    if special is not None:
        return special(error, at)
    choices = _choices(at)
    if nearest(error["input"], choices):  # of an instant or a word, say, the word was meant
        return (at.path, "value", *_no_such("value", "giá trị", error["input"], choices))
    told = field_errors([error])[0]
    return at.path, "value", told.message_en, told.message_vi


def _extra(error: Any, at: Place) -> Complaint:
    above = place(error["loc"][:-1])
    return (at.path, "key", *_no_such("key", "khóa", error["loc"][-1], above.keys()))


def _missing(_error: Any, at: Place) -> Complaint:
    return at.path, "key", "this key is missing", "thiếu khóa này"


def _no_tag(error: Any, at: Place) -> Complaint:
    given = error["input"] if isinstance(error["input"], dict) else {}
    wanted = str(_tag(error, at)[-1])
    misspelt = nearest(wanted, given)
    if misspelt is not None:
        return ((*at.path, misspelt), "key", *_no_such("key", "khóa", misspelt, [wanted]))
    kinds = ", ".join(at.tags())
    return _tag(error, at), "key", f"this key is missing; there are: {kinds}", f"thiếu khóa này; có: {kinds}"


def _wrong_tag(error: Any, at: Place) -> Complaint:
    return (_tag(error, at), "value", *_no_such("kind", "loại", error["ctx"]["tag"], at.tags()))


def _wrong_choice(error: Any, at: Place) -> Complaint:
    return (at.path, "value", *_no_such("value", "giá trị", error["input"], _choices(at)))


def _wrong_form(error: Any, at: Place) -> Complaint:
    return (at.path, "key" if error["loc"][-1] == "[key]" else "value", *_form(error, at))


_SPECIAL: dict[str, Callable[[Any, Place], Complaint]] = {
    "extra_forbidden": _extra,
    "missing": _missing,
    "union_tag_not_found": _no_tag,
    "union_tag_invalid": _wrong_tag,
    "literal_error": _wrong_choice,
    "string_pattern_mismatch": _wrong_form,
}


def _tag(error: Any, at: Place) -> tuple[str | int, ...]:
    return (*at.path, error["ctx"]["discriminator"].strip("'"))


def _choices(at: Place) -> list[str]:
    """Of a place with several forms, the words among them."""
    branches = [at.rule, *at.rule.get("anyOf", ())]
    return [str(word) for each in branches for word in (*each.get("enum", ()), *_const(each))]


def _const(rule: Any) -> Iterable[Any]:
    return [rule["const"]] if "const" in rule else []


def _no_such(what: str, what_vi: str, word: object, candidates: Sequence[str]) -> tuple[str, str]:
    near = nearest(word, candidates)
    if near is not None:
        return f"no such {what}; did you mean {near!r}?", f"không có {what_vi} này; có phải “{near}”?"
    known = ", ".join(candidates)
    return f"no such {what}; there are: {known}", f"không có {what_vi} này; có: {known}"


def _form(error: Any, at: Place) -> tuple[str, str]:
    """A text of the wrong form: the description of the field says more than its pattern."""
    example = at.rule.get("description")
    form = error["ctx"]["pattern"] + (f" ({example})" if example else "")
    return f"not of the required form: {form}", f"không đúng dạng: {form}"
