"""Articles as feeds for feed readers: RSS 2.0, Atom 1.0 and JSON Feed 1.1. Pure, bytes out.

No feed names its own address: it holds the reader's token.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from html import escape
from typing import Literal
from xml.etree import ElementTree as Xml

from core.records import Article
from render.shapes import moment
from render.words import tone_name, topic_name

FeedFormat = Literal["rss", "atom", "json"]
FEED_FORMATS: tuple[FeedFormat, ...] = ("rss", "atom", "json")
FEED_TYPES = {"rss": "application/rss+xml", "atom": "application/atom+xml", "json": "application/feed+json"}
_ATOM = "http://www.w3.org/2005/Atom"
_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class Channel:
    """What a feed is about: its title, the page of the desk that shows the same, and the desk's own address (no slash at the end)."""

    id: str
    title: str
    page_url: str
    desk_url: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a feed. ``id`` stays the same however often the article is edited."""

    id: str
    url: str
    title: str
    summary: str
    outlet: str
    tags: tuple[str, ...]
    published_at: datetime
    updated_at: datetime
    desk_url: str


def write_feed(format: FeedFormat, channel: Channel, articles: Sequence[Article], names: dict[str, str]) -> bytes:
    """The feed of these articles in their order; ``names`` holds the outlets' names by key."""
    entries = [_entry(channel, article, names) for article in articles]
    return {"rss": _rss, "atom": _atom, "json": _json}[format](channel, entries)


def _entry(channel: Channel, article: Article, names: dict[str, str]) -> Entry:
    raw, labels = article.raw, article.annotations
    published = raw.published_at or article.first_seen_at
    tags = [topic_name(topic.id) for topic in labels.topics] if labels else []
    tags += [_clean(name) for _, name in article.user_topics]
    tags += [f"لحن {tone_name(labels.tone.label)}"] if labels else []
    return Entry(
        id=f"urn:rasad:article:{article.id}",
        url=raw.url,
        title=_clean(raw.headline),
        summary=_clean(raw.lead or raw.body.partition("\n")[0])[:1000],
        outlet=_clean(names.get(raw.outlet, raw.outlet)),
        tags=tuple(tags),
        published_at=published,
        updated_at=max(published, raw.updated_at or published, raw.fetched_at if article.revision > 1 else published),
        desk_url=f"{channel.desk_url}/articles/{article.id}",
    )


def _rss(channel: Channel, entries: Sequence[Entry]) -> bytes:
    root = Xml.Element("rss", {"version": "2.0", "xmlns:dc": "http://purl.org/dc/elements/1.1/"})
    top = Xml.SubElement(root, "channel")
    _add(top, ("title", channel.title), ("link", channel.page_url), ("description", channel.title), ("language", "fa"), ("ttl", "15"))
    if entries:
        _add(top, ("lastBuildDate", _rfc822(max(entry.updated_at for entry in entries))))
    for entry in entries:
        item = Xml.SubElement(top, "item")
        _add(item, ("title", entry.title), ("link", entry.url), ("description", _html(entry)), ("dc:creator", entry.outlet))
        _add(item, *(("category", tag) for tag in entry.tags), ("pubDate", _rfc822(entry.published_at)))
        Xml.SubElement(item, "guid", {"isPermaLink": "false"}).text = entry.id
    return _written(root)


def _atom(channel: Channel, entries: Sequence[Entry]) -> bytes:
    root = Xml.Element("feed", {"xmlns": _ATOM, "xml:lang": "fa"})
    newest = max((entry.updated_at for entry in entries), default=datetime(1970, 1, 1, tzinfo=UTC))
    _add(root, ("id", channel.id), ("title", channel.title), ("updated", moment(newest) or ""))
    Xml.SubElement(root, "link", {"rel": "alternate", "type": "text/html", "href": channel.page_url})
    for entry in entries:
        item = Xml.SubElement(root, "entry")
        _add(item, ("id", entry.id), ("title", entry.title))
        _add(item, ("published", moment(entry.published_at) or ""), ("updated", moment(entry.updated_at) or ""))
        Xml.SubElement(item, "link", {"rel": "alternate", "href": entry.url})
        Xml.SubElement(item, "link", {"rel": "related", "type": "text/html", "href": entry.desk_url})
        _add(Xml.SubElement(item, "author"), ("name", entry.outlet))
        for tag in entry.tags:
            Xml.SubElement(item, "category", {"term": tag})
        Xml.SubElement(item, "content", {"type": "html"}).text = _html(entry)
    return _written(root)


def _json(channel: Channel, entries: Sequence[Entry]) -> bytes:
    items = [
        {
            "id": entry.id,
            "url": entry.url,
            "title": entry.title,
            "content_text": entry.summary or entry.title,
            "date_published": moment(entry.published_at),
            "date_modified": moment(entry.updated_at),
            "authors": [{"name": entry.outlet}],
            "tags": list(entry.tags),
            "_rasad": {"desk_url": entry.desk_url},
        }
        for entry in entries
    ]
    about = {"title": channel.title, "home_page_url": channel.page_url, "language": "fa"}
    document = {"version": "https://jsonfeed.org/version/1.1", **about, "items": items}
    return json.dumps(document, ensure_ascii=False).encode()


def _html(entry: Entry) -> str:
    """The summary as HTML whose every letter was escaped, with the way to the desk."""
    link = escape(entry.desk_url, quote=True)
    return f'<p dir="rtl">{escape(entry.summary)}</p><p dir="rtl"><a href="{link}">{escape(entry.outlet)}، در میز رصد</a></p>'


def _clean(text: str) -> str:
    """The text without what XML cannot hold: «خبر\\x00» → «خبر»."""
    return _FORBIDDEN.sub("", text)


def _add(parent: Xml.Element, *children: tuple[str, str]) -> None:
    for name, text in children:
        Xml.SubElement(parent, name).text = text


def _written(root: Xml.Element) -> bytes:
    written: bytes = Xml.tostring(root, encoding="utf-8", xml_declaration=True)
    return written


def _rfc822(when: datetime) -> str:
    return format_datetime(when.astimezone(UTC), usegmt=True)
