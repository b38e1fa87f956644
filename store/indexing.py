"""Feeding the search index from the change log."""

from store.archive import Archive
from store.index import SearchIndex


def catch_up(archive: Archive, batch: int = 500) -> int:
    """Apply every change the index has not seen; how many articles were applied. Safe to repeat and to interrupt."""
    return fill(archive, archive.search, batch)


def fill(archive: Archive, index: SearchIndex, batch: int) -> int:
    """Bring an index, the live one or one being rebuilt, up to the newest change."""
    applied = 0
    while changes := archive.articles.changes_after(index.seq(), batch):
        articles = archive.articles.get_many([change.article_id for change in changes])
        index.apply(articles, changes[-1].seq)
        applied += len(articles)
    return applied
