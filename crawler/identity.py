"""Which article an address means: www, http, slug, short, AMP, print and alias forms are one (outlet, news id)."""

import re
from functools import lru_cache
from typing import Any
from urllib.parse import SplitResult, parse_qsl, quote, unquote, urlencode, urlsplit

from core.letters import LATIN_DIGITS
from core.records import Outlet
from crawler.families import FAMILIES, FAMILY_OF_UNKNOWN
from crawler.family import Family

_TRACKERS = re.compile(
    r"utm_.*|fbclid|gclid|yclid|mc_.id|_gl|ref|ref_.*|referrer|source|src|ts|amp|print|share|replytocom|noamp|output|outputtype|cid|_x_tr_.*"
)
_COPY_ENDINGS = re.compile(r"/(?:amp|print)/?$")
_DEFAULT_PORTS = {("http", 80), ("https", 443)}
_POST_ID = re.compile(r"(?:^|\s)(?:postid-|post-)(\d+)(?=\s|$)")
_TREE_SEARCH = 400
_LONGEST_KEPT = 2_000


def news_id(url: str, tree: Any, outlet: Outlet) -> str:
    """The outlet's own number of the article, "" when neither the address nor the page carries one.

    ``tree`` is the lxml tree of the page, or None when only the address is known.

    ``https://www.example.ir/news/1353889/نمونه`` (Nastooh) → ``"1353889"``; ``/?p=52`` (WordPress) → ``"52"``.
    """
    family = FAMILIES.get(outlet.family, FAMILY_OF_UNKNOWN)
    found = _id_of_address(url, outlet, family)
    if found or tree is None:
        return found
    return _id_of_page(tree, outlet, family)


def canonical_address(url: str, outlet: Outlet) -> str:
    """The one address for all forms of ``url``: the outlet's own scheme and host, no slug, tracker, AMP or print part.

    ``http://example.ir/amp/1353889/?utm_source=x`` (Nastooh) → ``https://www.example.ir/news/1353889``. An address of
    another host keeps its host, without ``www.``.
    """
    family = FAMILIES.get(outlet.family, FAMILY_OF_UNKNOWN)
    base = _base_of(url, outlet)
    if base is not None:
        found = _id_of_address(url, outlet, family)
        short = _short_path(url, outlet, family, found)
        if short:
            return base + short
        return base + _path_and_query(_inside(url, outlet), split_address(url).query)
    parts = split_address(url)
    return f"{parts.scheme or 'http'}://{_authority(parts)}" + _path_and_query(parts.path, parts.query)


def address_key(url: str, outlet: Outlet) -> str:
    """The key of an address within its outlet: ``"id:1353889"`` where it carries the news id, else the canonical address without scheme.

    Two addresses with one key are forms of the same article.
    """
    found = news_id(url, None, outlet)
    if found and _base_of(url, outlet) is not None:
        return f"id:{found}"
    return canonical_address(url, outlet).partition("://")[2]


def belongs(url: str, outlet: Outlet) -> bool:
    """Whether the address is the outlet's own: host (or alias), port and path prefix agree."""
    return _base_of(url, outlet) is not None


def split_address(url: str) -> SplitResult:
    """``urlsplit`` that never raises: a broken address has neither host nor path."""
    return _split_short(url) if len(url) <= _LONGEST_KEPT else _split(url)


@lru_cache(maxsize=4096)
def _split_short(url: str) -> SplitResult:
    return _split(url)


def _split(url: str) -> SplitResult:
    try:
        parts = urlsplit(url.strip())
        _ = parts.port
    except ValueError:
        return SplitResult("", "", "", "", "")
    return parts


def _authority(parts: SplitResult) -> str:
    """Host and port in their one spelling: ``WWW.Example.ir.:443`` over https → ``example.ir``."""
    host = (parts.hostname or "").rstrip(".").removeprefix("www.")
    host = f"[{host}]" if ":" in host else host
    port = parts.port
    return host if port is None or (parts.scheme, port) in _DEFAULT_PORTS else f"{host}:{port}"


