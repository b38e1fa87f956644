"""Where the parts meet: which engine, which archive, which annotator."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from app.words import Words
from core.records import Outlet
from core.settings import Settings
from store.archive import Archive, open_archive
from store.tantivy_index import TantivyIndex
from store.vocabulary import Vocabulary

if TYPE_CHECKING:
    from store.elastic_index import ElasticIndex


def open_index(
    settings: Settings, *, writable: bool = False, words: Callable[[], Vocabulary] = Vocabulary
) -> "TantivyIndex | ElasticIndex":
    """The search engine of these settings. Only the holder of the work lease opens it writable; ``words`` hold the user's topics."""
    if settings.elasticsearch_url:
        from store.elastic_index import ElasticIndex, Spread

        spread = Spread(settings.elasticsearch_shards, settings.elasticsearch_replicas)
        return ElasticIndex(settings.elasticsearch_url, spread=spread, topics=lambda: words().topics)
    settings.data.mkdir(parents=True, exist_ok=True)
    return TantivyIndex(settings.index_folder, writable=writable, topics=lambda: words().topics)


@contextmanager
def opened(settings: Settings, *, writable: bool = False) -> Iterator[Archive]:
    """The archive with its engine, closed at the end."""
    words = Words(settings)
    archive = open_archive(settings, open_index(settings, writable=writable, words=words), words)
    try:
        yield archive
    finally:
        archive.close()


def load_known_outlets(settings: Settings) -> dict[str, Outlet]:
    """Every outlet of the configuration by its key."""
    from crawler.outlets import load_outlets

    return {outlet.key: outlet for outlet in load_outlets(settings.outlets_file)}
