"""An article's pictures with their captions: the lead picture, those of the gallery and those within the body."""

import re
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import urljoin, urlsplit, urlunsplit

from core.records import Image
from crawler.body import is_dropped
from crawler.fields import View
from crawler.markers import key_of
from crawler.paragraphs import text_of

_MOST = 200
_TAGS = ("img", "amp-img")
_CLIMB = 4
_SOURCES = ("data-src", "data-lazy-src", "data-original", "data-large-file", "src")
_DECORATION = re.compile(
    r"logo|avatar|gravatar|icon|emoji|smil(?:ey|ies)|spacer|blank\.|pixel|placeholder|barcode|captcha|loading|/ads?/|banner|1x1|stat(?:s|istic)\b",
    re.IGNORECASE,
)
_NAME_ONLY = re.compile(r"[\w.-]*\d[\w.-]*|[\w-]+\.(?:jpe?g|png|gif|webp)", re.IGNORECASE)


def find_images(view: View, body: Any, headline: str) -> tuple[Image, ...]:
    """The pictures in page order by place (lead, gallery, body), each once whatever its size parameter, addresses absolute."""
    printed = ((address_of(element, view.page.url), element) for element in _elements(view, body))
    return distinct(Image(address, caption_of(element, headline)) for address, element in printed if address) or _of_head(view)


def distinct(images: Iterable[Image]) -> tuple[Image, ...]:
    """Each picture once, whatever parameters its address has, with its caption where one of its printings has one."""
    found: dict[str, Image] = {}
    for image in images:
        key = urlunsplit((*urlsplit(image.url)[:3], "", ""))
        if key not in found or (image.caption and not found[key].caption):
            found[key] = image
        if len(found) >= _MOST:
            break
    return tuple(found.values())


def _of_head(view: View) -> tuple[Image, ...]:
    """The picture that only the head names; a site's logo stands there too and is none."""
    address = view.meta.first("og:image", "twitter:image", "thumbnailurl")
    return (Image(address),) if address.startswith(("http://", "https://")) and not _DECORATION.search(address) else ()


def _elements(view: View, body: Any) -> Iterator[Any]:
    index = view.page.index
    for selector in view.family.images:
        yield from (element for element in index.find_all(selector) if element.tag in _TAGS)
    if body is not None:
        for element in body.iter(*_TAGS):
            if not is_dropped(element, view.dropped):
                yield element


def address_of(element: Any, page_url: str) -> str:
    """The absolute http address of a picture, "" for decoration and inline data."""
    for name in _SOURCES:
        value = (element.get(name) or "").strip()
        if not value or value.startswith("data:"):
            continue
        try:
            address = str(urljoin(page_url, value))
        except ValueError:
            return ""
        if address.startswith(("http://", "https://")) and not _is_decoration(element, address):
            return address
    return ""


def _is_decoration(element: Any, address: str) -> bool:
    small = any((element.get(side) or "").strip() in ("0", "1", "2") for side in ("width", "height"))
    return small or bool(_DECORATION.search(address) or _DECORATION.search(element.get("class") or ""))


def caption_of(element: Any, headline: str) -> str:
    """The caption printed with the picture, else its alternative text where that is more than the headline again or a file's name."""
    ancestor = element
    for _ in range(_CLIMB):
        ancestor = ancestor.getparent()
        if ancestor is None:
            break
        if ancestor.tag == "a" and (ancestor.get("title") or "").strip() and key_of(ancestor.get("title")) != key_of(headline):
            return " ".join(ancestor.get("title").split())
        if ancestor.tag == "figure" or "caption" in (ancestor.get("class") or "") or ancestor.tag == "li":
            texts = [text_of(part) for part in ancestor.iter() if _prints_caption(part)]
            if texts:
                return next((text for text in texts if text), "")
    for text in (element.get("data-caption"), element.get("alt"), element.get("title")):
        clean = " ".join((text or "").split())
        if clean and key_of(clean) != key_of(headline) and not _NAME_ONLY.fullmatch(clean):
            return clean
    return ""


def _prints_caption(part: Any) -> bool:
    names = (part.get("class") or "").split()
    return part.tag == "figcaption" or any(
        name in ("wp-caption-text", "gallery-caption", "caption", "image-caption", "img-caption") for name in names
    )
