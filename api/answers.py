"""The answers that the command line and the API share."""

from datetime import datetime
from typing import Any

from core.errors import BadInput
from core.records import RawArticle
from render.shapes import Json, brief_json, facets_json, reprint_json
from store.archive import Archive
from store.highlight import Marker
from store.index import FACETS, ORDERS, SearchRequest
from store.query import parse_query
from store.topic_matching import with_user_topics

SNIPPET = 240


def answer_search(
    archive: Archive, text: str, *, limit: int, order: str, cursor: str | None, facets: tuple[str, ...], now: datetime
) -> Json:
    """The object of `rasad search --json` with ``next_cursor``.

    ``{"total", "partial_total", "hits": [{…, "snippet", "reprints"}], "facets", "notes", "next_cursor"}``.
    Raises BadQuery for a mistake in the text, BadInput for an order, facet or cursor that does not exist.
    """
    wanted = next((known for known in ORDERS if known == order), None)
    if wanted is None:
        raise BadInput("order", order, f"not one of {ORDERS}")
    for name in facets:
        if name not in FACETS:
            raise BadInput("facets", name, f"not one of {FACETS}")
    query = parse_query(text, now=now, words=archive.words())
    page = archive.search.search(SearchRequest(query, limit, cursor, wanted, facets))
    ids = [id for hit in page.hits for id in (hit.id, *hit.reprints)]
    articles = {article.id: article for article in with_user_topics(archive, archive.articles.get_shown(ids))}
    marker = Marker(query)
    hits = [
        {
            **brief_json(articles[hit.id]),
            "score": round(hit.score, 4),
            "partial": hit.partial,
            **_highlights(articles[hit.id].raw, marker),
            "reprints": [reprint_json(articles[id]) for id in hit.reprints if id in articles],
        }
        for hit in page.hits
        if hit.id in articles
    ]
    return {
        "total": page.total,
        "partial_total": page.partial_total,
        "hits": hits,
        "facets": facets_json(page.facets),
        "notes": list(page.notes),
        "next_cursor": page.next_cursor,
    }


def _highlights(raw: RawArticle, marker: Marker) -> dict[str, Any]:
    found = marker.snippet(raw.body, SNIPPET)
    return {
        "headline_marks": [{"start": span.start, "end": span.end} for span in marker.marks(raw.headline)],
        "snippet": {"text": found.text, "marks": [{"start": span.start, "end": span.end} for span in found.marks]},
    }
