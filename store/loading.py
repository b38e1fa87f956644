"""Rows to articles: the current revision, its annotations and what people corrected, in two queries per batch."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from core.records import Annotations, Article, Revision
from store.corrections import Correction, corrected, standing_corrections
from store.rows import load_annotations, raw_article
from store.tables import annotations, articles, revisions

BATCH = 500
_STATE = (
    articles.c.id,
    articles.c.outlet,
    articles.c.news_id,
    articles.c.revision,
    articles.c.first_seen_at,
    articles.c.reprint_group,
    articles.c.withdrawn_at,
)
_TEXT = tuple(column for column in revisions.c if column.name not in ("article_id", "number", "page_key"))
# An annotation of an older revision is not shown: its offsets belong to another text.
CURRENT = articles.join(revisions, (revisions.c.article_id == articles.c.id) & (revisions.c.number == articles.c.revision)).outerjoin(
    annotations, (annotations.c.article_id == articles.c.id) & (annotations.c.revision == articles.c.revision)
)


def current_of(columns: Sequence[sa.ColumnElement[Any]]) -> sa.Select[Any]:
    """A selection of columns of ``articles``, their current ``revisions`` and ``annotations``."""
    return sa.select(*columns).select_from(CURRENT)


_SELECT = current_of((*_STATE, *_TEXT, annotations.c.document, annotations.c.fingerprint, annotations.c.tagged_at))


def load_articles(connection: sa.Connection, which: sa.ColumnElement[bool], limit: int | None = None) -> list[Article]:
    """The articles that fulfil a condition on ``articles``, by id, at most ``limit``."""
    rows = connection.execute(_SELECT.where(which).order_by(articles.c.id).limit(limit)).mappings().all()
    if not rows:
        return []
    labels = standing_corrections(connection, [row["id"] for row in rows])
    return [_article(row, labels.get(row["id"], {})) for row in rows]


def load_machine(connection: sa.Connection, id: int) -> Annotations | None:
    """What the machine said about an article, without what people corrected; None until it is tagged."""
    row = connection.execute(_SELECT.where(articles.c.id == id)).mappings().first()
    return load_annotations(row["document"], row["fingerprint"]) if row and row["document"] is not None else None


def load_many(connection: sa.Connection, ids: Sequence[int]) -> list[Article]:
    """The articles of these ids in the given order; ids that are not there are left out."""
    found: dict[int, Article] = {}
    for start in range(0, len(ids), BATCH):
        loaded = load_articles(connection, articles.c.id.in_(ids[start : start + BATCH]))
        found.update((article.id, article) for article in loaded)
    return [found[id] for id in ids if id in found]


def load_revisions(connection: sa.Connection, id: int) -> list[Revision]:
    """Every version of an article, oldest first; empty when there is no such article."""
    joined = revisions.join(articles, articles.c.id == revisions.c.article_id)
    query = sa.select(articles.c.outlet, articles.c.news_id, revisions).select_from(joined)
    rows = connection.execute(query.where(revisions.c.article_id == id).order_by(revisions.c.number)).mappings()
    return [Revision(id, row["number"], raw_article(row)) for row in rows]


def _article(row: sa.RowMapping, labels: dict[str, Correction]) -> Article:
    said: Annotations | None = None
    if row["document"] is not None:
        said = corrected(load_annotations(row["document"], row["fingerprint"]), labels.values())
    return Article(
        id=row["id"],
        raw=raw_article(row),
        first_seen_at=row["first_seen_at"],
        reprint_group=row["reprint_group"],
        revision=row["revision"],
        annotations=said,
        tagged_at=row["tagged_at"],
        withdrawn_at=row["withdrawn_at"],
        relevant=labels["relevant"].value if "relevant" in labels else True,
    )
