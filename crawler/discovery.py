"""From a feed's entries to addresses of the ledger: whose they are, whether they are articles, of our sections and time. Pure."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import islice
from urllib.parse import unquote, urlsplit

from lxml import html

from core.dates import from_jalali, jalali, tehran_day
from core.errors import FetchRefused
from core.outcomes import Outcome
from core.records import Outlet
from crawler.feeds import Entry, clean_link
from crawler.identity import address_key, news_id
from crawler.outlets import OutletMap, site_of
from crawler.safety import AddressRules
from store.ledger_records import Found

NUMBERED = frozenset({"nastooh", "iran_samaneh", "asam", "news_studio", "tasnim"})
EMBEDDED = frozenset({"wordpress_rest", "rss", "telegram", "eitaa"})
MOST_LINKS = 3000
MOST_PAGES = 50
_NOT_ARTICLES = re.compile(
    r"^/(?:category|tag|author|page|wp-[a-z]+|feed|comments|search|archive|service|tags|rss|login|about|contact)(?:/|$|\?)", re.IGNORECASE
)
_FILES = re.compile(r"\.(?:jpe?g|png|gif|webp|svg|pdf|mp[34]|zip|rar|docx?|xlsx?|css|js|ico|woff2?)$", re.IGNORECASE)
_DAY = re.compile(r"(?<!\d)((?:13|14|19|20)\d\d)[/_-](\d{1,2})(?:[/_-](\d{1,2}))?(?!\d)")
_YEAR = re.compile(r"(?<!\d)((?:13|14|20)\d\d)(?!\d)")
_FOLD = str.maketrans({"ي": "ی", "ى": "ی", "ك": "ک", "\u200c": None, " ": None, "\u00a0": None, "_": None, "-": None})


@dataclass(frozen=True, slots=True)
class Window:
    """The time that a reading of sitemaps and listings covers; None is open. Articles of unknown time are inside."""

    since: datetime | None = None
    until: datetime | None = None

    def holds(self, entry: Entry) -> bool:
        """Whether the entry's article, or the newest of its index, may lie inside."""
        moment = entry.published_at or entry.modified_at
        if moment is None:
            return True
        if self.since and max(moment, entry.modified_at or moment) + timedelta(days=1) < self.since:
            return False
        return not (self.until and moment > self.until)

    def holds_sitemap(self, entry: Entry) -> bool:
        """Whether a sitemap can hold articles of this time, by the change time given for it and the date in its address."""
        if self.since and entry.modified_at and entry.modified_at + timedelta(days=1) < self.since:
            return False
        days = days_in_address(entry.url)
        if days is None:
            return True
        first, last = days
        if self.since and last < tehran_day(self.since):
            return False
        return not (self.until and first > tehran_day(self.until))


def sort_entries(entries: Iterable[Entry], outlet: Outlet, outlets: OutletMap, rules: AddressRules) -> dict[str, list[Found]]:
    """The addresses of a feed by outlet key, each with its outcome if that is clear before a fetch, else waiting."""
    found: dict[str, list[Found]] = {}
    for entry in entries:
        owner = outlets.find(entry.url)
        if owner is None:
            found.setdefault(outlet.key, []).append(
                Found(entry.url[:2000], entry.url, outcome=Outcome.REFUSED, detail="not an address of the outlet")
            )
            continue
        outcome, detail = _judge(entry, owner, rules)
        found.setdefault(owner.key, []).append(
            Found(address_key(entry.url, owner), entry.url, entry.modified_at, entry.published_at, entry.sections, outcome, detail)
        )
    return found


def _judge(entry: Entry, outlet: Outlet, rules: AddressRules) -> tuple[Outcome, str]:
    try:
        rules.check_url(entry.url, through_proxy=bool(outlet.proxy))
    except FetchRefused as error:
        return Outcome.REFUSED, error.rule
    if not may_be_article(entry.url, outlet):
        return Outcome.NOT_AN_ARTICLE, "address of no article"
    if entry.sections and not in_sections(outlet, (*entry.sections, _path(entry.url))):
        return Outcome.OTHER_SECTION, " | ".join(entry.sections)
    return Outcome.WAITING, ""


def may_be_article(url: str, outlet: Outlet) -> bool:
    """Whether an address can be an article's: it carries a number where the family numbers its news, else it is no home, list or file."""
    if outlet.family in EMBEDDED:
        return True
    path = _path(url)
    home = site_of(outlet.base_url)
    below = path.removeprefix(home.prefix) if home else path
    if _FILES.search(path):
        return False
    if outlet.family in NUMBERED:
        return bool(news_id(url, None, outlet))
    if not below.strip("/") and not urlsplit(url).query:
        return False
    return not _NOT_ARTICLES.match(below)


