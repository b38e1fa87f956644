"""Readers' comments of a page, apart from its body: text, name, time and votes."""

import re
from datetime import datetime
from typing import Any

from core.errors import BadDate
from core.letters import LATIN_DIGITS
from core.records import Comment
from crawler.family import CommentSelectors
from crawler.page import Page
from crawler.paragraphs import blocks_of, text_of
from crawler.press_dates import parse_press_date

_MOST = 1_000
_CHROME = (".reply", ".says", ".comment-reply-link", ".comment-awaiting-moderation", ".comment-actions")
_SAID = re.compile(r"\s*(?:می ?گوید|گفت|says)\s*:?$|[:؛]$")


def find_comments(page: Page, selectors: CommentSelectors, now: datetime) -> tuple[Comment, ...]:
    """The comments in page order, replies as comments of their own. A comment that repeats the one before it is left out."""
    items = next((some for selector in selectors.item if (some := page.index.find_all(selector))), [])[:_MOST]
    inner = set(items)
    found: dict[tuple[str, str, datetime | None], Comment] = {}
    for item in items:
        comment = _read(page, item, selectors, inner - {item}, now)
        if comment is not None:
            found.setdefault((comment.text, comment.author, comment.published_at), comment)
    return tuple(found.values())


def comment_elements(page: Page, selectors: CommentSelectors) -> set[Any]:
    """The elements that hold comments, for leaving them out of a body."""
    return {element for selector in selectors.item for element in page.index.find_all(selector)}


def _read(page: Page, item: Any, selectors: CommentSelectors, others: set[Any], now: datetime) -> Comment | None:
    text = _text(page, item, selectors, others)
    if not text:
        return None
    date = _part(page, item, selectors.date, others)
    return Comment(
        text=text,
        author=_SAID.sub("", _text_of_part(_part(page, item, selectors.author, others))).strip(),
        published_at=_moment(date, now),
        votes_up=_number(_part(page, item, selectors.votes_up, others)),
        votes_down=_number(_part(page, item, selectors.votes_down, others)),
    )


def _text(page: Page, item: Any, selectors: CommentSelectors, others: set[Any]) -> str:
    element = _part(page, item, selectors.text, others)
    if element is None:
        return ""
    skipped = set(others)
    for names in (_CHROME, selectors.author, selectors.date, selectors.votes_up, selectors.votes_down):
        skipped |= {part for selector in names for part in page.index.find_all(selector, element)}
    if selectors.text and element.tag == "p":
        siblings = [part for part in element.getparent() if part.tag == "p" and part not in skipped]
        return "\n".join(text for part in siblings if (text := text_of(part, skipped)))
    return "\n".join(block.text for block in blocks_of(element, skipped))


def _part(page: Page, item: Any, selectors: tuple[str, ...], others: set[Any]) -> Any:
    """The first part of this comment, not one of a reply nested in it."""
    for selector in selectors:
        for element in page.index.find_all(selector, item):
            nearest = next((above for above in element.iterancestors() if above is item or above in others), None)
            if nearest is item and element not in others:
                return element
    return None


def _text_of_part(element: Any) -> str:
    return "" if element is None else text_of(element)


def _moment(element: Any, now: datetime) -> datetime | None:
    if element is None:
        return None
    for text in (element.get("datetime") or "", text_of(element)):
        try:
            return parse_press_date(text, now)
        except BadDate:
            continue
    return None


def _number(element: Any) -> int | None:
    match = re.search(r"\d{1,7}", text_of(element).translate(LATIN_DIGITS)) if element is not None else None
    return int(match[0]) if match else None
