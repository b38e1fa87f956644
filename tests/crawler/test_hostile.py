"""Every trick of the replica in one crawl: what is no article is recognised, counted, tried again where that helps, and never stored."""

import gzip
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from w3lib.url import safe_url_string

from core.dates import utc_now
from core.outcomes import Outcome
from core.records import Article
from tests.crawler.crawling import Crawl, Outcomes, fetch_log
from tests.crawler.replica import CHALLENGE, NOT_FOUND, SHELL, Asked, Replica, Reply, Site
from tests.crawler.replica_pages import Story, make_stories, page_of

TRICKS = (
    "challenge",
    "soft_404",
    "home",
    "loop",
    "cookie",
    "slow",
    "dripping",
    "truncated",
    "bomb",
    "deflate_bomb",
    "huge",
    "endless",
    "file_scheme",
    "private",
    "other_site",
    "shell",
    "picture",
    "error_500",
    "busy_429",
    "empty",
    "wrong_charset",
    "broken_gzip",
    "healing",
    "no_body",
)


class Trap:
    """A site on which each article plays one trick, and how the crawl of it ended."""

    def __init__(self, replica: Replica) -> None:
        self.replica = replica
        self.stories = dict(zip(TRICKS, make_stories(len(TRICKS), utc_now()), strict=True))
        self.site: Site = replica.site("nastooh", list(self.stories.values()))
        self.told = Outcomes([])
        self.articles: dict[tuple[str, str], Article] = {}
        self.log: dict[str, list[Outcome]] = {}
        for trick, story in self.stories.items():
            self.replica.routes[self.site.path(story)] = self._reply(trick, story)

    def outcomes(self, trick: str) -> list[Outcome]:
        """The outcomes of a trick's address, in order."""
        return self.told.of(str(safe_url_string(self.site.url(self.stories[trick]))))

    def logged(self, trick: str) -> list[Outcome]:
        """The same, as the ledger's fetch log tells it."""
        return self.log[str(safe_url_string(self.site.url(self.stories[trick])))]

    def stored(self, trick: str) -> Article | None:
        """What lies in the archive under the trick's number."""
        return self.articles.get(("nastooh", str(self.stories[trick].number)))

    def is_stored(self, trick: str) -> bool:
        """Whether the trick's article lies in the archive with the very text that was published."""
        article = self.stored(trick)
        return article is not None and article.raw.body == self.stories[trick].body

    def _reply(self, trick: str, story: Story):  # type: ignore[no-untyped-def]
        page = page_of(story, "nastooh", self.site.base, [])
        own = self.site.url(story)
        replies = {
            "challenge": Reply(body=CHALLENGE),
            "soft_404": Reply(body=NOT_FOUND),
            "home": Reply(302, headers={"Location": self.site.base + "/"}),
            "loop": Reply(307, headers={"Location": own, "Set-Cookie": "s=1; Path=/"}),
            "cookie": self._after_cookie(own, page),
            "slow": Reply(body=page, wait=30),
            "dripping": Reply(body=page, drip=0.2),
            "truncated": Reply(body=page, truncate=500),
            "bomb": Reply(body=gzip.compress(b" " * 30_000_000), headers={"Content-Encoding": "gzip"}),
            "deflate_bomb": Reply(body=zlib.compress(b" " * 30_000_000), headers={"Content-Encoding": "deflate"}),
            "huge": Reply(body=page + b" " * 2_000_000),
            "endless": self._endless(story),
            "file_scheme": Reply(302, headers={"Location": "file:///etc/passwd"}),
            "private": Reply(302, headers={"Location": "http://10.0.0.1/news/1"}),
            "other_site": Reply(301, headers={"Location": self.replica.base + "/elsewhere/news/5"}),
            "shell": Reply(body=SHELL),
            "picture": Reply(body=b"\xff\xd8\xff", headers={"Content-Type": "image/jpeg"}),
            "error_500": Reply(500, b"oops"),
            "busy_429": Reply(429, b"slow down", headers={"Retry-After": "3600"}),
            "empty": Reply(body=b""),
            "wrong_charset": Reply(body=page, headers={"Content-Type": "text/html; charset=iso-8859-1"}),
            "broken_gzip": Reply(body=gzip.compress(page)[:200] + b"garbage", headers={"Content-Encoding": "gzip"}),
            "healing": self._healing(page),
            "no_body": Reply(
                body="<html><head></head><body><article id='item'><h1 class='title'>تنها تیتر</h1></article></body></html>".encode()
            ),
        }
        return replies[trick]

    def _after_cookie(self, own: str, page: bytes):  # type: ignore[no-untyped-def]
        def reply(asked: Asked) -> Reply:
            if "seen=1" in asked.headers.get("cookie", ""):
                return Reply(body=page)
            return Reply(307, headers={"Location": own, "Set-Cookie": "seen=1; Path=/"})

        return reply

    def _endless(self, story: Story):  # type: ignore[no-untyped-def]
        def reply(asked: Asked) -> Reply:
            step = int(asked.path.rpartition("=")[2]) if "?step=" in asked.path else 0
            path = self.site.path(story)
            self.replica.routes[f"{path}?step={step + 1}"] = reply
            return Reply(302, headers={"Location": f"{self.site.url(story)}?step={step + 1}"})

        return reply

    def _healing(self, page: bytes):  # type: ignore[no-untyped-def]
        asked_before: list[str] = []

        def reply(asked: Asked) -> Reply:
            asked_before.append(asked.path)
            return Reply(503, b"later") if len(asked_before) < 3 else Reply(body=page)

        return reply


