"""The index as something derived: readers in other processes, lost and rebuilt, away and back, never two writers."""

import multiprocessing
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from core.errors import Unavailable
from core.settings import Settings
from store.archive import Archive, open_archive
from store.documents import document
from store.elastic_index import ElasticIndex
from store.explain import explain, why_not
from store.index import SearchIndex, SearchRequest
from store.indexing import catch_up, rebuild
from store.query import EVERYTHING, parse_query
from store.suggest import did_you_mean, from_english_keys
from store.tantivy_folder import write_seq
from store.tantivy_index import TantivyIndex
from store.vocabulary import Vocabulary
from tests.store import samples
from tests.store.engines import ENGINES, opened
from tests.store.search_articles import NOW, article, many


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    settings = Settings(data=tmp_path / "data")
    made = open_archive(settings, TantivyIndex(settings.index_folder, writable=True))
    yield made
    made.close()


@pytest.fixture(params=ENGINES)
def index(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SearchIndex]:
    yield from opened(request.param, tmp_path)


def _count_elsewhere(folder: Path, answers: "multiprocessing.Queue[int]", asked: "multiprocessing.Queue[str]") -> None:
    reader = TantivyIndex(folder)
    while asked.get() != "end":
        answers.put(reader.count())
    reader.close()


def test_a_reader_in_another_process_sees_what_was_applied(tmp_path: Path) -> None:
    folder = tmp_path / "index"
    context = multiprocessing.get_context("spawn")
    answers, asked = context.Queue(), context.Queue()
    child = context.Process(target=_count_elsewhere, args=(folder, answers, asked))
    child.start()
    counts = []
    writer = TantivyIndex(folder, writable=True)
    for articles in ([], many(3, 1), many(5, 1)):
        if articles:
            writer.apply(articles, len(articles))
        asked.put("count")
        counts.append(answers.get(timeout=60))
    asked.put("end")
    child.join(timeout=60)
    writer.close()
    assert counts == [0, 3, 5]


def test_a_second_writer_is_told_so_and_may_write_when_the_first_has_closed(tmp_path: Path) -> None:
    first, second = (TantivyIndex(tmp_path / "index", writable=True) for _ in range(2))
    first.apply(many(2, 1), 2)
    with pytest.raises(Unavailable):
        second.apply(many(3, 1), 3)
    first.close()
    second.apply(many(3, 1), 3)
    assert (second.count(), second.seq(), TantivyIndex(tmp_path / "index").count()) == (3, 3, 3)
    second.close()
    with pytest.raises(Unavailable):
        TantivyIndex(tmp_path / "index").apply([], 4)


def test_many_threads_may_ask_while_one_writes(tmp_path: Path) -> None:
    index = TantivyIndex(tmp_path / "index", writable=True)
    index.apply(many(200, 2), 200)
    failures: list[BaseException] = []

    def ask() -> None:
        try:
            for text in ("شهرداری مشهد", 'شهر* OR "پیاده رو"', "لحن:منفی") * 5:
                index.search(SearchRequest(parse_query(text, now=NOW), facets=("outlet", "topic")))
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for start in range(5):
        index.apply(many(20, 3 + start, first=1000 * (start + 1)), 300 + start)
    for thread in threads:
        thread.join()
    index.close()
    assert not failures


def test_complaint_6_catching_up_leaves_no_drift_and_applies_nothing_twice(archive: Archive) -> None:
    """Complaint row 6: what is in the records is in the index, also after edits and withdrawals, in any batch size."""
    saved = [archive.articles.save(samples.raw(number)) for number in range(1, 8)]
    assert catch_up(archive, batch=3) == 7
    assert catch_up(archive) == 0
    archive.articles.save(samples.raw(3, headline="تیتر دیگر", body="متن دیگر"))
    archive.articles.withdraw(saved[4].id, samples.NOW)
    assert catch_up(archive) == 2
    assert set(archive.search.matching_ids(EVERYTHING)) == {one.id for one in saved} - {saved[4].id}
    assert list(archive.search.matching_ids(parse_query("دیگر تیتر", now=NOW))) == [saved[2].id]
    assert archive.search.seq() == archive.articles.newest_seq()


def test_a_rebuild_beside_the_index_in_use_swaps_in_one_step(archive: Archive, tmp_path: Path) -> None:
    for number in range(1, 6):
        archive.articles.save(samples.raw(number))
    catch_up(archive)
    folder = tmp_path / "data" / "index"
    reader = TantivyIndex(folder)
    assert reader.count() == 5
    other = TantivyIndex(folder, writable=True)
    assert rebuild(archive, other) == 5
    archive.articles.save(samples.raw(6))
    assert catch_up(archive) == 1
    assert (reader.count(), reader.seq()) == (6, archive.articles.newest_seq())
    rebuild(archive, other)
    rebuild(archive, other)
    assert reader.count() == 6
    assert len(list(folder.glob("g*"))) == 2
    reader.close()


