"""What stands beside figures: what kind of day they count, and whether a limit is law or only published."""

from collections.abc import Mapping, Sequence
from typing import Any

from flow_model.group import Group
from measurement.durations import OFFICE_DAY, ONE_DAY
from web.formats import filters_for
from web.words import N_, Words

_HOUR = ONE_DAY / 24
_DAYS = N_(
    "Một ngày làm việc là %(office)s giờ cơ quan mở cửa; một ngày theo lịch là %(whole)s giờ, tính cả đêm và "
    "ngày nghỉ. Vì vậy số ngày làm việc có khi lớn hơn số ngày theo lịch."
)
_LAW = N_("Thời hạn theo luật")
_PUBLISHED = N_("Thời hạn đã công bố")
_EITHER = N_("Thời hạn theo luật hoặc đã công bố")


def days_note(words: Words) -> str:
    """Why working days may be more than calendar days: to stand where both stand side by side."""
    number = filters_for(words.language)["number"]
    return words.say(_DAYS, office=number(OFFICE_DAY / _HOUR), whole=number(ONE_DAY / _HOUR))


def limit_title(words: Words, group: Group, measured: Sequence[Mapping[str, Any]]) -> str:
    """What the limits of these measures are: law, figures that were only published, or some of each."""
    published = {_is_published(group, each) for each in measured}
    return words.say(_EITHER if len(published) > 1 else _PUBLISHED if True in published else _LAW)


def law_name(words: Words, group: Group | None, law: str) -> str:
    """A law profile by its title, its short name behind it; one that nobody knows, by that alone."""
    profile = group.law.profiles.get(law) if group is not None else None
    return law if profile is None else f"{words.pick(profile.title_vi, profile.title_en)} ({law})"


def limit_articles(measured: Sequence[Mapping[str, Any]]) -> list[str]:
    """Where the limits stand, each once."""
    return list(dict.fromkeys(each["legal"]["article"] for each in measured))


def _is_published(group: Group, measured: Mapping[str, Any]) -> bool:
    """A total that belongs to one profile alone was published of that reform; no article states it."""
    legal = measured["legal"]
    return legal["basis"] == "stated" and any(
        total.only_in == measured["law"] and total.article == legal["article"] for total in group.law.totals
    )