@pytest.fixture(scope="module")
def trap(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trap]:
    with Replica() as replica:
        trap = Trap(replica)
        folder: Path = tmp_path_factory.mktemp("trap")
        crawl = Crawl(folder, {"fetch_seconds": 2, "page_bytes": 1_000_000, "retry_seconds": 1})
        crawl.write_outlets([trap.site.row(sitemaps=[])])
        trap.told = crawl.run(wait=3)
        trap.articles = crawl.articles()
        trap.log = fetch_log(crawl)
        yield trap


@pytest.mark.parametrize(
    ("trick", "outcome"),
    [
        ("challenge", Outcome.BLOCKED),
        ("loop", Outcome.BLOCKED),
        ("endless", Outcome.BLOCKED),
        ("shell", Outcome.BLOCKED),
        ("empty", Outcome.BLOCKED),
        ("slow", Outcome.TIMED_OUT),
        ("dripping", Outcome.TIMED_OUT),
        ("truncated", Outcome.FAILED),
        ("error_500", Outcome.FAILED),
        ("broken_gzip", Outcome.FAILED),
        ("bomb", Outcome.TOO_LARGE),
        ("deflate_bomb", Outcome.TOO_LARGE),
        ("huge", Outcome.TOO_LARGE),
        ("no_body", Outcome.NO_BODY),
    ],
)
def test_what_may_heal_is_counted_tried_again_and_never_stored(trap: Trap, trick: str, outcome: Outcome) -> None:
    """Complaint row 7: what closes the door is counted, not swallowed."""
    outcomes = trap.outcomes(trick)
    assert set(outcomes) == {outcome}
    assert trap.logged(trick) == outcomes
    assert len(outcomes) >= 2
    assert trap.stored(trick) is None


@pytest.mark.parametrize("trick", ["soft_404", "home"])
def test_a_page_missing_twice_is_gone(trap: Trap, trick: str) -> None:
    """Twice at the least: it is gone only once the outlet has given another article since the first miss."""
    *misses, last = trap.outcomes(trick)
    assert set(misses) == {Outcome.SOFT_404}
    assert last is Outcome.GONE
    assert trap.stored(trick) is None


@pytest.mark.parametrize(
    ("trick", "outcome"),
    [
        ("file_scheme", Outcome.REFUSED),
        ("private", Outcome.NOT_AN_ARTICLE),
        ("other_site", Outcome.NOT_AN_ARTICLE),
        ("picture", Outcome.NOT_AN_ARTICLE),
    ],
)
def test_what_cannot_heal_is_settled_at_once(trap: Trap, trick: str, outcome: Outcome) -> None:
    assert trap.outcomes(trick) == [outcome]
    assert trap.stored(trick) is None


def test_a_server_that_names_a_wait_is_left_alone_that_long(trap: Trap) -> None:
    assert trap.outcomes("busy_429") == [Outcome.BLOCKED]


def test_a_session_cookie_set_by_a_redirect_to_itself_lets_the_page_through(trap: Trap) -> None:
    assert trap.outcomes("cookie") == [Outcome.STORED]
    assert trap.is_stored("cookie")


def test_a_wrong_charset_in_the_header_does_not_spoil_the_text(trap: Trap) -> None:
    assert trap.is_stored("wrong_charset")


def test_a_failing_page_is_stored_once_it_heals(trap: Trap) -> None:
    """The whole history, and the log's: each fetch counted once, in order, and nothing after the reading."""
    history = [Outcome.BLOCKED, Outcome.BLOCKED, Outcome.STORED]
    assert trap.outcomes("healing") == history
    assert trap.logged("healing") == history
    assert trap.is_stored("healing")


def test_only_the_three_sound_articles_lie_in_the_archive(trap: Trap) -> None:
    assert {key[1] for key in trap.articles} == {str(trap.stories[trick].number) for trick in ("cookie", "wrong_charset", "healing")}