def test_a_lost_index_and_one_of_another_version_are_filled_again(
    archive: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive.articles.save(samples.raw(1))
    catch_up(archive)
    monkeypatch.setattr("store.tantivy_folder.VERSION", 999)
    assert (archive.search.seq(), archive.search.count()) == (0, 0)
    assert catch_up(archive) == 1
    archive.search.close()
    (tmp_path / "data" / "index" / "current").unlink()
    assert archive.search.seq() == 0
    assert catch_up(archive) == 1
    assert archive.search.count() == 1


def test_a_crash_between_commit_and_note_only_applies_again(archive: Archive, tmp_path: Path) -> None:
    """Complaint row 11: the note of how far the index came is written after the commit."""
    archive.articles.save(samples.raw(1))
    catch_up(archive)
    write_seq(tmp_path / "data" / "index" / "g1", 0)
    assert catch_up(archive) == 1
    assert archive.search.count() == 1


def test_complaint_29_an_engine_that_is_away_is_unavailable_and_is_caught_up_with_afterwards(archive: Archive) -> None:
    """Complaint rows 6 and 29: nothing is lost while Elasticsearch is away; the change log waits."""
    archive.articles.save(samples.raw(1))
    away = ElasticIndex("http://127.0.0.1:9", name="away")
    for question in (away.seq, away.count, lambda: away.apply([], 1), lambda: away.search(SearchRequest(EVERYTHING))):
        with pytest.raises(Unavailable):
            question()
    with pytest.raises(Unavailable):
        catch_up(replace(archive, search=away))
    away.close()
    assert catch_up(archive) == 1


@pytest.mark.elasticsearch
def test_elasticsearch_is_rebuilt_beside_the_index_in_use_and_follows_an_article_to_another_year(tmp_path: Path) -> None:
    for index in opened("elasticsearch", tmp_path):
        assert isinstance(index, ElasticIndex)
        index.apply([article(1, "زباله"), article(2, "زباله")], 2)
        index.apply([article(1, "زباله", published_at=NOW.replace(year=2020))], 3)
        assert sorted(index.matching_ids(EVERYTHING)) == [1, 2]
        rebuilt = index.beside()
        rebuilt.apply([article(number, "زباله") for number in (1, 2, 3)], 9)
        assert (index.count(), index.seq(), rebuilt.count()) == (2, 3, 3)
        index.use(rebuilt)
        assert (index.count(), index.seq()) == (3, 9)


def test_explain_shows_the_spellings_and_why_not_names_the_clause(index: SearchIndex) -> None:
    """Complaint row 11: a silently misread query can be seen."""
    index.apply([article(1, "پیاده‌روها", "شهرداری‌ها"), article(2, "دستفروشان", "شهرداری"), article(3, "دست فروش", "مترو")], 3)
    clauses = explain(parse_query("دستفروش شهرداریها -مترو", now=NOW), index)
    assert [(clause.text, clause.total) for clause in clauses] == [("دستفروش", 2), ("شهرداریها", 2), ("NOT (مترو)", 2)]
    assert clauses[0].covers == ("دستفروشان", "دست فروش")
    assert set(clauses[1].covers) == {"شهرداری", "شهرداریها"}
    excluded = why_not(parse_query("دستفروش شهرداریها -مترو", now=NOW), 3, index)
    assert [clause.text for clause in excluded] == ["شهرداریها", "NOT (مترو)"]
    assert why_not(parse_query("دستفروش شهرداری", now=NOW), 2, index) == ()
    assert why_not(parse_query("دستفروش", now=NOW), 99, index) == ()


def test_explain_says_fields_in_persian(index: SearchIndex) -> None:
    words = Vocabulary((("toos", "صبح توس"),))
    query = parse_query('لحن:منفی رسانه:صبح توس گوینده:"علی نمونه" از:1405/09/01 نوع:مرتبط', now=NOW, words=words)
    assert [clause.means for clause in explain(query, index, words)] == [
        "لحن: منفی",
        "رسانه: صبح توس",
        "گوینده: «علی نمونه»",
        "زمان انتشار از ۱ آذر ۱۴۰۵، ۰۰:۰۰",
        "نوع: مرتبط",
    ]


def test_a_misspelt_outlet_is_suggested_by_its_name(index: SearchIndex) -> None:
    words = Vocabulary((("toos", "صبح توس"), ("sobh", "صبح نمونه")))
    index.apply([article(1, "مترو")], 1)
    assert did_you_mean("مترو رسانه:صبح‌طوس", index, now=NOW, words=words) == 'مترو رسانه:"صبح توس"'
    assert did_you_mean("مترو رسانه:صبح توس", index, now=NOW, words=words) is None
    assert did_you_mean("مترو لحن:خوب رسانه:صبح‌طوس", index, now=NOW, words=words) is None


def test_did_you_mean_knows_the_english_keyboard_and_one_wrong_letter(index: SearchIndex) -> None:
    index.apply([article(number, "شهرداری مشهد", "کرایه تاکسی") for number in range(1, 30)], 29)
    assert from_english_keys("aivnhvd") == "شهرداری"
    assert did_you_mean("aivnhvd", index, now=NOW) == "شهرداری"
    assert did_you_mean("aivnhvd مشهد", index, now=NOW) == "شهرداری مشهد"
    assert did_you_mean("aivnhvd OR laiñ", index, now=NOW) == "شهرداری OR laiñ"
    assert did_you_mean(";vhdi jh;sd", index, now=NOW) == "کرایه تاکسی"
    assert did_you_mean("کرایه تاسکی", index, now=NOW) == "کرایه تاکسی"
    assert did_you_mean("کرایه تاکسی", index, now=NOW) is None
    assert did_you_mean("hello", index, now=NOW) is None
    assert did_you_mean("", index, now=NOW) is None


def test_complaint_20_and_21_our_own_terms_reach_every_engine(index: SearchIndex) -> None:
    """Complaint rows 20 and 21: engines' own Persian analyzers differ by version; ours is the only one."""
    index.apply([article(1, "كلائي", "دست‌فروش‌های پیاده‌رو")], 1)
    assert document(article(1, "كلائي", "دست‌فروش‌های پیاده‌رو")).texts["all"] == ["کلایی", "دستفروش پیادهرو"]
    for text in ("کلایی", "دست فروشان", "پیاده روها", "پياده‌رو"):
        assert list(index.matching_ids(parse_query(text, now=NOW))) == [1], text
