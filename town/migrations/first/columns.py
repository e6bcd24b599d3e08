"""Columns of one type, in the order in which they are named."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.types import TypeEngine


def columns(kind: TypeEngine[Any], *names: str, nullable: bool = False) -> list[sa.Column[Any]]:
    """A new column for each name."""
    return [sa.Column(name, kind, nullable=nullable) for name in names]
