"""A page's bytes → text → tree, whatever the charset says and however broken the markup is."""

import re
from codecs import lookup
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import Any

import lxml.etree
import lxml.html

from crawler.select import Index

LARGEST_PAGE = 8_000_000
_HEAD = 65_536
_MOST_TAGS = 150_000
_META_CHARSET = re.compile(rb"<meta[^>]{0,300}?charset\s*=\s*[\"']?\s*([A-Za-z0-9_:.-]{2,40})", re.IGNORECASE)
_BAD_SHARE = 0.02
_BOMS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
_REPLACEMENT = "\ufffd"
_CONTROLS = dict.fromkeys((*range(9), 11, 12, *range(14, 32), 127))
_DEEPEST = 600
_OPEN_OR_CLOSE = re.compile(
    r"<(/?)(?:div|span|font|b|i|u|em|strong|a|center|section|article|blockquote|ul|li|table|tbody|tr|td)\b[^<>]*>", re.IGNORECASE
)


@dataclass(frozen=True)
class Page:
    """A parsed page: its text as decoded, its lxml tree and where it came from."""

    text: str
    root: Any
    url: str

    @cached_property
    def index(self) -> Index:
        """The page's elements by class, id and tag; made at first use."""
        return Index(self.root)


def parse_page(html: bytes, url: str, charset: str | None = None) -> Page:
    """The page of these bytes; never fails. Comments and control characters are left out; an empty page has an empty body."""
    text = _first_tags(decode(html[:LARGEST_PAGE], charset))
    return Page(text, parse_tree(text), url)


def _first_tags(text: str) -> str:
    """The text up to a number of tags that no real page comes near."""
    if text.count("<") <= _MOST_TAGS:
        return text
    return text[: next(islice(re.finditer("<", text), _MOST_TAGS, None)).start()]


def decode(html: bytes, charset: str | None) -> str:
    """The text of the bytes. A byte order mark wins; bytes that are valid UTF-8 are UTF-8 whatever the declarations say;
    then ``charset`` (the HTTP header's), then the page's own meta, then windows-1256.
    """
    for mark, name in _BOMS:
        if html.startswith(mark):
            return html[len(mark) :].decode(name, "replace")
    try:
        return html.decode("utf-8")
    except UnicodeDecodeError:
        pass
    meta = _META_CHARSET.search(html[:_HEAD])
    declared = _codec(charset) or _codec(meta[1].decode("ascii") if meta else None)
    as_utf8 = html.decode("utf-8", "replace")
    beyond_ascii = sum(1 for byte in html[:_HEAD] if byte > 127) or 1
    if as_utf8[:_HEAD].count(_REPLACEMENT) <= max(2, beyond_ascii * _BAD_SHARE):
        return as_utf8
    if declared and declared != "utf-8":
        return html.decode(declared, "replace")
    return html.decode("cp1256", "replace")


def _codec(name: str | None) -> str:
    """Python's name of a declared charset, "" when unknown. Latin declarations on Persian pages mean windows-1256."""
    try:
        found = lookup(name).name if name else ""
    except LookupError:
        return ""
    if found in ("iso8859-1", "cp1252", "ascii", "iso8859-6"):
        return "cp1256"
    return found if found.startswith(("utf", "cp", "iso8859", "mac", "koi8")) else ""


def parse_tree(text: str) -> Any:
    """The lxml tree of a text; markup nested deeper than the parser can follow is flattened first."""
    clean = text.translate(_CONTROLS) if any(mark in text for mark in "\x00\x01\x08\x0b\x0c\x1f") else text
    root, complete = _parse(clean)
    return root if complete else _parse(_flatten(clean))[0]


def _parse(text: str) -> tuple[Any, bool]:
    """The tree, and whether the parser reached the end."""
    parser = lxml.html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, huge_tree=True)
    try:
        root = lxml.html.document_fromstring(text.encode("utf-8", "ignore") or b"<html><body></body></html>", parser=parser)
    except (lxml.etree.LxmlError, ValueError):
        return lxml.html.document_fromstring("<html><body></body></html>"), True
    complete = not any("xcessive depth" in (entry.message or "") for entry in parser.error_log)
    return root, complete


def _flatten(text: str) -> str:
    """The text without the container tags that lie deeper than any real page nests; their content stays."""
    depth = dropped = 0

    def keep(match: re.Match[str]) -> str:
        nonlocal depth, dropped
        if not match[1]:
            depth += 1
            if depth > _DEEPEST:
                dropped += 1
                return " "
        else:
            depth = max(0, depth - 1)
            if dropped:
                dropped -= 1
                return " "
        return match[0]

    return _OPEN_OR_CLOSE.sub(keep, text)
