"""The labels that officers corrected, as the model learns them (`rasad model train --corrections`)."""

from collections.abc import Mapping

import sqlalchemy as sa

from app.jobs import text_of
from core.records import Article
from nlp.corrections import MOST, Corrected
from store.archive import Archive
from store.corrections import Correction
from store.tables import articles, corrections

STEADY = 2 * MOST  # articles without a correction, which hold the rest where it is


def corrected_rows(archive: Archive) -> list[Corrected]:
    """Every article with a standing correction of tone, tone toward the city or topics, newest first, then as many others at most."""
    standing = corrections.c.undone_at.is_(None) & corrections.c.field.in_(("tone", "city_tone", "topics"))
    newest = sa.select(corrections.c.article_id).where(standing).group_by(corrections.c.article_id)
    with archive.engine.connect() as connection:
        ids = list(connection.scalars(newest.order_by(sa.func.max(corrections.c.id).desc()).limit(MOST)))
        others = sa.select(articles.c.id).where(articles.c.withdrawn_at.is_(None)).order_by(articles.c.id.desc()).limit(STEADY)
        steady = list(connection.scalars(others))
    labels = archive.articles.corrections([*ids, *steady])
    rows = [*ids, *(id for id in steady if id not in labels)]
    return [_row(article, labels.get(article.id, {})) for article in archive.articles.get_many(rows)]


def _row(article: Article, labels: Mapping[str, Correction]) -> Corrected:
    own = {field: label.value for field, label in labels.items()}
    return Corrected(text_of(article), own.get("tone"), own.get("city_tone"), own.get("topics"))