@lru_cache(maxsize=1024)
def _homes(base_url: str, aliases: tuple[str, ...]) -> list[tuple[str, str]]:
    """(authority, prefix) of an outlet's address and of its aliases; the base comes first."""
    homes = []
    scheme = split_address(base_url).scheme or "https"
    for place in (base_url, *aliases):
        parts = split_address(place if "//" in place else f"{scheme}://{place}")
        homes.append((_authority(parts), parts.path.rstrip("/")))
    return homes


def _home_of(url: str, outlet: Outlet) -> tuple[str, str] | None:
    parts = split_address(url)
    authority = _authority(parts)
    path = parts.path
    fits = [
        (known, prefix)
        for known, prefix in _homes(outlet.base_url, outlet.aliases)
        if known == authority and (not prefix or path == prefix or path.startswith(prefix + "/"))
    ]
    return max(fits, key=lambda home: len(home[1]), default=None) if authority else None


def _base_of(url: str, outlet: Outlet) -> str | None:
    """The outlet's base address when ``url`` lies under it or under an alias, else None."""
    return outlet.base_url.rstrip("/") if _home_of(url, outlet) else None


def _inside(url: str, outlet: Outlet) -> str:
    """The path below the outlet's prefix: ``/b/news/5`` under the prefix ``/b`` → ``/news/5``."""
    home = _home_of(url, outlet)
    path = split_address(url).path
    return path[len(home[1]) :] if home else path


def _plain_path(path: str) -> str:
    """A path with its letters unquoted and its digits in ASCII: Persian ones are slow to unquote and are asked for several times."""
    return _plain_short(path) if len(path) <= _LONGEST_KEPT else unquote(path).translate(LATIN_DIGITS)


@lru_cache(maxsize=4096)
def _plain_short(path: str) -> str:
    return unquote(path).translate(LATIN_DIGITS)


def _id_of_address(url: str, outlet: Outlet, family: Family) -> str:
    path = _plain_path(_inside(url, outlet))
    for pattern in family.id_patterns:
        match = pattern.search(path)
        if match:
            return match[1]
    if family.id_parameter:
        for name, value in parse_qsl(split_address(url).query):
            if name == family.id_parameter and value.translate(LATIN_DIGITS).isascii() and value.translate(LATIN_DIGITS).isdigit():
                return value.translate(LATIN_DIGITS)
    return ""


def _short_path(url: str, outlet: Outlet, family: Family, found: str) -> str:
    """The slug-less path of an article, "" where the family has none: ``/news/5/نمونه`` → ``/news/5``."""
    if not found:
        return ""
    if family.id_path:
        return family.id_path.format(id=found)
    path = unquote(_inside(url, outlet))
    for pattern in family.id_patterns:
        match = pattern.search(path)
        if match:
            return quote(path[: match.end(1)])
    return f"/?{family.id_parameter}={found}"


def _id_of_page(tree: Any, outlet: Outlet, family: Family) -> str:
    """The id that the page's own head or body names: meta, canonical and short link, body class."""
    for name in family.id_metas:
        for value in tree.xpath("//meta[@property=$name or @name=$name]/@content", name=name)[:1]:
            if str(value).translate(LATIN_DIGITS).strip().isdigit():
                return str(value).translate(LATIN_DIGITS).strip()
    for link in tree.xpath("//link[@rel='canonical' or @rel='shortlink']/@href")[:4]:
        found = _id_of_address(str(link), outlet, family) if belongs(str(link), outlet) else ""
        if found:
            return found
    if family.id_parameter:
        for names in tree.xpath("//body/@class | //article/@id | //article/@class")[:_TREE_SEARCH]:
            match = _POST_ID.search(str(names))
            if match:
                return match[1]
    return ""


def _path_and_query(path: str, query: str) -> str:
    clean = _COPY_ENDINGS.sub("", path).rstrip("/")
    kept = sorted((name, value) for name, value in parse_qsl(query, keep_blank_values=True) if not _TRACKERS.fullmatch(name.lower()))
    encoded = quote(unquote(clean), safe="/:@!$&'()*+,;=~-._")
    return (encoded or "/") + (f"?{urlencode(kept)}" if kept else "")
