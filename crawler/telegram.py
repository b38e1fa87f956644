"""One message of a public Telegram or Eitaa channel preview → a RawArticle. The two differ in the prefix of their classes only."""

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from core.errors import BadDate
from core.records import Image, Outlet, RawArticle
from crawler.attribution import find_attribution
from crawler.byline import person_of
from crawler.channels import PREFIXES
from crawler.dating import Claim, choose
from crawler.fragment import absolute
from crawler.markers import is_end_marker, key_of
from crawler.page import Page, parse_page
from crawler.paragraphs import blocks_of, text_of
from crawler.press_dates import PressDate, parse_press_date

_BACKGROUND = re.compile(r"background-image:\s*url\(\s*['\"]?([^'\")]+)")
_HEADLINE_WORDS = 12
_LONGEST_HEADLINE = 140
_SIGNATURE = re.compile(r"[\s\W]*(?:@\w{3,}|(?:https?://)?(?:t\.me|eitaa\.com|ble\.ir|rubika\.ir)/\S+)[\s\W]*", re.IGNORECASE)


def read_message(html: bytes, url: str, outlet: Outlet, fetched_at: datetime, feed_published_at: datetime | None = None) -> RawArticle:
    """The article of one message: its first line is the headline (its first twelve words where that is long), the lines are the body.

    A message without text (a picture alone) has an empty body and the flag ``body_missing``. Signatures («@channel») at the end are out.
    """
    page = parse_page(html, url)
    prefix = f".{PREFIXES.get(outlet.family, 'tgme')}_widget_message"
    message = next(iter(page.index.find_all(f"{prefix}[data-post]")), page.root)
    lines = _lines(page, message, prefix)
    flags = ["lead_missing", *(() if lines else ("body_missing",))]
    published = choose(list(_claims(page, message, prefix, fetched_at, feed_published_at)), fetched_at, flags)
    attribution = find_attribution("", lines)
    post = (message.get("data-post") or "").strip("/")
    return RawArticle(
        outlet=outlet.key,
        url=url,
        canonical_url=url,
        news_id=post.rpartition("/")[2] or url.rstrip("/").rpartition("/")[2],
        headline=_headline(lines),
        body="\n".join(lines),
        byline=person_of(_text(page, message, f"{prefix}_from_author"), (key_of(outlet.name),)),
        agency=_text(page, message, f"{prefix}_forwarded_from_name") or attribution.agency,
        quoted_agency=attribution.quoted_agency,
        place=attribution.place,
        keywords=tuple(dict.fromkeys(re.findall(r"#([^\s#]{2,60})", "\n".join(lines)))),
        published_at=published.date.moment if published else None,
        published_at_source=published.source if published else "",
        images=tuple(_images(page, message, prefix)),
        flags=tuple(dict.fromkeys(flags)),
        fetched_at=fetched_at,
    )


def _lines(page: Page, message: Any, prefix: str) -> list[str]:
    """The message's own lines: not those of a message it replies to, no signature, nothing after an end marker."""
    replies = page.index.find_all(f"{prefix}_reply", message)
    for element in page.index.find_all(f"{prefix}_text", message):
        if any(page.index.is_within(element, reply) for reply in replies):
            continue
        lines = [block.text for block in blocks_of(element)]
        end = next((number for number, line in enumerate(lines) if number and is_end_marker(line)), len(lines))
        lines = lines[:end]
        while lines and _SIGNATURE.fullmatch(lines[-1]):
            lines.pop()
        if lines:
            return lines
    return []


def _headline(lines: list[str]) -> str:
    """The first line, or its first twelve words: a channel prints no headline of its own."""
    first = next((line for line in lines if any(map(str.isalpha, line))), "")
    return first if len(first) <= _LONGEST_HEADLINE else " ".join(first.split()[:_HEADLINE_WORDS]) + " …"


def _claims(page: Page, message: Any, prefix: str, now: datetime, feed: datetime | None) -> Iterator[Claim]:
    for element in page.index.find_all(f"a{prefix}_date time, {prefix}_date time, time[datetime]", message):
        try:
            yield Claim("time_element", PressDate(parse_press_date(element.get("datetime") or "", now), "second"))
        except BadDate:
            continue
        break
    if feed:
        yield Claim("feed", PressDate(feed, "second"))


def _text(page: Page, message: Any, selector: str) -> str:
    return next((text_of(element) for element in page.index.find_all(selector, message)), "")


def _images(page: Page, message: Any, prefix: str) -> Iterator[Image]:
    seen: set[str] = set()
    for selector in (f"{prefix}_photo_wrap", ".js-message_grouped_layer a"):
        for element in page.index.find_all(selector, message):
            match = _BACKGROUND.search(element.get("style") or "")
            address = absolute(match[1], page.url) if match else ""
            if address and address not in seen:
                seen.add(address)
                yield Image(address)
