"""Cursors: where a page ended, so that the next one neither repeats nor skips a group while articles arrive."""

import json
import zlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from hashlib import blake2s

from core.errors import BadInput
from store.index import SearchRequest

MAX_SHOWN = 10_000
_MAX_CURSOR = 200_000


@dataclass(frozen=True, slots=True)
class Cursor:
    """``newest_id``: articles with a greater id came after the first page and stay out. Orders by time go on after the sort key
    ``after``; relevance goes on with the groups not in ``shown``."""

    newest_id: int
    after: int | None = None
    shown: tuple[int, ...] = ()


def written(cursor: Cursor, request: SearchRequest) -> str:
    """The cursor as text for an address."""
    ids = sorted(cursor.shown)
    steps = [following - before for before, following in zip([0, *ids], ids, strict=False)]
    packed = zlib.compress(json.dumps([_mark(request), cursor.newest_id, cursor.after, steps], separators=(",", ":")).encode(), 9)
    return urlsafe_b64encode(packed).decode().rstrip("=")


def read(request: SearchRequest) -> Cursor | None:
    """The cursor of a request; None on a first page. Raises BadInput for one that is broken or belongs to another search."""
    if request.cursor is None:
        return None
    try:
        if len(request.cursor) > _MAX_CURSOR:
            raise ValueError("too long")
        unpacker = zlib.decompressobj()
        packed = unpacker.decompress(urlsafe_b64decode(request.cursor + "=" * (-len(request.cursor) % 4)), 10 * _MAX_CURSOR)
        mark, newest_id, after, steps = json.loads(packed)
        shown, at = [], 0
        for step in steps:
            at += int(step)
            shown.append(at)
        cursor = Cursor(int(newest_id), None if after is None else int(after), tuple(shown))
    except (ValueError, TypeError, zlib.error, RecursionError):
        raise BadInput("cursor", request.cursor, "not a cursor", "نشانِ ادامهٔ صفحه خوانده نشد.") from None
    if mark != _mark(request):
        raise BadInput("cursor", request.cursor, "belongs to another search", "نشانِ ادامهٔ صفحه از جست‌وجوی دیگری است.")
    return cursor


def _mark(request: SearchRequest) -> str:
    """Short sign of the search that a cursor belongs to."""
    return blake2s(repr((request.query.root, request.order, request.fold)).encode(), digest_size=6).hexdigest()
