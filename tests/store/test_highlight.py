"""Marks and fragments stand on the outlet's own letters."""

import time
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import BadQuery
from store.highlight import distance, marks, snippet
from store.query import EVERYTHING, parse_query

NOW = datetime(2026, 11, 24, tzinfo=UTC)
TEXT = "شهرداری‌های مشهد از دست فروشان گفتند. محمدرضا كلائي به پیاده‌روها رفت و سیما و منظر شهری را دید."


@pytest.mark.parametrize(
    ("query", "marked"),
    [
        ("شهرداریها", ["شهرداری‌های"]),
        ("دستفروش", ["دست فروشان"]),
        ("کلایی", ["كلائي"]),
        ('"سیما و منظر"', ["سیما و منظر"]),
        ("پیاده* مشهد", ["مشهد", "پیاده‌روها"]),
        ("مشهذ~1", ["مشهد"]),
        ("مشهد -کلائی", ["مشهد"]),
        ('"مشهد شهرداری"~3', ["شهرداری‌های", "مشهد"]),
        ("لحن:منفی", []),
        ("", []),
    ],
)
def test_marks_stand_where_the_words_stand_in_the_original(query: str, marked: list[str]) -> None:
    assert [TEXT[mark.start : mark.end] for mark in marks(TEXT, parse_query(query, now=NOW))] == marked


def test_a_fragment_is_the_place_where_the_words_stand_together() -> None:
    text = "مترو. " + "واژه " * 200 + "اینجا مترو و قطار کنار هم آمدند. " + "واژه " * 300
    found = snippet(text, parse_query("مترو قطار", now=NOW), width=120)
    assert found.text in text
    assert text[found.start : found.start + len(found.text)] == found.text
    assert [found.text[mark.start : mark.end] for mark in found.marks] == ["مترو", "قطار"]
    assert len(found.text) <= 140


def test_without_words_the_fragment_is_the_beginning() -> None:
    assert snippet(TEXT, EVERYTHING, width=20).text.startswith("شهرداری")
    assert snippet("", parse_query("مترو", now=NOW)).text == ""


def test_a_long_body_costs_no_more_than_a_short_one() -> None:
    """The fragment is found at its beginning, and reading stops there."""
    query = parse_query("مترو قطار", now=NOW)
    short = "مترو و قطار " + "واژه دیگر " * 1000
    started = time.perf_counter()
    for _ in range(20):
        snippet(short, query)
    first = time.perf_counter() - started
    started = time.perf_counter()
    for _ in range(20):
        snippet(short * 50, query)
    assert time.perf_counter() - started < 5 * first + 0.05


@given(st.text(max_size=200), st.text(alphabet='شهرمترو*~1"() ‌', max_size=20))
@settings(max_examples=200, deadline=None)
def test_any_text_and_query_give_marks_inside_the_text(text: str, typed: str) -> None:
    try:
        query = parse_query(typed, now=NOW)
    except BadQuery:
        return
    before = 0
    for mark in marks(text, query):
        assert before <= mark.start < mark.end <= len(text)
        before = mark.end
    found = snippet(text, query, width=50)
    assert all(mark.end <= len(found.text) for mark in found.marks)


def test_distance_counts_letters_swapped_dropped_added_and_changed() -> None:
    assert distance("تاسکی", "تاکسی", 2) == 1
    assert distance("شهر", "شهرداری", 2) == 3
    assert distance("مترو", "مترو", 1) == 0
    assert distance("مترو", "میترو", 1) == 1
