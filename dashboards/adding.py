"""What is needed to add a missed article: one that was fetched, or the text that somebody pasted."""

import hashlib
import re
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from core.dates import TEHRAN
from core.errors import BadInput
from core.letters import LATIN_DIGITS
from core.records import RawArticle
from dashboards.narrowing import read_day

BY_HAND = "by_hand"
LONGEST_TEXT, LONGEST_LINE = 100_000, 500
_CLOCK = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")


@dataclass(frozen=True, slots=True)
class Fetched:
    """An article read from its address, with the page's bytes and the CMS family that read it."""

    raw: RawArticle
    page: bytes
    family: str


@dataclass(frozen=True, slots=True)
class Pasted:
    """The fields of the form as typed."""

    outlet: str = ""
    headline: str = ""
    lead: str = ""
    body: str = ""
    day: str = ""
    clock: str = ""
    url: str = ""
    section: str = ""


def pasted_article(typed: Pasted, now: datetime) -> RawArticle:
    """The article that was typed. Its identity is its address, or where it has none (a paper) its own words. Raises BadInput."""
    outlet, headline = _line("outlet", typed.outlet, "نام رسانه را بنویسید."), _line("headline", typed.headline, "تیتر خبر را بنویسید.")
    body = _body(typed.body)
    url = checked_address(typed.url) if typed.url.strip() else ""
    return RawArticle(
        outlet=outlet,
        url=url,
        canonical_url=url,
        news_id="" if url else f"hand-{_hash(outlet, headline, body)}",
        headline=headline,
        body=body,
        lead=" ".join(typed.lead.split())[:LONGEST_LINE],
        section=" ".join(typed.section.split())[:LONGEST_LINE],
        fetched_at=now,
        published_at=published_moment(typed.day, typed.clock, now),
        published_at_source="given",
        flags=(BY_HAND,),
    )


def published_moment(day: str, clock: str, now: datetime) -> datetime:
    """«۱۴۰۵/۹/۳», «۱۰:۳۰» → that Tehran moment in UTC; noon without a time. Raises BadInput, also for a day that has not come."""
    found = read_day("day", day)
    if found is None:
        raise BadInput("day", day, "a date is needed", "تاریخ خبر را مانند ۱۴۰۵/۰۹/۰۳ بنویسید.")
    typed = clock.strip().translate(LATIN_DIGITS)
    matched = _CLOCK.fullmatch(typed) if typed else None
    if typed and not matched:
        raise BadInput("clock", clock, "not a time", "ساعت را مانند ۱۰:۳۰ بنویسید، یا خالی بگذارید.")
    there = time(int(matched[1]), int(matched[2])) if matched else time(12)
    moment = datetime.combine(found, there, TEHRAN).astimezone(UTC)
    if found > now.astimezone(TEHRAN).date() or (matched and moment > now + timedelta(minutes=10)):
        raise BadInput("day", day, "in the future", "این تاریخ هنوز نیامده است.")
    return min(moment, now)


def checked_address(url: str) -> str:
    """An http or https address. Raises BadInput."""
    cleaned = url.strip()
    if not re.fullmatch(r"https?://[^\s/]+\.[^\s]+|https?://[^\s/]+(:\d+)?/[^\s]*", cleaned, re.IGNORECASE) or len(cleaned) > 2000:
        raise BadInput("url", url, "not an address", "نشانی را کامل بنویسید؛ با http یا https آغاز می‌شود.")
    return cleaned


def _line(field: str, text: str, persian: str) -> str:
    cleaned = " ".join(text.split())
    if not 0 < len(cleaned) <= LONGEST_LINE:
        raise BadInput(field, text, f"1 to {LONGEST_LINE} letters are needed", persian)
    return cleaned


def _body(text: str) -> str:
    paragraphs = [" ".join(line.split()) for line in text.splitlines()]
    body = "\n".join(paragraph for paragraph in paragraphs if paragraph)
    if len(body) < 20:
        raise BadInput("body", text, "a text is needed", "متن خبر را بچسبانید؛ دست‌کم یک جمله.")
    if len(body) > LONGEST_TEXT:
        raise BadInput("body", len(body), "too long", "این متن بیش از اندازه بلند است (حداکثر ۱۰۰ هزار نویسه).")
    return body


def _hash(*parts: str) -> str:
    return hashlib.blake2b("\x1f".join(parts).encode("utf-8", "replace"), digest_size=8).hexdigest()
