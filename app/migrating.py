"""``rasad migrate --to postgresql://…``: an embedded archive moves into PostgreSQL, table by table, verified by counts and checksums.

It can be stopped at any moment and started again: what is committed in the target stays, and how far each table has come is written
beside the source after each batch (a batch that comes twice changes nothing). The service must be stopped meanwhile.
"""

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy as sa

from app.jobs import LEASE
from core.dates import utc_now
from core.errors import BadInput, RasadError
from core.settings import Settings
from store.archive import Archive  # noqa: F401 (its imports put every table into the metadata)
from store.engine import insert_into, make_engine, migrate, reading, writing
from store.pages import page_metadata, pages_url
from store.tables import metadata
from store.work import Work

BATCH = 500
STATE = "migration.json"
Progress = Callable[[str, int], None]


class MigrationFailed(RasadError):
    """The target is not what the source is."""


@dataclass(frozen=True, slots=True)
class Moved:
    """One table: its rows, and the checksum that both sides have."""

    table: str
    rows: int
    checksum: str


def move(settings: Settings, target: str, progress: Progress) -> list[Moved]:
    """Copies everything and verifies it. Raises BadInput, MigrationFailed when a table differs at the end."""
    source, goal = make_engine(settings.database), make_engine(target)
    pages = make_engine(pages_url(settings.database))
    try:
        if source.dialect.name != "sqlite" or goal.dialect.name != "postgresql":
            raise BadInput(
                "to", goal.url.render_as_string(), "an archive moves from SQLite to PostgreSQL", "نشانی مقصد باید postgresql:// باشد."
            )
        holder = Work(source).holder(LEASE, utc_now())
        if holder:
            raise BadInput("service", holder, "stop the service first: it still works", "نخست سرویس را بازایستانید.")
        migrate(source)
        migrate(goal)
        with writing(goal) as connection:
            page_metadata.create_all(connection)
        with writing(pages) as connection:
            page_metadata.create_all(connection)
        mover = _Mover(goal, settings.data / STATE, progress)
        for engine, tables in ((pages, page_metadata.sorted_tables), (source, metadata.sorted_tables)):
            for table in tables:
                mover.copy(engine, table)
        moved = [_verified(engine, goal, table) for engine, tables in _all(source, pages) for table in tables]
        (settings.data / STATE).unlink(missing_ok=True)
        return moved
    finally:
        for engine in (source, goal, pages):
            engine.dispose()


def _all(source: sa.Engine, pages: sa.Engine) -> tuple[tuple[sa.Engine, Sequence[sa.Table]], ...]:
    return ((pages, page_metadata.sorted_tables), (source, metadata.sorted_tables))


@dataclass(frozen=True)
class _Mover:
    goal: sa.Engine
    state: Path
    progress: Progress

    def copy(self, source: sa.Engine, table: sa.Table) -> None:
        """Copies the rows that the state says are missing, and sets the table's counter."""
        key = tuple(table.primary_key.columns)
        for rows in _batches(source, table, self._place(table)):
            with writing(self.goal) as connection:
                connection.execute(insert_into(connection, table).on_conflict_do_nothing(), rows)
            self._note(table, [rows[-1][column.name] for column in key])
            self.progress(table.name, len(rows))
        _set_counter(self.goal, table)

    def _place(self, table: sa.Table) -> list[object] | None:
        known = json.loads(self.state.read_text("utf-8")) if self.state.exists() else {}
        place = known.get("tables", {}).get(table.name) if known.get("target") == self._target() else None
        return place if isinstance(place, list) else None

    def _note(self, table: sa.Table, place: list[object]) -> None:
        known = json.loads(self.state.read_text("utf-8")) if self.state.exists() else {}
        tables = known.get("tables", {}) if known.get("target") == self._target() else {}
        part = self.state.with_suffix(".part")
        part.write_text(json.dumps({"target": self._target(), "tables": {**tables, table.name: place}}), "utf-8")
        part.replace(self.state)

    def _target(self) -> str:
        return self.goal.url.render_as_string()


def _batches(engine: sa.Engine, table: sa.Table, after: list[object] | None) -> Iterator[list[dict[str, object]]]:
    key = tuple(table.primary_key.columns)
    while True:
        query = sa.select(table).order_by(*key).limit(BATCH)
        if after is not None:
            query = query.where(
                sa.tuple_(*key) > sa.tuple_(*(sa.literal(value, column.type) for value, column in zip(after, key, strict=True)))
            )
        with reading(engine) as connection:
            rows = [dict(row) for row in connection.execute(query).mappings()]
        if not rows:
            return
        yield rows
        after = [rows[-1][column.name] for column in key]


def _set_counter(goal: sa.Engine, table: sa.Table) -> None:
    """Numbers given from now on follow the highest that was copied."""
    if "id" not in table.c or not isinstance(table.c.id.type, sa.Integer):
        return
    with writing(goal) as connection:
        sequence = connection.scalar(sa.text("SELECT pg_get_serial_sequence(:name, 'id')"), {"name": table.name})
        highest = connection.scalar(sa.select(sa.func.max(table.c.id)))
        if sequence and highest:
            connection.execute(sa.text("SELECT setval(:sequence, :highest)"), {"sequence": sequence, "highest": highest})


def _verified(source: sa.Engine, goal: sa.Engine, table: sa.Table) -> Moved:
    here, there = _checksum(source, table), _checksum(goal, table)
    if here != there:
        raise MigrationFailed(f"table {table.name}: {here[0]} rows ({here[1]}) here, {there[0]} rows ({there[1]}) there")
    return Moved(table.name, *here)


def _checksum(engine: sa.Engine, table: sa.Table) -> tuple[int, str]:
    """Rows, and the sum of each row's hash: the two databases sort text differently, and a sum does not depend on the order."""
    rows, total = 0, 0
    with reading(engine) as connection:
        for row in connection.execution_options(yield_per=BATCH).execute(sa.select(table)):
            written = json.dumps([_plain(value) for value in row], ensure_ascii=False).encode("utf-8", "surrogatepass")
            total = (total + int.from_bytes(hashlib.sha256(written).digest()[:16])) % 2**128
            rows += 1
    return rows, f"{total:032x}"


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, (bytes, memoryview)):
        return bytes(value).hex()
    return int(value) if isinstance(value, bool) else value
