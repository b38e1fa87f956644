"""What came too late for a digest, what was edited since, and what is still on its way into the search."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from core.dates import tehran_day
from store.engine import reading
from store.tables import articles, changes, revisions

LOOK_BACK = timedelta(days=14)
BATCH = 500
_published = sa.func.coalesce(articles.c.published_at, articles.c.first_seen_at)


def late_ids(engine: sa.Engine, seen_since: datetime, published_before: datetime, limit: int = 500) -> list[int]:
    """Articles first seen at or after ``seen_since`` but published before ``published_before`` (at most 14 days), newest first."""
    late = _recent(seen_since) & (articles.c.first_seen_at >= seen_since) & (_published < published_before)
    with reading(engine) as connection:
        return list(connection.scalars(sa.select(articles.c.id).where(late).order_by(_published.desc()).limit(limit)))


def edited_ids(engine: sa.Engine, since: datetime, limit: int = 500) -> list[int]:
    """Articles known before ``since`` (aware) whose newest revision is from then on, at most 14 days old, newest first."""
    newest = (revisions.c.article_id == articles.c.id) & (revisions.c.number == articles.c.revision)
    edited = _recent(since) & (articles.c.revision > 1) & (articles.c.first_seen_at < since) & (revisions.c.fetched_at >= since)
    query = sa.select(articles.c.id).join(revisions, newest).where(edited).order_by(revisions.c.fetched_at.desc()).limit(limit)
    with reading(engine) as connection:
        return list(connection.scalars(query))


@dataclass(frozen=True, slots=True)
class Arrival:
    """Which outlet brought an article of which reprint group, and when it was published (or first seen)."""

    id: int
    outlet: str
    group: int
    at: datetime


def arrivals_of(engine: sa.Engine, ids: Sequence[int]) -> list[Arrival]:
    """These articles in the order of their time; no text is read."""
    found: list[Arrival] = []
    columns = (articles.c.id, articles.c.outlet, articles.c.reprint_group, articles.c.published_at, articles.c.first_seen_at)
    with reading(engine) as connection:
        for start in range(0, len(ids), BATCH):
            rows = connection.execute(sa.select(*columns).where(articles.c.id.in_(ids[start : start + BATCH])))
            found += [Arrival(id, outlet, group, published or seen) for id, outlet, group, published, seen in rows]
    return sorted(found, key=lambda one: (one.at, one.id))


def is_on_its_way(engine: sa.Engine, indexed_seq: int, published_before: datetime) -> bool:
    """Whether an article published before that moment is not annotated yet or newer than the index that stands at ``indexed_seq``."""
    fresh = articles.c.withdrawn_at.is_(None) & (_published < published_before)
    newer = sa.select(changes.c.article_id).join(articles, articles.c.id == changes.c.article_id)
    untagged = sa.select(articles.c.id).where(articles.c.tagged_version == "", fresh).limit(1)
    with reading(engine) as connection:
        if connection.scalar(untagged) is not None:
            return True
        return connection.scalar(newer.where(changes.c.seq > indexed_seq, fresh).limit(1)) is not None


def _recent(moment: datetime) -> sa.ColumnElement[bool]:
    return (articles.c.day >= tehran_day(moment - LOOK_BACK).isoformat()) & articles.c.withdrawn_at.is_(None)
