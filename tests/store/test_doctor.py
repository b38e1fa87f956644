"""The index holds exactly what the records hold; what is exported is what is shown; what is lost is explained."""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import cast

import pytest
import sqlalchemy as sa

from core.outcomes import Outcome
from core.records import Article
from core.settings import Settings
from store.archive import Archive, open_archive
from store.doctor import Difference, Quiet, compare, count_by_day, quiet_outlets
from store.engine import writing
from store.export import matching_articles
from store.index import SearchIndex, SearchRequest
from store.indexing import catch_up
from store.ledger_tables import crawl_addresses
from store.query import EVERYTHING, parse_query
from store.tables import articles
from store.tantivy_index import TantivyIndex
from store.why_not import why_not
from tests.store.samples import NOW, raw, said


@pytest.fixture
def searchable(settings: Settings) -> Iterator[Archive]:
    """An archive with a real index in memory."""
    archive = open_archive(settings, TantivyIndex.in_memory())
    yield archive
    archive.close()


def fill(archive: Archive, number: int = 60) -> None:
    """Articles of three outlets over ten days."""
    archive.articles.save_many(
        [raw(one, outlet=f"outlet{one % 3}", published_at=NOW - timedelta(hours=4 * one)) for one in range(1, number + 1)]
    )


def test_records_and_index_agree_after_everything_that_can_happen(searchable: Archive) -> None:
    """Complaint row 6: stories in the database but not in search, counts that differ."""
    fill(searchable)
    catch_up(searchable)
    assert compare(searchable) == []
    searchable.articles.save(raw(3, outlet="outlet0", body="متن دیگر", published_at=NOW - timedelta(days=20)))
    searchable.articles.withdraw(5, NOW)
    searchable.articles.annotate(7, 1, said(), NOW)
    searchable.articles.correct([7], ("tone", "negative"), "officer", NOW)
    catch_up(searchable)
    assert compare(searchable) == []
    assert sum(count_by_day(searchable.engine).values()) == searchable.search.count() == 59
    assert searchable.search.search(SearchRequest(parse_query("tone:negative", now=NOW))).total == 1


def test_the_doctor_names_day_and_outlet_of_what_is_missing(searchable: Archive) -> None:
    fill(searchable)
    catch_up(searchable)
    searchable.articles.save(raw(500, outlet="outlet0", published_at=datetime(2026, 11, 1, 12, tzinfo=UTC)))
    assert compare(searchable) == [Difference("2026-11-01", "outlet0", 1, 0)]
    with writing(searchable.engine) as connection:
        connection.execute(sa.update(articles).where(articles.c.id == 61).values(day="2026-11-02"))
    catch_up(searchable)
    assert compare(searchable) == [Difference("2026-11-01", "outlet0", 0, 1), Difference("2026-11-02", "outlet0", 1, 0)]


def test_an_outlet_that_falls_silent_is_named_within_a_day(archive: Archive) -> None:
    """Complaint row 7: everything of one kind was missing for two weeks; a user found it."""
    day = timedelta(days=1)
    for back in range(10):
        made = [("steady", 6), ("fading", 1 if back == 0 else 8), ("stopped", 0 if back == 0 else 5), ("rare", 0 if back == 0 else 2)]
        for outlet, number in made:
            numbers = range(100 * back, 100 * back + number)
            archive.articles.save_many(
                [raw(one, outlet=outlet, news_id=f"{outlet}{one}", published_at=NOW - back * day) for one in numbers]
            )
    assert quiet_outlets(archive.engine, NOW.date()) == []
    for back in range(10, 29):
        for outlet, number in (("steady", 6), ("fading", 8), ("stopped", 5), ("rare", 2)):
            numbers = range(100 * back, 100 * back + number)
            archive.articles.save_many(
                [raw(one, outlet=outlet, news_id=f"{outlet}{one}", published_at=NOW - back * day) for one in numbers]
            )
    assert quiet_outlets(archive.engine, NOW.date()) == [Quiet("fading", 8, 1), Quiet("stopped", 5, 0)]


def test_days_are_those_of_tehran(searchable: Archive) -> None:
    """Complaint row 16: 20:29Z is still the same evening in Tehran, 20:30Z the next day."""
    searchable.articles.save(raw(1, published_at=datetime(2026, 11, 24, 20, 29, tzinfo=UTC)))
    searchable.articles.save(raw(2, published_at=datetime(2026, 11, 24, 20, 30, tzinfo=UTC)))
    searchable.articles.save(raw(3, published_at=None, fetched_at=datetime(2026, 11, 24, 20, 31, tzinfo=UTC)))
    assert count_by_day(searchable.engine) == {("2026-11-24", "toos"): 1, ("2026-11-25", "toos"): 2}
    catch_up(searchable)
    assert compare(searchable) == []


