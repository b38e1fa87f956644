"""A fetched page → a RawArticle. Pure: no network, no clock, no opinion about the text.

WordPress REST posts, feed entries and channel messages have readers of their own. For pages the flow is:
bytes → page → family → body → headline, kicker, lead → the short fields → dates → comments → flags.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from itertools import islice
from typing import Any

from core.records import Outlet, RawArticle
from crawler.attribution import find_attribution
from crawler.body import Body, common_ancestor, dropped_elements, find_body_element, read_body
from crawler.comments import comment_elements, find_comments
from crawler.dating import find_dates
from crawler.families import EITAA, FAMILIES, FAMILY_OF_UNKNOWN, RSS, TELEGRAM, WORDPRESS_REST
from crawler.family import Family
from crawler.feed_items import read_item
from crawler.fields import (
    Found,
    View,
    find_byline,
    find_headline,
    find_keywords,
    find_kicker,
    find_lead,
    find_news_code,
    find_section,
    find_short_url,
)
from crawler.identity import belongs, canonical_address, news_id, split_address
from crawler.images import find_images
from crawler.metadata import read_metadata
from crawler.page import Page, parse_page
from crawler.recognise import family_of_page
from crawler.telegram import read_message
from crawler.wp_rest import read_post

_CLIMB = 60
_SHORT_BODY = 80
_LEAD_WITHIN = 0.6


def extract(
    html: bytes, url: str, outlet: Outlet, fetched_at: datetime, *, charset: str | None = None, feed_published_at: datetime | None = None
) -> RawArticle:
    """The article of a page. ``body`` is "" and ``flags`` says ``body_missing`` where there is none; never raises on any bytes.

    ``charset`` is the HTTP header's, ``feed_published_at`` the feed's time for the address (the last source asked).
    """
    if outlet.family == WORDPRESS_REST.key:
        return read_post(html, url, outlet, fetched_at, feed_published_at)
    if outlet.family == RSS.key:
        return read_item(html, url, outlet, fetched_at, feed_published_at)
    if outlet.family in (TELEGRAM.key, EITAA.key):
        return read_message(html, url, outlet, fetched_at, feed_published_at)
    page = parse_page(html, url, charset)
    family = with_overrides(family_for(page, outlet), outlet.selectors)
    return extract_page(page, family, outlet, fetched_at, feed_published_at)


def family_for(page: Page, outlet: Outlet) -> Family:
    """The outlet's family; where the row names none, the one that the page shows; else the family of unknown pages."""
    return FAMILIES.get(outlet.family or family_of_page(page), FAMILY_OF_UNKNOWN)


def with_overrides(family: Family, selectors: Mapping[str, str]) -> Family:
    """The family with an outlet's own selectors tried before its own; ``drop`` adds to the family's."""
    own: dict[str, Any] = {
        name: (value, *getattr(family, name)) for name, value in selectors.items() if isinstance(getattr(family, name, None), tuple)
    }
    return replace(family, **own) if own else family


def extract_page(page: Page, family: Family, outlet: Outlet, fetched_at: datetime, feed_published_at: datetime | None = None) -> RawArticle:
    """The article of a parsed page, read with one family's selectors; the fallback where they find no body."""
    meta = read_metadata(page)
    dropped = dropped_elements(page, family) | comment_elements(page, family.comments)
    view = View(page, family, meta, outlet, frozenset(dropped))
    headline = find_headline(view)
    element, by_fallback = find_body_element(page, family, dropped, headline.element)
    if headline.element is not None and element is not None:
        view = replace(view, scope=common_ancestor(headline.element, element))
    kicker = find_kicker(view, headline.text)
    lead = find_lead(view, headline, kicker.text, element)
    body, lead = _read_body(element, family, dropped, (headline, kicker, lead), by_fallback)
    dates = find_dates(view, fetched_at, feed_published_at)
    known = outlet if outlet.family else replace(outlet, family=family.key)
    attribution = find_attribution(lead.text, body.paragraphs)
    return RawArticle(
        outlet=outlet.key,
        url=page.url,
        canonical_url=_canonical(page, known),
        news_id=_identity(page, known),
        headline=headline.text,
        kicker=kicker.text,
        lead=lead.text,
        body=body.text,
        byline=find_byline(view),
        agency=attribution.agency,
        quoted_agency=attribution.quoted_agency,
        place=attribution.place,
        section=find_section(view, headline.text),
        keywords=find_keywords(view),
        news_code=find_news_code(view, news_id(page.url, None, known)),
        short_url=find_short_url(view),
        published_at=dates.published_at,
        published_at_source=dates.published_at_source,
        updated_at=dates.updated_at,
        updated_at_source=dates.updated_at_source,
        images=find_images(view, element, headline.text),
        comments=find_comments(page, family.comments, fetched_at),
        flags=_flags(headline, lead, body) + dates.flags,
        fetched_at=fetched_at,
    )


def _read_body(element: Any, family: Family, dropped: set[Any], parts: tuple[Found, Found, Found], by_fallback: bool) -> tuple[Body, Found]:
    """The body without the parts that have fields of their own, and the lead: none where it would be most of the body."""
    headline, kicker, lead = parts
    if element is None:
        return Body(None, (), by_fallback), lead
    skipped = dropped | {found.element for found in (headline, kicker, lead) if found.element is not None and found.element is not element}
    body = read_body(element, family, skipped, headline=headline.text, by_fallback=by_fallback)
    if lead.element is not None and _holds(element, lead.element) and len(lead.text) > _LEAD_WITHIN * (len(body.text) + len(lead.text)):
        return read_body(element, family, skipped - {lead.element}, headline=headline.text, by_fallback=by_fallback), Found("")
    return body, lead


def _holds(element: Any, inner: Any) -> bool:
    return any(ancestor is element for ancestor in islice(inner.iterancestors(), _CLIMB))


def _identity(page: Page, outlet: Outlet) -> str:
    """The outlet's own number of the article, else its canonical address without the scheme."""
    return news_id(page.url, page.root, outlet) or canonical_address(page.url, outlet).partition("://")[2]


def _canonical(page: Page, outlet: Outlet) -> str:
    """The page's own canonical address where it is the outlet's and no front page, else the canonical form of the address."""
    for link in page.index.find_all("link[rel='canonical']")[:2]:
        address = (link.get("href") or "").strip()
        if belongs(address, outlet) and split_address(address).path.strip("/"):
            return address
    return canonical_address(page.url, outlet)


def _flags(headline: Found, lead: Found, body: Body) -> tuple[str, ...]:
    checks: tuple[tuple[str, Callable[[], bool]], ...] = (
        ("headline_missing", lambda: not headline.text),
        ("headline_from_head", lambda: bool(headline.text) and headline.element is None),
        ("lead_missing", lambda: not lead.text),
        ("body_missing", lambda: not body.text),
        ("body_short", lambda: 0 < len(body.text) < _SHORT_BODY),
        ("body_fallback", lambda: body.by_fallback and bool(body.text)),
    )
    return tuple(name for name, applies in checks if applies())
