"""Articles as a list of hits shows them: the text and the labels, read without what only the page of one article needs."""

import json
from collections.abc import Sequence

import sqlalchemy as sa

from core.records import Annotations, Article, RawArticle, ToneLabel, TopicLabel
from store.corrections import Correction, corrected, standing_corrections
from store.loading import BATCH, current_of
from store.tables import annotations, articles, revisions

_COLUMNS = (
    *(articles.c[name] for name in ("id", "outlet", "news_id", "revision", "first_seen_at", "reprint_group", "withdrawn_at")),
    *(
        revisions.c[name]
        for name in ("url", "canonical_url", "headline", "body", "fetched_at", "kicker", "lead", "section", "published_at", "flags")
    ),
    annotations.c.document,
    annotations.c.tagged_at,
)
_SELECT = current_of(_COLUMNS).where(articles.c.id.in_(sa.bindparam("ids", expanding=True)))


def load_shown(connection: sa.Connection, ids: Sequence[int]) -> list[Article]:
    """The articles of these ids in the given order, without pictures, comments, names, quotations and demands; unknown ids are left out."""
    found: dict[int, Article] = {}
    for start in range(0, len(ids), BATCH):
        some = list(ids[start : start + BATCH])
        labels = standing_corrections(connection, some)
        found.update((row.id, _article(row, labels.get(row.id, {}))) for row in connection.execute(_SELECT, {"ids": some}))
    return [found[id] for id in ids if id in found]


def _article(row: sa.Row[tuple[object, ...]], labels: dict[str, Correction]) -> Article:
    said = _labels(row.document, labels) if row.document is not None else None
    raw = RawArticle(
        row.outlet,
        row.url,
        row.canonical_url,
        row.news_id,
        row.headline,
        row.body,
        row.fetched_at,
        kicker=row.kicker,
        lead=row.lead,
        section=row.section,
        published_at=row.published_at,
        flags=tuple(json.loads(row.flags)),
    )
    return Article(
        row.id,
        raw,
        row.first_seen_at,
        row.reprint_group,
        row.revision,
        said,
        row.tagged_at,
        row.withdrawn_at,
        labels["relevant"].value if "relevant" in labels else True,
    )


def _labels(document: str, labels: dict[str, Correction]) -> Annotations:
    # Names, quotations and demands come last and are most of the document: they are not even parsed.
    head, names, _ = document.partition(',"entities":[')
    fields = json.loads(head + "}" if names else document)
    tone, city_tone = (ToneLabel(**{**fields[name], "evidence": ()}) for name in ("tone", "city_tone"))
    said = Annotations(fields["nlp_version"], tone, city_tone, tuple(TopicLabel(**topic) for topic in fields["topics"]))
    return corrected(said, labels.values()) if labels else said
