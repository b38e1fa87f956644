"""What every engine does with the same articles: the contract suite."""

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from core.errors import BadInput
from core.records import Article
from store.index import ORDERS, Order, SearchIndex, SearchPage, SearchRequest, moment
from store.query import EVERYTHING, between_days, in_field, parse_query
from store.query_dates import read_days
from tests.store.engines import ENGINES, opened
from tests.store.search_articles import NOW, annotated, article, many


@pytest.fixture(params=ENGINES)
def index(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SearchIndex]:
    yield from opened(request.param, tmp_path)


@pytest.fixture(params=ENGINES, scope="module")
def sample_index(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SearchIndex]:
    for index in opened(request.param, tmp_path_factory.mktemp("sample")):
        index.apply(SAMPLE, 4)
        yield index


def ask(index: SearchIndex, text: str, **fields: object) -> SearchPage:
    return index.search(SearchRequest(parse_query(text, now=NOW), **fields))  # type: ignore[arg-type]


def ids(index: SearchIndex, text: str) -> set[int]:
    return set(index.matching_ids(parse_query(text, now=NOW)))


SAMPLE = [
    article(1, "گشایش پیاده‌رو تازه", "شهرداری مشهد پیاده‌روهای شرق شهر را ساخت. محمدرضا کلائی خبر داد."),
    article(2, "ساماندهی دستفروشان", "دست‌فروشان خیابان امام رضا ساماندهی می‌شوند. شهرداري‌ها گزارش دادند.", outlet="sobh"),
    article(3, "پیاده رو و دست فروش", "مردم از پیاده رو گله دارند و دست فروش هم", annotations=annotated("negative", "negative", ["roads"])),
    article(
        4,
        "مترو",
        "ساخت مترو هزینه دارد؛ هزینه بسیار برای ساخت خط مترو",
        annotations=annotated("positive", topics=["transport"], body="شورای شهر مشهد"),
    ),
]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("پیاده‌رو", {1, 3}),
        ("پیاده رو", {1, 3}),
        ("پیاده‌روها", {1, 3}),
        ("دستفروش", {2, 3}),
        ("دست فروشان", {2, 3}),
        ("دست‌فروش", {2, 3}),
        ("شهرداریها", {1, 2}),
        ("شهرداری های", {1, 2}),
        ("کلایی", {1}),
        ("محمدرضا کلایی", {1}),
        ("محمد رضا کلائی", {1}),
        ("میشوند", {2}),
        ("می شود", {2}),
        ('"ساخت خط مترو"', {4}),
        ('"خط ساخت مترو"', set()),
        ('"مترو ساخت"~2', {4}),
        ('"مترو هزینه ساخت"~2', {4}),
        ('"هزینه هزینه"~3', {4}),
        ('"مترو مترو مترو"~9', set()),
        ("شهردار*", {1, 2}),
        ("headline:پیاده*", {1, 3}),
        ("مترد~1", {4}),
        ("مترو OR کلائی", {1, 4}),
        ("مترو یا کلائی", {1, 4}),
        ("پیاده‌رو -دستفروش", {1}),
        ("پیاده‌رو NOT (دستفروش OR مترو)", {1}),
        ("headline:مترو", {4}),
        ("تیتر:(پیاده رو)", {1, 3}),
        ("headline:مردم", set()),
        ("outlet:sobh", {2}),
        ("رسانه:toos مترو", {4}),
        ("لحن:منفی", {3}),
        ("tone:(negative OR positive)", {3, 4}),
        ("topic:roads", {3}),
        ("city_tone:negative", {3}),
        ("لحن‌شهر:منفی", {3}),
        ('entity:"شورای شهر مشهد"', {4}),
        ("entity:شورا", {4}),
        ('entity:"شورا"', set()),
        ("has:demand", {3}),
        ("is:original", {1, 2, 3, 4}),
        ("is:reprint", set()),
        ("https://www.toos.example/news/100002/slug?utm=x#top", {2}),
        ("toos.example/news/100002", {2}),
        ("NOT مترو", {1, 2, 3}),
        ("", {1, 2, 3, 4}),
        ("؟!", set()),
        ("group:4", {4}),
    ],
)
def test_a_search_finds_the_articles_that_it_means(sample_index: SearchIndex, text: str, found: set[int]) -> None:
    assert ids(sample_index, text) == found
    assert ask(sample_index, text).total == len(found)


