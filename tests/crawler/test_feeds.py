"""Feeds and sitemaps as they really are, and hostile ones."""

import gzip
import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import BadInput
from core.records import Outlet
from crawler.channels import message_address, messages_in, older_page
from crawler.discovery import Window, days_in_address, expand, in_sections
from crawler.feeds import Entry, clean_link, parse_feed, parse_moment
from tests.crawler.crawling import ROOT

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
CHANNEL = Outlet("c", "کانال نمونه", "telegram", "https://t.me/s/C", aliases=("t.me/C",))
REAL = ROOT.parent / "shared" / "data" / "html" / "iran-news-mcp-rss"


def _entries(body: bytes, url: str = "https://a.ir/rss") -> tuple[Entry, ...]:
    return parse_feed(body, url, NOW).entries


@pytest.mark.skipif(not REAL.exists(), reason="needs ../shared/data/html")
@pytest.mark.parametrize("file", sorted(REAL.glob("*.xml")), ids=lambda path: path.stem)
def test_real_feeds_give_absolute_encoded_links_and_dates(file: Path) -> None:
    entries = _entries(file.read_bytes())
    assert len(entries) == file.read_bytes().count(b"<item")
    for entry in entries:
        assert entry.url.startswith("http")
        assert entry.url.isascii()
        assert entry.published_at is not None
        assert entry.published_at.year == 2026


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("19 Oct 2026 22:42:01 +0330", datetime(2026, 10, 19, 19, 12, 1, tzinfo=UTC)),
        ("Mon, 19 Oct 2026 19:12:01 GMT", datetime(2026, 10, 19, 19, 12, 1, tzinfo=UTC)),
        ("2026-10-19T22:42:01", datetime(2026, 10, 19, 19, 12, 1, tzinfo=UTC)),
        ("2026-10-19T22:42:01+03:30", datetime(2026, 10, 19, 19, 12, 1, tzinfo=UTC)),
        ("۲۷ مهر ۱۴۰۵ - ۲۲:۴۲", datetime(2026, 10, 19, 19, 12, tzinfo=UTC)),
        ("1405/07/27 22:42", datetime(2026, 10, 19, 19, 12, tzinfo=UTC)),
        ("1399-02-21T10:00:00", datetime(2020, 5, 10, 5, 30, tzinfo=UTC)),
        ("Fri, 24 Dec 9999 00:00:00 GMT", None),
        ("2027-01-01T00:00:00Z", None),
        ("", None),
        ("soon", None),
    ],
)
def test_feed_dates_are_read_as_tehran_time_and_never_lie_in_the_future(text: str, moment: datetime | None) -> None:
    """Complaint row 5, complaint row 16: years 2026…9999 in the index; a time without zone taken as UTC."""
    assert parse_moment(text, NOW) == moment


def test_dirty_rss_is_read() -> None:
    body = (
        "\ufeff \n<rss><channel><item><title>a &nbsp; b</title><link>\n /fa/news/1/سلام دنیا \n</link></item>"
        "<item><guid>https://a.ir/fa/news/2</guid></item><item><title>nothing</title></item>"
        "<item><link>https://a.ir/fa/news/3</link><pubDate>x</pubDate><category domain='khorasan'>خراسان</category>\x01</item>"
    ).encode()
    assert [entry.url for entry in _entries(body)] == [
        "https://a.ir/fa/news/1/%D8%B3%D9%84%D8%A7%D9%85%D8%AF%D9%86%DB%8C%D8%A7",
        "https://a.ir/fa/news/2",
        "https://a.ir/fa/news/3",
    ]
    assert _entries(body)[2].sections == ("خراسان", "khorasan")


def test_atom_takes_the_alternate_link() -> None:
    body = (
        b'<feed xmlns="http://www.w3.org/2005/Atom"><entry><link rel="edit" href="/e"/><link rel="alternate" href="/n/1"/>'
        b"<published>2026-11-20T10:00:00Z</published><updated>2026-11-21T10:00:00Z</updated></entry></feed>"
    )
    (entry,) = _entries(body)
    assert (entry.url, entry.published_at, entry.modified_at) == (
        "https://a.ir/n/1",
        datetime(2026, 11, 20, 10, tzinfo=UTC),
        datetime(2026, 11, 21, 10, tzinfo=UTC),
    )


def test_sitemaps_indexes_gzip_json_leaves_and_plain_lists() -> None:
    index = b"<sitemapindex><sitemap><loc>https://a.ir/s/1.xml</loc><lastmod>2026-11-20</lastmod></sitemap></sitemapindex>"
    assert parse_feed(index, "https://a.ir/s", NOW).kind == "index"
    news = (
        b'<urlset xmlns:news="n"><url><loc>/news/5</loc><news:news><news:publication_date>2026-11-20T00:00:00Z</news:publication_date>'
        b"</news:news></url></urlset>"
    )
    (entry,) = parse_feed(gzip.compress(news), "https://a.ir/s", NOW).entries
    assert (entry.url, entry.published_at) == ("https://a.ir/news/5", datetime(2026, 11, 20, tzinfo=UTC))
    leaf = json.dumps({"urls": [{"loc": "https://a.ir/news/6", "lastmode": "2026-11-20T00:00:00Z"}, {"loc": 5}, "x"]}).encode()
    assert [entry.url for entry in _entries(leaf)] == ["https://a.ir/news/6"]
    assert [entry.url for entry in _entries(b"https://a.ir/news/7\nhttps://a.ir/news/8\n")] == [
        "https://a.ir/news/7",
        "https://a.ir/news/8",
    ]


