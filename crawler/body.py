"""Where an article's body stands on the page, and its paragraphs."""

import re
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import Any

from crawler.fallback import find_main_element
from crawler.family import Family
from crawler.markers import is_cross_link_heading, key_of, strip_markers
from crawler.page import Page
from crawler.paragraphs import Block, blocks_of

_ENOUGH = 60
_LINE = 40
_FAR_MORE = 300
_MOST_CANDIDATES = 5
_CLIMB = 100
_JUNK_LIMIT = 0.75
_ALL_LINK = 0.9
_JUNK = re.compile(
    r"(?:^|[-_])(?:related|relateds|relatednews|related-?posts?|share|sharing|share-?box|socials?|comments?|comment-?list|breadcrumbs?|advert\w*|ads?|adv"
    r"|newsletter|subscribe|toc|ratings?|readmore|read-more|also-?read|see-?also|most-(?:visited|viewed|read)|tagcloud|copyright|short-?link|tinyurl"
    r"|ticker|marquee|post-?meta|author-?box|nextprev|post-navigation|pagination|pager)(?:$|[-_])",
    re.IGNORECASE,
)
_TAGS_CLASS = re.compile(
    r"^(?:(?:news|post|article|item|box)[-_])?(?:tags?|keywords?)(?:[-_](?:list|box|links|cloud|container|title))?$", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Body:
    """The body's element, its paragraphs in order, and whether the fallback found it."""

    element: Any
    paragraphs: tuple[str, ...]
    by_fallback: bool

    @property
    def text(self) -> str:
        """The paragraphs parted by one line end."""
        return "\n".join(self.paragraphs)


def dropped_elements(page: Page, family: Family) -> set[Any]:
    """The elements that the family says are never part of an article."""
    return {element for selector in family.drop for element in page.index.find_all(selector)}


def is_dropped(element: Any, dropped: Container[Any]) -> bool:
    """Whether the element or one of its ancestors is dropped."""
    if element in dropped:
        return True
    return any(ancestor in dropped for ancestor in islice(element.iterancestors(), _CLIMB))


def find_body_element(page: Page, family: Family, dropped: set[Any], headline: Any) -> tuple[Any, bool]:
    """(element, by_fallback): by the family's selectors, those that stand by the headline before others; the fallback where they find
    nothing, or next to nothing while the fallback finds much more in the headline's own part of the page. (None, True): no body.
    """
    best, most = None, -1
    for element in _candidates(page, family, dropped):
        length = prose_length(element, dropped)
        is_near = headline is None or common_ancestor(headline, element) is not None
        if length >= _ENOUGH and is_near:
            return element, False
        if length > most:
            best, most = element, length
    if most >= _ENOUGH:
        return best, False
    found = find_main_element(page, dropped)
    if found is None or (best is not None and not _outweighs(found, best, headline, dropped)):
        return best, best is None
    return found, True


def _candidates(page: Page, family: Family, dropped: set[Any]) -> Iterator[Any]:
    for selector in family.body:
        yield from (element for element in page.index.find_all(selector)[:_MOST_CANDIDATES] if not is_dropped(element, dropped))


def _outweighs(found: Any, best: Any, headline: Any, dropped: set[Any]) -> bool:
    """Whether the fallback's element is far longer than the selectors' and stands by the headline, where theirs does not or is empty."""
    if headline is None or prose_length(found, dropped) < _FAR_MORE or common_ancestor(headline, found) is None:
        return False
    return common_ancestor(headline, best) is None or not blocks_of(best, dropped)


def common_ancestor(first: Any, second: Any) -> Any:
    """The lowest element that holds both, None (the whole page) where there is none worth searching in."""
    above = set(islice(first.iterancestors(), _CLIMB))
    found = next((ancestor for ancestor in islice(second.iterancestors(), _CLIMB) if ancestor in above), None)
    return None if found is None or found.tag in ("body", "html") else found


def prose_length(element: Any, skipped: Container[Any]) -> int:
    """How many characters of running text (not links) an element holds."""
    return sum(len(block.text) - block.linked for block in blocks_of(element, skipped) if block.link_share < 0.5)


def read_body(element: Any, family: Family, skipped: set[Any], *, headline: str = "", by_fallback: bool = False) -> Body:
    """The paragraphs of a body element, without the skipped parts, junk boxes and marker lines; of one that the fallback found also
    without what stands before the headline.
    """
    blocks = blocks_of(element, skipped)
    if by_fallback:
        blocks = _after_head(blocks, headline)
    junk = _junk_in(element) - {element}
    if junk:
        clean = blocks_of(element, skipped | junk)
        clean = _after_head(clean, headline) if by_fallback else clean
        if _length(clean) >= (1 - _JUNK_LIMIT) * _length(blocks):
            blocks = clean
    kept = strip_markers(_without_captions(blocks), digit_tail=family.digit_tail)
    return Body(element, tuple(block.text for block in kept), by_fallback)


def _after_head(blocks: list[Block], headline: str) -> list[Block]:
    """Without the headline and what precedes it, and without the short lines before the first paragraph: date, section, code."""
    key = key_of(headline)
    title = next((number for number, block in enumerate(blocks) if key and key_of(block.text) == key), -1)
    if _length(blocks[: title + 1]) < _length(blocks[title + 1 :]):  # a later link to the article itself is no beginning
        blocks = blocks[title + 1 :]
    first = next((number for number, block in enumerate(blocks) if len(block.text) >= _LINE and block.link_share < 0.5), 0)
    return blocks[first:]


def _length(blocks: Sequence[Block]) -> int:
    return sum(len(block.text) for block in blocks)


def _without_captions(blocks: Sequence[Block]) -> list[Block]:
    return [block for block in blocks if block.tag != "figcaption" and not is_caption(block.element)]


def is_caption(element: Any) -> bool:
    """Whether the element is a picture's caption."""
    names = element.get("class") or ""
    return "caption" in names and (
        "wp-caption-text" in names or "gallery-caption" in names or "img-caption" in names or "image-caption" in names
    )


def _junk_in(element: Any) -> set[Any]:
    junk = {part for part in element.iter() if part.tag == "form" or _is_junk(part.get("class") or "", part.get("id") or "")}
    for heading in element.iter("h2", "h3", "h4", "h5"):
        parent = heading.getparent()
        if _heads_teasers(heading):
            junk.add(parent if parent is not element and _opens(heading) else heading)
    return junk


def _opens(heading: Any) -> bool:
    """Whether nothing is printed in the heading's box before it."""
    return not any(blocks_of(before) for before in islice(heading.itersiblings(preceding=True), _CLIMB))


def _heads_teasers(heading: Any) -> bool:
    """A heading that is all link (another article's teaser) or announces related articles («مطالب مرتبط») in a box of its own."""
    blocks = blocks_of(heading)
    text = " ".join(block.text for block in blocks)
    return bool(text) and (min(block.link_share for block in blocks) > _ALL_LINK or is_cross_link_heading(text))


@lru_cache(maxsize=8192)
def _is_junk(classes: str, identity: str) -> bool:
    return any(_JUNK.search(word) or _TAGS_CLASS.match(word) for word in (*classes.split()[:12], identity))
