"""The three sample outlets as real HTTP sites on loopback, in one process."""

from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Lock, Thread

from samples.pieces import Newsroom, load_newsrooms
from samples.site import Reply, Site

HOST = "127.0.0.1"
_DELAY = 0.0


@dataclass
class _Running:
    """One site with its server; ``site`` is replaced as a whole when an article is edited."""

    site: Site
    server: "_Server"
    thread: Thread


class SampleSites:
    """Three outlets of three CMS families: ``start``, crawl them like any other site, ``stop`` (or leave the ``with`` block)."""

    def __init__(self, ports: tuple[int, int, int] = (0, 0, 0)) -> None:
        self._ports = ports
        self._now: datetime | None = None
        self._running: list[_Running] = []
        self._lock = Lock()

    def start(self, now: datetime) -> tuple[str, ...]:
        """Serves the sites, all times relative to ``now`` (aware); returns their base addresses. OSError when a port is taken."""
        if self._running:
            raise RuntimeError("the sample sites are running already")
        self._now = now
        try:
            for room, port in zip(load_newsrooms(now), self._ports, strict=True):
                self._running.append(_serve(room, port))
        except OSError:
            self.stop()
            raise
        return self.addresses

    def edit(self, at: datetime | None = None) -> None:
        """Publishes the correction of one article (headline and figure) with its lastmod; ``at`` is the start's now when left out."""
        moment = at or self._now
        if moment is None:
            raise RuntimeError("the sample sites are not running")
        with self._lock:
            for running in self._running:
                running.site = Site(running.site.room.edited(moment), running.site.base)
                running.server.site = running.site

    def stop(self) -> None:
        """Ends the servers and frees the ports; a second call does nothing."""
        for running in self._running:
            running.server.shutdown()
            running.server.server_close()
            running.thread.join(timeout=10)
        self._running.clear()

    def __enter__(self) -> "SampleSites":
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def addresses(self) -> tuple[str, ...]:
        """The base addresses: Nastooh, Iran Samaneh, WordPress."""
        return tuple(running.site.base for running in self._running)

    @property
    def newsrooms(self) -> tuple[Newsroom, ...]:
        """What the sites publish now."""
        return tuple(running.site.room for running in self._running)

    @property
    def outlets_toml(self) -> str:
        """The rows that make the sites outlets of Rasad, in the format of ``config/outlets.toml``."""
        return "\n".join(_row(running.site) for running in self._running)

    def outlets_file(self, path: Path) -> Path:
        """Writes ``outlets_toml`` to a file."""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(self.outlets_toml, encoding="utf-8")
        return path


class _Handler(BaseHTTPRequestHandler):
    """Answers GET and HEAD from the server's site."""

    protocol_version = "HTTP/1.1"
    server_version = "nginx"
    sys_version = ""
    timeout = 30

    def do_GET(self) -> None:
        """Sends the page, 304 when the client has it already."""
        self._send(with_body=True)

    def do_HEAD(self) -> None:
        """Sends the headers of the page."""
        self._send(with_body=False)

    def log_message(self, format: str, *args: object) -> None:
        """Says nothing: the crawler's log tells the same."""

    def _send(self, *, with_body: bool) -> None:
        site: Site = self.server.site  # type: ignore[attr-defined]
        reply = site.reply(self.path)
        if reply.validated and reply.etag in self.headers.get("If-None-Match", ""):
            reply = Reply(b"", reply.kind, HTTPStatus.NOT_MODIFIED, {"ETag": reply.etag})
        self.send_response(reply.status)
        headers = {"Content-Type": reply.kind, "Content-Length": str(len(reply.body)), **reply.headers}
        if reply.validated:
            headers["ETag"] = reply.etag
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        if with_body:
            self.wfile.write(reply.body)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    site: Site


def _serve(room: Newsroom, port: int) -> _Running:
    server = _Server((HOST, port), _Handler)
    server.site = Site(room, f"http://{HOST}:{server.server_port}")
    thread = Thread(target=server.serve_forever, args=(0.05,), name=f"sample {room.key}", daemon=True)
    thread.start()
    return _Running(server.site, server, thread)


def _row(site: Site) -> str:
    room, layout = site.room, site.layout
    fields = {
        "key": f'"{room.key}"',
        "name": f'"{room.name}"',
        "family": f'"{room.family}"',
        "base_url": f'"{site.base}"',
        "feeds": f'["{layout.feed}"]',
        "sitemaps": f'["{layout.sitemap_index or layout.sitemap}"]',
        "owner": f'"{room.owner}"',
        "collection": '"نمونه"',
        "delay": str(_DELAY),
    }
    return "[[outlet]]\n" + "".join(f"{name} = {value}\n" for name, value in fields.items())
