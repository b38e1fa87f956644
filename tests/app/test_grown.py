"""The grown form as plain processes on a real PostgreSQL and a real Elasticsearch: each killed with -9 under load, both servers away
for a while; nothing lost, nothing twice, back to no backlog by itself.
"""

import json
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from os import environ
from pathlib import Path

import pytest
import sqlalchemy as sa

from app.wiring import opened
from core.dates import TEHRAN, utc_now
from core.errors import RasadError
from core.records import RawArticle
from core.settings import Settings
from samples.sites import SampleSites
from store.archive import Archive
from store.backlog import read_backlog
from store.doctor import compare
from store.ledger_tables import crawl_addresses
from store.people_tables import sendings
from store.query import parse_query
from store.tables import annotations, articles, revisions
from tests.app.fleet import HAS_ELASTICSEARCH, PROCESSES, ElasticsearchServer, Fleet, recent_articles
from tests.conftest import SOAK
from tests.crawler.replica_pages import make_stories
from tests.desk import raw
from tests.digest.post_office import PostOffice, open_post_office
from tests.digest.receiver import Receiver, receiving
from tests.store.postgres import INSTALL, Server, controlled_server, find_binaries

pytestmark = [
    pytest.mark.postgresql,
    pytest.mark.elasticsearch,
    pytest.mark.skipif(find_binaries() is None, reason=f"PostgreSQL is not installed: {INSTALL}"),
    pytest.mark.skipif(not HAS_ELASTICSEARCH, reason="no Elasticsearch of our own; with one, RASAD_TEST_ELASTICSEARCH is set"),
]
ROUNDS = 4 if SOAK else 1
SUBSCRIPTIONS = 12 * ROUNDS
SECONDS = 300
# What a process has written or done when it is at work: killing one that still starts would prove nothing.
AT_WORK = {"crawler": "working: reading", "mailer": "rasad.send", "tagger-1": "annotating", "tagger-2": "annotating", "indexer": "indexing"}


@dataclass
class World:
    """Everything around the processes."""

    archive: Archive
    fleet: Fleet
    database: Server
    index: ElasticsearchServer
    sites: SampleSites
    office: PostOffice
    hook: Receiver
    arrived: list[int] = field(default_factory=list)
    gap: set[str] = field(default_factory=set)
    over: threading.Event = field(default_factory=threading.Event)

    def load(self) -> None:
        """Articles arrive from elsewhere, too; one that the database did not take is tried again, as the crawler does."""
        while not self.over.is_set():
            number = len(self.arrived) + 1
            try:
                self.arrived.append(self.archive.articles.save(arrival(number)).id)
            except (RasadError, sa.exc.DBAPIError):
                time.sleep(0.3)
            time.sleep(0.8)

    def until_arrived(self, more: int) -> None:
        """Waits until so many more articles have been taken."""
        wanted = len(self.arrived) + more
        self.fleet.until(f"{wanted} articles arrived", lambda: len(self.arrived) >= wanted)

    @contextmanager
    def accident(self) -> Iterator[None]:
        """Notes which letters the mail server takes meanwhile and nobody has written down before: the one gap of SMTP."""
        before = self.written_down()
        yield
        self.gap |= {receiver for _, receiver in self.office.names()} - before

    def written_down(self) -> set[str]:
        """Whose letter is recorded as sent."""
        with self.archive.engine.connect() as connection:
            return set(connection.scalars(sa.select(sendings.c.address).where(sendings.c.state == "sent")))

    def is_at_work(self, name: str) -> bool:
        """Whether the process has begun with what it is for."""
        if name.startswith("web"):
            return bool(self.fleet.ready(name))
        return AT_WORK[name] in self.fleet.log(name)


def arrival(number: int) -> RawArticle:
    """An article of now that is no other's reprint."""
    [story] = make_stories(1, utc_now(), first=number, seed=number)
    return raw(number, headline=story.headline, body=story.body, published_at=utc_now())


