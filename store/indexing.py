"""Feeding the search index from the change log."""

from typing import Protocol, Self

from store.archive import Archive
from store.index import SearchIndex
from store.topic_matching import match_again


class Rebuildable(SearchIndex, Protocol):
    """An index that can be made anew beside the one in use."""

    def beside(self) -> Self:
        """An empty index that nobody asks yet."""
        ...

    def use(self, rebuilt: Self) -> None:
        """Put a rebuilt index in the place of the one in use, in one step."""
        ...


def catch_up(archive: Archive, batch: int = 500) -> int:
    """Apply every change the index has not seen, and match the user's topics again where they changed; how many articles were applied.

    Safe to repeat and to interrupt.
    """
    applied = fill(archive, archive.search, batch)
    return applied + fill(archive, archive.search, batch) if match_again(archive) else applied


def fill(archive: Archive, index: SearchIndex, batch: int) -> int:
    """Bring an index, the live one or one being rebuilt, up to the newest change."""
    applied = 0
    while changes := archive.articles.changes_after(index.seq(), batch):
        articles = archive.articles.get_many([change.article_id for change in changes])
        index.apply(articles, changes[-1].seq)
        applied += len(articles)
    return applied


def rebuild(archive: Archive, index: Rebuildable, batch: int = 5000) -> int:
    """Make the index anew beside the one in use, then swap; how many articles were applied. Questions are answered all the while."""
    # The new index will have the user's topics as they are now: who follows the change log must hear which articles that moves.
    match_again(archive)
    rebuilt = index.beside()
    try:
        applied = fill(archive, rebuilt, batch)
    except BaseException:
        rebuilt.close()
        raise
    index.use(rebuilt)
    return applied
