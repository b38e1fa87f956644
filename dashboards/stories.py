"""The texts that most outlets carried: reprint groups by how many articles of the selection they hold."""

from dataclasses import dataclass
from datetime import datetime

from core.records import Article
from dashboards.narrowing import Narrowing
from store.archive import Archive
from store.index import SearchRequest


@dataclass(frozen=True, slots=True)
class Story:
    """A text with how many articles of the selection print it; ``article`` is the first of them."""

    article: Article
    count: int


def top_stories(archive: Archive, narrowing: Narrowing, now: datetime, limit: int = 6) -> list[Story]:
    """The most reprinted texts of a selection, those of one outlet alone left out."""
    page = archive.search.search(SearchRequest(narrowing.query(now), limit=1, order="newest", facets=("group",), fold=False))
    groups = [(int(group), count) for group, count in page.facets["group"] if count > 1][:limit]
    originals = {article.id: article for article in archive.articles.get_many([group for group, _count in groups])}
    return [Story(originals[group], count) for group, count in groups if group in originals]
