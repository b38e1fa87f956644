"""Reads the short fields of an article from a page: headline, kicker, lead, byline, section, keywords, news code, short link."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin

from core.letters import LATIN_DIGITS
from core.records import Outlet
from crawler.body import is_dropped
from crawler.byline import person_of
from crawler.family import Family
from crawler.markers import fold, is_cross_link_heading, key_of
from crawler.metadata import Metadata
from crawler.page import Page
from crawler.paragraphs import blocks_of, text_of

_LONGEST_HEADLINE = 400
_LONGEST_KICKER = 300
_SHORTEST_LEAD = 50
_MOST_TRIED = 3
_HOME = re.compile(r"صفحه ?ی? ?(?:اصلی|نخست|اول)|خانه|home|سرصفحه", re.IGNORECASE)
_KEYWORD_SEPARATORS = re.compile(r"[,،;؛\n]+")
_CODE = re.compile(r"(?:کد ?(?:خبر|مطلب)|شناسه ?(?:خبر|مطلب))(?:\s|[:؛]|&nbsp;|<[^<>]{0,200}>){0,8}([\d۰-۹٠-٩]{3,12})(?![\d۰-۹])")
_SITE_SUFFIX = re.compile(r"\s+[|\-–—:»«]+\s+|\s*\|\s*")
_ADDRESS = re.compile(r"(?:https?://)?[\w.-]+\.[a-z]{2,}/[^\s«»<>\"']+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class View:
    """What the field readers look at: the page, its family and metadata, dropped elements and the article's own part of the tree."""

    page: Page
    family: Family
    meta: Metadata
    outlet: Outlet
    dropped: frozenset[Any]
    scope: Any = None

    def elements(self, selectors: tuple[str, ...]) -> Iterator[Any]:
        """The elements that the selectors fit, selector by selector, without dropped ones: first those inside the scope."""
        for selector in selectors:
            for element in self.page.index.find_all(selector, self.scope)[: _MOST_TRIED * 3]:
                if not is_dropped(element, self.dropped):
                    yield element


@dataclass(frozen=True, slots=True)
class Found:
    """A text and the element it was read from (None: from the head)."""

    text: str
    element: Any = None


def find_headline(view: View) -> Found:
    """The headline as printed; the head's only when no heading is printed. Among several headings the one that the head confirms."""
    titles = [key_of(title) for title in view.meta.titles]
    site = own_names(view)
    best, best_fit = Found(""), -1.0
    for element in view.elements((*view.family.headline, "h1", "h2")):
        text = text_of(element, {part for selector in view.family.kicker for part in view.page.index.find_all(selector, element)})
        if len(text) > _LONGEST_HEADLINE:  # an unclosed heading swallows the page: its own first line is the headline
            text = next((block.text for block in blocks_of(element)), "")
        key = key_of(text)
        if not key or len(text) > _LONGEST_HEADLINE or key in site:
            continue
        fit = max((_fit(key, title) for title in titles), default=0.0)
        if fit > 0.95 or (not titles and best.element is None):
            return Found(text, element)
        if fit > best_fit + 0.1 and (fit > 0.5 or best.element is None):
            best, best_fit = Found(text, element), fit
    return best if best.text else Found(_head_title(view))


def _fit(key: str, title: str) -> float:
    """How well a printed heading agrees with a title of the head, 0–1: equal → 1, contained → the shorter's share."""
    if key == title:
        return 1.0
    shorter, longer = sorted((key, title), key=len)
    return len(shorter) / len(longer) if shorter and shorter in longer else 0.0


def _head_title(view: View) -> str:
    """The head's title without the site's name: «نمونه - خبرآنلاین» → «نمونه»."""
    plain = next((text_of_title(element) for element in view.page.index.find_all("title")), "")
    title = (view.meta.titles or (plain,))[0]
    names = own_names(view) - {""}
    parts = _SITE_SUFFIX.split(title)
    kept = [part for part in parts if key_of(part) not in names]
    if len(kept) < len(parts):
        title = title[title.index(kept[0]) : title.rindex(kept[-1]) + len(kept[-1])] if kept else title
    return " ".join(title.split())


def text_of_title(element: Any) -> str:
    """The text of the ``title`` element, which no browser shows on the page itself."""
    return " ".join((element.text or "").split())


def find_kicker(view: View, headline: str) -> Found:
    """The line above the headline (روتیتر), "" when there is none."""
    return _first_text(view, view.family.kicker, (headline,), _LONGEST_KICKER)


def find_lead(view: View, headline: Found, kicker: str, body: Any) -> Found:
    """The lead as printed on the page; never the head's description, which hides layout changes.

    Where no selector finds one, the paragraph of running text that stands alone between headline and body.
    """
    found = _first_text(view, view.family.lead, (headline.text, kicker), 5_000)
    return found if found.text else _lead_by_place(view, headline.element, body)


def _lead_by_place(view: View, headline: Any, body: Any) -> Found:
    if headline is None or body is None or view.scope is None:
        return Found("")
    position = view.page.index.position
    start, end = position(headline), position(body)
    between = [
        block
        for block in blocks_of(view.scope, view.dropped | {headline, body})
        if start < position(block.element) < end
        and block.tag != "figcaption"
        and len(block.text) >= _SHORTEST_LEAD
        and block.link_share < 0.3
    ]
    return Found(between[0].text, between[0].element) if len(between) == 1 and not is_cross_link_heading(between[0].text) else Found("")


