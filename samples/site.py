"""One sample outlet site: path in, answer out. No sockets here."""

import re
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from urllib.parse import quote, unquote

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from samples.formats import add_filters
from samples.layouts import LAYOUTS, Layout
from samples.pieces import Newsroom, Piece

TEMPLATES = Path(__file__).parent / "templates"
FEED_LENGTH = 12
PAGE_LENGTH = 10
_HTML = "text/html; charset=utf-8"
_XML = "application/xml; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Reply:
    """An HTTP answer. ``validated`` ones carry an ETag and answer 304."""

    body: bytes
    kind: str = _HTML
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    validated: bool = False

    @property
    def etag(self) -> str:
        """A name for exactly this body."""
        return f'"{sha256(self.body).hexdigest()[:20]}"'


@dataclass(frozen=True)
class Site:
    """The site of one newsroom at ``base`` (``http://127.0.0.1:…``, no slash at the end)."""

    room: Newsroom
    base: str

    def reply(self, target: str) -> Reply:
        """The answer to ``GET target`` (path and query as they stand in the request line)."""
        path = unquote(target, errors="replace")
        machine = self._machine_reply(path)
        if machine is not None:
            return machine
        for pattern, template in ((self.layout.amp, "amp"), (self.layout.print_copy, "print"), (self.layout.article, "article")):
            piece = self._find(pattern.fullmatch(path))
            if piece is not None:
                return self._page(template, piece)
        listing = self.layout.listing.fullmatch(path)
        if listing is not None:
            return self._listing(int(listing["page"] or 1))
        moved = self._find(self.layout.redirects.fullmatch(path))
        if moved is not None:
            return Reply(b"", status=301, headers={"Location": self.base + quote(self.address(moved), safe="/?=&:")})
        return self._not_found()

    @property
    def layout(self) -> Layout:
        """The addresses of this family."""
        return LAYOUTS[self.room.family]

    def address(self, piece: Piece) -> str:
        """The path of a piece, with the Persian letters as they are."""
        return self.layout.address.format(id=piece.news_id, slug=piece.slug)

    def _machine_reply(self, path: str) -> Reply | None:
        layout = self.layout
        if path == "/robots.txt":
            return Reply(layout.robots.format(base=self.base).encode(), "text/plain; charset=utf-8")
        if path == layout.feed:
            body = self._render(f"{layout.family}/feed.xml", pieces=self.room.pieces[:FEED_LENGTH])
            return Reply(body, "application/rss+xml; charset=utf-8", validated=True)
        if path == layout.sitemap:
            return Reply(self._render("sitemap.xml", pieces=self.room.pieces), _XML, validated=True)
        if path == layout.sitemap_index:
            return Reply(self._render("sitemap_index.xml", sitemap=layout.sitemap), _XML, validated=True)
        if path.endswith((".png", ".css")):
            return Reply(_plain_picture(path), "image/png") if path.endswith(".png") else Reply(b"", "text/css")
        return None

    def _find(self, match: re.Match[str] | None) -> Piece | None:
        if match is None:
            return None
        named = match.groupdict()
        if named.get("id"):
            return self._by_id.get(int(named["id"][:18]))
        return self._by_slug.get(named.get("slug") or "")

    def _page(self, template: str, piece: Piece) -> Reply:
        return Reply(self._render(f"{self.room.family}/{template}.html", piece=piece, related=list(self._related(piece))))

    def _related(self, piece: Piece) -> Iterator[Piece]:
        others = [other for other in self.room.pieces if other.key != piece.key]
        kin = [other for other in others if set(other.topics) & set(piece.topics)]
        yield from (kin or others)[:3]

    def _listing(self, page: int) -> Reply:
        pieces = self.room.pieces
        pages = -(-len(pieces) // PAGE_LENGTH)
        chosen = pieces[(page - 1) * PAGE_LENGTH : page * PAGE_LENGTH] if page else ()
        return Reply(self._render(f"{self.room.family}/listing.html", pieces=chosen, pages=pages)) if chosen else self._not_found()

    def _not_found(self) -> Reply:
        if self.layout.found_everywhere:
            return Reply(self._render(f"{self.room.family}/not_found.html"))
        return Reply(self._render("not_found.html"), status=404)

    def _render(self, template: str, **values: object) -> bytes:
        text = self._environment.get_template(template).render(
            room=self.room,
            base=self.base,
            latest=self.room.pieces[:6],
            sections=sorted({piece.section[0] for piece in self.room.pieces}),
            rendered_at=max(piece.updated_at for piece in self.room.pieces),
            **values,
        )
        return text.encode()

    @cached_property
    def _environment(self) -> Environment:
        environment = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined)
        add_filters(environment, self.address)
        return environment

    @cached_property
    def _by_id(self) -> dict[int, Piece]:
        return {piece.news_id: piece for piece in self.room.pieces}

    @cached_property
    def _by_slug(self) -> dict[str, Piece]:
        return {piece.slug: piece for piece in self.room.pieces}


def _plain_picture(path: str) -> bytes:
    """A PNG of 64 × 36 pixels in one quiet colour that the path decides."""
    red, green, blue = (150 + byte % 90 for byte in sha256(path.encode()).digest()[:3])
    rows = (b"\x00" + bytes((red, green, blue)) * 64) * 36
    header = struct.pack(">IIBBBBB", 64, 36, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(*part) for part in ((b"IHDR", header), (b"IDAT", zlib.compress(rows)), (b"IEND", b"")))


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
