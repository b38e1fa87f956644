"""Exports: exactly the articles that a query counts, one row each, streamed."""

from collections.abc import Iterator
from itertools import batched
from typing import BinaryIO

from core.dates import utc_now
from core.errors import BadInput
from core.records import Article
from render.tables import write_table
from store.archive import Archive
from store.query import parse_query

FORMATS = ("ndjson", "csv", "xlsx")


def write_export(archive: Archive, text: str, format: str, stream: BinaryIO) -> int:
    """Writes every article that matches ``text`` (all of them when empty), newest first; the number of rows."""
    if format not in FORMATS:
        raise BadInput("format", format, f"must be one of {', '.join(FORMATS)}", "قالب خروجی ناشناخته است.")
    return write_table(format, _articles(archive, text), stream)


def _articles(archive: Archive, text: str) -> Iterator[Article]:
    if not text.strip():
        yield from archive.articles.walk()
        return
    for ids in batched(archive.search.matching_ids(parse_query(text, now=utc_now())), 200, strict=False):
        yield from archive.articles.get_many(list(ids))
