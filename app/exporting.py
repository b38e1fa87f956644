"""Exports: exactly the articles that a query counts, one row each, streamed."""

from collections.abc import Iterator
from typing import BinaryIO

from core.dates import utc_now
from core.errors import BadInput
from core.records import Article
from render.tables import FORMATS, write_table
from store.archive import Archive
from store.export import matching_articles
from store.query import parse_query


def write_export(archive: Archive, text: str, format: str, stream: BinaryIO) -> int:
    """Writes every article that matches ``text`` (all of them when empty), newest first; the number of rows."""
    for known in FORMATS:
        if format == known:
            return write_table(known, _articles(archive, text), stream)
    raise BadInput("format", format, f"must be one of {', '.join(FORMATS)}", "قالب خروجی ناشناخته است.")


def _articles(archive: Archive, text: str) -> Iterator[Article]:
    return matching_articles(archive, parse_query(text, now=utc_now(), words=archive.words()))
