"""Names of provinces and communes for people to read and choose: the official list since 1 July 2025."""

import json
import re
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

from flow_model.form_parts import COMMUNE_OFFICE

_CODES = re.compile(r", (\d{5})(?:, (\d{2}))?(?=$|, |\))")


class Atlas(NamedTuple):
    """Names by code; communes also by province."""

    provinces: Mapping[str, str]
    communes: Mapping[str, str]
    communes_of: Mapping[str, Mapping[str, str]]


@cache
def atlas() -> Atlas:
    """Read from the package vietnam-provinces where it lies: to import it costs ten times as much."""
    package = find_spec("vietnam_provinces")
    if package is None or package.origin is None:
        raise ModuleNotFoundError("vietnam-provinces is not installed: it holds the list of communes")
    provinces: dict[str, str] = {}
    communes: dict[str, str] = {}
    within: dict[str, Mapping[str, str]] = {}
    nested = Path(package.origin).parent / "data" / "nested-divisions.json"
    for province in json.loads(nested.read_bytes()):
        code = f"{province['code']:02d}"
        provinces[code] = province["name"]
        within[code] = {f"{ward['code']:05d}": ward["name"] for ward in province["wards"]}
        communes.update(within[code])
    return Atlas(provinces, communes, within)


def address_line(address: Mapping[str, Any]) -> str:
    """An address by codes as it is written on a paper, smallest part first."""
    known = atlas()
    commune, province = address.get("commune_code", ""), address.get("province_code", "")
    detail, called = address.get("detail"), known.communes.get(commune, commune)
    if detail == COMMUNE_OFFICE and called:  # an office bears the name of its commune
        detail, called = f"{detail} {called[0].lower()}{called[1:]}", ""
    parts = (detail, called, known.provinces.get(province, province))
    return ", ".join(_each_once(str(part) for part in parts if part))


def with_names(line: str) -> str:
    """A line in which the codes that forms carry are names."""
    known = atlas()

    def named(found: re.Match[str]) -> str:
        commune, province = found.groups()
        said = [known.communes.get(commune, commune)]
        said += [known.provinces.get(province, province)] if province else []
        if line[: found.start()].endswith(said[0]):  # the detail is the commune itself
            said = said[1:]
        return "".join(f", {each}" for each in said)

    return _CODES.sub(named, line)


def _each_once(parts: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(parts))
