"""Counts of the embedded index: the quick way and the way page by page agree on every pair of facets."""

from itertools import combinations
from pathlib import Path

import pytest
from tantivy import Query as TantivyQuery

from store import tantivy_counts, tantivy_snapshot
from store.index import COUNTED
from store.query import EVERYTHING, parse_query
from store.tantivy_index import TantivyIndex
from tests.desk import NOW, open_filled


def test_both_ways_of_counting_give_the_same(tmp_path: Path) -> None:
    archive, _ = open_filled(tmp_path)
    assert isinstance(archive.search, TantivyIndex)
    searcher, compared = archive.search._read().searcher, 0
    for by in (*((name,) for name in COUNTED), *combinations(COUNTED, 2), ("tone", "day", "outlet"), ("topic", "speaker", "tone")):
        slow = tantivy_counts._composite(searcher, TantivyQuery.all_query(), by)
        nested = tantivy_counts._nested(searcher, TantivyQuery.all_query(), by)
        assert nested is not None
        assert {tuple(values[name] for name in by): count for values, count in nested} == slow
        compared += len(slow)
    assert compared > 1000
    archive.close()


@pytest.mark.parametrize("limit", ["_ALL", "buckets"])
def test_more_values_than_can_be_told_at_once_are_counted_page_by_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: str) -> None:
    archive, _ = open_filled(tmp_path)
    expected = {(article.raw.outlet, str(article.id)): 1 for article in archive.articles.walk()}
    if limit == "_ALL":
        monkeypatch.setattr(tantivy_counts, "_ALL", 3)
    else:
        monkeypatch.setattr(tantivy_counts, "_nested", lambda *_: None)
    assert archive.search.counts(EVERYTHING, ("outlet", "id")) == expected
    archive.close()


def test_remembered_counts_are_few_the_callers_own_and_end_with_the_next_change(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    archive, _ = open_filled(tmp_path)
    query = parse_query("شهرداری", now=NOW)
    first = archive.search.counts(query, ("tone",))
    again = archive.search.counts(query, ("tone",))
    assert first == again
    again.clear()
    assert archive.search.counts(query, ("tone",)) == first
    monkeypatch.setattr(tantivy_snapshot, "_MOST_COUNTS", len(first))
    for name in ("day", "outlet", "tone"):
        assert sum(archive.search.counts(query, (name,)).values()) == sum(first.values())
    assert isinstance(archive.search, TantivyIndex)
    assert sum(map(len, archive.search._read()._counts.values())) <= len(first)
    archive.articles.withdraw(next(archive.search.matching_ids(query)), NOW)
    archive.search.apply([one for one in archive.articles.walk() if one.withdrawn_at], archive.articles.newest_seq())
    assert sum(archive.search.counts(query, ("tone",)).values()) == sum(first.values()) - 1
    archive.close()