@pytest.mark.parametrize("group", ["9" * 20, "9" * 400, "x", ""])
def test_a_group_that_no_index_can_hold_is_found_nowhere(index: SearchIndex, group: str) -> None:
    index.apply(SAMPLE, 4)
    assert set(index.matching_ids(in_field("group", group))) == set()
    assert set(index.matching_ids(in_field("group", group, "1"))) == {1}


def test_some_of_the_words_give_partial_matches_below_the_line(index: SearchIndex) -> None:
    index.apply(SAMPLE, 4)
    page = ask(index, "هزینه ساخت شهرداری")
    assert (page.total, page.partial_total) == (0, 3)
    assert all(hit.partial for hit in page.hits)
    page = ask(index, "هزینه ساخت", facets=("outlet",))
    assert (page.total, page.partial_total) == (1, 1)
    assert [(hit.id, hit.partial) for hit in page.hits] == [(4, False), (1, True)]
    assert page.facets == {"outlet": (("toos", 1),)}
    assert ask(index, "هزینه ساخت", order="newest").hits[0].id == 4
    assert len(ask(index, "هزینه ساخت", order="newest").hits) == 1


def test_the_headline_weighs_more_than_the_body_and_the_original_more_than_its_reprint(index: SearchIndex) -> None:
    filler = "متن دیگر " * 5
    same = {"published_at": NOW}
    index.apply([article(1, "خبر", f"بوستان {filler}", **same), article(2, "بوستان", f"خبر {filler}", **same)], 2)
    assert [hit.id for hit in ask(index, "بوستان").hits] == [2, 1]
    index.apply([article(3, "زباله", "یک", reprint_group=4, **same), article(4, "زباله", "یک", **same)], 4)
    assert [(hit.id, hit.reprints) for hit in ask(index, "زباله").hits] == [(4, (3,))]
    assert [hit.id for hit in ask(index, "زباله", fold=False).hits] == [4, 3]


def test_newer_articles_come_first_among_equals(index: SearchIndex) -> None:
    index.apply([article(number, "زباله", "یک", published_at=NOW - timedelta(days=200 * number)) for number in (3, 1, 2)], 3)
    assert [hit.id for hit in ask(index, "زباله").hits] == [1, 2, 3]


def test_an_edited_article_is_found_by_its_new_words_only(index: SearchIndex) -> None:
    index.apply(SAMPLE, 4)
    index.apply([article(4, "تاکسی", "کرایه", published_at=NOW - timedelta(days=800))], 5)
    assert ids(index, "مترو") == set()
    assert ids(index, "تاکسی") == {4}
    assert (index.count(), index.seq()) == (4, 5)
    index.apply([replace(article(4, "تاکسی", "کرایه"), withdrawn_at=NOW)], 6)
    assert (index.count(), index.seq(), ids(index, "تاکسی")) == (3, 6, set())


def test_complaint_6_counts_of_every_facet_agree_with_the_articles_they_lead_to(index: SearchIndex) -> None:
    """Complaint rows 6 and 8: a number on the screen is the number of articles behind it."""
    articles = many(300, seed=6)
    index.apply(articles, 300)
    names = ("outlet", "topic", "tone", "city_tone", "entity", "speaker", "section", "voice", "group")
    page = ask(index, "شهرداری", facets=(*names, "day", "week", "month"), order="newest")
    assert page.total == sum(count for _, count in page.facets["day"]) == sum(count for _, count in page.facets["month"])
    for name in names:
        for value, count in page.facets[name][:4]:
            narrowed = index.search(SearchRequest(parse_query(f'شهرداری {name}:"{value}"', now=NOW), limit=0))
            assert narrowed.total == count, (name, value)
            assert index.counts(in_field(name, value), ("day",)) == index.counts(parse_query(f'{name}:"{value}"', now=NOW), ("day",))
    counts = index.counts(EVERYTHING, ("day", "outlet"))
    assert sum(counts.values()) == len(articles)
    assert index.counts(EVERYTHING, ("day", "tone"))


