"""robots.txt, one budget per host, addresses that may not be fetched, proxies, and a crawl without a network."""

import signal
import socket
import time
from collections import Counter
from itertools import pairwise

import pytest

from core.dates import utc_now
from core.outcomes import Outcome
from tests.crawler.crawling import Crawl
from tests.crawler.replica import Asked, Replica, Reply
from tests.crawler.replica_pages import make_stories


def test_one_budget_per_host_across_all_outlets_and_feeds(replica: Replica, crawl: Crawl) -> None:
    """Complaint row 4: 205 feeds on one host, 1,155 requests a day, crawler blocked."""
    one, two = replica.site("nastooh", make_stories(2, utc_now())), replica.site("asam", make_stories(2, utc_now()))
    for number in range(4):
        replica.routes[f"/asam/feed{number}"] = replica.routes["/robots.txt"]
    crawl.write_outlets([one.row(delay=0.3), two.row(delay=0.1, feeds=["/feed", *(f"/feed{number}" for number in range(4))])])

    crawl.run()

    times = [asked.at for asked in replica.log]
    gaps = [later - sooner for sooner, later in pairwise(times)]
    assert len(times) >= 11
    assert min(gaps) > 0.3 * 0.65  # the jitter takes at most 30 % off
    assert replica.count("/robots.txt") == 1


def test_robots_txt_is_obeyed(replica: Replica, crawl: Crawl) -> None:
    stories = make_stories(3, utc_now())
    site = replica.site("nastooh", stories)
    path = f"/nastooh/news/{stories[0].number}/"
    replica.routes["/robots.txt"] = Reply(body=f"User-agent: *\nDisallow: {path}\n".encode(), headers={"Content-Type": "text/plain"})
    crawl.write_outlets([site.row()])

    assert crawl.run().counts == Counter({Outcome.STORED: 2, Outcome.ROBOTS_DISALLOWED: 1})
    assert not any(asked.path.startswith(path) for asked in replica.log)


@pytest.mark.parametrize("trouble", [Reply(503, b"x"), Reply(307, headers={"Location": "/robots.txt"}), Reply(403, b"<html></html>")])
def test_a_failed_robots_txt_means_later_and_nothing_is_lost(replica: Replica, crawl: Crawl, trouble: Reply) -> None:
    site = replica.site("nastooh", make_stories(2, utc_now()))
    sound = replica.routes["/robots.txt"]
    begun = time.monotonic()
    replica.routes["/robots.txt"] = lambda _: trouble if time.monotonic() < begun + 3 else sound
    crawl.write_outlets([site.row(sitemaps=[])])

    told = crawl.run(wait=8)

    assert told.counts[Outcome.STORED] == 2
    first_page = next(asked.at for asked in replica.log if "/news/" in asked.path)
    assert first_page >= begun + 3


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "2130706433", "[::ffff:127.0.0.1]"])
def test_private_addresses_are_refused_when_the_connection_is_made(replica: Replica, crawl: Crawl, host: str) -> None:
    """Complaint row 25: a name that resolves to a private number, or a number in disguise, is not connected to."""
    site = replica.site("nastooh", make_stories(2, utc_now()))
    base = site.base.replace("127.0.0.1", host)
    crawl.settings["allow_addresses"] = []
    crawl.write_outlets([site.row(base_url=base)])

    assert crawl.run().rows == []
    assert replica.log == []
    with crawl.archive() as archive:
        feeds = archive.ledger.feeds("nastooh")
        assert len(feeds) == 2
        assert all(feed.outcome in ("refused", "robots_unavailable") for feed in feeds)


def _has_ipv6() -> bool:
    try:
        with socket.create_server(("::1", 0), family=socket.AF_INET6):
            return True
    except OSError:
        return False


@pytest.mark.skipif(not _has_ipv6(), reason="needs the loopback of IPv6")
@pytest.mark.parametrize(("allowed", "stored"), [(["::1"], 2), ([], 0), (["127.0.0.0/8"], 0)])
def test_an_outlet_of_ipv6_is_read_where_its_number_is_permitted(crawl: Crawl, allowed: list[str], stored: int) -> None:
    """Complaint row 25: the same check for both kinds of numbers."""
    with Replica(host="::1") as replica:
        site = replica.site("nastooh", make_stories(2, utc_now()))
        crawl.settings["allow_addresses"] = allowed
        crawl.write_outlets([site.row()])
        assert crawl.run().counts[Outcome.STORED] == stored
        assert bool(replica.log) == bool(stored)


def test_a_redirect_to_a_private_address_is_refused_on_that_hop(replica: Replica, crawl: Crawl) -> None:
    """Complaint row 25: the check holds at every hop, for feeds too, which may lead to another site."""
    site = replica.site("nastooh", make_stories(1, utc_now()))
    replica.routes["/nastooh/feed"] = Reply(302, headers={"Location": replica.base.replace("127.0.0.1", "127.0.0.2") + "/secret"})
    crawl.write_outlets([site.row(sitemaps=[])])

    crawl.run()

    with crawl.archive() as archive:
        assert [(feed.outcome, feed.detail) for feed in archive.ledger.feeds("nastooh")] == [("refused", "private address 127.0.0.2")]


def test_a_proxy_is_used_and_its_own_private_address_is_exempt(replica: Replica, crawl: Crawl) -> None:
    """Complaint row 25: a local proxy was refused by the guard against private addresses; what is behind it is still judged."""
    stories = make_stories(1, utc_now())
    site = replica.site("nastooh", stories)
    links = (
        site.url(stories[0]).replace(replica.base, "http://press.example"),
        "http://press.example/nastooh/news/7777",
        "http://10.0.0.1/x",
    )
    feed = "".join(f"<item><link>{link}</link></item>" for link in links)

    def answer(asked: Asked) -> Reply:
        path = asked.path.removeprefix("http://press.example")
        if path == "/robots.txt":
            return Reply(404)
        if path == "/nastooh/feed":
            return Reply(body=f"<rss><channel>{feed}</channel></rss>".encode())
        if path == "/nastooh/news/7777":
            return Reply(302, headers={"Location": "http://press.example.internal.localhost/"})
        return site.answer(Asked(path, asked.headers))

    replica.fallback = answer
    crawl.settings |= {"allow_addresses": [], "proxy": replica.base}
    crawl.write_outlets([site.row(base_url="http://press.example/nastooh", sitemaps=[])])

    told = crawl.run()

    assert told.counts == Counter({Outcome.STORED: 1, Outcome.NOT_AN_ARTICLE: 1})
    assert all(asked.path.startswith("http://press.example/") for asked in replica.log)


def test_without_a_network_the_polling_crawl_stays_up_says_when_it_tries_again_and_stops_on_sigterm(crawl: Crawl) -> None:
    crawl.settings |= {"retry_seconds": 2}
    crawl.write_outlets(
        ['[[outlet]]\nkey = "away"\nname = "نمونه"\nfamily = "nastooh"\nbase_url = "http://127.0.0.1:9"\nfeeds = ["/rss"]\ndelay = 0.0\n']
    )
    child = crawl.start(forever=True)
    assert child.stderr is not None
    log = ""
    while log.count("away: feed http://127.0.0.1:9/rss failed") < 2:
        line = child.stderr.readline()
        assert line, log[-2000:]
        log += line
    assert child.poll() is None
    child.send_signal(signal.SIGTERM)
    _, rest = child.communicate(timeout=40)
    assert child.returncode == 0, (log + rest)[-2000:]
    assert "next try" in log
