"""Text and pictures of a piece of markup that is all body: a feed's content, a REST post, a message."""

from dataclasses import dataclass
from urllib.parse import urljoin

from core.records import Image
from crawler.body import dropped_elements, read_body
from crawler.family import Family
from crawler.images import address_of, caption_of
from crawler.page import Page, parse_tree


@dataclass(frozen=True, slots=True)
class Fragment:
    """Paragraphs and pictures of a piece of markup."""

    paragraphs: tuple[str, ...]
    images: tuple[Image, ...]


def read_fragment(markup: str, url: str, family: Family) -> Fragment:
    """The paragraphs of markup, cleaned as a body is: ``"<p>نمونه</p><p>انتهای پیام/</p>"`` → («نمونه»)."""
    if not markup.strip():
        return Fragment((), ())
    page = Page(markup, parse_tree(f"<html><body><div>{markup}</div></body></html>"), url)
    dropped = dropped_elements(page, family)
    body = read_body(page.root, family, dropped)
    images = [(address_of(element, url), element) for element in page.root.iter("img")]
    unique = {address: Image(address, caption_of(element, "")) for address, element in images if address}
    return Fragment(body.paragraphs, tuple(unique.values()))


def absolute(address: str, url: str) -> str:
    """An http address made absolute, "" for anything else."""
    try:
        found = urljoin(url, address.strip())
    except ValueError:
        return ""
    return found if found.startswith(("http://", "https://")) else ""
