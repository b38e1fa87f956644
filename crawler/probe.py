"""Looks at a site that is not configured yet, and checks the selectors of one that is. For people adding an outlet, not for the crawl."""

import json
import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin, urlsplit

from core.dates import utc_now
from core.errors import BadInput, RasadError
from core.records import Outlet
from core.settings import Settings
from crawler.asking import Asker, Page
from crawler.extract import family_for, with_overrides
from crawler.family import Family
from crawler.feeds import clean_link, parse_feed
from crawler.outlets import bare_host
from crawler.page import parse_page
from crawler.recognise import recognise

USUAL_FEEDS = {"nastooh": "/rss", "iran_samaneh": "/fa/rss/allnews", "wordpress": "/feed/", "asam": "/feeds", "": "/rss"}
USUAL_SITEMAPS = {"nastooh": "/sitemap/news/sitemap.xml", "iran_samaneh": "/fa-sitemap-news", "wordpress": "/wp-sitemap.xml"}
MOST_FEEDS = 3
SHOWN = 80
_SELECTOR_FIELDS = (
    "container",
    "kicker",
    "headline",
    "lead",
    "body",
    "byline",
    "date_text",
    "breadcrumb",
    "keywords",
    "news_code",
    "images",
)


@dataclass(frozen=True, slots=True)
class Probe:
    """What was found out about a site. ``row`` is ready for outlets.toml; ``notes`` say in Persian what to look at by hand."""

    family: str
    name: str
    feeds: tuple[str, ...]
    sitemaps: tuple[str, ...]
    row: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SelectorCheck:
    """What one selector finds on a page: how many elements, and the beginning of the first one's text. None found: it is dead there."""

    field: str
    selector: str
    found: int
    text: str

    @property
    def is_dead(self) -> bool:
        """Whether it finds nothing."""
        return self.found == 0


def probe(url: str, settings: Settings) -> Probe:
    """Reads a page of the site, its robots.txt and the feeds it names. Raises FetchRefused, Unavailable or BadInput."""
    with Asker(settings) as asker:
        page = asker.get(url)
        if page.status >= 400:
            raise BadInput("url", url, f"answers {page.status}", f"پاسخ سایت خطای {page.status} بود.")
        family = recognise(page.body, page.url)
        feeds = _working_feeds(asker, page, family)
        sitemaps = _working_sitemaps(asker, page.url, family)
    return _report(page, family, feeds, sitemaps)


def check(url: str, outlet: Outlet, settings: Settings) -> list[SelectorCheck]:
    """Fetches a page and says what each selector of the outlet's family (with its overrides) finds there."""
    with Asker(settings) as asker:
        page = asker.get(url)
    return check_page(page.body, page.url, outlet)


def check_page(html: bytes, url: str, outlet: Outlet) -> list[SelectorCheck]:
    """What each selector finds on a page; an outlet's own selectors come before the family's."""
    page = parse_page(html, url)
    family = with_overrides(family_for(page, outlet), outlet.selectors)
    rows = []
    for name, selector in _selectors(family):
        elements = page.index.find_all(selector)
        rows.append(SelectorCheck(name, selector, len(elements), _text(elements[0]) if elements else ""))
    return rows


def dead_fields(rows: list[SelectorCheck]) -> list[str]:
    """The fields of which no selector finds anything."""
    alive = {row.field for row in rows if not row.is_dead}
    return [name for name in dict.fromkeys(row.field for row in rows) if name not in alive]


def _selectors(family: Family) -> list[tuple[str, str]]:
    return [(name, selector) for name in _SELECTOR_FIELDS for selector in getattr(family, name)]


def _text(element: Any) -> str:
    if element.tag == "img":
        return str(element.get("data-src") or element.get("src") or "")[:SHOWN]
    return " ".join("".join(element.itertext()).split())[:SHOWN]


def _working_feeds(asker: Asker, page: Page, family: str) -> tuple[str, ...]:
    tree = parse_page(page.body, page.url).root
    named = [
        clean_link(str(link.get("href", "")), page.url)
        for link in tree.iter("link")
        if "alternate" in link.get("rel", "") and re.search(r"rss|atom", link.get("type", ""))
    ]
    guessed = urljoin(page.url, USUAL_FEEDS.get(family, "/rss"))
    candidates = list(dict.fromkeys([*filter(None, named), guessed]))[: MOST_FEEDS + 1]
    return tuple(link for link in candidates if "comments" not in link and _holds_entries(asker, link))[:MOST_FEEDS]


def _working_sitemaps(asker: Asker, url: str, family: str) -> tuple[str, ...]:
    named = asker.sitemaps(url)[:MOST_FEEDS]
    usual = USUAL_SITEMAPS.get(family)
    candidates = list(dict.fromkeys([*named, *([urljoin(url, usual)] if usual else [])]))
    return tuple(link for link in candidates if _holds_entries(asker, link))


def _holds_entries(asker: Asker, url: str) -> bool:
    try:
        answer = asker.get(url)
        return answer.status == 200 and bool(parse_feed(answer.body, answer.url, utc_now()).entries)
    except RasadError:
        return False


def _report(page: Page, family: str, feeds: tuple[str, ...], sitemaps: tuple[str, ...]) -> Probe:
    parts = urlsplit(page.url)
    base = f"{parts.scheme}://{parts.netloc}"
    name = _name_of(page) or parts.hostname or ""
    notes = []
    if not family:
        notes.append("خانوادهٔ سایت شناخته نشد؛ متن خبرها با روش عمومی خوانده می‌شود.")
    if not feeds and not sitemaps:
        notes.append("هیچ خوراک یا نقشهٔ سایتی پیدا نشد؛ صفحهٔ فهرست خبرها را در listings بنویسید.")
    values: dict[str, Any] = {
        "key": re.sub(r"[^a-z0-9]+", "-", bare_host(parts.hostname or "site")).strip("-"),
        "name": name,
        "family": family,
        "base_url": base,
        "feeds": [link.removeprefix(base) for link in feeds],
        "sitemaps": [link.removeprefix(base) for link in sitemaps],
    }
    if not feeds and not sitemaps:
        values["listings"] = ["/"]
    lines = [f"{field} = {json.dumps(value, ensure_ascii=False)}" for field, value in values.items() if value not in ([], "")]
    if not family:
        lines.insert(3, 'family = ""')
    return Probe(family, name, feeds, sitemaps, "[[outlet]]\n" + "\n".join(lines) + "\n", tuple(notes))


def _name_of(page: Page) -> str:
    tree = parse_page(page.body, page.url).root
    for meta in tree.iter("meta"):
        if meta.get("property") == "og:site_name" and meta.get("content"):
            return " ".join(meta.get("content").split())[:80]
    title = next((" ".join("".join(element.itertext()).split()) for element in tree.iter("title")), "")
    return re.split(r"\s[|\-–—:]\s", title)[-1][:80]
