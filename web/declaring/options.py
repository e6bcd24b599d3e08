"""Long lists to choose from: drawn once, because 200 countries cost more than the rest of a page."""

from functools import lru_cache
from html import escape

from markupsafe import Markup

from flow_model.declaration_pages import ethnicities
from flow_model.declared_fields import Kind
from web.places import atlas
from web.showing import nationalities
from web.words import N_, Words

Item = tuple[str, str]
_FIRST = {
    Kind.ETHNICITY: N_("Chọn dân tộc"),
    Kind.NATIONALITY: N_("Chọn quốc tịch"),
    Kind.ADDRESS: N_("Chọn tỉnh, thành phố"),
}
_COMMUNE, _PROVINCE_FIRST = N_("Chọn xã, phường"), N_("Chọn tỉnh rồi bấm “Liệt kê xã, phường”")


def options(kind: Kind, words: Words, chosen: str) -> Markup:
    """The options of a select of this kind; nothing for kinds that are no select."""
    if kind not in _FIRST:
        return Markup("")
    return _with(_drawn(_items(kind, words.language), words.say(_FIRST[kind])), chosen)


def communes(province: str, words: Words, chosen: str) -> Markup:
    """The communes of a province; without one, what to do first."""
    known = atlas().communes_of.get(province, {})
    return _with(_drawn(tuple(known.items()), words.say(_COMMUNE if known else _PROVINCE_FIRST)), chosen)


@lru_cache
def _items(kind: Kind, language: str) -> tuple[Item, ...]:
    if kind is Kind.ETHNICITY:
        return tuple(ethnicities().items())
    if kind is Kind.ADDRESS:
        return tuple(atlas().provinces.items())
    return tuple(nationalities(language).items())


@lru_cache(maxsize=128)
def _drawn(items: tuple[Item, ...], first: str) -> str:
    return "".join(
        f'<option value="{escape(value)}">{escape(said)}</option>' for value, said in (("", first), *items)
    )


def _with(drawn: str, chosen: str) -> Markup:
    """The same with one of them chosen; what nobody offers is chosen nowhere."""
    wanted = f'value="{escape(chosen)}"'
    return Markup(drawn.replace(wanted, f"{wanted} selected", 1))
