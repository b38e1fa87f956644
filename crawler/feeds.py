"""Feeds as they really are → entries: RSS, Atom, sitemaps and their indexes, gzip, Nastooh's JSON leaves, lists of addresses.

Written for dirty input: no declaration, no guid, weekday-less dates, raw Persian or relative links, unescaped entities.
Bounded: an entity is never expanded, a bomb is cut at the limit, at most ``MOST_ENTRIES`` entries are read.
"""

import json
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from io import BytesIO
from typing import Any, Literal
from urllib.parse import urljoin

from lxml import etree
from w3lib.url import safe_url_string

from core.dates import TEHRAN
from core.errors import BadInput
from crawler.press_dates import parse_press_date

MOST_ENTRIES = 60_000
MOST_BYTES = 52_428_800
_CONTROLS = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}")
_UNITS = frozenset({"item", "entry", "url", "sitemap"})
_ROOTS = frozenset({"rss", "feed", "RDF", "urlset", "sitemapindex", "channel"})
_PUBLISHED = ("pubDate", "published", "issued", "publication_date", "date")
_MODIFIED = ("lastmod", "updated", "modified", "lastmode")

Kind = Literal["feed", "sitemap", "index"]


@dataclass(frozen=True, slots=True)
class Entry:
    """One article as a feed names it. ``page`` holds the entry's own source where the entry is all there is of the article."""

    url: str
    published_at: datetime | None = None
    modified_at: datetime | None = None
    sections: tuple[str, ...] = ()
    page: bytes = b""


@dataclass(frozen=True, slots=True)
class FeedContent:
    """What a feed holds: articles, or further sitemaps (``kind`` index; then ``entries`` are those)."""

    kind: Kind
    entries: tuple[Entry, ...]


def parse_feed(body: bytes, url: str, now: datetime, *, with_pages: bool = False) -> FeedContent:
    """Reads a feed of any of the known kinds. ``with_pages`` keeps each entry's source. Raises BadInput when it is none of them."""
    body = _CONTROLS.sub(b" ", unzip(body).lstrip(b"\xef\xbb\xbf \t\r\n"))
    if body[:1] in (b"{", b"["):
        return _parse_json(body, url, now)
    if body[:4] == b"http":
        return FeedContent("sitemap", tuple(_list_of_addresses(body, url)))
    if not body.startswith(b"<"):
        raise BadInput("feed", url, "is neither XML nor JSON")
    return _parse_xml(body, url, now, with_pages=with_pages)


def unzip(body: bytes, limit: int = MOST_BYTES) -> bytes:
    """The body without its gzip coat, if it has one. Raises BadInput when it unpacks to more than ``limit`` bytes or is broken."""
    if body[:2] != b"\x1f\x8b":
        return body
    machine = zlib.decompressobj(wbits=31)
    try:
        plain = machine.decompress(body, limit)
    except zlib.error as error:
        raise BadInput("feed", body[:20], f"is broken gzip: {error}") from None
    if machine.unconsumed_tail:
        raise BadInput("feed", body[:20], f"unpacks to more than {limit} bytes")
    return plain


def parse_moment(text: str, now: datetime) -> datetime | None:
    """A feed's date → aware UTC; a time without zone is Tehran's; None for what cannot be read or lies over a day ahead.

    ``19 Oct 2026 22:42:01 +0330`` → 19:12:01Z; ``2026-10-19T22:42:01`` → 19:12:01Z; «۲۷ مهر ۱۴۰۵ - ۲۲:۴۲» → 19:12Z.
    """
    text = text.strip()[:80]
    if not text:
        return None
    moment = _iso(text) or _rfc(text) or _persian(text, now)
    if moment is None or moment > now + timedelta(days=1):
        return None
    return moment


def clean_link(link: str, base: str) -> str:
    """An absolute, percent-encoded address from a raw or relative one; "" for what is none.

    ``/fa/news/1/سلام`` at ``https://a.ir/rss`` → ``https://a.ir/fa/news/1/%D8%B3%D9%84%D8%A7%D9%85``.
    """
    link = "".join(link.split())
    if not link:
        return ""
    try:
        return safe_url_string(urljoin(base, link)).partition("#")[0]
    except ValueError:
        return ""


def _iso(text: str) -> datetime | None:
    if not _ISO.match(text) or int(text[:4]) < 1900:
        return None
    try:
        moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError:
        return None
    return _aware(moment)


