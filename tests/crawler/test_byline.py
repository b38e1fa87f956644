"""A byline is the name alone, whatever is printed around it."""

from datetime import UTC, datetime

import pytest

from core.records import Outlet
from crawler.byline import person_of
from crawler.extract import extract

NOW = datetime(2026, 11, 24, 7, 0, tzinfo=UTC)
ZWNJ = "\u200c"
TEXT = "<p>این یک بند نمونهٔ بلند است که برای آزمودن نام نویسنده نوشته شده و چیزی جز نمونه در آن نیست؛ شهر نمونه و مردم نمونه.</p>"


@pytest.mark.parametrize(
    ("printed", "name"),
    [
        ("نمونهٔ نگارنده", "نمونهٔ نگارنده"),
        ("نوشتهٔ نمونهٔ نگارنده", "نمونهٔ نگارنده"),
        ("نوشتۀ نمونهٔ نگارنده", "نمونهٔ نگارنده"),
        (f"نوشته{ZWNJ}ی نمونه{ZWNJ}ای", f"نمونه{ZWNJ}ای"),
        ("نوشته: نمونه نمونه‌ای", "نمونه نمونه‌ای"),
        ("نوشته شده توسط نمونه نمونه‌ای", "نمونه نمونه‌ای"),
        ("ارسال شده توسط : نمونه", "نمونه"),
        ("نویسنده: نمونهٔ نگارنده", "نمونهٔ نگارنده"),
        ("نویسنده مطلب : نمونه", "نمونه"),
        ("خبرنگار: نمونه‌ای", "نمونه‌ای"),
        ("به قلم نمونهٔ نگارنده", "نمونهٔ نگارنده"),
        ("تهیه و تنظیم: نمونه", "نمونه"),
        ("By Nemune Writer", "Nemune Writer"),
        ("نمونهٔ نگارنده | پایگاه نمونه", "نمونهٔ نگارنده"),
        ("نمونهٔ نگارنده، خبرنگار گروه شهری", "نمونهٔ نگارنده"),
        ("نمونهٔ نگارنده - ۲۹ مهر ۱۴۰۳", "نمونهٔ نگارنده"),
        ("نمونهٔ نگارنده، نمونهٔ دوم", "نمونهٔ نگارنده، نمونهٔ دوم"),
        ("پایگاه نمونه", ""),
        ("مدیر سایت", ""),
        ("Admin", ""),
        ("https://www.facebook.com/sample", ""),
        ("", ""),
        ("نمونه " * 30, ""),
    ],
)
def test_a_byline_is_the_name_alone(printed: str, name: str) -> None:
    assert person_of(printed, ("پایگاهنمونه",)) == name


@pytest.mark.parametrize(
    ("family", "markup"),
    [
        ("wordpress", "<span class='byline'> نوشتهٔ <span class='author vcard'><a class='url fn n' href='/author/x'>{}</a></span></span>"),
        ("wordpress", "<div class='meta'>نوشتهٔ <span class='author vcard'>{}</span></div>"),
        ("wordpress", "<a rel='author' href='/author/x'>{}</a>"),
        ("wordpress", "<div class='jeg_meta_author'>توسط <a href='/author/x'>{}</a></div>"),
        ("wordpress", "<span class='byline'>نوشتهٔ {}</span>"),
        ("nastooh", "<div class='item-author'>خبرنگار: {}</div>"),
        ("iran_samaneh", "<div class='reporter'>گزارش: {}</div>"),
        ("", "<span itemprop='author'>نویسنده: {}</span>"),
    ],
)
def test_every_familys_byline_gives_the_name_alone(family: str, markup: str) -> None:
    comments = "<ol class='comment-list'><li><div class='comment-author vcard'><b class='fn'>خوانندهٔ نمونه</b></div><p>سپاس</p></li></ol>"
    body = "item-text" if family == "nastooh" else "body" if family == "iran_samaneh" else "entry-content"
    page = (
        f"<html><body><article><h1>عنوان نمونه</h1>{markup.format('نمونهٔ نگارنده')}<div class='{body}'>{TEXT * 3}</div></article>"
        f"{comments}</body></html>"
    )
    outlet = Outlet("s", "پایگاه نمونه", family, "https://www.sample.example")
    assert extract(page.encode(), "https://www.sample.example/news/12345/x", outlet, NOW).byline == "نمونهٔ نگارنده"


@pytest.mark.parametrize(
    ("author", "name"),
    [
        ('{"@type":"Person","name":"نمونهٔ نگارنده"}', "نمونهٔ نگارنده"),
        ('[{"@type":"Person","name":"نمونهٔ نگارنده"},{"@type":"Person","name":"نمونهٔ دوم"}]', "نمونهٔ نگارنده، نمونهٔ دوم"),
        ('"نمونهٔ نگارنده"', "نمونهٔ نگارنده"),
        ('{"@type":"Organization","name":"خبرگزاری دیگر"}', ""),
        ('{"@type":"Person","name":"پایگاه نمونه"}', ""),
        ('[null, 5, {"name": 7}]', ""),
    ],
)
def test_the_heads_author_counts_where_none_is_printed(author: str, name: str) -> None:
    head = f'<script type="application/ld+json">{{"@type":"NewsArticle","author":{author}}}</script>'
    page = f"<html><head>{head}</head><body><h1>عنوان نمونه</h1><div class='entry-content'>{TEXT * 3}</div></body></html>"
    outlet = Outlet("s", "پایگاه نمونه", "wordpress", "https://www.sample.example")
    assert extract(page.encode(), "https://www.sample.example/x/", outlet, NOW).byline == name