def test_complaint_6_a_name_spelt_in_several_ways_is_counted_once_and_leads_to_all_its_articles(index: SearchIndex) -> None:
    """Complaint rows 6 and 8: «آيدين», «آیدین» and «ایدین» are one speaker; so is a name that the register knows on some days only."""
    said = [annotated(speaker=name, body=name, tone="negative") for name in ("آیدین نمونه", "آيدين نمونه", "ایدین نمونه", "آیدین نمونه")]
    known = replace(annotated(), quotes=(replace(said[0].quotes[0], speaker="شهردار مشهد", speaker_id="holder-1"),))
    mixed = replace(said[0], quotes=(*said[0].quotes, *said[1].quotes))
    labels = [*said, mixed, known, annotated(speaker="شهردار مشهد")]
    index.apply([article(number, annotations=one, section="شهری" if number % 2 else "شهريِ") for number, one in enumerate(labels, 1)], 9)
    page = ask(index, "", facets=("speaker", "entity", "section"), order="newest")
    assert page.facets["speaker"] == (("آیدین نمونه", 5), ("شهردار مشهد", 2), ("holder-1", 1))
    assert page.facets["entity"] == (("آیدین نمونه", 5),)
    assert page.facets["section"] == (("شهری", 7),)
    for name in ("speaker", "entity", "section"):
        for value, count in page.facets[name]:
            assert ask(index, f'{name}:"{value}"').total == count == index.counts(EVERYTHING, (name,))[(value,)]
    assert index.counts(EVERYTHING, ("tone", "speaker"))[("negative", "آیدین نمونه")] == 5


def test_each_outlet_is_known_by_its_newest_article(index: SearchIndex) -> None:
    assert index.newest_by_outlet() == {}
    index.apply(SAMPLE, 4)
    newest: dict[str, datetime] = {}
    for one in SAMPLE:
        newest[one.raw.outlet] = max(moment(one), newest.get(one.raw.outlet, moment(one)))
    assert index.newest_by_outlet() == newest


def test_a_day_is_a_day_in_tehran_and_a_month_is_jalali(index: SearchIndex) -> None:
    """Complaint row 16: 20:30Z belongs to the next day; 1405/09/01 began on 2026-11-22 in Tehran."""
    late = NOW.replace(day=21, hour=20, minute=29)
    index.apply([article(1, published_at=late), article(2, published_at=late + timedelta(minutes=1)), article(3, published_at=None)], 3)
    assert index.counts(EVERYTHING, ("day",)) == {("2026-11-21",): 1, ("2026-11-22",): 1, ("2026-11-24",): 1}
    assert index.counts(EVERYTHING, ("month",)) == {("1405-08",): 1, ("1405-09",): 2}
    assert index.counts(EVERYTHING, ("week",)) == {("2026-11-21",): 3}
    assert ids(index, "from:1405/09/01") == {2, 3}
    assert ids(index, "to:۱۴۰۵/۰۸/۳۰") == {1}
    assert ids(index, "on:2026-11-22") == {2}
    assert ids(index, "on:1405/09") == {2, 3}
    assert ids(index, "از:1405/09/01T00:00 تا:1405/09/01T00:01") == {2}
    assert ids(index, "on:امروز") == {3}
    days = read_days("1405/09/01", NOW)
    assert days
    assert set(index.matching_ids(between_days(days[0], days[0]))) == {2}


@pytest.mark.parametrize("order", ["relevance", "newest", "oldest"])
@pytest.mark.parametrize("fold", [True, False])
def test_complaint_12_pages_hold_every_group_once_while_articles_arrive(index: SearchIndex, order: Order, fold: bool) -> None:
    articles = many(120, seed=12)
    index.apply(articles, 120)
    groups = {made.id: made.reprint_group for made in articles}
    request = SearchRequest(parse_query("شهرداری مشهد", now=NOW), limit=7, order=order, fold=fold)
    expected = set(index.matching_ids(request.query))
    seen: list[int] = []
    partial: list[int] = []
    arriving = many(60, seed=13, first=1000)
    while True:
        page = index.search(request)
        assert page.total == len(expected)
        for hit in page.hits:
            (partial if hit.partial else seen).extend((hit.id, *hit.reprints))
        shown = [groups[hit.id] for hit in page.hits]
        assert not fold or len(shown) == len(set(shown))
        if page.next_cursor is None:
            break
        index.apply([arriving.pop() for _ in range(min(3, len(arriving)))], 200)
        request = replace(request, cursor=page.next_cursor)
    assert sorted(seen) == sorted(expected)
    assert len(partial) == len(set(partial))
    assert not set(partial) & expected


