"""One ``<item>`` or ``<entry>`` of a feed → a RawArticle, for outlets of which only the feed can be read."""

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import lxml.etree

from core.errors import BadDate
from core.records import Image, Outlet, RawArticle
from crawler.attribution import find_attribution
from crawler.byline import person_of
from crawler.dating import Claim, choose, find_updated
from crawler.families import RSS
from crawler.fragment import absolute, read_fragment
from crawler.identity import belongs, canonical_address, news_id
from crawler.images import distinct
from crawler.markers import key_of
from crawler.page import decode
from crawler.press_dates import PressDate, read_press_date

_BODIES = ("encoded", "content", "description", "summary")
_PUBLISHED = ("pubDate", "published", "date", "issued")
_UPDATED = ("updated", "modified")
_AUTHORS = ("creator", "author")
_NAME_AFTER_MAIL = re.compile(r"\S+@\S+\s*\((.+)\)")


def read_item(page: bytes, url: str, outlet: Outlet, fetched_at: datetime, feed_published_at: datetime | None = None) -> RawArticle:
    """The article of a feed's entry. Where the feed holds only a teaser, that is the body and the flag ``teaser_only`` says so."""
    texts, element = _read(page)
    body_name = next((name for name in _BODIES if texts.get(name, "").strip()), "")
    fragment = read_fragment(texts.get(body_name, ""), url, RSS)
    lead = _lead(texts, body_name, fragment.paragraphs)
    attribution = find_attribution(lead, fragment.paragraphs)
    flags = [name for name, applies in _checks(lead, body_name, fragment.paragraphs) if applies]
    published = choose(list(_claims(texts, _PUBLISHED, fetched_at, feed_published_at)), fetched_at, flags)
    moment = published.date.moment if published else None
    updated = find_updated(list(_claims(texts, _UPDATED, fetched_at, None)), moment, fetched_at, flags)
    return RawArticle(
        outlet=outlet.key,
        url=url,
        canonical_url=canonical_address(url, outlet) if belongs(url, outlet) else url,
        news_id=news_id(url, None, outlet) or canonical_address(url, outlet).partition("://")[2],
        headline=" ".join(read_fragment(texts.get("title", ""), "", RSS).paragraphs),
        body="\n".join(fragment.paragraphs),
        lead=lead,
        byline=next((name for text in _authors(element) if (name := person_of(text, (key_of(outlet.name),)))), ""),
        agency=attribution.agency,
        quoted_agency=attribution.quoted_agency,
        place=attribution.place,
        section=next(iter(_categories(element)), ""),
        keywords=tuple(dict.fromkeys(_categories(element)))[1:],
        published_at=moment,
        published_at_source=published.source if published else "",
        updated_at=updated.date.moment if updated else None,
        updated_at_source=updated.source if updated else "",
        images=distinct((*_enclosures(element, url), *fragment.images)),
        flags=tuple(dict.fromkeys(flags)),
        fetched_at=fetched_at,
    )


def _read(page: bytes) -> tuple[dict[str, str], Any]:
    """The first text under each local name, and the element; nothing of broken bytes."""
    parser = lxml.etree.XMLParser(recover=True, resolve_entities=False, no_network=True)
    try:
        element = lxml.etree.fromstring(decode(page, None).encode(), parser=parser)
    except (lxml.etree.XMLSyntaxError, ValueError):
        element = None
    texts: dict[str, str] = {}
    for child in element if element is not None else ():
        if isinstance(child.tag, str):
            texts.setdefault(child.tag.rpartition("}")[2], _inner(child))
    return texts, element


def _inner(child: Any) -> str:
    """The text of a child; Atom's XHTML content keeps its markup."""
    if len(child):
        return "".join(lxml.etree.tostring(part, encoding="unicode", method="html") for part in child)
    return child.text or ""


def _lead(texts: dict[str, str], body_name: str, paragraphs: tuple[str, ...]) -> str:
    """The teaser where the feed holds the text as well and does not begin with it."""
    if body_name not in ("encoded", "content"):
        return ""
    teaser = " ".join(read_fragment(texts.get("description") or texts.get("summary", ""), "", RSS).paragraphs)
    return "" if "".join(paragraphs).startswith(teaser.rstrip(" .…[]")) else teaser


def _checks(lead: str, body_name: str, paragraphs: tuple[str, ...]) -> Iterator[tuple[str, bool]]:
    yield "lead_missing", not lead
    yield "body_missing", not paragraphs
    yield "teaser_only", bool(paragraphs) and body_name in ("description", "summary")


def _claims(texts: dict[str, str], names: tuple[str, ...], now: datetime, feed: datetime | None) -> Iterator[Claim]:
    for name in names:
        try:
            yield Claim("feed", read_press_date(texts.get(name, ""), now))
        except BadDate:
            continue
    if feed:
        yield Claim("feed", PressDate(feed, "second"))


def _authors(element: Any) -> Iterator[str]:
    """Who wrote it: ``dc:creator``, Atom's ``author/name``, RSS' ``mail@sample.example (name)``; a bare mail address is no name."""
    for wanted in _AUTHORS:
        for child in element if element is not None else ():
            if isinstance(child.tag, str) and child.tag.rpartition("}")[2] == wanted:
                name = next((part.text for part in child if isinstance(part.tag, str) and part.tag.endswith("name")), child.text) or ""
                match = _NAME_AFTER_MAIL.fullmatch(name.strip())
                name = match[1] if match else name.strip()
                yield "" if "@" in name else name


def _categories(element: Any) -> Iterator[str]:
    for child in element if element is not None else ():
        if isinstance(child.tag, str) and child.tag.rpartition("}")[2] == "category":
            name = (child.text or child.get("label") or child.get("term") or "").strip()
            if name:
                yield name


def _enclosures(element: Any, url: str) -> Iterator[Image]:
    for child in element.iter() if element is not None else ():
        name = child.tag.rpartition("}")[2] if isinstance(child.tag, str) else ""
        if name in ("enclosure", "content", "thumbnail") and child.get("url") and "video" not in (child.get("type") or ""):
            address = absolute(child.get("url"), url)
            if address:
                yield Image(address)
