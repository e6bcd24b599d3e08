"""The tables that a store is opened with: what makes them, and whether they are there in this version."""

from collections.abc import Sequence
from functools import lru_cache

from sqlalchemy import Connection, Table, inspect
from sqlalchemy.dialects import sqlite
from sqlalchemy.schema import CreateIndex, CreateTable
from sqlmodel import SQLModel

from chassis.store_errors import Unfit


@lru_cache
def ddl(tables: tuple[type[SQLModel], ...]) -> Sequence[str]:
    """What makes these tables, for SQLite: a town in memory is built thousands of times by its tests."""
    written: list[str] = []
    dialect = sqlite.dialect()
    for table in tables_of(tables):
        written.append(str(CreateTable(table).compile(dialect=dialect)))
        ordered = sorted(table.indexes, key=lambda each: str(each.name))
        written += [str(CreateIndex(index).compile(dialect=dialect)) for index in ordered]
    return written


def tables_of(tables: Sequence[type[SQLModel]]) -> list[Table]:
    """As SQLAlchemy knows them."""
    return [inspect(table).local_table for table in tables]


def require_columns(connection: Connection, tables: Sequence[Table]) -> None:
    """Raise Unfit when a table, or a column of one, is not there."""
    looked = inspect(connection)
    for table in tables:
        there = (
            {column["name"] for column in looked.get_columns(table.name)}
            if looked.has_table(table.name)
            else set()
        )
        missing = [column.name for column in table.columns if column.name not in there]
        if missing:
            named = f"{table.name}.{missing[0]}"
            raise Unfit(f"phiên bản khác, thiếu cột {named}.", f"of another version, without column {named}.")
