"""Which of a page's dates counts, and what is flagged."""

from datetime import UTC, datetime, timedelta

import pytest

from core.records import Outlet, RawArticle
from crawler.extract import extract

NOW = datetime(2026, 11, 24, 7, 0, tzinfo=UTC)
OUTLET = Outlet("sample", "نمونه", "iran_samaneh", "https://www.sample.example")
URL = "https://www.sample.example/fa/news/12345/x"
BODY = "<h1 class='title'>عنوان نمونه</h1><div class='body'><p>" + "متن نمونه برای آزمودن تاریخ‌ها. " * 9 + "</p></div>"


def _read(head: str = "", text: str = "", url: str = URL, feed: datetime | None = None, outlet: Outlet = OUTLET) -> RawArticle:
    printed = f"<div class='news_pdate_c'>{text}</div>" if text else ""
    page = f"<html><head>{head}</head><body>{printed}{BODY}</body></html>"
    return extract(page.encode(), url, outlet, NOW, feed_published_at=feed)


def _json_ld(**values: str) -> str:
    pairs = ",".join(f'"{name}":"{value}"' for name, value in values.items())
    return f'<script type="application/ld+json">{{"@type":"NewsArticle",{pairs}}}</script>'


def _meta(name: str, value: str) -> str:
    return f'<meta property="{name}" content="{value}">'


MAY = datetime(2020, 5, 10, 14, 29, tzinfo=UTC)


@pytest.mark.parametrize(
    ("head", "text", "source"),
    [
        (_json_ld(datePublished="2020-05-10T18:59:00+04:30") + _meta("article:published_time", "۱۳۹۹/۰۲/۲۱ - ۱۹:۵۹"), "", "json_ld"),
        (_meta("article:published_time", "۱۳۹۹/۰۲/۲۱ - ۱۸:۵۹"), "۲۱ اردیبهشت ۱۳۹۹ - ۱۹:۵۹", "meta"),
        (_meta("article:published_time", "2020-05-10T14:29:00Z"), "", "meta"),
        (_meta("dcterms.created", "2020-05-10T18:59:00"), "", "meta"),
        ("", "تاریخ انتشار: ۲۱ ارديبهشت ۱۳۹۹ - ۱۸:۵۹", "date_text"),
        ("", "<time datetime='2020-05-10T14:29:00Z'>دیروز</time>", "time_element"),
    ],
)
def test_sources_are_asked_in_order_and_named(head: str, text: str, source: str) -> None:
    raw = _read(head, text)
    assert (raw.published_at, raw.published_at_source) == (MAY, source)


def test_the_address_and_then_the_feed_are_asked_last() -> None:
    tasnim = Outlet("t", "نمونه", "tasnim", "https://www.sample.example")
    raw = _read(url="https://www.sample.example/fa/news/1402/07/23/2971818/x", feed=NOW, outlet=tasnim)
    assert (raw.published_at, raw.published_at_source) == (datetime(2023, 10, 14, 20, 30, tzinfo=UTC), "url")
    assert (_read(feed=MAY).published_at, _read(feed=MAY).published_at_source) == (MAY, "feed")
    assert "date_missing" in _read().flags


def test_page_render_time_is_never_taken() -> None:
    assert _read('<meta name="date" content="2026-11-24 T 09:20:50 +0330">').published_at is None


@pytest.mark.parametrize("value", ["2027-01-01T00:00:00Z", "9999-12-31T00:00:00Z", "۱۴۱۰/۰۱/۰۱", "2026-12-13T10:00:00+03:30"])
def test_a_future_date_never_counts(value: str) -> None:
    """Complaint row 5: no stored date lies after the fetch; it is flagged, and the next source is asked."""
    alone = _read(_meta("article:published_time", value))
    assert alone.published_at is None
    assert {"date_missing"} <= set(alone.flags)
    with_text = _read(_meta("article:published_time", value), "۲۱ اردیبهشت ۱۳۹۹ - ۱۸:۵۹")
    assert (with_text.published_at, with_text.published_at_source) == (MAY, "date_text")
    assert set(with_text.flags) & {"date_future", "date_unreadable"}


def test_a_date_within_the_tolerance_is_kept_and_flagged() -> None:
    raw = _read(_meta("article:published_time", (NOW + timedelta(hours=3)).isoformat()))
    assert raw.published_at == NOW + timedelta(hours=3)
    assert "date_future" in raw.flags


def test_disagreeing_old_and_shifted_dates_are_flagged() -> None:
    """Complaint row 16: a site that prints local time as UTC is noticed."""
    assert "date_conflict" in _read(_meta("article:published_time", "2020-05-10T14:29:00Z"), "۲۴ اردیبهشت ۱۳۹۹ - ۱۸:۵۹").flags
    assert "date_conflict" not in _read(_meta("article:published_time", "2020-05-10T14:29:00Z"), "۲۱ اردیبهشت ۱۳۹۹ - ۱۸:۵۹").flags
    assert "date_old" in _read(text="۲۱ اردیبهشت ۱۳۷۵").flags
    assert "date_zone_doubtful" in _read(_meta("article:published_time", "2025-05-10T18:59:00Z"), "۲۰ اردیبهشت ۱۴۰۴ - ۱۸:۵۹").flags
    assert "date_unreadable" in _read(_meta("article:published_time", "۳۱ مهر ۱۴۰۴"), "۲۱ اردیبهشت ۱۳۹۹").flags


def test_day_of_tehran_not_of_utc() -> None:
    raw = _read(_meta("article:published_time", "2026-10-04T20:30:00Z"), "۱۳ مهر ۱۴۰۵ - ۰۰:۰۰")
    assert raw.published_at == datetime(2026, 10, 4, 20, 30, tzinfo=UTC)
    assert not {"date_conflict", "date_future"} & set(raw.flags)


def test_both_times_are_kept_apart_with_their_provenance() -> None:
    """Complaint row 22: published is never the time of change; a change before the publication is flagged, not kept."""
    head = _json_ld(datePublished="2020-05-10T18:59:00+04:30", dateModified="2020-05-11T10:00:00+04:30")
    raw = _read(head)
    assert (raw.updated_at, raw.updated_at_source) == (datetime(2020, 5, 11, 5, 30, tzinfo=UTC), "json_ld")
    assert raw.published_at == MAY
    earlier = _read(_meta("article:published_time", "2020-05-10T14:29:00Z") + _meta("article:modified_time", "2020-05-10T14:00:00Z"))
    assert earlier.updated_at is None
    assert "updated_before_published" in earlier.flags


@pytest.mark.parametrize(
    "script",
    [
        '{"@graph":[{"@type":"WebPage"},{"@type":["Article","NewsArticle"],"datePublished":"2020-05-10T18:59:00+04:30"}]}',
        '[{"@type":"NewsArticle","headLine":"x","datePublished":"2020-05-10T18:59:00+04:30",}]',
        '{"@type":"NewsArticle","headline":"شکسته \n سطر","datePublished":"2020-05-10T18:59:00+04:30"}',
        '{"@type":"NewsArticle","headline":"نقل "شکسته"","datePublished":"2020-05-10T18:59:00+04:30"}',
        '//<![CDATA[\n{"@type":"NewsArticle","datePublished":"۱۳۹۹/۰۲/۲۱ ۱۸:۵۹"}\n//]]>',
    ],
)
def test_broken_json_ld_still_gives_its_date(script: str) -> None:
    raw = _read(f'<script type="application/ld+json">{script}</script>')
    assert (raw.published_at, raw.published_at_source) == (MAY, "json_ld")