def test_hostile_feeds_are_bounded() -> None:
    with pytest.raises(BadInput):
        parse_feed(gzip.compress(b" " * 60_000_000), "https://a.ir/s", NOW)
    laughs = (
        b'<!DOCTYPE r [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>'
        b"<rss><channel><item><link>https://a.ir/&c;</link></item></channel></rss>"
    )
    assert all("haha" not in entry.url for entry in _entries(laughs))
    outside = b'<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><rss><item><link>https://a.ir/1</link><title>&x;</title></item></rss>'
    assert [entry.url for entry in _entries(outside)] == ["https://a.ir/1"]
    with pytest.raises(BadInput):
        parse_feed(b"<html><body>challenge</body></html>", "https://a.ir/rss", NOW)
    with pytest.raises(BadInput):
        parse_feed(b"[" * 100_000, "https://a.ir/rss", NOW)


@given(st.binary(max_size=300), st.sampled_from([b"", b"<rss>", b"<urlset><url><loc>", b"{", b"[", b"\x1f\x8b"]))
def test_any_bytes_give_a_feed_or_bad_input(rest: bytes, start: bytes) -> None:
    try:
        parse_feed(start + rest, "https://a.ir/rss", NOW)
    except BadInput:
        return


@given(st.text(max_size=80))
def test_any_link_gives_an_address_or_nothing(text: str) -> None:
    link = clean_link(text, "https://a.ir/rss")
    assert link == "" or link.isascii()


def test_channel_messages_are_read_once_each() -> None:
    message = (
        '<div class="tgme_widget_message js-widget_message" data-post="c/7"><div class="tgme_widget_message_text">متن</div>'
        '<time datetime="2026-11-20T10:00:00+00:00"></time></div>'
    )
    (entry,) = messages_in(f"<html><body>{message}{message}</body></html>".encode(), CHANNEL, NOW)
    assert (entry.url, entry.published_at) == ("https://t.me/C/7", datetime(2026, 11, 20, 10, tzinfo=UTC))
    assert "متن" in entry.page.decode()
    assert messages_in(b"", CHANNEL, NOW) == []


@pytest.mark.parametrize(
    ("base", "post", "address"),
    [
        ("https://t.me/s/Sample", "sample/7", "https://t.me/Sample/7"),
        ("https://eitaa.com/sample", "sample/7", "https://eitaa.com/sample/7"),
        ("http://127.0.0.1:18100/mirror/s/sample", "sample/7", "http://127.0.0.1:18100/mirror/sample/7"),
        ("https://t.me/s/sample", "other/7", "https://t.me/other/7"),
        ("https://t.me/s/sample", "sample/../../x", ""),
        ("https://t.me/s/sample", "javascript:x/7", ""),
        ("https://t.me/s/sample", "", ""),
    ],
)
def test_messages_lie_below_the_outlets_own_address(base: str, post: str, address: str) -> None:
    assert message_address(post, replace(CHANNEL, base_url=base)) == address


def test_a_channels_older_page_is_the_one_its_own_link_names() -> None:
    page = b"<a class='tme_messages_more' data-before='481' href='//evil.example/'></a><a data-before='x'></a><a data-after='9'></a>"
    assert older_page(page, CHANNEL) == "https://t.me/s/C?before=481"
    assert older_page(b"<p>oldest</p>", CHANNEL) == older_page(b"", CHANNEL) == ""


@pytest.mark.parametrize(
    ("url", "days"),
    [
        ("https://a.ir/fa/2026/11/24/fa_2026_11_24_sitemap.xml", ("2026-11-24", "2026-11-24")),
        ("https://a.ir/sitemap/1404/sitemap.xml", ("2025-03-21", "2026-03-20")),
        ("https://a.ir/sitemap-1404-12.xml", ("2026-02-20", "2026-03-20")),
        ("https://a.ir/post-sitemap2.xml", None),
    ],
)
def test_a_sitemap_says_by_its_address_which_days_it_holds(url: str, days: tuple[str, str] | None) -> None:
    found = days_in_address(url)
    assert (None if found is None else tuple(map(str, found))) == days


def test_the_window_leaves_out_sitemaps_and_entries_of_other_times() -> None:
    window = Window(datetime(2026, 11, 17, tzinfo=UTC), datetime(2026, 11, 20, tzinfo=UTC))
    assert not window.holds_sitemap(Entry("https://a.ir/sitemap/1403/sitemap.xml"))
    assert window.holds_sitemap(Entry("https://a.ir/sitemap/1405/sitemap.xml"))
    assert not window.holds(Entry("u", modified_at=datetime(2026, 11, 10, tzinfo=UTC)))
    assert window.holds(Entry("u", modified_at=datetime(2026, 11, 18, tzinfo=UTC)))
    assert not window.holds(Entry("u", published_at=datetime(2026, 11, 22, tzinfo=UTC)))
    assert window.holds(Entry("u"))


def test_listings_name_pages_and_jalali_days() -> None:
    day = datetime(2026, 11, 24, tzinfo=UTC).date()
    assert expand("/{jy}/{jm}/{jd}/page/{page}", page=2, day=day) == "/1405/09/03/page/2"
    assert expand("/a?d={y}-{m}-{d}&x={other}", day=day) == "/a?d=2026-11-24&x={other}"


def test_section_words_ignore_half_spaces_and_letter_variants() -> None:
    outlet = Outlet("x", "x", "", "https://a.ir", sections=("خراسان رضوی",))
    assert in_sections(outlet, ["استانها > خراسان\u200cرضوي"])
    assert not in_sections(outlet, ["استانها > گیلان"])
