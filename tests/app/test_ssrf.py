"""The SSRF matrix: every dress of a private address × every place that fetches an address given from outside (complaint row 25)."""

import re
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from xml.sax.saxutils import escape

import pytest

from app.adding import fetch_article
from core.addresses import AddressRules
from core.dates import utc_now
from core.errors import BadInput, FetchRefused, RasadError, Unavailable
from core.records import Outlet
from core.settings import ROOT, Settings
from crawler.probe import check, probe
from crawler.safety import GuardedReactor
from digest.webhooks import check_address, compose_due, send_due
from store.archive import open_archive
from store.tantivy_index import TantivyIndex
from tests.crawler.crawling import Crawl
from tests.crawler.replica import Replica, Reply
from tests.crawler.replica_pages import make_stories
from tests.desk import add, raw

DRESSES = {
    "plain": "http://127.0.0.1:{port}/x",
    "decimal": "http://2130706433:{port}/x",
    "hexadecimal": "http://0x7f000001:{port}/x",
    "octal": "http://0177.0.0.1:{port}/x",
    "short": "http://127.1:{port}/x",
    "zero": "http://0.0.0.0:{port}/x",
    "zero short": "http://0:{port}/x",
    "other loopback": "http://127.9.9.9:{port}/x",
    "name": "http://localhost:{port}/x",
    "name with a dot": "http://localhost.:{port}/x",
    "IPv6": "http://[::1]:{port}/x",
    "IPv4 in IPv6": "http://[::ffff:127.0.0.1]:{port}/x",
    "IPv4 in IPv6, hexadecimal": "http://[::ffff:7f00:1]:{port}/x",
    "IPv4-compatible IPv6": "http://[::127.0.0.1]:{port}/x",
    "NAT64": "http://[64:ff9b::7f00:1]:{port}/x",
    "6to4": "http://[2002:7f00:1::]:{port}/x",
    "link-local": "http://[fe80::1%25lo]:{port}/x",
    "unspecified IPv6": "http://[::]:{port}/x",
    "metadata": "http://169.254.169.254/latest/meta-data",
    "private 10": "http://10.0.0.1:{port}/x",
    "shared": "http://100.64.0.1:{port}/x",
    "userinfo": "http://press.example@127.0.0.1:{port}/x",
    "userinfo with colon": "http://press.example:80@127.0.0.1:{port}/x",
    "backslash": "http://127.0.0.1:{port}\\@press.example/x",
    "fragment": "http://127.0.0.1:{port}#@press.example/x",
    "circled digits": "http://①②⑦.⓪.⓪.①:{port}/x",
    "wide digits": "http://１２７.０.０.１:{port}/x",
    "ideographic dots": "http://127。0。0。1:{port}/x",
    "other scheme": "file:///etc/passwd",
    "gopher": "gopher://127.0.0.1:{port}/x",
}


@dataclass
class Canary:
    """A listener that nobody may reach; it notes every connection."""

    port: int = 0
    reached: list[Any] = field(default_factory=list)


@pytest.fixture
def canary() -> Iterator[Canary]:
    one = Canary()
    with socket.create_server(("0.0.0.0", 0)) as server:
        server.settimeout(0.1)
        one.port = server.getsockname()[1]
        done = threading.Event()

        def listen() -> None:
            while not done.is_set():
                try:
                    connection, peer = server.accept()
                except TimeoutError:
                    continue
                one.reached.append(peer)
                connection.close()

        thread = threading.Thread(target=listen)
        thread.start()
        yield one
        done.set()
        thread.join()


def _probe(url: str, settings: Settings, _: Path) -> None:
    probe(url, settings)


def _check(url: str, settings: Settings, _: Path) -> None:
    check(url, Outlet("x", "x", "nastooh", url), settings)


def _by_hand(url: str, settings: Settings, _: Path) -> None:
    fetch_article(settings, (), utc_now, url)


def _webhook(url: str, settings: Settings, folder: Path) -> None:
    """The address is refused when the webhook is made; and if it stood in the database all the same, nothing would be sent."""
    with suppress(BadInput):  # a name passes: it is judged by its number, at every connection
        check_address(url, settings)
    archive = open_archive(Settings(data=folder), TantivyIndex.in_memory())
    try:
        archive.webhooks.add("x", url, query="", events=["articles.changed"], made_by="x", now=utc_now())
        add(archive, raw(1))
        compose_due(archive, utc_now())
        [told] = send_due(archive, settings, utc_now() + timedelta(seconds=1))
    finally:
        archive.close()
    assert told.status is None
    raise FetchRefused(url, told.error)


