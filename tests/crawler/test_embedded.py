"""Whole crawls of the families whose feed is the article: WordPress REST, RSS-only outlets, Telegram and Eitaa channels.

The recorded answers (``pages/recorded``) are served by the replica; what is stored must be every field that stands beside them.
"""

import json
from collections import Counter
from typing import Any

import pytest

from core.outcomes import Outcome
from tests.crawler.crawling import ROOT, Crawl
from tests.crawler.press import KINDS
from tests.crawler.replica import Replica, Reply
from tests.crawler.test_recorded import FEED_FAMILIES, RECORDED, plain, read_proof

PAST = "2024-10-01"
HOMES = ("https://www.sample.example", "https://t.me", "https://eitaa.com")
NO_MORE = Reply(400, b'{"code":"rest_post_invalid_page_number"}', {"Content-Type": "application/json"})


class Served:
    """The three recorded answers of a family on the replica, and what must come out of them."""

    def __init__(self, replica: Replica, family: str) -> None:
        self.family = family
        self.replica = replica
        self.proofs = {kind: read_proof(RECORDED / f"{family}_{kind}.json") for kind in KINDS}
        self.bodies = {kind: self._here(body.decode()).encode() for kind, (_, body) in self.proofs.items()}
        self.row = getattr(self, f"_serve_{'channel' if family in ('telegram', 'eitaa') else family}")()

    @property
    def expected(self) -> dict[str, dict[str, Any]]:
        """By news id the fields of each article, with the replica's address in the place of the recorded one."""
        wanted = [json.loads(self._here(json.dumps(record["expected"]))) for record, _ in self.proofs.values()]
        return {fields["news_id"]: fields for fields in wanted}

    def _here(self, text: str) -> str:
        for home in HOMES:
            text = text.replace(home, self.replica.base)
        return text

    def _outlet(self, **more: str) -> str:
        record = self.proofs["plain"][0]["outlet"]
        fields = {"key": self.family, "name": record["name"], "family": self.family, "base_url": self._here(record["base_url"])} | more
        return "\n".join(["[[outlet]]", "delay = 0.0", *(f"{name} = {json.dumps(value)}" for name, value in fields.items()), ""])

    def _serve_wordpress_rest(self) -> str:
        for number, kind in enumerate(KINDS, 1):
            self._at(f"/wp-json/wp/v2/posts?page={number}&_embed=1", kind)
        self.replica.routes["/wp-json/wp/v2/posts?page=4&_embed=1"] = NO_MORE
        return self._outlet(feeds=["/wp-json/wp/v2/posts?page={page}&_embed=1"])  # type: ignore[arg-type]

    def _serve_rss(self) -> str:
        for kind in KINDS:
            self._at(f"/rss/{kind}", kind)
        return self._outlet(feeds=[f"/rss/{kind}" for kind in KINDS])  # type: ignore[arg-type]

    def _serve_channel(self) -> str:
        path = "/s/sample_channel" if self.family == "telegram" else "/sample_channel"
        for query, kind in zip(("", "?before=503", "?before=502"), KINDS, strict=True):
            self._at(path + query, kind)
        alias = self.replica.base.removeprefix("http://") + "/sample_channel"
        return self._outlet(feeds=[self.replica.base + path], aliases=[alias])  # type: ignore[arg-type]

    def _at(self, path: str, kind: str) -> None:
        self.replica.routes[path] = Reply(body=self.bodies[kind])


@pytest.mark.parametrize("family", FEED_FAMILIES)
def test_a_feed_gives_its_articles_with_every_field_and_no_page_is_fetched(replica: Replica, crawl: Crawl, family: str) -> None:
    """Complaint row 3: whose report it is comes along; complaint row 26: nothing is an edit that is none."""
    served = Served(replica, family)
    crawl.write_outlets([served.row])

    told = crawl.run(since=PAST)

    expected = served.expected
    wordless = {Outcome.NOT_AN_ARTICLE: 1} if family in ("telegram", "eitaa") else {}
    assert told.counts == Counter({Outcome.STORED: 3, **wordless})
    stored = {news_id: article.raw for (_, news_id), article in crawl.articles().items()}
    assert stored.keys() == expected.keys()
    for news_id, fields in expected.items():
        assert plain(stored[news_id], tuple(fields)) == fields
    feeds = {path for path in replica.routes if path != "/__log"}
    assert {asked.path for asked in replica.log} <= feeds
    assert crawl.run(since=PAST).rows == []


@pytest.mark.parametrize("family", FEED_FAMILIES)
def test_an_edit_of_a_feeds_article_becomes_a_revision(replica: Replica, crawl: Crawl, family: str) -> None:
    """Complaint row 13: an edited article is no second one, in feeds as on pages."""
    served = Served(replica, family)
    crawl.write_outlets([served.row])
    crawl.run(since=PAST)
    path = next(path for path, answer in replica.routes.items() if isinstance(answer, Reply) and answer.body == served.bodies["plain"])
    edited = served.bodies["plain"].replace("نمونه".encode(), "نمونه‌ای‌تر".encode())
    replica.routes[path] = Reply(body=edited)
    with crawl.archive() as archive:
        _make_all_due(archive)

    told = crawl.run(since=PAST)

    assert told.counts[Outcome.EDITED] == 1
    articles = crawl.articles()
    assert len(articles) == 3
    assert sorted(article.revision for article in articles.values()) == [1, 1, 2]


def test_channels_are_off_until_they_are_asked_for() -> None:
    from crawler.outlets import load_outlets

    channels = [outlet for outlet in load_outlets(ROOT / "config" / "outlets.toml") if outlet.family in ("telegram", "eitaa")]
    assert len(channels) == 2
    assert not any(outlet.enabled for outlet in channels)


def test_a_channel_is_read_back_as_far_as_the_window_and_no_farther(replica: Replica, crawl: Crawl) -> None:
    served = Served(replica, "telegram")
    crawl.write_outlets([served.row])

    crawl.run(since="2024-10-21")

    # The second page begins before the window: it is read, the third is not asked for.
    assert {news_id for _, news_id in crawl.articles()} == {"503", "502"}
    assert not any(asked.path.endswith("before=502") for asked in replica.log)


def test_a_feed_without_articles_and_one_of_another_kind_are_tried_again(replica: Replica, crawl: Crawl) -> None:
    replica.routes["/rss"] = lambda _asked: Reply(body=b"<html><body><p>login</p></body></html>")
    crawl.write_outlets(
        [f'[[outlet]]\nkey = "rss"\nname = "x"\nfamily = "rss"\ndelay = 0.0\nbase_url = "{replica.base}"\nfeeds = ["/rss"]\n']
    )

    assert crawl.run(wait=2).rows == []

    with crawl.archive() as archive:
        (feed,) = archive.ledger.feeds("rss")
    assert feed.failures >= 2
    assert feed.outcome == "failed"


def _make_all_due(archive: Any) -> None:
    import sqlalchemy as sa

    from core.dates import utc_now
    from store.ledger_tables import crawl_addresses

    with archive.engine.begin() as connection:
        connection.execute(sa.update(crawl_addresses).values(due_at=utc_now()))
