"""PostgreSQL as a store: one schema for each service in one database, one connection for each process.

Several processes may keep the same books here. Unique keys are the truth; whoever loses a race is told so
and sends again. The schema is made by ``python -m town migrate``, never by a service that starts.
"""

from functools import partial
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, inspect, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from chassis.store_errors import Unfit, UnusableDatabase

# The revision of the tables that this program works with: the newest in town/migrations/versions.
REVISION = "0003"
_LOCK_MS = 2_000
_STATEMENT_MS = 30_000
_CONNECT_SECONDS = 5


def database_url(where: str) -> URL:
    """The URL with the driver that we use; UnusableDatabase when it is none."""
    try:
        return make_url(where).set(drivername="postgresql+psycopg")
    except SQLAlchemyError:
        raise UnusableDatabase(
            "Địa chỉ cơ sở dữ liệu sai; ví dụ: postgresql://ten:mat_khau@may:5432/motlankhai",
            "The database address is wrong; an example: postgresql://name:password@host:5432/motlankhai",
        ) from None


def postgres_engine(where: str, schema: str, *, store: bool = False) -> Engine:
    """An engine with one connection that sees one schema. UnusableDatabase says what to do.

    For a ``store``, SQLAlchemy begins and ends no transaction: the store does.
    """
    options = (
        f"-c search_path={schema} -c lock_timeout={_LOCK_MS} -c statement_timeout={_STATEMENT_MS} "
        f"-c idle_in_transaction_session_timeout={_STATEMENT_MS} -c synchronous_commit=on -c timezone=UTC"
    )
    arguments = {"options": options, "connect_timeout": _CONNECT_SECONDS}
    more: dict[str, Any] = {"connect_args": arguments}
    try:
        if store:
            more = {"creator": partial(_without_transactions, database_url(where), arguments)}
        engine = create_engine(database_url(where), pool_size=1, max_overflow=0, hide_parameters=True, **more)
        with engine.connect() as connection:
            _require_byte_order(connection.execute(_COLLATION).scalar_one())
    except ModuleNotFoundError:
        raise UnusableDatabase(
            "Thiếu psycopg: cài requirements/cluster.txt.",
            "psycopg is missing: install requirements/cluster.txt.",
        ) from None
    except DBAPIError as error:
        host = database_url(where).render_as_string()
        raise UnusableDatabase(
            f"Không kết nối được {host}: {error.orig}", f"Cannot connect to {host}: {error.orig}"
        ) from None
    return engine


def require_revision(connection: Connection) -> None:
    """Raise Unfit when the schema is not of the revision that this program works with."""
    if not inspect(connection).has_table("alembic_version"):
        raise Unfit("chưa được tạo bằng lệnh migrate.", "not made by the command migrate.")
    found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    if found != REVISION:
        raise Unfit(
            f"ở bản {found}, chương trình này cần bản {REVISION}.",
            f"of revision {found}, and this program needs {REVISION}.",
        )


def _without_transactions(url: URL, arguments: dict[str, Any]) -> Any:
    """A connection on which only the store begins and ends anything."""
    from chassis.postgres_transactions import OurConnection  # it needs psycopg, and not everybody has it

    plain = url.set(drivername="postgresql").render_as_string(hide_password=False)
    return OurConnection.connect(plain, autocommit=True, **arguments)


_COLLATION = text("SELECT datcollate FROM pg_database WHERE datname = current_database()")


def _require_byte_order(collation: str) -> None:
    """Texts are sorted by bytes, as everywhere here: the same story is the same log on every machine."""
    if collation not in ("C", "C.UTF-8", "C.utf8", "POSIX"):
        raise UnusableDatabase(
            f"Cơ sở dữ liệu sắp xếp theo {collation}; hãy tạo với LC_COLLATE 'C' "
            "(CREATE DATABASE … TEMPLATE template0 LC_COLLATE 'C').",
            f"The database sorts by {collation}; create it with LC_COLLATE 'C' "
            "(CREATE DATABASE … TEMPLATE template0 LC_COLLATE 'C').",
        )
