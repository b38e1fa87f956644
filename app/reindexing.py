"""Rebuilding the search index from the archive: beside the live one, then swapped in."""

from contextlib import closing

from app.jobs import holding
from app.wiring import open_index
from app.words import Words
from core.errors import Unavailable
from core.settings import Settings
from store.archive import open_archive
from store.indexing import rebuild


def reindex(settings: Settings) -> int:
    """The number of articles indexed anew. Raises Unavailable while a running service holds the work lease."""
    words = Words(settings)
    index = open_index(settings, writable=True, words=words)
    with closing(open_archive(settings, index, words)) as archive, holding(archive) as renew:
        if renew is None:
            raise Unavailable("a running service holds the index: stop it first, or let it catch up by itself")
        return rebuild(archive, index)
