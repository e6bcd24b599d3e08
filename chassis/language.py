"""Which of the two languages a reader asked for."""

from typing import Literal

Language = Literal["vi", "en"]


def language_of(accept_language: str | None, default: Language = "vi") -> Language:
    """The language of the two that Accept-Language weighs highest; the default when it names neither."""
    weights: dict[str, float] = {}
    for item in (accept_language or "").split(",")[:20]:
        tag, _, parameter = item.strip().lower().partition(";")
        name = tag.strip().partition("-")[0]
        if name in ("vi", "en"):
            weights[name] = max(weights.get(name, 0.0), _weight(parameter))
    vi, en = weights.get("vi", 0.0), weights.get("en", 0.0)
    if vi == en:
        return default
    return "vi" if vi > en else "en"


def _weight(parameter: str) -> float:
    name, _, value = parameter.strip().partition("=")
    if name.strip() != "q":
        return 1.0
    try:
        weight = float(value)
    except ValueError:
        return 0.0
    return weight if 0.0 <= weight <= 1.0 else 0.0
