"""The change feed's read: changes with their articles in one question, as rows that nobody has made records of yet.

A mirror that begins anew reads the whole archive; records with their spans and mentions cost it two thirds of the time. The few
articles that a person corrected come as records, so that corrections are applied in one place only.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine.interfaces import Dialect

from core.records import Article, Change
from store.corrections import standing_corrections
from store.loading import CURRENT, load_many
from store.tables import annotations, articles, changes, revisions

# A column's name is the field's name in what other systems read.
COLUMNS = (
    *(articles.c[name] for name in ("id", "outlet", "news_id", "reprint_group", "revision", "first_seen_at", "withdrawn_at")),
    *(column for column in revisions.c if column.name not in ("article_id", "number", "page_key")),
    annotations.c.tagged_at,
    annotations.c.document,
)
NAMES = tuple(str(column.name) for column in COLUMNS)


@dataclass(frozen=True, slots=True)
class Changed:
    """A change and its article: as a record where a person corrected it, else as ``stored`` columns, times as ``2026-11-24T03:00:00Z``.

    ``stored["document"]`` are the annotations as JSON, None until it is tagged. A withdrawn article has neither.
    """

    change: Change
    stored: dict[str, Any] | None = None
    article: Article | None = None


class _Told(sa.types.TypeDecorator[str]):
    """A moment as other systems read it, made of what the driver gives without a datetime between."""

    impl = sa.String
    cache_ok = True

    def process_result_value(self, value: Any, dialect: Dialect) -> str | None:  # noqa: ARG002 (SQLAlchemy gives it)
        """«2026-11-24 03:00:00.000000» (SQLite) or an aware datetime (PostgreSQL) → ``2026-11-24T03:00:00Z``."""
        if isinstance(value, datetime):
            return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        return None if value is None else f"{value[:10]}T{value[11:19]}Z"


def _read(column: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
    is_moment = column.key is not None and column.key.endswith("_at")
    return sa.type_coerce(column, _Told()).label(column.key) if is_moment else column


_JOINED = sa.join(changes, CURRENT, changes.c.article_id == articles.c.id)
_SELECT = (
    sa.select(changes.c.seq, changes.c.article_id, changes.c.kind, *map(_read, COLUMNS))
    .select_from(_JOINED)
    .where(changes.c.seq > sa.bindparam("after"))
    .order_by(changes.c.seq)
    .limit(sa.bindparam("most"))
)


def read_changed(connection: sa.Connection, after: int, most: int) -> list[Changed]:
    """At most so many changes above ``after``, lowest first, each with its article."""
    rows = connection.execute(_SELECT, {"after": after, "most": most}).all()
    ids = [row[1] for row in rows]
    touched = standing_corrections(connection, ids) if ids else {}
    records = {article.id: article for article in load_many(connection, list(touched))}
    return [_changed(row, records) for row in rows]


def _changed(row: Sequence[Any], records: dict[int, Article]) -> Changed:
    change = Change(row[0], row[1], row[2])
    stored = dict(zip(NAMES, row[3:], strict=True))
    if stored["withdrawn_at"] is not None:
        return Changed(change)
    record = records.get(change.article_id)
    return Changed(change, None, record) if record else Changed(change, stored)
