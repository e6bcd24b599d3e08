"""The figures of the programme: what each is, its formula, its target, and where it could be measured."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from web.charts.bullet import bullet
from web.formats import filters_for
from web.race.names import SHORT
from web.words import N_, Words

PATHS = ("separate", "interlinked")
# With fewer, a share says more about luck than about the office.
LEAST = 30


@dataclass(frozen=True)
class Share:
    """So many of so many; None where it was not measured."""

    part: int | None = None
    whole: int = 0
    given: float | None = None  # where the share is told, and not its part

    @property
    def value(self) -> float | None:
        """The share; None without data: nothing measured is not nothing achieved."""
        if self.given is not None:
            return self.given
        return self.part / self.whole if self.part is not None and self.whole else None


@dataclass(frozen=True)
class Indicator:
    """A figure of the programme. ``target`` is that of the letter to Hà Nội (domain sheet, section 9)."""

    id: str
    title: str
    target: float | None
    formula: str


INDICATORS = (
    Indicator(
        "on_time",
        N_("Quyết định đúng hạn"),
        None,
        N_("Số quyết định ra trước hoặc đúng hạn của chính thủ tục ấy ÷ số quyết định có hạn"),
    ),
    Indicator(
        "synchronised",
        N_("Đồng bộ với cổng"),
        1.0,
        N_("Số hồ sơ mà sổ của cổng và sổ của mọi cơ quan khớp nhau ÷ số hồ sơ"),
    ),
    Indicator(
        "electronic_results",
        N_("Kết quả điện tử"),
        1.0,
        N_("Số kết quả trả không cần đến quầy lấy ÷ số kết quả đã cấp"),
    ),
    Indicator(
        "digitised",
        N_("Hồ sơ số hóa"),
        0.8,
        N_("Số hồ sơ đã xong không có giấy tờ nào và mọi kết quả đều điện tử ÷ số hồ sơ đã xong"),
    ),
    Indicator(
        "reuse",
        N_("Dùng lại dữ liệu"),
        0.5,
        N_("Số hồ sơ có ít nhất một ô lấy từ cơ sở dữ liệu ÷ số hồ sơ"),
    ),
)

# A year counts whole dossiers. It is another figure than that of the decisions, and so is called otherwise.
DOSSIERS_ON_TIME = Indicator(
    "dossiers_on_time",
    N_("Hồ sơ đúng hạn ở mọi thủ tục"),
    None,
    N_(
        "Số hồ sơ đã xong mà thủ tục nào có hạn cũng được quyết định trong hạn của riêng thủ tục ấy "
        "÷ số hồ sơ đã xong; không so với hạn chung của cả nhóm thủ tục"
    ),
)
OF_A_YEAR = (DOSSIERS_ON_TIME, *(each for each in INDICATORS if each.id != "on_time"))
_UNKNOWN = N_("chưa đủ dữ liệu")


@dataclass(frozen=True)
class Card:
    """An indicator as it is shown: each path's share in words, and a picture where there is any."""

    id: str
    title: str
    values: Sequence[tuple[str, str, str, str, bool]]
    target: str
    reached: bool | None
    picture: Markup | None
    formula: str
    command: str
    missing: str


def cards(
    measured: Mapping[str, Mapping[str, Share]],
    words: Words,
    commands: Mapping[str, str],
    missing: Mapping[str, str],
    *,
    of: Sequence[Indicator] = INDICATORS,
    unknown: str = _UNKNOWN,
) -> list[Card]:
    """One card for each indicator; ``measured`` gives, by indicator and path, what was counted."""
    return [
        _card(
            each,
            measured.get(each.id, {}),
            words,
            commands.get(each.id, ""),
            missing.get(each.id, ""),
            words.say(unknown),
        )
        for each in of
    ]


def _card(
    indicator: Indicator,
    measured: Mapping[str, Share],
    words: Words,
    command: str,
    missing: str,
    unknown: str,
) -> Card:
    filters: Mapping[str, Any] = filters_for(words.language)
    percent, number = filters["percent"], filters["number"]
    values = []
    for path in PATHS:
        share = measured.get(path, Share())
        known = share.value is not None
        said = percent(share.value, 1) if known else unknown
        about = f"{number(share.part, 0)} / {number(share.whole, 0)}" if known else ""
        if known and share.part is None:
            about = f"n = {number(share.whole, 0)}"
        values.append((path, words.say(SHORT[path]), said, about, known and share.whole < LEAST))
    new = measured.get("interlinked", Share())
    drawn = any(share.value is not None for share in measured.values())
    bars = [(path, words.say(SHORT[path]), measured.get(path, Share()).value) for path in PATHS]
    title = words.say(indicator.title)
    return Card(
        id=indicator.id,
        title=title,
        values=values,
        target=percent(indicator.target) if indicator.target is not None else "",
        reached=_reached(new, indicator.target),
        picture=bullet(f"kpi-{indicator.id}", bars, indicator.target, title, percent) if drawn else None,
        formula=words.say(indicator.formula),
        command=command,
        missing="" if drawn else missing,
    )


def _reached(share: Share, target: float | None) -> bool | None:
    """Whether the target is reached; of too few nobody can say."""
    if share.value is None or target is None or share.whole < LEAST:
        return None
    return share.value >= target
