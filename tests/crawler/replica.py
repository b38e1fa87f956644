"""A hostile replica of Iranian news sites: one small HTTP server that plays every CMS family and every trick seen in the wild.

Several sites live on one host, told apart by path prefix. Replies are made when they are asked for, so a test can edit, delete
and break at any time. As a process of its own: ``python -m tests.crawler.replica PORT ARTICLES`` prints its base address.
"""

import asyncio
import gzip
import json
import sys
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from time import monotonic
from typing import Any
from urllib.parse import unquote

from core.dates import utc_now
from tests.crawler.replica_pages import FAMILIES, Story, make_stories, page_of, path_of, rss_of, sitemap_of

CHALLENGE = (
    b"<!DOCTYPE html><html><head><title>...</title><script>var arvancloud=1;document.cookie='__arcsjs=1'</script></head>"
    b"<body></body></html>"
)
NOT_FOUND = (
    "<!DOCTYPE html><html><head><title>خبر</title></head><body><div class='news'>صفحه درخواستی شما موجود نمی باشد</div></body></html>"
).encode()
SHELL = b"<!DOCTYPE html><html><head><script src='/app.js'></script></head><body><div id='root'></div></body></html>"


@dataclass
class Reply:
    """What is sent. ``truncate`` cuts the body short of its announced length, ``wait`` pauses before it, ``drip`` between its bytes."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    truncate: int = 0
    wait: float = 0.0
    drip: float = 0.0


@dataclass(frozen=True)
class Asked:
    """A request: path below the host (decoded), query included, and lower-case headers."""

    path: str
    headers: dict[str, str]
    at: float = 0.0


Answer = Reply | Callable[[Asked], Reply]


class Replica:
    """The server. ``routes`` maps a path to its answer; ``log`` keeps every path asked for, in order."""

    def __init__(self, port: int = 0, host: str = "127.0.0.1") -> None:
        self.routes: dict[str, Answer] = {}
        self.log: list[Asked] = []
        self.sites: dict[str, Site] = {}
        self.fallback: Answer = Reply(404, b"<html><body>404</body></html>")
        self._host = host
        self._port = port
        self._loop = asyncio.new_event_loop()
        self._server: asyncio.Server | None = None
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self.routes["/robots.txt"] = Reply(body=b"User-agent: *\nDisallow: /fa/print\n", headers={"Content-Type": "text/plain"})

    @property
    def base(self) -> str:
        """The address without a slash at the end."""
        host = f"[{self._host}]" if ":" in self._host else self._host
        return f"http://{host}:{self._port}"

    def site(self, family: str, stories: list[Story]) -> "Site":
        """Adds a site of a family under its own prefix."""
        made = Site(self, family, f"/{family}", {story.number: story for story in stories})
        self.sites[family] = made
        return made

    def count(self, path: str) -> int:
        """How often a path was asked for."""
        return sum(asked.path == path for asked in self.log)

    def counts(self) -> Counter[str]:
        """How often each path was asked for."""
        return Counter(asked.path for asked in self.log)

    def answer(self, asked: Asked) -> Reply:
        """The reply to a request: a route, else what a site has there, else 404."""
        if asked.path == "/__log":
            return Reply(body=json.dumps(self.counts()).encode())
        self.log.append(asked)
        found = self.routes.get(asked.path)
        if found is None:
            site = self.sites.get(asked.path.split("/")[1] if "/" in asked.path else "")
            found = site.answer if site else self.fallback
        return found(asked) if callable(found) else found

    def __enter__(self) -> "Replica":
        self._thread.start()
        self._ready.wait(10)
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)

    def serve_forever(self) -> None:
        """Serves in the calling thread."""
        self._run()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._server = self._loop.run_until_complete(self._loop.create_server(lambda: _Connection(self), self._host, self._port))
        self._port = self._server.sockets[0].getsockname()[1]
        self._ready.set()
        try:
            self._loop.run_forever()
        finally:
            self._server.close()
            for task in asyncio.all_tasks(self._loop):
                task.cancel()
            self._loop.run_until_complete(asyncio.sleep(0))
            self._loop.close()


class Site:
    """One outlet of a family: home, feed, sitemap, articles, slug-less, AMP and print forms. Articles may be edited or deleted."""

    def __init__(self, replica: Replica, family: str, prefix: str, stories: dict[int, Story]) -> None:
        self.replica = replica
        self.family = family
        self.prefix = prefix
        self.stories = stories
        self.changed: dict[int, datetime] = {}
        self.hidden: set[int] = set()
        self._pages: dict[int, bytes] = {}

    @property
    def base(self) -> str:
        """The site's address without a slash at the end."""
        return self.replica.base + self.prefix

    def url(self, story: Story) -> str:
        """The article's own address."""
        return self.base + path_of(story, self.family)

    def path(self, story: Story) -> str:
        """The article's path on the host, decoded."""
        return self.prefix + path_of(story, self.family)

    def put(self, story: Story, *, changed: datetime | None = None) -> None:
        """Publishes or edits an article."""
        self.stories[story.number] = story
        self._pages.pop(story.number, None)
        if changed:
            self.changed[story.number] = changed

    def delete(self, number: int) -> None:
        """Takes an article off: it stays in the feed, its page is gone."""
        self.hidden.add(number)

    def answer(self, asked: Asked) -> Reply:
        """What this site has at a path."""
        path = asked.path.removeprefix(self.prefix)
        listed = sorted(self.stories.values(), key=lambda story: story.published_at, reverse=True)
        if path == "/feed":
            return _with_etag(asked, rss_of(listed[:60], self.family, self.base), "application/rss+xml")
        if path == "/sitemap.xml":
            return _with_etag(asked, sitemap_of(listed, self.family, self.base, self.changed), "application/xml")
        if path == "/sitemap.xml.gz":
            return Reply(body=gzip.compress(sitemap_of(listed, self.family, self.base)), headers={"Content-Type": "application/gzip"})
        if path in ("", "/"):
            links = "".join(f'<a href="{self.url(story)}">{story.headline}</a>' for story in listed[:30])
            return Reply(body=f"<html><body><h1>خانه</h1>{links}</body></html>".encode())
        story = self.stories.get(_number_in(path))
        if story is None or story.number in self.hidden:
            return Reply(404, NOT_FOUND)
        return Reply(body=self.answer_to(story))

    def answer_to(self, story: Story) -> bytes:
        """The article's page."""
        if story.number not in self._pages:
            others = sorted(self.stories.values(), key=lambda story: story.published_at, reverse=True)
            self._pages[story.number] = page_of(story, self.family, self.base, others)
        return self._pages[story.number]

    def row(self, **fields: Any) -> str:
        """The site's row of outlets.toml, with the given fields over the usual ones."""
        values: dict[str, Any] = {
            "key": self.family,
            "name": f"نمونهٔ {self.family}",
            "family": self.family,
            "base_url": self.base,
            "feeds": ["/feed"],
            "sitemaps": ["/sitemap.xml"],
            "delay": 0.0,
        } | fields
        return "[[outlet]]\n" + "\n".join(f"{name} = {json.dumps(value, ensure_ascii=False)}" for name, value in values.items()) + "\n"