def in_sections(outlet: Outlet, texts: Iterable[str]) -> bool:
    """Whether one of the outlet's section words occurs in one of the texts; true for an outlet without section words.

    «خراسان رضوی» occurs in «استانها > خراسان‌رضوي» and in ``khorasan-razavi`` when that is listed too.
    """
    if not outlet.sections:
        return True
    folded = "|".join(fold(text) for text in texts)
    return any(fold(word) in folded for word in outlet.sections)


def fold(text: str) -> str:
    """Without spaces, half-spaces, hyphens and letter variants, in small letters: «خراسان‌ رضوي» → «خراسانرضوی»."""
    return text.translate(_FOLD).casefold()


def links_in(body: bytes, url: str, outlet: Outlet, outlets: OutletMap) -> list[Entry]:
    """The articles that a listing page links to, each once, in the page's order."""
    if not body.strip():
        return []
    tree = html.fromstring(body, parser=html.HTMLParser(encoding="utf-8", huge_tree=False))
    found: dict[str, Entry] = {}
    for anchor in islice(tree.iter("a"), MOST_LINKS):
        link = clean_link(anchor.get("href", ""), url)
        if link and outlets.find(link) == outlet and _looks_like_article(link, outlet):
            found.setdefault(address_key(link, outlet), Entry(link))
    return list(found.values())


def _looks_like_article(url: str, outlet: Outlet) -> bool:
    """On a listing page menus abound: a permalink there must carry a number or a slug of several words."""
    if not may_be_article(url, outlet):
        return False
    if outlet.family in NUMBERED:
        return True
    slug = _path(url).rstrip("/").rpartition("/")[2]
    return bool(re.search(r"\d{3}", _path(url) + urlsplit(url).query)) or slug.count("-") >= 2


def expand(template: str, *, page: int = 1, day: date | None = None, after: datetime | None = None) -> str:
    """A listing's address: ``/archive?pi={page}`` → ``/archive?pi=2``; ``{jy}/{jm}/{jd}`` and ``{y}/{m}/{d}`` are the day's.

    ``{after}`` is the start of the time asked for, as WordPress REST wants it: ``2026-11-17T00:00:00``.
    """
    values: dict[str, object] = {"page": page, "after": f"{after:%Y-%m-%dT00:00:00}" if after else "2000-01-01T00:00:00"}
    if day is not None:
        year, month, number = jalali(day)
        values |= {"jy": year, "jm": f"{month:02d}", "jd": f"{number:02d}", "y": day.year, "m": f"{day.month:02d}", "d": f"{day.day:02d}"}
    return re.sub(r"\{(\w+)\}", lambda mark: str(values.get(mark[1], mark[0])), template)


def is_paged(template: str) -> bool:
    """Whether a listing's address counts pages."""
    return "{page}" in template


def is_dated(template: str) -> bool:
    """Whether a listing's address names a day."""
    return "{jd}" in template or "{d}" in template


def days_of(window: Window, now: datetime) -> Iterator[date]:
    """The Tehran days of a window, newest first."""
    day = tehran_day(min(window.until or now, now))
    first = tehran_day(window.since) if window.since else day
    while day >= first:
        yield day
        day -= timedelta(days=1)


def days_in_address(url: str) -> tuple[date, date] | None:
    """The first and last day that a sitemap's address names, Jalali or Gregorian; None when it names none.

    ``/fa/2026/11/24/fa_2026_11_24_sitemap.xml`` → that day; ``/sitemap/1404/sitemap.xml`` → 2025-03-21 to 2026-03-20.
    """
    path = urlsplit(url).path
    if days := [mark for mark in _DAY.finditer(path) if mark[3]] or list(_DAY.finditer(path)):
        return _period(*(int(part) for part in days[-1].groups() if part))
    years = _YEAR.findall(path)
    return _period(int(years[-1])) if years else None


def _period(year: int, month: int = 0, day: int = 0) -> tuple[date, date] | None:
    try:
        make = from_jalali if year < 1500 else date
        first = make(year, month or 1, day or 1)
        if day:
            return first, first
        after = make(year + (month in (0, 12)), month % 12 + 1 if month else 1, 1)
    except (ValueError, OverflowError):
        return None
    return first, after - timedelta(days=1)


def _path(url: str) -> str:
    return unquote(urlsplit(url).path)
