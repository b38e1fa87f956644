"""Which articles wait for annotation, who works on them, and how the result is written."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from core.records import Annotations
from store.changes import log_changes
from store.engine import insert_into, is_postgresql
from store.rows import dump_annotations
from store.tables import annotations, articles
from store.work import has_died

Tagged = tuple[int, int, Annotations]


def untagged_ids(connection: sa.Connection, nlp_version: str, limit: int, now: datetime | None = None) -> list[int]:
    """Ids of articles never annotated, edited since, or annotated by another version; the first two kinds come first.

    With ``now`` those that somebody works on are left out, and on PostgreSQL the rows are locked until the transaction ends.
    """
    version = articles.c.tagged_version
    waiting = (version == "", (version > "") & (version < nlp_version), version > nlp_version)
    ids: list[int] = []
    for kind in waiting:
        query = sa.select(articles.c.id).where(kind, articles.c.withdrawn_at.is_(None)).order_by(version, articles.c.id)
        if now is not None:
            query = query.where(articles.c.claimed_until.is_(None) | (articles.c.claimed_until <= now))
            if is_postgresql(connection):
                query = query.with_for_update(skip_locked=True)
        ids.extend(connection.scalars(query.limit(limit - len(ids))))
        if len(ids) >= limit:
            break
    return ids


def claim_ids(connection: sa.Connection, ids: Sequence[int], owner: str, until: datetime) -> None:
    """Marks articles as being worked on by ``owner`` until that moment."""
    connection.execute(sa.update(articles).where(articles.c.id.in_(ids)).values(claimed_by=owner, claimed_until=until))


def release_dead(connection: sa.Connection, mine: str, now: datetime) -> int:
    """Hands back what processes of this machine had claimed that are gone, and what one of this very name left behind; how many.

    ``mine`` is the asking process as ``host:pid:…``: in a container the process that comes after has the same host and number.
    """
    held = articles.c.claimed_until > now
    owners = set(connection.scalars(sa.select(articles.c.claimed_by).where(held, articles.c.claimed_by != "").distinct()))
    former = mine.rpartition(":")[0] + ":" if mine else "\n"
    gone = [owner for owner in owners if has_died(owner) or owner.startswith(former)]
    if not gone:
        return 0
    freed = sa.update(articles).where(articles.c.claimed_by.in_(gone)).values(claimed_by="", claimed_until=None)
    return connection.execute(freed).rowcount


def write_annotations(connection: sa.Connection, tagged: Sequence[Tagged], tagged_at: datetime, owner: str) -> list[int]:
    """Writes (id, revision, annotations) and returns the ids written, ascending.

    Left out: articles edited since that revision was read, and, when an ``owner`` is named, those it no longer holds.
    """
    by_id = {id: (revision, said) for id, revision, said in tagged}
    query = sa.select(articles.c.id, articles.c.revision, articles.c.claimed_by).where(articles.c.id.in_(by_id)).order_by(articles.c.id)
    held = connection.execute(query.with_for_update()).all()
    ids = [row.id for row in held if row.revision == by_id[row.id][0] and (not owner or row.claimed_by == owner)]
    if not ids:
        return []
    insert = insert_into(connection, annotations)
    names = ("revision", "nlp_version", "tagged_at", "document", "fingerprint")
    connection.execute(
        insert.on_conflict_do_update(index_elements=["article_id"], set_={name: insert.excluded[name] for name in names}),
        [_row(id, *by_id[id], tagged_at) for id in ids],
    )
    done = sa.update(articles).where(articles.c.id == sa.bindparam("key"))
    done = done.values(tagged_version=sa.bindparam("said_by"), claimed_by="", claimed_until=None, ungrouped=True)
    connection.execute(done, [{"key": id, "said_by": by_id[id][1].nlp_version} for id in ids])
    log_changes(connection, ids, "annotated")
    return ids


def _row(id: int, revision: int, said: Annotations, tagged_at: datetime) -> dict[str, object]:
    return {
        "article_id": id,
        "revision": revision,
        "nlp_version": said.nlp_version,
        "tagged_at": tagged_at,
        "document": dump_annotations(said),
        "fingerprint": said.fingerprint,
    }