def full_replica(replica: Replica, articles: int, now: datetime) -> None:
    """A site of every family, ``articles`` articles in all."""
    share = articles // len(FAMILIES)
    for place, family in enumerate(FAMILIES):
        count = share + (articles % len(FAMILIES) if place == 0 else 0)
        replica.site(family, make_stories(count, now, first=1000 * (place + 1), seed=place))


def _number_in(path: str) -> int:
    numbers = [int(part) for part in path.replace("-", "/").split("/") if part.isascii() and part.isdigit()]
    return max((number for number in numbers if number >= 1000 and not 1300 <= number <= 1499), default=0)


def _with_etag(asked: Asked, body: bytes, kind: str) -> Reply:
    etag = f'"{hash(body) & 0xFFFFFFFF:x}"'
    if asked.headers.get("if-none-match") == etag:
        return Reply(304, headers={"ETag": etag})
    return Reply(body=body, headers={"ETag": etag, "Content-Type": kind})


class _Connection(asyncio.Protocol):
    """HTTP/1.1 with keep-alive, no more than a crawler needs."""

    def __init__(self, replica: Replica) -> None:
        self._replica = replica
        self._buffer = b""
        self._transport: Any = None

    def connection_made(self, transport: Any) -> None:
        """Keeps the way back."""
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Answers every whole request."""
        self._buffer += data
        while b"\r\n\r\n" in self._buffer:
            head, _, self._buffer = self._buffer.partition(b"\r\n\r\n")
            line, *rest = head.decode("latin-1").split("\r\n")
            headers = {name.lower(): value.strip() for name, _, value in (part.partition(":") for part in rest)}
            self._send(self._replica.answer(Asked(unquote(line.split(" ")[1]), headers, monotonic())))

    def _send(self, reply: Reply) -> None:
        headers = {"Content-Type": "text/html; charset=utf-8", "Content-Length": str(len(reply.body))} | reply.headers
        head = f"HTTP/1.1 {reply.status} X\r\n" + "".join(f"{name}: {value}\r\n" for name, value in headers.items()) + "\r\n"
        if not (reply.wait or reply.drip or reply.truncate):
            self._transport.write(head.encode() + reply.body)
            return
        asyncio.get_running_loop().create_task(self._send_badly(head.encode(), reply))

    async def _send_badly(self, head: bytes, reply: Reply) -> None:
        await asyncio.sleep(reply.wait)
        self._transport.write(head)
        body = reply.body[: -reply.truncate] if reply.truncate else reply.body
        if reply.drip:
            for place in range(0, len(body), 64):
                self._transport.write(body[place : place + 64])
                await asyncio.sleep(reply.drip)
        else:
            self._transport.write(body)
        if reply.truncate:
            self._transport.close()


def main() -> None:
    """Serves the full replica until the process is ended."""
    replica = Replica(int(sys.argv[1]))
    full_replica(replica, int(sys.argv[2]), utc_now())
    replica.serve_forever()


if __name__ == "__main__":
    main()
