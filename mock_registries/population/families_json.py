"""A family as plain JSON: the shape that `example` of a flow reads."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from typing import Any

from mock_registries.people_records import Address, Family
from mock_registries.registry import Json, address_json


def family_json(family: Family) -> Json:
    """The whole family. Days and instants are ISO text; a person has both `personal_id` and `passport`."""
    return {each.name: _plain(getattr(family, each.name)) for each in fields(family)}


def _plain(value: Any) -> Any:
    if isinstance(value, Address):
        return address_json(value)
    if is_dataclass(value) and not isinstance(value, type):
        return {each.name: _plain(getattr(value, each.name)) for each in fields(value)}
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    return value.isoformat() if isinstance(value, date | datetime) else value
