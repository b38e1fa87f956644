"""When an article was published and changed: which of a page's dates counts, where it came from, and whether they agree."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import chain, islice
from typing import Any
from urllib.parse import unquote

from core.dates import from_jalali, tehran_day
from core.errors import BadDate
from crawler.body import is_dropped
from crawler.comments import comment_elements
from crawler.fields import View
from crawler.identity import split_address
from crawler.metadata import Metadata
from crawler.paragraphs import blocks_of, text_of
from crawler.press_dates import PressDate, read_press_date

_TOLERANCE = timedelta(days=1)
_CLOCK_SKEW = timedelta(minutes=10)
_TEHRAN_OFFSETS = (timedelta(hours=3, minutes=30), timedelta(hours=4, minutes=30))
_OLDEST = datetime(2001, 3, 20, 20, 30, tzinfo=UTC)  # the first moment of 1380
_PUBLISHED_META = (
    "article:published_time",
    "og:article:published_time",
    "datepublished",
    "og:published_time",
    "dcterms.created",
    "dc.date.created",
    "dc.date.issued",
    "dcterms.issued",
    "datecreated",
    "pubdate",
    "publishdate",
)
_UPDATED_META = (
    "article:modified_time",
    "article:modified",
    "datemodified",
    "og:updated_time",
    "og:modified_time",
    "dcterms.modified",
    "dc.date.modified",
)
_PATH_DATE = re.compile(r"/(1[34]\d{2}|20\d{2})/(\d{1,2})/(\d{1,2})(?=/)")
_JALALI_ID = re.compile(r"/(?:news|photo|video)/(1[34]\d{2}|9\d)(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])\d{4,9}(?=/|$)")
_MOST_TEXTS = 6
_LONGEST_LINE = 90
_MOST_TITLES = 5_000
_YEAR = re.compile(r"[1۱١][34۳۴٣٤]\d\d|20\d\d")


@dataclass(frozen=True, slots=True)
class Dates:
    """The chosen times with their provenance, and the flags that say what is doubtful about them."""

    published_at: datetime | None
    published_at_source: str
    updated_at: datetime | None
    updated_at_source: str
    flags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Claim:
    """What one source says: where it stands, and the date as read."""

    source: str
    date: PressDate


def find_dates(view: View, now: datetime, feed: datetime | None = None) -> Dates:
    """The times of an article: JSON-LD → meta → ``time`` element → printed text → address → feed, checked against each other.

    A value more than a day after ``now`` never counts (``date_future``): the next source is asked.
    """
    flags: list[str] = []
    claims = list(_published_claims(view, now, flags))
    claims += [Claim("url", PressDate(moment, "day")) for moment in _of_address(view.page.url)]
    claims += [Claim("feed", PressDate(feed, "second"))] if feed else []
    chosen = choose(claims, now, flags)
    updated = find_updated(list(_updated_claims(view.meta, now)), chosen.date.moment if chosen else None, now, flags)
    return Dates(
        chosen.date.moment if chosen else None,
        chosen.source if chosen else "",
        updated.date.moment if updated else None,
        updated.source if updated else "",
        tuple(dict.fromkeys(flags)),
    )


def choose(claims: Sequence[Claim], now: datetime, flags: list[str]) -> Claim | None:
    """The first plausible claim; notes into ``flags`` what speaks against it."""
    plausible = [claim for claim in claims if claim.date.moment <= now + _TOLERANCE]
    if len(plausible) < len(claims):
        flags.append("date_future")
    if not plausible:
        flags.append("date_missing")
        return None
    first = plausible[0]
    if first.date.moment > now + _CLOCK_SKEW:
        flags.append("date_future")
    if first.date.moment < _OLDEST:
        flags.append("date_old")
    if any(_apart(first.date, other.date) for other in claims):
        flags.append("date_conflict")
    if any(_shifted(first, other) for other in plausible):
        flags.append("date_zone_doubtful")
    return first


def claim(source: str, text: str, now: datetime) -> Claim:
    """A claim of a source; BadDate when its text is no date."""
    return Claim(source, read_press_date(text, now))


def _apart(first: PressDate, other: PressDate) -> bool:
    if "day" in (first.precision, other.precision):
        return abs(tehran_day(first.moment) - tehran_day(other.moment)) > timedelta(days=1)
    return abs(first.moment - other.moment) > timedelta(hours=24)


def _shifted(first: Claim, other: Claim) -> bool:
    """Whether a machine-readable time is the printed one off by exactly Tehran's offset: the site calls local time UTC."""
    if other.source != "date_text" or first.source == "date_text" or other.date.precision == "day":
        return False
    gap = (first.date.moment - other.date.moment).total_seconds()
    return any(abs(gap - offset.total_seconds()) < 60 for offset in _TEHRAN_OFFSETS)


