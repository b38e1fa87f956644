"""An element's text as a reader sees it: paragraphs in order, characters untouched, white space as the browser collapses it."""

import re
from collections.abc import Container, Iterator
from dataclasses import dataclass
from typing import Any

import lxml.etree

BLOCK_TAGS = frozenset(
    (
        *("address", "article", "aside", "blockquote", "body", "br", "caption", "center", "dd", "details", "dialog", "div", "dl", "dt"),
        *(
            "fieldset",
            "figcaption",
            "figure",
            "footer",
            "form",
            "h1",
            "h2",
            "h3",
            "h4",
            "h5",
            "h6",
            "header",
            "hgroup",
            "hr",
            "html",
            "legend",
        ),
        *("li", "main", "menu", "nav", "ol", "p", "pre", "section", "summary", "table", "tbody", "tfoot", "thead", "tr", "ul"),
    )
)
INVISIBLE_TAGS = frozenset(
    (
        *("script", "style", "noscript", "template", "iframe", "object", "embed", "applet", "svg", "canvas", "video", "audio", "map"),
        *("button", "select", "option", "textarea", "input", "datalist", "progress", "meter", "head", "title", "meta", "link"),
    )
)
_SPACES = re.compile(r"[ \t\r\n\f]+")
_ENDS = " \u00a0\t"
_CELLS = ("td", "th")


@dataclass(frozen=True, slots=True)
class Block:
    """One paragraph: its text, how many of its characters are link text, the nearest block element and that element's tag."""

    text: str
    linked: int
    element: Any

    @property
    def tag(self) -> str:
        """The tag of the block element the text stands in: ``p``, ``li``, ``div`` …"""
        return str(self.element.tag)

    @property
    def link_share(self) -> float:
        """The share of link text, 0–1."""
        return min(1.0, self.linked / len(self.text)) if self.text else 0.0


def blocks_of(node: Any, skipped: Container[Any] = ()) -> list[Block]:
    """The paragraphs of an element without the ``skipped`` ones and whatever a browser does not show. ``<br>`` parts paragraphs."""
    return list(_Walk(node, skipped).blocks())


def text_of(node: Any, skipped: Container[Any] = ()) -> str:
    """The element's text on one line: «<h1> نمونه <b>یک</b></h1>» → «نمونه یک»."""
    return " ".join(block.text for block in blocks_of(node, skipped))


def is_hidden(element: Any) -> bool:
    """Whether the element says of itself that it is not shown."""
    style = element.get("style")
    return element.get("hidden") is not None or (style is not None and "none" in style and "display:none" in style.replace(" ", "").lower())


def collapse(text: str) -> str:
    """White space as a browser shows it; half-spaces and inner no-break spaces stay."""
    return _SPACES.sub(" ", text).strip(_ENDS)


class _Walk:
    """One pass over an element, without recursion: gathers text, closes a block at every block tag."""

    def __init__(self, node: Any, skipped: Container[Any]) -> None:
        self._node = node
        self._skipped = skipped
        self._pieces: list[str] = []
        self._linked = 0
        self._in_links = 0
        self._nearest: list[Any] = [node]

    def blocks(self) -> Iterator[Block]:
        walker = lxml.etree.iterwalk(self._node, events=("start", "end"))
        out: Any = None
        for event, element in walker:
            if event == "start":
                if out is None and element is not self._node and self._is_out(element):
                    out = element
                    walker.skip_subtree()
                elif out is None:
                    yield from self._enter(element)
            elif out is None:
                yield from self._leave(element)
            elif element is out:
                out = None
                yield from self._pass_over(element)
        yield from self._close()

    def _is_out(self, element: Any) -> bool:
        return element.tag in INVISIBLE_TAGS or element in self._skipped or is_hidden(element)

    def _enter(self, element: Any) -> Iterator[Block]:
        if element.tag in BLOCK_TAGS:
            yield from self._close()
            self._nearest.append(element)
        elif element.tag == "a":
            self._in_links += 1
        elif element.tag in _CELLS and self._pieces:
            self._pieces.append("\t")
        self._add(element.text)

    def _leave(self, element: Any) -> Iterator[Block]:
        if element.tag in BLOCK_TAGS:
            yield from self._close()
            self._nearest.pop()
        elif element.tag == "a":
            self._in_links -= 1
        if element is not self._node:
            self._add(element.tail)

    def _pass_over(self, element: Any) -> Iterator[Block]:
        if element.tag in BLOCK_TAGS:
            yield from self._close()
        self._add(element.tail)

    def _add(self, text: str | None) -> None:
        if text:
            self._pieces.append(text)
            if self._in_links:
                self._linked += len(_SPACES.sub(" ", text).strip())

    def _close(self) -> Iterator[Block]:
        if not self._pieces:
            return
        text = collapse("".join(self._pieces))
        if text:
            yield Block(text, self._linked, self._nearest[-1])
        self._pieces = []
        self._linked = 0