def _first_text(view: View, selectors: tuple[str, ...], others: tuple[str, ...], longest: int) -> Found:
    taken = {key_of(text) for text in others}
    for element in view.elements(selectors):
        text = text_of(element)
        if text and len(text) <= longest and key_of(text) not in taken:
            return Found(text, element)
    return Found("")


def find_byline(view: View) -> str:
    """Who wrote it, the name alone: «نویسنده: نمونهٔ نگارنده» → «نمونهٔ نگارنده»; "" when only the outlet is named."""
    own = own_names(view)
    for element in view.elements(view.family.byline):
        if name := person_of(element.get("content") or text_of(element), own):
            return name
    authors = view.meta.article.get("author")
    people = [_author_name(one) for one in (authors if isinstance(authors, list) else [authors])[:_MOST_TRIED]]
    return "، ".join(dict.fromkeys(name for one in people if (name := person_of(one, own))))


def own_names(view: View) -> set[str]:
    """What the outlet calls itself, as ``key_of`` gives it."""
    return {key_of(view.outlet.name), key_of(view.meta.first("og:site_name"))}


def _author_name(author: Any) -> str:
    if isinstance(author, dict) and "organization" not in str(author.get("@type", "")).lower():
        author = author.get("name")
    return author if isinstance(author, str) else ""


def find_section(view: View, headline: str) -> str:
    """The section from the breadcrumb, else from the head: «استان‌ها > خراسان رضوی»."""
    whole = View(view.page, view.family, view.meta, view.outlet, frozenset())
    for selector in view.family.breadcrumb:
        names = _section_names(list(whole.elements((selector,))), headline)
        if names:
            return " > ".join(names)
    found = view.meta.first("article:section", "articlesection") or view.meta.text("articleSection")
    return " > ".join(part.strip() for part in re.split(r"[>»›]", found) if part.strip())


def _section_names(elements: list[Any], headline: str) -> list[str]:
    """Names of the first list the links stand in: without home, the article itself and repetitions (a print copy repeats the list)."""
    if not elements:
        return []
    home = _list_of(elements[0])
    names: list[str] = []
    for element in elements:
        text = text_of(element)
        if (
            _list_of(element) is home
            and text
            and not _HOME.fullmatch(fold(text))
            and key_of(text) != key_of(headline)
            and text not in names
        ):
            names.append(text)
    return names


def _list_of(element: Any) -> Any:
    parent = element.getparent()
    return parent.getparent() if parent is not None and parent.tag in ("li", "span") else parent


def find_keywords(view: View) -> tuple[str, ...]:
    """The outlet's own tags: as printed, else the head's (separated by commas of either script)."""
    for selector in view.family.keywords:
        words = [text_of(element).lstrip("#").strip() for element in view.page.index.find_all(selector, None)[:60]]
        printed = tuple(dict.fromkeys(word for word in words if word and len(word) <= 80))
        if printed:
            return printed
    tags = view.meta.meta.get("article:tag", [])
    text = ",".join(tags) if len(tags) > 1 else view.meta.first("news_keywords", "keywords", "article:tag")
    return tuple(dict.fromkeys(word.strip() for word in _KEYWORD_SEPARATORS.split(text) if word.strip()))


def find_news_code(view: View, news_id: str) -> str:
    """The printed code in ASCII digits: «کد خبر: ۷۳۴۹۹۲۶» → "7349926"; "" when none is printed."""
    whole = View(view.page, view.family, view.meta, view.outlet, frozenset())
    for element in whole.elements(view.family.news_code):
        numbers = re.findall(r"\d{3,}", text_of(element).translate(LATIN_DIGITS))
        if numbers:
            return news_id if news_id in numbers else str(numbers[0])
    found = view.meta.first("nastooh:code", "nastooh:nid").translate(LATIN_DIGITS)
    return found if found.isdigit() else _labelled_code(view.page.text, news_id)


def _labelled_code(text: str, news_id: str) -> str:
    """The number behind «کد خبر» where no selector knows its place: the article's own, or the only one."""
    codes = {match[1].translate(LATIN_DIGITS) for match in _CODE.finditer(text)}
    if news_id in codes:
        return news_id
    return codes.pop() if len(codes) == 1 else ""


def find_short_url(view: View) -> str:
    """The outlet's short link as printed, else the head's: ``mehrnews.com/x349jN``."""
    whole = View(view.page, view.family, view.meta, view.outlet, frozenset())
    for element in whole.elements(view.family.short_url):
        for text in (element.get("value"), element.get("data-url"), element.get("href"), text_of(element)):
            match = _ADDRESS.search(text or "")
            if match or (text or "").startswith("/"):
                return match[0] if match else _absolute(str(text), view.page.url)
    return next((str(link.get("href")) for link in view.page.index.find_all("link[rel='shortlink']") if link.get("href")), "")


def _absolute(text: str, url: str) -> str:
    try:
        return urljoin(url, text)
    except ValueError:
        return ""
