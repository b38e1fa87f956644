"""Answers that are no articles although something was answered."""

import pytest

from core.outcomes import Outcome
from crawler.blocks import find_block
from tests.crawler.press import printed_pages

HTML = {"content-type": "text/html; charset=utf-8"}
URL = "https://www.sample.example/news/5/x"
NAVIGATION = "<ul>" + "<li><a href='/x'>بخش نمونه</a></li>" * 300 + "</ul>"


def _block(body: str | bytes, status: int = 200, url: str = URL, headers: dict[str, str] | None = None) -> Outcome | None:
    return find_block(status, headers or HTML, body.encode() if isinstance(body, str) else body, url, URL)


@pytest.mark.parametrize("page", printed_pages(), ids=lambda page: page.name)
def test_no_real_page_is_taken_for_a_block(page: object) -> None:
    assert find_block(200, HTML, page.html, page.url, page.url) is None  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "body",
    [
        "<html><head><title>صبر کنید</title><script src='/__arcsjs/x.js'></script></head><body>ArvanCloud در حال بررسی</body></html>",
        "<html><head><title>Just a moment...</title></head><body><script>x</script></body></html>",
        "<html><body><script>window._cf_chl_opt={}</script></body></html>",
        "<!DOCTYPE html><html><head><script src='/app.js'></script></head><body><div id='root'></div></body></html>",
        "",
    ],
)
def test_challenges_and_app_shells_are_blocked(body: str) -> None:
    assert _block(body) is Outcome.BLOCKED


@pytest.mark.parametrize(
    "body",
    [
        f"<html><head><title>نمونه</title></head><body>{NAVIGATION}<div>صفحه درخواستی شما موجود نمی باشد</div></body></html>",
        f"<html><head><title>نمونه</title></head><body>{NAVIGATION}<p>صفحهٔ مورد نظر یافت نشد.</p></body></html>",
        "<html><head><title>خطای ۴۰۴ - نمونه</title></head><body><p>متن</p></body></html>",
        "<html><body><h1>Page not found</h1><p>x</p></body></html>",
        "<html><body><h2>متاسفانه صفحه مورد نظر شما پیدا نشد!</h2><p>x</p></body></html>",
    ],
)
def test_pages_that_say_not_found_with_200_are_soft_404s(body: str) -> None:
    assert _block(body) is Outcome.SOFT_404


def test_an_article_that_quotes_not_found_is_an_article() -> None:
    body = "<html><meta property='article:published_time' content='2026-11-20'><body><p>صفحه درخواستی شما موجود نمی باشد</p></body></html>"
    assert _block(body) is None
    assert (
        _block(f"<html><body>{'<p>این یک گزارش نمونه است که در آن نوشته‌اند صفحه یافت نشد و کسی پاسخ نداد.</p>' * 9}</body></html>") is None
    )


@pytest.mark.parametrize(
    ("reached", "expected"),
    [
        ("https://www.sample.example/", Outcome.SOFT_404),
        ("https://www.sample.example/fa", Outcome.SOFT_404),
        ("https://www.sample.example/news/5", None),
        ("https://www.sample.example/?p=5", None),
    ],
)
def test_an_article_that_leads_home_is_a_soft_404(reached: str, expected: Outcome | None) -> None:
    assert _block("<p>متن نمونهٔ صفحهٔ نخست</p>" * 50, url=reached) is expected


@pytest.mark.parametrize(
    ("status", "headers", "expected"),
    [
        (404, HTML, Outcome.GONE),
        (410, HTML, Outcome.GONE),
        (403, HTML, Outcome.BLOCKED),
        (429, HTML, Outcome.BLOCKED),
        (500, HTML, Outcome.FAILED),
        (307, {"location": URL}, Outcome.BLOCKED),
        (200, {"content-type": "application/pdf"}, Outcome.NOT_AN_ARTICLE),
        (200, {"content-type": "image/jpeg"}, Outcome.NOT_AN_ARTICLE),
    ],
)
def test_status_and_kind_decide_first(status: int, headers: dict[str, str], expected: Outcome) -> None:
    assert _block("<p>x</p>", status, headers=headers) is expected


@pytest.mark.parametrize(
    "body", [b'{"id": 5}', b"<?xml version='1.0'?><rss><channel><title>x</title></channel></rss>", b"<item><title>404</title></item>"]
)
def test_data_is_never_read_as_a_page(body: bytes) -> None:
    assert find_block(200, {"content-type": "application/xml"}, body, URL, URL) is None


@pytest.mark.parametrize("body", [b"\xff\xfe" * 4000, b"<" * 100_000, b"<div " * 50_000, b"\x00" * 10_000, "<p>".encode("utf-16")])
def test_any_bytes_get_an_answer(body: bytes) -> None:
    find_block(200, HTML, body, URL, URL)
