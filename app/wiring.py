"""Where the parts meet: which engine, which archive, which annotator."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from core.records import Outlet
from core.settings import Settings
from store.archive import Archive, open_archive
from store.tantivy_index import TantivyIndex

if TYPE_CHECKING:
    from store.elastic_index import ElasticIndex


def open_index(settings: Settings, *, writable: bool = False) -> "TantivyIndex | ElasticIndex":
    """The search engine of these settings. Only the holder of the work lease opens it writable."""
    if settings.elasticsearch_url:
        from store.elastic_index import ElasticIndex

        return ElasticIndex(settings.elasticsearch_url)
    settings.data.mkdir(parents=True, exist_ok=True)
    return TantivyIndex(settings.index_folder, writable=writable)


@contextmanager
def opened(settings: Settings, *, writable: bool = False) -> Iterator[Archive]:
    """The archive with its engine, closed at the end."""
    archive = open_archive(settings, open_index(settings, writable=writable))
    try:
        yield archive
    finally:
        archive.close()


def load_known_outlets(settings: Settings) -> dict[str, Outlet]:
    """Every outlet of the configuration by its key."""
    from crawler.outlets import load_outlets

    return {outlet.key: outlet for outlet in load_outlets(settings.outlets_file)}