def test_complaint_12_any_walk_through_the_pages_shows_every_match_once_while_articles_arrive(index: SearchIndex, seeds: list[int]) -> None:
    """Complaint row 12: any search, page size, order and folding; what arrived after the first page stays out, nothing is doubled."""
    index.apply(many(150, seed=seeds[0]), 150)
    arriving = iter(many(2000, seed=seeds[0] + 1, first=1000))
    for seed in seeds:
        for _ in range(4):
            chance = random.Random(seed)
            text = chance.choice(("", "شهرداری", "مشهد مترو", "شهر* OR درخت", '"شورای شهر"', "لحن:منفی -زباله", "خیابان حرم ترافیک"))
            order: Order = chance.choice(ORDERS)
            query = parse_query(text, now=NOW)
            request = SearchRequest(query, limit=chance.randint(1, 40), order=order, fold=chance.random() < 0.5)
            expected = list(index.matching_ids(query, order))
            page = index.search(request)
            seen = [(hit.id, *hit.reprints) for hit in page.hits if not hit.partial]
            while page.next_cursor:
                index.apply([next(arriving) for _ in range(chance.randint(0, 2))], 200)
                page = index.search(replace(request, cursor=page.next_cursor))
                assert page.total == len(expected)
                seen += [(hit.id, *hit.reprints) for hit in page.hits if not hit.partial]
            found = [id for members in seen for id in members]
            assert sorted(found) == sorted(expected), (seed, request)
            if order != "relevance" and not request.fold:
                assert found == expected, (seed, request)
            seed += 1


def test_orders_by_time_are_exact_and_break_ties_by_id(index: SearchIndex) -> None:
    made = [article(number, "زباله", published_at=NOW - timedelta(seconds=number // 2)) for number in range(1, 9)]
    index.apply(made, 8)
    newest = [hit.id for hit in ask(index, "زباله", order="newest").hits]
    assert newest == [1, 3, 2, 5, 4, 7, 6, 8]
    assert [hit.id for hit in ask(index, "زباله", order="oldest").hits] == newest[::-1]
    assert list(index.matching_ids(EVERYTHING, "oldest")) == newest[::-1]


def test_what_a_person_marked_irrelevant_is_found_and_can_be_left_out_of_figures(index: SearchIndex) -> None:
    index.apply([article(1, "مترو"), article(2, "مترو", relevant=False), article(3, "مترو", annotations=annotated("negative"))], 3)
    assert ids(index, "مترو") == {1, 2, 3}
    assert ids(index, "مترو is:relevant") == ids(index, "مترو نوع:مرتبط") == {1, 3}
    assert ids(index, "is:irrelevant") == ids(index, "نوع:نامرتبط") == {2}
    assert index.counts(parse_query("is:relevant", now=NOW), ("outlet",)) == {("toos",): 2}
    index.apply([article(2, "مترو")], 4)
    assert ids(index, "is:irrelevant") == set()


def test_a_group_shows_its_original_where_it_matches_and_else_its_best_member(index: SearchIndex) -> None:
    index.apply([article(1, "زباله", "یک"), article(2, "زباله", "دو", reprint_group=1), article(3, "زباله", "سه", reprint_group=1)], 3)
    for order in ("relevance", "newest"):
        assert [(hit.id, set(hit.reprints)) for hit in ask(index, "زباله", order=order).hits] == [(1, {2, 3})]
        assert ask(index, "زباله (دو OR سه)", order=order).hits[0].id in (2, 3)
    assert ask(index, "زباله").total == 3


def test_an_empty_index_answers_and_wrong_requests_are_refused(index: SearchIndex) -> None:
    page = ask(index, "مترو", facets=("tone",))
    assert (page.total, page.hits, page.facets) == (0, (), {"tone": ()})
    assert (index.count(), index.seq(), index.counts(EVERYTHING, ("day",)), list(index.matching_ids(EVERYTHING))) == (0, 0, {}, [])
    assert index.spellings(["مترو"]) == {"مترو": 0}
    index.apply(SAMPLE, 4)
    wrong: list[dict[str, object]] = [
        {"facets": ("colour",)},
        {"order": "best"},
        {"limit": 5000},
        {"limit": -1},
        {"cursor": "x"},
        {"cursor": "A" * 10**6},
    ]
    for fields in wrong:
        with pytest.raises(BadInput):
            ask(index, "مترو", **fields)
    cursor = ask(index, "پیاده رو", limit=1).next_cursor
    with pytest.raises(BadInput):
        ask(index, "شهرداری", limit=1, cursor=cursor)
    with pytest.raises(BadInput):
        index.counts(EVERYTHING, ("colour",))


def test_applying_again_changes_nothing(index: SearchIndex) -> None:
    """Complaint row 11: a batch that is applied twice after a crash stores nothing twice."""
    articles: list[Article] = many(50, seed=11)
    for _ in range(2):
        index.apply(articles, 50)
    index.apply(articles[:10] * 2, 50)
    assert index.count() == 50
    assert len(list(index.matching_ids(EVERYTHING))) == 50
