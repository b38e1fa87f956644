"""Finds the article on a page of unknown markup: scores elements by their running text, in one pass, as readability does.

Unlike the libraries for this it never touches the text: what is found is an element of the page's own tree.
"""

import re
from collections import defaultdict
from collections.abc import Container
from functools import lru_cache
from typing import Any

from crawler.page import Page
from crawler.paragraphs import BLOCK_TAGS, Block, blocks_of

_SHORTEST = 25
_LINKED = 0.5
_SIGNS = re.compile(r"[،؛,.!؟:»]")
_PARAGRAPHS = frozenset(("p", "li", "blockquote", "td", "dd", "h2", "h3", "h4"))
_SHARES = (1.0, 0.5, 0.2)
_UNLIKELY = re.compile(
    r"(?:^|[-_\s])(?:comments?|respond|related|sidebar|side|footer|header|nav|menu|navbar|ticker|marquee|ads?|adv|advert\w*|banner|share|social|tags?"
    r"|breadcrumbs?|popup|modal|cookie|login|search|widget|most-\w+|latest|archive|pagination|pager|copyright|also-read|carousel|slider|toolbar)"
    r"(?:$|[-_\s])",
    re.IGNORECASE,
)
_LIKELY = re.compile(
    r"(?:^|[-_\s])(?:article|body|content|entry|main|post|news|text|story|matn|detail|single|item)(?:$|[-_\s\d])", re.IGNORECASE
)
_UNLIKELY_TAGS = frozenset(("nav", "footer", "aside", "header"))
_KEEP_OUT_SHARE = 0.6
_NEARLY_ALL = 0.8
_SMALL_REST = 0.3
_DEEPEST = 12
_HOLDERS = frozenset(("div", "section", "article", "main", "td", "tr", "tbody", "table", "center", "span"))


def find_main_element(page: Page, dropped: set[Any]) -> Any:
    """The element that holds the article's running text, None when the page has none worth the name."""
    body = next(iter(page.index.find_all("body")), page.root)
    skipped = dropped | _unlikely_elements(body)
    blocks = blocks_of(body, skipped)
    everything = blocks_of(body, dropped)
    if _length(blocks) < (1 - _KEEP_OUT_SHARE) * 0.5 * _length(everything):
        blocks = everything
    scores = _scores(blocks, body)
    best = max(scores, key=lambda element: scores[element], default=None)
    return None if best is None else _narrowed(best, skipped)


def _narrowed(element: Any, skipped: Container[Any]) -> Any:
    """The innermost element that still holds nearly all of the running text; a head with the headline before it may be left behind."""
    for _ in range(_DEEPEST):
        whole = _length(blocks_of(element, skipped))
        parts = [(_length(blocks_of(child, skipped)), child) for child in element if child.tag in _HOLDERS and child not in skipped]
        most, child = max(parts, key=lambda part: part[0], default=(0, None))
        if child is None or (most < _NEARLY_ALL * whole and not _is_all_after_headline(element, child, most, whole, parts)):
            return element
        element = child
    return element


def _is_all_after_headline(element: Any, child: Any, most: int, whole: int, parts: list[tuple[int, Any]]) -> bool:
    """Whether the headline stands in the element before the child, and little follows the child."""
    after = sum(length for length, other in parts[[other for _, other in parts].index(child) + 1 :])
    headline = next(element.iter("h1"), None)
    return headline is not None and next(child.iter("h1"), None) is None and most > 0.5 * whole and after < _SMALL_REST * whole


def _length(blocks: list[Block]) -> int:
    return sum(len(block.text) - block.linked for block in blocks if len(block.text) >= _SHORTEST)


def _scores(blocks: list[Block], body: Any) -> dict[Any, float]:
    scores: dict[Any, float] = defaultdict(float)
    for block in blocks:
        if len(block.text) < _SHORTEST or block.link_share > _LINKED:
            continue
        worth = 1 + min(len(_SIGNS.findall(block.text)), 10) + min(len(block.text) / 100, 5)
        target = _holder(block.element, body)
        for share in _SHARES:
            if target is None:
                break
            scores[target] += worth * share * (1 - block.link_share)
            target = None if target is body else target.getparent()
    return {
        element: score * _weight(element.get("class") or "", element.get("id") or "", str(element.tag)) for element, score in scores.items()
    }


def _holder(element: Any, body: Any) -> Any:
    """The element a paragraph counts for: its parent for ``<p>`` and for a ``<div>`` that is only a paragraph, itself for loose text."""
    if element is body:
        return body
    is_paragraph = element.tag in _PARAGRAPHS or not any(child.tag in BLOCK_TAGS and child.tag != "br" for child in element)
    has_breaks = element.tag not in _PARAGRAPHS and sum(1 for child in element if child.tag == "br") >= 2
    return element.getparent() if is_paragraph and not has_breaks else element


@lru_cache(maxsize=8192)
def _weight(classes: str, identity: str, tag: str) -> float:
    names = f"{classes} {identity}"
    weight = 1.0
    if _LIKELY.search(names) or tag == "article":
        weight *= 1.25
    if _UNLIKELY.search(names):
        weight *= 0.5
    return weight


def _unlikely_elements(body: Any) -> set[Any]:
    return {element for element in body.iter() if element is not body and _is_aside(element)}


def _is_aside(element: Any) -> bool:
    """Whether tag or class speak against the element; a form around the whole page (ASP.NET) holds the headline and is none."""
    if element.tag == "form":
        return next(element.iter("h1"), None) is None
    return element.tag in _UNLIKELY_TAGS or _is_unlikely(element.get("class") or "", element.get("id") or "")


@lru_cache(maxsize=8192)
def _is_unlikely(classes: str, identity: str) -> bool:
    return bool(_UNLIKELY.search(f"{classes} {identity}")) and not _LIKELY.search(f"{classes} {identity}")
