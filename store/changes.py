"""The change log: the one door through which everything derived from the records learns what to do.

An article stands in it once, at its newest ``seq``; numbers are given in commit order, so whoever has read up to a number
has missed nothing below it.
"""

from collections.abc import Sequence
from typing import Literal

import sqlalchemy as sa

from core.records import Change
from store.engine import insert_into, lock_until_commit
from store.tables import changes

ChangeKind = Literal["created", "edited", "annotated", "relabelled", "regrouped", "withdrawn"]
_SEQ_LOCK = 7_241_301


def log_changes(connection: sa.Connection, ids: Sequence[int], kind: ChangeKind) -> None:
    """Puts the articles into the change log, in the given order. Must be the last write of its transaction.

    On PostgreSQL the lock taken here is held to the commit: no transaction can get a higher number and commit first.
    """
    if not ids:
        return
    lock_until_commit(connection, _SEQ_LOCK)
    newest = newest_seq(connection)
    rows = [{"article_id": id, "seq": newest + place, "kind": kind} for place, id in enumerate(dict.fromkeys(ids), start=1)]
    insert = insert_into(connection, changes)
    connection.execute(
        insert.on_conflict_do_update(index_elements=["article_id"], set_={"seq": insert.excluded.seq, "kind": insert.excluded.kind}), rows
    )


def newest_seq(connection: sa.Connection) -> int:
    """The highest number given so far, 0 in an empty archive."""
    return connection.scalar(sa.select(sa.func.coalesce(sa.func.max(changes.c.seq), 0))) or 0


def read_changes(connection: sa.Connection, seq: int, limit: int) -> list[Change]:
    """At most ``limit`` entries above ``seq``, lowest first."""
    rows = connection.execute(sa.select(changes).where(changes.c.seq > seq).order_by(changes.c.seq).limit(limit))
    return [Change(row.seq, row.article_id, row.kind) for row in rows]
