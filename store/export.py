"""All articles of a search, one after the other, for an export that holds exactly what the screen counts."""

from collections.abc import Iterator
from itertools import batched

from core.records import Article
from store.archive import Archive
from store.index import Order
from store.query import Query
from store.topic_matching import with_user_topics

_BATCH = 200


def matching_articles(archive: Archive, query: Query, order: Order = "newest") -> Iterator[Article]:
    """Every article that matches, once each, in the order of the screen; only one batch is in memory at a time."""
    for ids in batched(archive.search.matching_ids(query, order), _BATCH):
        yield from with_user_topics(archive, archive.articles.get_many(ids))
