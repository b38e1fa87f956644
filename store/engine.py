"""Opens the database of the records and brings its tables to the newest migration.

Every transaction is either ``writing(engine)`` (``BEGIN IMMEDIATE`` on SQLite: it waits its turn instead of failing half-way)
or ``reading(engine)`` (a deferred one, which never waits for a writer). A plain ``engine.begin()`` counts as writing.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from core.errors import SettingError, Unavailable

BUSY_MS = 10_000
MIGRATIONS = Path(__file__).resolve().parent / "migrations"
_MIGRATION_LOCK = 7_241_300
_SETTING = "RASAD_DATABASE_URL"
_PRAGMAS = (
    f"PRAGMA busy_timeout = {BUSY_MS}",
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = NORMAL",
    "PRAGMA foreign_keys = ON",
    "PRAGMA cache_size = -65536",
    "PRAGMA temp_store = MEMORY",
)

Insert = sqlite.Insert | postgresql.Insert


def make_engine(url: str) -> sa.Engine:
    """An engine for a SQLAlchemy address of SQLite or PostgreSQL; connects to nothing yet. Raises SettingError for another address."""
    try:
        address = sa.make_url(url)
    except (sa.exc.ArgumentError, ValueError):
        raise SettingError(_SETTING, url, "not an address like postgresql://user:password@host/database") from None
    if address.get_backend_name() in ("postgresql", "postgres"):
        return sa.create_engine(
            address.set(drivername="postgresql+psycopg"), pool_size=10, max_overflow=40, pool_pre_ping=True, hide_parameters=True
        )
    if address.get_backend_name() != "sqlite":
        raise SettingError(_SETTING, address.render_as_string(), "only SQLite and PostgreSQL keep an archive")
    engine = sa.create_engine(address, pool_size=10, max_overflow=40, hide_parameters=True)  # tokens and hashes are for no log
    sa.event.listen(engine, "connect", _prepare_sqlite)
    sa.event.listen(engine, "begin", _begin_sqlite)
    return engine


def close_connections(engine: sa.Engine) -> None:
    """Closes every connection: those at rest now, one that a thread still reads with as soon as it is handed back."""
    # The pool that takes it back is no longer the engine's: what lies in it nobody would ever close.
    sa.event.listen(engine, "checkin", _close_returned)
    engine.dispose()


def _close_returned(_connection: object, record: sa.pool.ConnectionPoolEntry) -> None:
    record.invalidate()


def _prepare_sqlite(connection: Any, _record: object) -> None:
    # The driver must not begin transactions by itself: only then BEGIN IMMEDIATE is ours to say.
    connection.isolation_level = None
    for pragma in _PRAGMAS:
        connection.execute(pragma)


def _begin_sqlite(connection: sa.Connection) -> None:
    reads_only = connection.get_execution_options().get("rasad_reading", False)
    connection.exec_driver_sql("BEGIN" if reads_only else "BEGIN IMMEDIATE")


@contextmanager
def writing(engine: sa.Engine) -> Iterator[sa.Connection]:
    """A transaction that may write: committed at the end, rolled back on any error. Keep it under 50 ms, with no call outside."""
    with engine.begin() as connection:
        yield connection


@contextmanager
def reading(engine: sa.Engine) -> Iterator[sa.Connection]:
    """One consistent view of the database; never waits for a writer. Nothing written in it is kept."""
    with engine.connect().execution_options(rasad_reading=True) as connection:
        yield connection


def insert_into(connection: sa.Connection, table: sa.Table) -> Insert:
    """An INSERT of the connection's dialect, with ``on_conflict_do_update`` and ``on_conflict_do_nothing``."""
    return postgresql.insert(table) if is_postgresql(connection) else sqlite.insert(table)


def is_postgresql(connection: sa.Connection) -> bool:
    """Whether the other end is PostgreSQL."""
    return connection.dialect.name == "postgresql"


def lock_until_commit(connection: sa.Connection, number: int) -> None:
    """Waits until no other transaction holds the lock ``number``. SQLite needs none: it has one writer at a time."""
    if is_postgresql(connection):
        connection.execute(sa.text("SELECT pg_advisory_xact_lock(:number)"), {"number": number})


def migrate(engine: sa.Engine) -> None:
    """Runs the migrations that the database lacks. Several processes may call it at the same moment.

    Raises Unavailable when the database does not answer, SettingError when a newer version of Rasad has already changed it.
    """
    try:
        made = revision_of(engine)
    except sa.exc.OperationalError as error:
        raise Unavailable(f"the database {engine.url.render_as_string()} does not answer: {error.orig}") from error
    known = _known_revisions()
    newest = newest_revision()
    if made == newest:
        return
    if made is not None and made not in known:
        raise SettingError(_SETTING, engine.url.render_as_string(), f"made by a newer version of Rasad ({made}, this one knows {newest})")
    with writing(engine) as connection:
        lock_until_commit(connection, _MIGRATION_LOCK)
        _upgrade(connection)


def newest_revision() -> str:
    """The migration that this version of Rasad brings a database to."""
    known = _known_revisions()
    return next(revision for revision in known if revision not in known.values())


def revision_of(engine: sa.Engine) -> str | None:
    """The migration that the database stands at; None for an empty one."""
    with reading(engine) as connection:
        if not sa.inspect(connection).has_table("alembic_version"):
            return None
        number: str | None = connection.scalar(sa.text("SELECT version_num FROM alembic_version"))
        return number


def _known_revisions() -> dict[str, str | None]:
    """Each migration with the one before it; read as text, for the order is the chain's and not the names'."""
    found: dict[str, str | None] = {}
    for path in (MIGRATIONS / "versions").glob("[0-9]*.py"):
        lines = dict(re.findall(r'^(revision|down_revision) = "?(\w+)"?$', path.read_text(encoding="utf-8"), re.MULTILINE))
        found[lines["revision"]] = None if lines["down_revision"] == "None" else lines["down_revision"]
    return found


def _upgrade(connection: sa.Connection) -> None:
    # Alembic takes 0.2 s to import: only a database that is behind pays for it.
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