def _published_claims(view: View, now: datetime, flags: list[str]) -> Iterator[Claim]:
    meta = view.meta
    machine = [("json_ld", meta.text("datePublished") or meta.text("dateCreated"))]
    machine += [("meta", value) for name in _PUBLISHED_META for value in meta.meta.get(name, ())[:2]]
    for source, value in machine:
        if value:
            try:
                yield claim(source, value, now)
            except BadDate:
                flags.append("date_unreadable")
    yield from _visible_claims(view, now)


def _visible_claims(view: View, now: datetime) -> Iterator[Claim]:
    texts: list[Claim] = []
    for element in _date_elements(view):
        stamp = _stamp_of(element)
        try:
            if stamp:
                yield claim("time_element", stamp, now)
        except BadDate:
            pass
        try:
            texts.append(claim("date_text", text_of(element), now))
        except BadDate:
            continue
        break
    yield from texts or _loose_claims(view, now)


def _loose_claims(view: View, now: datetime) -> Iterator[Claim]:
    """The first short line of the article that is a full date, where no selector knows its place; else the first title of an element:
    ``<span title="۱۴۰۵/۰۸/۲۹ ۱۲:۳۰">۴ روز پیش</span>``.
    """
    page, scope = view.page, view.scope
    headline = next(iter(page.index.find_all("h1")), None)
    within = scope if scope is not None else next(iter(page.index.find_all("body")), page.root)
    start = page.index.position(headline) if scope is None and headline is not None else 0
    lines = ((block.text, block.element) for block in blocks_of(within, view.dropped))
    titles = ((element.get("title") or "", element) for element in within.iter("span", "div", "time", "a", "li", "p"))
    for text, element in chain(lines, islice(titles, _MOST_TITLES)):
        if len(text) <= _LONGEST_LINE and _YEAR.search(text) and page.index.position(element) >= start:
            try:
                found = claim("date_text", text, now)
            except BadDate:
                continue
            if found.date.precision != "day":
                yield found
                return


def _date_elements(view: View) -> list[Any]:
    """The elements that print the date: the family's, first inside the article, then anywhere; then any ``time`` of the article."""
    index = view.page.index
    comments = comment_elements(view.page, view.family.comments)
    found: dict[Any, None] = {}
    for within in (view.scope, None):
        for selector in view.family.date_text:
            found.update((element, None) for element in index.find_all(selector, within)[:2] if not is_dropped(element, comments))
        if found:
            break
    for selector in ("[itemprop='datePublished']", "time[datetime]"):
        found.update((element, None) for element in index.find_all(selector, view.scope)[:1] if element.tag != "meta")
    return [element for element in found if not is_dropped(element, comments)][:_MOST_TEXTS]


def _stamp_of(element: Any) -> str:
    own = element.get("datetime") or (element.get("content") if element.get("itemprop") else None)
    inner = next((child.get("datetime") for child in element.iter("time") if child.get("datetime")), None)
    return str(own or inner or "")


def _updated_claims(meta: Metadata, now: datetime) -> Iterator[Claim]:
    values = [("json_ld", meta.text("dateModified"))]
    values += [("meta", value) for name in _UPDATED_META for value in meta.meta.get(name, ())[:2]]
    for source, value in values:
        try:
            yield claim(source, value, now)
        except BadDate:
            continue


def find_updated(claims: Sequence[Claim], published: datetime | None, now: datetime, flags: list[str]) -> Claim | None:
    """The first time of change that is neither before the publication nor in the future; notes what it passed over."""
    doubts = []
    for found in claims:
        if found.date.moment > now + _TOLERANCE:
            doubts.append("updated_in_future")
        elif published and found.date.moment < published:
            doubts.append("updated_before_published")
        else:
            return found
    flags += doubts
    return None


def _of_address(url: str) -> list[datetime]:
    """The day that an address carries: ``/fa/news/1402/07/23/2971818`` or an id like ``14020723…``; [] when none."""
    path = unquote(split_address(url).path)
    match = _PATH_DATE.search(path) or _JALALI_ID.search(path)
    if match is None:
        return []
    year, month, day = (int(part) for part in match.groups())
    try:
        if year < 100:
            return [read_press_date(f"{year + 1300}/{month}/{day}").moment]
        if year < 1500:
            from_jalali(year, month, day)
        return [read_press_date(f"{year}/{month:02d}/{day:02d}").moment]
    except (BadDate, ValueError):
        return []
