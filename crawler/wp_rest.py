"""One post of WordPress' REST API (``/wp-json/wp/v2/posts``) → a RawArticle: the cleanest source where it is open."""

import html
import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any
from urllib.parse import urljoin

from core.errors import BadDate
from core.records import Comment, Image, Outlet, RawArticle
from crawler.attribution import find_attribution
from crawler.byline import person_of
from crawler.dating import Claim, choose, find_updated
from crawler.families import WORDPRESS_REST
from crawler.families_wordpress import WORDPRESS
from crawler.fragment import read_fragment
from crawler.identity import canonical_address
from crawler.images import distinct
from crawler.markers import key_of
from crawler.page import decode
from crawler.press_dates import PressDate, read_press_date

_MOST_COMMENTS = 1_000
_ELLIPSES = ("[…]", "[...]", "…", "...")


def read_post(page: bytes, url: str, outlet: Outlet, fetched_at: datetime, feed_published_at: datetime | None = None) -> RawArticle:
    """The article of one post's JSON object; an empty one flagged ``body_missing`` when the bytes are none. Never raises.

    ``date_gmt`` counts; ``date`` only where it is missing, because some Iranian plugins write it in Jalali or in local time.
    """
    post = _object(page)
    address = _text(post, "link") or url
    fragment = read_fragment(_rendered(post, "content"), address, WORDPRESS)
    lead = _excerpt(post, fragment.paragraphs)
    attribution = find_attribution(lead, fragment.paragraphs)
    flags = [name for name, missing in (("lead_missing", not lead), ("body_missing", not fragment.paragraphs)) if missing]
    published = choose(list(_claims(post, "date_gmt", "date", fetched_at, feed_published_at)), fetched_at, flags)
    moment = published.date.moment if published else None
    updated = find_updated(list(_claims(post, "modified_gmt", "modified", fetched_at, None)), moment, fetched_at, flags)
    number = str(post.get("id") or "")
    return RawArticle(
        outlet=outlet.key,
        url=url,
        canonical_url=address,
        news_id=number if number.isdigit() else canonical_address(url, outlet).partition("://")[2],
        headline=_plain(_rendered(post, "title")),
        body="\n".join(fragment.paragraphs),
        lead=lead,
        byline=person_of(_embedded_name(post), (key_of(outlet.name),)),
        agency=attribution.agency,
        quoted_agency=attribution.quoted_agency,
        place=attribution.place,
        section="، ".join(_terms(post, "category")),
        keywords=_terms(post, "post_tag"),
        news_code=number,
        short_url=urljoin(outlet.base_url.rstrip("/") + "/", f"?p={number}") if number.isdigit() else "",
        published_at=moment,
        published_at_source=published.source if published else "",
        updated_at=updated.date.moment if updated else None,
        updated_at_source=updated.source if updated else "",
        images=distinct(_featured(post) + fragment.images),
        comments=tuple(_comments(post, fetched_at)),
        flags=tuple(dict.fromkeys(flags)),
        fetched_at=fetched_at,
    )


def _object(page: bytes) -> dict[str, Any]:
    try:
        value = json.loads(decode(page, None), strict=False)
    except (ValueError, RecursionError):
        return {}
    if isinstance(value, list) and value:
        value = value[0]
    return value if isinstance(value, dict) else {}


def _text(post: dict[str, Any], name: str) -> str:
    value = post.get(name)
    return value.strip() if isinstance(value, str) else ""


def _rendered(post: dict[str, Any], name: str) -> str:
    value = post.get(name)
    value = value.get("rendered") if isinstance(value, dict) else value
    return value if isinstance(value, str) else ""


def _plain(markup: str) -> str:
    """The text of a title: «نمونه &#8211; یک» → «نمونه – یک»."""
    return " ".join(read_fragment(markup, "", WORDPRESS_REST).paragraphs)


def _excerpt(post: dict[str, Any], paragraphs: tuple[str, ...]) -> str:
    """The excerpt where an editor wrote one: WordPress makes its own from the first words of the text, which is no lead."""
    lead = " ".join(read_fragment(_rendered(post, "excerpt"), "", WORDPRESS_REST).paragraphs)
    bare = lead
    for mark in _ELLIPSES:
        bare = bare.removesuffix(mark).strip()
    return "" if "".join(paragraphs).replace(" ", "").startswith(bare.replace(" ", "")) else lead


def _claims(post: dict[str, Any], gmt: str, local: str, now: datetime, feed: datetime | None) -> Iterator[Claim]:
    for name, zone in ((gmt, "+00:00"), (local, "")):
        text = _text(post, name)
        try:
            found = read_press_date(text if text.endswith("Z") or "+" in text else text + zone, now)
        except BadDate:
            continue
        yield Claim("meta", found)
        break
    if feed:
        yield Claim("feed", PressDate(feed, "second"))


def _embedded(post: dict[str, Any], name: str) -> list[Any]:
    embedded = post.get("_embedded")
    value = embedded.get(name) if isinstance(embedded, dict) else None
    return value if isinstance(value, list) else []


def _embedded_name(post: dict[str, Any]) -> str:
    return next((_text(author, "name") for author in _embedded(post, "author") if isinstance(author, dict)), "")


def _comments(post: dict[str, Any], now: datetime) -> Iterator[Comment]:
    """The embedded readers' comments, replies among them; WordPress counts no votes."""
    groups = [group for group in _embedded(post, "replies") if isinstance(group, list)]
    for reply in [one for group in groups for one in group if isinstance(one, dict)][:_MOST_COMMENTS]:
        text = "\n".join(read_fragment(_rendered(reply, "content"), "", WORDPRESS_REST).paragraphs)
        if text:
            times = list(_claims(reply, "date_gmt", "date", now, None))
            yield Comment(text, _text(reply, "author_name"), times[0].date.moment if times else None)


def _terms(post: dict[str, Any], taxonomy: str) -> tuple[str, ...]:
    """Names of the embedded terms (``_embed``); without them only numbers are known, which say nothing."""
    groups = [group for group in _embedded(post, "wp:term") if isinstance(group, list)]
    found = [term for group in groups for term in group if isinstance(term, dict) and term.get("taxonomy") == taxonomy]
    return tuple(dict.fromkeys(html.unescape(_text(term, "name")) for term in found if _text(term, "name")))


def _featured(post: dict[str, Any]) -> tuple[Image, ...]:
    media = next((part for part in _embedded(post, "wp:featuredmedia") if isinstance(part, dict)), {})
    address = _text(media, "source_url")
    if not address.startswith(("http://", "https://")):
        return ()
    return (Image(address, _plain(_rendered(media, "caption")) or _text(media, "alt_text")),)
