"""Pages that are huge, broken, deep or lie about their charset: never a crash, time that grows no faster than the page."""

import time
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.records import Outlet
from crawler.extract import extract
from crawler.families import FAMILIES
from crawler.page import decode
from tests.crawler.press import printed_pages

NOW = datetime(2026, 11, 24, 7, 0, tzinfo=UTC)
OUTLET = Outlet("sample", "نمونه", "iran_samaneh", "https://www.sample.example")
PRINTED = printed_pages()
URL = "https://www.sample.example/fa/news/12345/x"
TEXT = "این بند نمونه برای آزمودن است و بلند است؛ شهر نمونه و مردم نمونه در آن هستند."
ARTICLE = f"<h1 class='title'>عنوان نمونه</h1><div class='body'><p>{TEXT}</p><p>{TEXT} بند دوم.</p></div>"


@pytest.mark.parametrize("family", [*FAMILIES, "no_such_family"])
@pytest.mark.parametrize(
    "page",
    [
        b"",
        b" ",
        b"\x00",
        b"<",
        b"<html>",
        b"not html",
        b"\xff\xfe\x00",
        b"{}",
        b"[]",
        b"[1]",
        b"null",
        b"<item>",
        b"<rss><",
        b'{"content":{"rendered":5}}',
        "متن".encode("utf-16"),
    ],
)
def test_empty_and_broken_input_gives_a_flagged_article(family: str, page: bytes) -> None:
    raw = extract(page, URL, Outlet("s", "نمونه", family, "https://www.sample.example"), NOW)
    assert raw.outlet == "s"
    assert "body_missing" in raw.flags or raw.body


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=400), st.sampled_from(sorted(FAMILIES)))
def test_no_bytes_raise(page: bytes, family: str) -> None:
    extract(b"<html><body>" + page, URL, Outlet("s", "نمونه", family, "https://www.sample.example"), NOW)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_a_page_cut_or_torn_anywhere_never_raises(data: st.DataObject) -> None:
    page = data.draw(st.sampled_from(PRINTED))
    start = data.draw(st.integers(0, len(page.html)))
    end = data.draw(st.integers(start, len(page.html)))
    extract(page.html[:start] + page.html[end:], page.url, page.outlet, NOW)


HOSTILE = {
    "deep": lambda n: "<div>" * n + ARTICLE + "</div>" * n,
    "unclosed": lambda n: "<b><i><p>" * n + ARTICLE,
    "wide": lambda n: "<p>نمونه</p>" * n + ARTICLE,
    "nested bodies": lambda n: "<div class='body'>" * n + ARTICLE,
    "links": lambda n: "<a href='/x'>نمونه</a>" * n + ARTICLE,
    "attributes": lambda n: f"<div {' '.join(f'a{i}=b' for i in range(n // 4))}>{ARTICLE}</div>",
    "comments": lambda n: "<div class='comments_item'><div class='comments'>نمونه</div>" * n + ARTICLE,
    "dates": lambda n: "<div class='news_pdate_c'>۱۳۹۹/۰۲</div>" * n + ARTICLE,
    "json": lambda n: f"<script type='application/ld+json'>{'[' * n}</script>{ARTICLE}",
    "entities": lambda n: "&zwnj;&amp;&#1;" * n + ARTICLE,
    "spaces": lambda n: "<p>" + " " * 20 * n + "</p>" + ARTICLE,
    "brackets": lambda n: "<<<<>" * n + ARTICLE,
    "end tags": lambda n: ARTICLE + "</div></span>" * n,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_time_grows_with_the_page_not_with_its_square(name: str) -> None:
    def seconds(size: int) -> float:
        page = f"<html><body>{HOSTILE[name](size)}</body></html>".encode()
        start = time.process_time()
        extract(page, URL, OUTLET, NOW)
        return time.process_time() - start

    seconds(500)
    small, large = max(seconds(2_000), 0.004), seconds(16_000)
    assert large < 8 * small * 4 + 0.2
    assert large < 5


@pytest.mark.parametrize("depth", [50, 500, 1500, 5000])
def test_an_article_inside_absurd_nesting_is_still_found(depth: int) -> None:
    page = f"<html><body>{'<div>' * depth}{ARTICLE}{'</div>' * depth}</body></html>"
    assert extract(page.encode(), URL, OUTLET, NOW).body == f"{TEXT}\n{TEXT} بند دوم."


@pytest.mark.parametrize(
    ("encoding", "header", "meta"),
    [
        ("utf-8", None, "utf-8"),
        ("utf-8", "windows-1256", "utf-8"),
        ("utf-8", "iso-8859-1", "windows-1256"),
        ("utf-8", None, ""),
        ("utf-8-sig", None, ""),
        ("utf-16", None, ""),
        ("cp1256", "windows-1256", ""),
        ("cp1256", None, "windows-1256"),
        ("cp1256", None, ""),
        ("cp1256", "iso-8859-1", ""),
        ("cp1256", "no-such-charset", "windows-1256"),
    ],
)
def test_wrong_charset_claims_do_no_harm(encoding: str, header: str | None, meta: str) -> None:
    text = "خبر نمونه از شهردار و شورا؛ کار و گزارش"
    text = text.replace("ی", "ي") if encoding == "cp1256" else text
    page = f"<html><head>{f'<meta charset={meta}>' if meta else ''}</head><body><h1>{text}</h1></body></html>"
    assert text in decode(page.encode(encoding), header)
    assert extract(page.encode(encoding), URL, OUTLET, NOW, charset=header).headline == text


def test_a_page_cut_within_a_letter_is_still_utf8() -> None:
    page = f"<html><body>{ARTICLE}".encode()
    assert "عنوان نمونه" in decode(page[:-1] + b"\xd8", "windows-1256")


def test_a_page_beyond_the_limit_is_read_up_to_it() -> None:
    page = f"<html><body>{ARTICLE}".encode() + b"<i>x</i>" * 1_200_000
    start = time.process_time()
    assert extract(page, URL, OUTLET, NOW).headline == "عنوان نمونه"
    assert time.process_time() - start < 8