def _rfc(text: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    if moment.year < 1900:
        return None
    if moment.tzinfo is None and text.endswith("-0000"):
        return moment.replace(tzinfo=UTC)
    return _aware(moment)


def _persian(text: str, now: datetime) -> datetime | None:
    try:
        return parse_press_date(text, now)
    except BadInput:
        return None


def _aware(moment: datetime) -> datetime | None:
    try:
        return (moment if moment.tzinfo else moment.replace(tzinfo=TEHRAN)).astimezone(UTC)
    except OverflowError:
        return None


def _parse_xml(body: bytes, url: str, now: datetime, *, with_pages: bool) -> FeedContent:
    entries: list[Entry] = []
    kind: Kind = "feed"
    root = ""
    for event, element in _events(body):
        name = _local(element)
        if event == "start":
            root = root or name
            if root not in _ROOTS:
                raise BadInput("feed", url, f"is a document of <{root[:40]}>")
            continue
        if name not in _UNITS or len(entries) >= MOST_ENTRIES:
            continue
        kind = {"sitemap": "index", "url": "sitemap"}.get(name, "feed")  # type: ignore[assignment]
        entry = _entry(element, url, now, with_page=with_pages)
        if entry.url:
            entries.append(entry)
        _forget(element)
    if not root:
        raise BadInput("feed", url, "is broken XML")
    if not entries and root in ("urlset", "sitemapindex"):
        kind = "sitemap"
    return FeedContent(kind, tuple(entries))


def _events(body: bytes) -> Iterator[tuple[str, Any]]:
    reader = etree.iterparse(
        BytesIO(body), events=("start", "end"), recover=True, resolve_entities=False, no_network=True, huge_tree=False, remove_comments=True
    )
    try:
        for event, element in reader:
            if isinstance(element.tag, str):
                yield event, element
    except etree.XMLSyntaxError:
        return


def _forget(element: Any) -> None:
    element.clear()
    while element.getprevious() is not None:
        del element.getparent()[0]


def _local(element: Any) -> str:
    return str(element.tag).rpartition("}")[2]


def _entry(element: Any, url: str, now: datetime, *, with_page: bool) -> Entry:
    texts: dict[str, str] = {}
    sections: list[str] = []
    link = ""
    for child in element.iter():
        if child is element or not isinstance(child.tag, str):
            continue
        name = _local(child)
        text = (child.text or "").strip()
        if name == "link":
            link = _better_link(link, child, text)
        elif name == "category":
            sections += [part for part in (text, child.get("domain", ""), child.get("term", ""), child.get("label", "")) if part]
        elif text:
            texts.setdefault(name, text)
    address = texts.get("loc") or texts.get("origLink") or link or _address_in_guid(texts.get("guid") or texts.get("id", ""))
    return Entry(
        clean_link(address, url),
        _first_moment(texts, _PUBLISHED, now),
        _first_moment(texts, _MODIFIED, now),
        tuple(dict.fromkeys(part[:200] for part in sections)),
        etree.tostring(element, encoding="utf-8", with_tail=False) if with_page else b"",
    )


def _better_link(link: str, element: Any, text: str) -> str:
    target = element.get("href", "") or text
    if element.get("rel", "alternate") == "alternate":
        return link or target
    return link


def _address_in_guid(text: str) -> str:
    return text if text.startswith(("http://", "https://")) else ""


def _first_moment(texts: dict[str, str], names: tuple[str, ...], now: datetime) -> datetime | None:
    return next((moment for name in names if name in texts and (moment := parse_moment(texts[name], now))), None)


def _list_of_addresses(body: bytes, url: str) -> Iterator[Entry]:
    for line in body.decode("utf-8", "replace").splitlines()[:MOST_ENTRIES]:
        if link := clean_link(line, url):
            yield Entry(link)


def _parse_json(body: bytes, url: str, now: datetime) -> FeedContent:
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        raise BadInput("feed", url, "is broken JSON") from None
    if isinstance(document, dict):
        return FeedContent("sitemap", tuple(_json_leaf(document, url, now)))
    return FeedContent("feed", tuple(_json_posts(document, url, now)))


def _json_leaf(document: dict[str, Any], url: str, now: datetime) -> Iterator[Entry]:
    """Nastooh's old leaves: ``{"urls": [{"loc": …, "lastmode": …}]}`` (sic)."""
    rows = document.get("urls")
    if not isinstance(rows, list):
        raise BadInput("feed", url, "is JSON without urls")
    for row in rows[:MOST_ENTRIES]:
        if isinstance(row, dict) and isinstance(row.get("loc"), str) and (link := clean_link(row["loc"], url)):
            yield Entry(link, modified_at=_first_moment({k: v for k, v in row.items() if isinstance(v, str)}, _MODIFIED, now))


def _json_posts(document: list[Any], url: str, now: datetime) -> Iterator[Entry]:
    """WordPress REST: a list of posts; each post is the article's page."""
    for post in document[:MOST_ENTRIES]:
        if not isinstance(post, dict) or not isinstance(post.get("link"), str) or not (link := clean_link(post["link"], url)):
            continue
        yield Entry(
            link,
            _gmt(post.get("date_gmt"), now),
            _gmt(post.get("modified_gmt"), now),
            page=json.dumps(post, ensure_ascii=False).encode(),
        )


def _gmt(text: object, now: datetime) -> datetime | None:
    return parse_moment(f"{text}+00:00", now) if isinstance(text, str) and text else None