@contextmanager
def environment(tmp_path: Path, database: str, index: str, office: str, sites: SampleSites) -> Iterator[Settings]:
    """The settings of every process, and the archive's own."""
    outlets = tmp_path / "outlets.toml"
    outlets.write_text(sites.outlets_toml.replace("delay = 0.0", "delay = 0.5"), encoding="utf-8")
    given = {
        "RASAD_DATABASE_URL": database,
        "RASAD_ELASTICSEARCH_URL": index,
        "RASAD_DATA": str(tmp_path / "data"),
        "RASAD_OUTLETS": str(outlets),
        "RASAD_SMTP_URL": office,
        "RASAD_ALLOW_ADDRESSES": "127.0.0.1",
        "RASAD_HOST": "127.0.0.1",
        "RASAD_POLL_SECONDS": "10",
        "RASAD_RETRY_SECONDS": "2",
        "OMP_NUM_THREADS": "1",
    }
    with pytest.MonkeyPatch.context() as patch:
        for name, value in given.items():
            patch.setenv(name, value)
        yield Settings.load()


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    binaries, index, sites = find_binaries(), ElasticsearchServer(tmp_path / "elasticsearch"), SampleSites()
    assert binaries
    index.start()
    sites.start(utc_now())
    try:
        with (
            controlled_server(binaries) as database,
            open_post_office() as office,
            receiving() as hook,
            environment(tmp_path, database.url, index.url, office.url, sites) as settings,
            opened(settings) as archive,
        ):
            office.pause = lambda: 0.2
            fleet = Fleet(dict(environ), tmp_path / "logs")
            try:
                yield World(archive, fleet, database, index, sites, office, hook)
            finally:
                fleet.end()
    finally:
        sites.stop()
        index.stop()


def test_nothing_is_lost_and_nothing_told_twice_whatever_dies(world: World) -> None:
    world.archive.webhooks.add("x", world.hook.url, query="", events=["articles.changed"], made_by="x", now=utc_now())
    subscribe(world.archive)
    world.fleet.start()
    load = threading.Thread(target=world.load)
    load.start()
    try:
        for _ in range(ROUNDS):
            kill_each_at_work(world)
            stop_the_database(world)
            stop_the_index(world)
    finally:
        world.over.set()
        load.join()
    left: list[dict[str, object]] = [{}]

    def is_done() -> bool:
        left[0] = _left(world)
        return not left[0]

    try:
        world.fleet.until("no backlog is left", is_done, SECONDS)
    except AssertionError as error:
        raise AssertionError(f"{left[0]}") from error
    nothing_is_lost_and_nothing_twice(world)
    counts = f"{len(world.arrived)} articles of {world.archive.articles.count()}, {len(world.office.letters)} letters"
    print(counts, world.fleet.kills, f"{len(world.gap)} letters in the gap")  # noqa: T201


def kill_each_at_work(world: World) -> None:
    """Each process is killed while it works and articles arrive; another takes its place."""
    world.fleet.until("pages are read", lambda: _count(world.archive, articles) > len(world.arrived) + 5, SECONDS)
    for name in PROCESSES:
        world.fleet.until(f"{name} works", lambda name=name: world.is_at_work(name), SECONDS)  # type: ignore[misc]
        with world.accident():
            world.fleet.kill(name)
        world.until_arrived(3)


def all_at_work(world: World) -> None:
    """Waits until every process has begun with its work, also those that were killed a moment ago."""
    for name in PROCESSES:
        world.fleet.until(f"{name} works", lambda name=name: world.is_at_work(name), SECONDS)  # type: ignore[misc]


def stop_the_database(world: World) -> None:
    """PostgreSQL goes as by a crash and stays away until every web process has said so."""
    all_at_work(world)
    with world.accident():
        world.database.stop()
        for name in world.fleet.ports:
            world.fleet.until(f"{name} misses the database", lambda name=name: world.fleet.ready(name).get("code") == 503)  # type: ignore[misc]
    world.database.start()
    world.until_arrived(3)


def stop_the_index(world: World) -> None:
    """Elasticsearch goes and stays away until every web process has said so and more articles were taken."""
    all_at_work(world)
    world.index.stop()
    for name in world.fleet.ports:
        world.fleet.until(f"{name} misses the index", lambda name=name: world.fleet.ready(name).get("code") == 503)  # type: ignore[misc]
    world.until_arrived(5)
    world.index.start()


def subscribe(archive: Archive) -> None:
    """Digests that fall due one after another while the test runs, the first few at once."""
    now = utc_now()
    for number in range(SUBSCRIPTIONS):
        at = f"{(now + timedelta(minutes=number // 3 - 1)).astimezone(TEHRAN):%H:%M}"
        archive.people.add_subscription(f"روز {number}", "", [f"pr{number}@example.org"], at=at, now=now - timedelta(hours=1))


