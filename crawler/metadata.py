"""What a page says about itself outside its visible text: meta elements and JSON-LD. Read leniently, never trusted alone."""

import html
import json
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from crawler.page import Page

_LONGEST_SCRIPT = 400_000
_MOST_SCRIPTS = 30
_MOST_NODES = 2_000
_ARTICLE_TYPES = frozenset(
    {"newsarticle", "article", "blogposting", "reportagenewsarticle", "opinionnewsarticle", "liveblogposting", "report"}
)
_TRAILING_COMMA = re.compile(r",\s*([}\]])")
_LOOSE_PAIR = re.compile(r"\"(datePublished|dateModified|headline)\"\s*:\s*\"([^\"\\]{4,400})\"", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Metadata:
    """``meta``: contents by lower-case property, name or itemprop, in order. ``article``: the JSON-LD article, keys in lower case."""

    meta: dict[str, list[str]]
    article: dict[str, Any]

    def first(self, *names: str) -> str:
        """The first non-empty content under these names, "" when there is none."""
        return next((value for name in names for value in self.meta.get(name, ()) if value), "")

    def text(self, name: str) -> str:
        """A string of the JSON-LD article, entities resolved («&zwnj;» stands there literally on some sites)."""
        value = self.article.get(name.lower())
        return html.unescape(value).strip() if isinstance(value, str) else ""

    @property
    def titles(self) -> tuple[str, ...]:
        """The headlines that the page's head claims, the most exact first."""
        found = (self.text("headline"), self.first("og:title"), self.first("headline"), self.first("twitter:title", "dc.title"))
        return tuple(dict.fromkeys(title for title in found if title))


def read_metadata(page: Page) -> Metadata:
    """The metadata of a page; broken JSON-LD gives at least its dates."""
    meta: dict[str, list[str]] = defaultdict(list)
    for element in page.index.find_all("meta"):
        content = (element.get("content") or "").strip()
        for attribute in ("property", "name", "itemprop"):
            for name in (element.get(attribute) or "").lower().split():
                meta[name].append(content)
    return Metadata(dict(meta), _article_of(page))


def _article_of(page: Page) -> dict[str, Any]:
    loose: dict[str, Any] = {}
    scripts = [script for script in page.index.find_all("script") if "ld+json" in (script.get("type") or "").lower()]
    for script in scripts[:_MOST_SCRIPTS]:
        text = (script.text or "")[:_LONGEST_SCRIPT]
        for node in _nodes(_load(text)):
            if _types(node) & _ARTICLE_TYPES:
                return {str(key).lower(): value for key, value in node.items()}
        loose = loose or {name.lower(): value for name, value in _LOOSE_PAIR.findall(text)}
    return loose


def _load(text: str) -> Any:
    clean = text.strip().removeprefix("<!--").removesuffix("-->").replace("//<![CDATA[", "").replace("//]]>", "").strip().rstrip(";")
    for attempt in (clean, _TRAILING_COMMA.sub(r"\1", clean)):
        try:
            return json.loads(attempt, strict=False)
        except (ValueError, RecursionError):
            continue
    return None


def _nodes(value: Any) -> Iterator[dict[str, Any]]:
    """All objects of a JSON value, outermost first."""
    waiting = [value]
    for _ in range(_MOST_NODES):
        if not waiting:
            return
        node = waiting.pop(0)
        if isinstance(node, dict):
            yield node
            waiting.extend(child for child in node.values() if isinstance(child, dict | list))
        elif isinstance(node, list):
            waiting.extend(node[:_MOST_NODES])


def _types(node: dict[str, Any]) -> set[str]:
    kinds = node.get("@type", node.get("type"))
    return {str(kind).lower() for kind in (kinds if isinstance(kinds, list) else [kinds]) if kind}