PLACES: dict[str, Callable[[str, Settings, Path], None]] = {"probe": _probe, "check": _check, "by hand": _by_hand, "webhook": _webhook}


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("dress", DRESSES)
def test_a_private_address_is_reached_from_nowhere(place: str, dress: str, canary: Canary, tmp_path: Path) -> None:
    """Complaint row 25: decimal, octal, IPv6 and userinfo dresses."""
    with pytest.raises((FetchRefused, Unavailable, BadInput)):
        PLACES[place](DRESSES[dress].format(port=canary.port), Settings(fetch_seconds=5, data=tmp_path), tmp_path)
    assert canary.reached == []


@pytest.mark.parametrize("place", PLACES)
def test_a_name_whose_answer_changes_is_judged_by_the_number_connected_to(
    place: str, canary: Canary, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Complaint row 25: the first answer is public, every later one private (DNS rebinding)."""
    asked: list[str] = []
    real = socket.getaddrinfo

    def resolve(host: Any, port: Any, *rest: Any, **more: Any) -> Any:
        if host not in ("rebind.example", b"rebind.example"):
            return real(host, port, *rest, **more)
        asked.append(host)
        number = "192.0.2.1" if len(asked) == 1 else "127.0.0.1"
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (number, port))]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    for folder in (tmp_path / "first", tmp_path / "second"):
        with pytest.raises((FetchRefused, Unavailable, BadInput)):
            PLACES[place](f"http://rebind.example:{canary.port}/x", Settings(fetch_seconds=2, data=folder), folder)
    assert asked
    assert canary.reached == []


@pytest.mark.parametrize("dress", DRESSES)
def test_the_crawlers_reactor_connects_to_no_private_number(dress: str) -> None:
    """Complaint row 25: real crawls against some of these stand in tests/crawler/test_politeness.py."""

    class Reactor:
        def connectTCP(self, *address: Any) -> Any:
            raise AssertionError(f"connected to {address}")

    url = DRESSES[dress].format(port=8)
    try:
        AddressRules().check_url(url)
        numbers = {one[4][0] for one in socket.getaddrinfo(urlsplit(url).hostname, 8, type=socket.SOCK_STREAM)}
    except (FetchRefused, OSError, UnicodeError):
        return
    assert numbers
    for number in numbers:
        with pytest.raises(RasadError):
            GuardedReactor(Reactor(), AddressRules()).connectTCP(number, 8)


def test_a_crawl_reaches_no_private_address_by_links_redirects_feeds_or_sitemaps(canary: Canary, tmp_path: Path) -> None:
    """Complaint row 25: a hostile outlet tries every dress in every way it has; only its own number is permitted here."""
    urls = [dress.format(port=canary.port) for dress in DRESSES.values()]
    with Replica(host="127.0.0.2") as replica:
        site = replica.site("nastooh", make_stories(1, utc_now()))
        ways = [f"/nastooh/{kind}{number}" for kind in ("feed", "map", "news/9") for number in range(100, 100 + len(urls))]
        for place, way in enumerate(ways):
            replica.routes[way] = Reply(302, headers={"Location": urls[place % len(urls)]})
        pages = [f"{replica.base}{way}" for way in ways if "/news/" in way]
        items = "".join(f"<item><link>{escape(link)}</link></item>" for link in (*pages, *urls))
        replica.routes["/nastooh/feed"] = Reply(body=f"<rss><channel>{items}</channel></rss>".encode())
        crawl = Crawl(tmp_path, settings={"allow_addresses": ["127.0.0.2"], "fetch_seconds": 5})
        paths = [way.removeprefix("/nastooh") for way in ways]
        feeds, maps = ([path for path in paths if path.startswith(kind)] for kind in ("/feed", "/map"))
        crawl.write_outlets([site.row(feeds=["/feed", *feeds], sitemaps=maps)])
        crawl.run()
        asked = {asked.path for asked in replica.log}
    assert set(ways) <= asked, "each redirect was met"
    assert canary.reached == []


def test_no_other_module_opens_a_connection() -> None:
    """Whatever asks for an address is in the matrix, or its address comes from the settings alone. Images are never fetched."""
    network = re.compile(
        r"^\s*(?:import|from) (httpx|httpcore|requests|aiohttp|urllib3|urllib\.request|http\.client|smtplib|ftplib)\b", re.M
    )
    found = {
        str(path.relative_to(ROOT))
        for package in ("api", "app", "core", "crawler", "dashboards", "digest", "nlp", "render", "store")
        for path in (ROOT / package).rglob("*.py")
        if network.search(path.read_text("utf-8"))
    }
    assert found == {
        "core/guarded_http.py",  # the guard itself
        "crawler/asking.py",  # probe, check, an article added by hand
        "digest/webhooks.py",
        "digest/outbox.py",  # RASAD_SMTP_URL
    }