def _left(world: World) -> dict[str, object]:
    """What is still to be done, empty when everything is."""
    archive = world.archive
    try:
        newest = archive.articles.newest_seq()
        stages = read_backlog(archive.engine, utc_now()).stages
        left: dict[str, object] = {stage: count for stage, count in stages.items() if count and stage != "fetch"}
        left |= {"pages": missing} if (missing := recent_articles(world.sites) + len(world.arrived) - archive.articles.count()) > 0 else {}
        left |= {"addresses": unread} if (unread := _count(archive, crawl_addresses, crawl_addresses.c.article_id.is_(None))) else {}
        left |= {"deliveries": waiting} if (waiting := archive.webhooks.backlog().get("waiting", 0)) else {}
        left |= {f"webhook {hook.id}": (hook.seq, newest) for hook in archive.webhooks.all(utc_now()) if hook.seq != newest}
        left |= {"letters": sent} if (sent := _count(archive, sendings, sendings.c.state == "sent")) != SUBSCRIPTIONS else {}
        return left | ({"index": (archive.search.seq(), newest)} if archive.search.seq() != newest else {})
    except (RasadError, sa.exc.DBAPIError) as error:
        return {"away": error}


def nothing_is_lost_and_nothing_twice(world: World) -> None:
    """Articles, annotations, index entries, webhook messages and letters."""
    archive, total = world.archive, _count(world.archive, crawl_addresses) + len(world.arrived)
    assert len(set(world.arrived)) == len(world.arrived)
    assert archive.articles.count() == _count(archive, annotations) == total
    assert len({article.raw.url for article in archive.articles.walk()}) == total
    assert _count(archive, revisions) == total, "no revision for a page that was read twice"
    found = list(archive.search.matching_ids(parse_query("", now=utc_now())))
    assert sorted(found) == [article.id for article in archive.articles.walk()]
    assert compare(archive) == []
    for name in world.fleet.ports:
        world.fleet.until(f"{name} answers", lambda name=name: world.fleet.ready(name).get("changes_behind") == 0)  # type: ignore[misc]
        ready = world.fleet.ready(name)
        assert (ready["code"], ready["articles"], ready["searchable"]) == (200, total, total), name
    _each_change_was_told(world)
    _each_letter_came_once(world)
    assert set(world.fleet.kills) == set(PROCESSES)


def _each_change_was_told(world: World) -> None:
    archive = world.archive
    told = [json.loads(body)["data"]["changes"] for _, _, body in world.hook.got]
    newest = {change.article_id: change.seq for change in archive.articles.changes_after(0, 100_000)}
    seen = {article: max(seq for changes in told for seq in _seqs(changes, article)) for article in newest}
    assert seen == newest
    [hook] = archive.webhooks.all(utc_now())
    deliveries = archive.webhooks.deliveries(hook.id, limit=100_000)
    assert {one.state for one in deliveries} == {"delivered"}
    names = {headers["webhook-id"] for _, headers, _ in world.hook.got}
    assert names == {one.message_id for one in deliveries}
    assert len(names) == len(deliveries)


def _seqs(changes: list[dict[str, int]], article: int) -> list[int]:
    return [change["seq"] for change in changes if change["article_id"] == article]


def _each_letter_came_once(world: World) -> None:
    """A letter that the server was taking when the mailer died may come again, and no other: the one gap of docs/digest.md."""
    came = Counter(world.office.names())
    assert {receiver for _, receiver in came} == {f"pr{number}@example.org" for number in range(SUBSCRIPTIONS)}
    assert len(came) == SUBSCRIPTIONS, "one window each"
    assert max(came.values()) <= 2
    assert {receiver for (_, receiver), times in came.items() if times > 1} <= world.gap
    assert world.written_down() == {receiver for _, receiver in came}


def _count(archive: Archive, table: sa.Table, *conditions: sa.ColumnElement[bool]) -> int:
    try:
        with archive.engine.connect() as connection:
            return connection.scalar(sa.select(sa.func.count()).select_from(table).where(*conditions)) or 0
    except sa.exc.DBAPIError:
        return -1
