"""kill -9 at random moments of a crawl: the archive ends equal to that of an undisturbed one, and hardly a page is fetched twice."""

import os
import random
import signal
import time
from pathlib import Path
from subprocess import Popen

import pytest

from core.dates import utc_now
from tests.crawler.crawling import Crawl
from tests.crawler.replica import Replica, full_replica

PAGES = 500


def _contents(crawl: Crawl) -> dict[tuple[str, str], tuple[str, str, int]]:
    return {key: (article.raw.headline, article.raw.body, article.revision) for key, article in crawl.articles().items()}


@pytest.mark.soak
def test_killed_crawls_lose_nothing_store_nothing_twice_and_refetch_little(
    replica: Replica, tmp_path: Path, seed: int, rounds: int
) -> None:
    """Complaint row 30: 10–15 % of the records were fetched twice after crashes."""
    chance = random.Random(seed)
    full_replica(replica, PAGES, utc_now())
    calm = Crawl(tmp_path)
    calm.write_outlets(site.row() for site in replica.sites.values())
    began = time.monotonic()
    calm.run()
    whole = time.monotonic() - began
    expected = _contents(calm)
    assert len(expected) == PAGES

    replica.log.clear()
    (tmp_path / "killed").mkdir()
    killed = Crawl(tmp_path / "killed")
    killed.write_outlets(site.row() for site in replica.sites.values())
    kills = 0
    for _ in range(rounds):
        child = killed.start()
        _wait_for_fetches(child, replica, chance.randint(0, PAGES // (rounds + 1)), chance.uniform(0, 0.3) * whole)
        if child.poll() is None:
            os.kill(child.pid, signal.SIGKILL)
            kills += 1
        child.communicate()
    killed.run()

    assert _contents(killed) == expected
    with killed.archive() as archive:
        assert sum(row.known for row in archive.ledger.coverage()) == PAGES
        assert sum(row.read for row in archive.ledger.coverage()) == PAGES
        assert archive.ledger.owners() == []
    articles = {site.path(story) for site in replica.sites.values() for story in site.stories.values()}
    fetched = [asked.path for asked in replica.log if asked.path in articles]
    twice = len(fetched) - len(set(fetched))
    print(f"{kills} kills in {rounds} rounds: {len(fetched)} fetches of {PAGES} pages, {twice} twice")  # noqa: T201
    # A kill can cost what is under way at that moment: at most the load of a host.
    assert kills >= rounds - 1
    assert twice <= 64 * kills


def _wait_for_fetches(child: Popen[str], replica: Replica, more: int, then: float) -> None:
    """Until the child has asked for ``more`` further addresses, and ``then`` seconds when it is none; returns at once when it has ended."""
    wanted = len(replica.log) + more
    while len(replica.log) < wanted and child.poll() is None:
        time.sleep(0.002)
    if not more:
        time.sleep(then)