def test_an_export_holds_exactly_what_the_screen_counts(searchable: Archive) -> None:
    """Complaint rows 8 and 9: exports with other rows than the screen, cut at 950 of 53,892."""
    fill(searchable, 450)
    catch_up(searchable)
    for text in ("", "outlet:outlet1", "بوستان", "نبودنی"):
        query = parse_query(text, now=NOW)
        total = searchable.search.search(SearchRequest(query)).total
        exported = [article.id for article in matching_articles(searchable, query)]
        assert len(exported) == len(set(exported)) == total
    newest = [article.raw.published_at for article in matching_articles(searchable, EVERYTHING)]
    assert newest == sorted(newest, key=lambda moment: moment or NOW, reverse=True)


class Counting:
    """An index that notes how many articles are applied."""

    def __init__(self) -> None:
        self.inner = TantivyIndex.in_memory()
        self.applied: list[int] = []

    def apply(self, batch: Sequence[Article], seq: int) -> None:
        self.applied.append(len(batch))
        self.inner.apply(batch, seq)

    def __getattr__(self, name: str) -> object:
        return getattr(self.inner, name)


def index_in_turns(archive: Archive, owner: str, stop: threading.Event) -> None:
    """Indexes whenever the lease is free, until it was once after ``stop``."""
    ended = False
    while not ended:
        ending = stop.is_set()
        if archive.work.claim("work", owner, NOW, 60):
            catch_up(archive, 20)
            archive.work.release("work", owner)
            ended = ending
        time.sleep(0.002)


def test_two_workers_index_every_article_once(open_again: Callable[[], Archive]) -> None:
    """Both want to index while articles arrive; the lease lets one do it at a time, nothing is skipped or doubled."""
    index, stop = Counting(), threading.Event()
    workers = [replace(open_again(), search=cast(SearchIndex, index)) for _ in range(2)]
    writer = open_again()
    with ThreadPoolExecutor(2) as pool:
        futures = [pool.submit(index_in_turns, archive, str(place), stop) for place, archive in enumerate(workers)]
        try:
            for start in range(1, 301, 30):
                writer.articles.save_many([raw(number) for number in range(start, start + 30)])
        finally:
            stop.set()
        for future in futures:
            future.result()
    assert (index.inner.count(), sum(index.applied)) == (300, 300)
    index.inner.close()


def test_complaint_29_indexing_takes_bounded_batches_and_is_quick_enough(searchable: Archive) -> None:
    """Complaint row 29: ingestion that crawls without back-pressure. At most one batch is in memory; 300 articles a second of one core
    (1,270 were measured) is the least that is let through."""
    fill(searchable, 1500)
    index = Counting()
    began = time.process_time()
    assert catch_up(replace(searchable, search=cast(SearchIndex, index)), batch=200) == 1500
    assert 1500 / (time.process_time() - began) > 300
    assert max(index.applied) <= 200
    index.inner.close()


def test_an_interrupted_indexing_goes_on_where_it_stopped(searchable: Archive) -> None:
    fill(searchable)
    changes = searchable.articles.changes_after(0, 25)
    searchable.search.apply(searchable.articles.get_many([change.article_id for change in changes]), changes[-1].seq)
    assert catch_up(searchable, batch=10) == 35
    assert compare(searchable) == []


def test_why_not_names_the_step_where_an_article_was_lost(searchable: Archive) -> None:
    fill(searchable, 3)
    assert why_not(searchable, "بوستان", "https://toos.example/news/1", NOW).step == "index"
    catch_up(searchable)
    assert why_not(searchable, "بوستان", "https://toos.example/news/1", NOW).step == "found"
    assert why_not(searchable, "بوستان", "https://toos.example/news/99", NOW).step == "undiscovered"
    searchable.articles.withdraw(1, NOW)
    assert why_not(searchable, "بوستان", "https://toos.example/news/1", NOW).step == "withdrawn"


def test_why_not_names_the_clause_that_excluded_an_article(searchable: Archive) -> None:
    fill(searchable, 3)
    catch_up(searchable)
    url = "https://toos.example/news/2/park"
    for text, clause in (
        ("بوستان متروپل", "متروپل"),
        ("بوستان AND outlet:outlet1", "outlet1"),
        ("بوستان -روشنایی", "روشنایی"),
        ("اهالی (متروپل OR قطار)", "قطار"),
    ):
        reason = why_not(searchable, text, url, NOW)
        assert (reason.step, reason.article_id) == ("query", 2), text
        assert clause in reason.detail, text


def test_why_not_names_the_outcome_of_the_crawl(searchable: Archive) -> None:
    row = {
        "outlet": "toos",
        "key": "x",
        "url": "https://toos.example/news/77/",
        "discovered_at": NOW,
        "outcome": Outcome.NO_BODY.value,
        "detail": "no paragraph",
    }
    with writing(searchable.engine) as connection:
        connection.execute(sa.insert(crawl_addresses), row)
    reason = why_not(searchable, "بوستان", "http://www.toos.example/news/77", NOW)
    assert (reason.step, reason.detail) == ("crawl", "no_body: no paragraph")
    assert Outcome.NO_BODY.persian in reason.persian
