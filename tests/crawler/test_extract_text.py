"""What of a body is text and what is not, and that text stays as the outlet wrote it."""

from datetime import UTC, datetime

import pytest

from core.records import Outlet, RawArticle
from crawler.extract import extract
from crawler.markers import is_end_marker

NOW = datetime(2026, 11, 24, 7, 0, tzinfo=UTC)
OUTLET = Outlet("sample", "پایگاه نمونه", "wordpress", "https://www.sample.example")
ZWNJ = "\u200c"
FILLER = "<p>این یک بند نمونهٔ بلند است که برای آزمودن متن نوشته شده و چیزی جز نمونه در آن نیست؛ شهر نمونه، محلهٔ نمونه و مردم نمونه.</p>"


def _read(body: str, outlet: Outlet = OUTLET) -> RawArticle:
    page = f"<html><body><h1>عنوان نمونه</h1><div class='entry-content'>{FILLER}{body}</div></body></html>"
    return extract(page.encode(), "https://www.sample.example/x/", outlet, NOW)


def _rest(body: str) -> list[str]:
    return _read(body).body.split("\n")[1:]


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("<p>شهرداری‌ها و کتاب&zwnj;خانه‌ها</p>", f"شهرداری{ZWNJ}ها و کتاب{ZWNJ}خانه{ZWNJ}ها"),
        ("<p>معلّمِ مدرسهٔ نمونه، خطّ و قرآنِ</p>", "معلّمِ مدرسهٔ نمونه، خطّ و قرآنِ"),
        ("<p>علي و علی، كتاب و کتاب</p>", "علي و علی، كتاب و کتاب"),
        ("<p>۱۲۳ 123 ١٢٣ «نقل» ـ پایان…</p>", "۱۲۳ 123 ١٢٣ «نقل» ـ پایان…"),
        ("<p>الف <b>ب</b><i>پ</i> <a href='/x'>ت</a>ث</p>", "الف بپ تث"),
        ("<p>  یک\n   بند\tنمونه </p>", "یک بند نمونه"),
        ("<p>یک&nbsp;نمونه</p>", "یک\u00a0نمونه"),
        ("<p>&#1606;&#1605;&#x648;&#x646;&#x647; &amp; &lt;نمونه&gt;</p>", "نمونه & <نمونه>"),
    ],
)
def test_text_is_kept_to_the_character(markup: str, text: str) -> None:
    assert _rest(markup) == [text]


@pytest.mark.parametrize(
    "marker",
    ["انتهای پیام", "انتهای پیام/", "انتهای پیام/ی", "انتهاي پيام/", "پایان پیام", "پایان پیام/ ۱۲۳", "«انتهای پیام»", "انتهای‌پیام/ن"],
)
def test_end_marker_ends_the_body(marker: str) -> None:
    assert _rest(f"<p>بند دوم نمونه.</p><p>{marker}</p><p>نشانی کانال نمونه</p>") == ["بند دوم نمونه."]
    assert is_end_marker(marker)


@pytest.mark.parametrize(
    "text",
    ["پایان پیام شهردار به مردم نمونه", "در انتهای پیام خود نوشت که نمونه ادامه دارد", "پایان پیام‌رسان نمونه", "انتهای خیابان نمونه"],
)
def test_sentences_that_only_sound_like_an_end_stay(text: str) -> None:
    assert _rest(f"<p>{text}</p><p>بند آخر نمونه.</p>") == [text, "بند آخر نمونه."]


@pytest.mark.parametrize(
    "chrome",
    [
        "<p>بیشتر بخوانید:</p><ul><li><a href='/1'>خبر دیگر نمونه</a></li><li><a href='/2'>خبر سوم نمونه</a></li></ul>",
        "<p><strong>بیشتر بخوانید</strong>: <a href='/1'>خبر دیگر نمونه</a></p>",
        "<p>همچنین بخوانید</p><p><a href='/1'>خبر دیگر نمونه</a></p>",
        "<p>لینک کوتاه: https://sample.example/?p=5</p>",
        "<p>کد خبر: ۱۲۳۴۵</p>",
        "<p>برچسب‌ها: <a href='/t'>نمونه</a>، <a href='/u'>شهر</a></p>",
        "<p>ارسال نظر</p>",
        "<p>نظراتی که حاوی توهین و افترا باشد منتشر نخواهد شد.</p>",
        "<div class='kk-star-ratings'>امتیاز ۴٫۵</div>",
        "<div class='share-buttons'><a href='/s'>اشتراک در تلگرام</a></div>",
        "<div><h4>مطالب مرتبط</h4><p><a href='/1'>خبر دیگر</a> متن کوتاه خبر دیگر که پیوند نیست</p></div>",
        "<p style='display: none'>پنهان</p><p hidden>پنهان</p><script>x</script><style>y</style><noscript>z</noscript>",
        "<figure><img src='/a.jpg'><figcaption>شرح عکس نمونه</figcaption></figure>",
    ],
)
def test_chrome_within_the_body_is_out(chrome: str) -> None:
    assert _rest(f"<p>بند دوم نمونه.</p>{chrome}<p>بند آخر نمونه است.</p>") == ["بند دوم نمونه.", "بند آخر نمونه است."]


def test_sentences_with_the_words_of_chrome_stay() -> None:
    texts = [
        "بازدید شهردار از بوستان نمونه ادامه دارد و مردم آمدند.",
        "بیشتر بدانید که این طرح نمونه چیست و چرا آغاز شد.",
        "کد خبرنگاری او در نمونه ثبت شده بود و کسی نمی‌دانست.",
    ]
    assert _rest("".join(f"<p>{text}</p>" for text in texts)) == texts


def test_each_paragraph_comes_once_where_containers_nest() -> None:
    """Complaint row 23: nested containers that all fit a selector print nothing twice."""
    nested = "<div class='entry-content'><div class='content-inner'><p>یک بند نمونه در جعبهٔ درونی.</p></div></div>"
    assert _read(nested).body.count("یک بند نمونه در جعبهٔ درونی.") == 1


def test_loose_text_and_line_breaks_are_paragraphs() -> None:
    assert _rest("متن آزاد نمونه<br>خط دوم نمونه<br/><br/>خط سوم <b>نمونه</b>") == ["متن آزاد نمونه", "خط دوم نمونه", "خط سوم نمونه"]


def test_an_unclosed_link_loses_no_text() -> None:
    body = "<p><a href='/x'>بند یکم نمونه که پیوندش بسته نشده</p><p>بند دوم نمونه پس از پیوند باز.</p><p>بند سوم نمونه.</p>"
    assert "بند سوم نمونه." in _read(body).body


def test_nastooh_internal_codes_at_the_end_are_out_elsewhere_numbers_stay() -> None:
    nastooh = Outlet("n", "نمونه", "nastooh", "https://www.sample.example")
    page = f"<html><body><h1>نمونه</h1><div class='item-text'>{FILLER}<p>۱۴۰۴</p><p>بند آخر نمونه.</p><p>265 33</p></div></body></html>"
    assert extract(page.encode(), "https://www.sample.example/news/55555", nastooh, NOW).body.split("\n")[1:] == ["۱۴۰۴", "بند آخر نمونه."]
    assert _rest("<p>265 33</p>") == ["265 33"]


def test_an_outlets_own_selectors_go_first() -> None:
    mine = f"<section class='mine'><p>متن {'بلند ' * 40}جای دیگر نمونه که باید همین بیرون بیاید.</p><p class='ad2'>x</p></section>"
    page = f"<html><body><h1>عنوان</h1><div class='entry-content'>{FILLER}</div>{mine}</body></html>"
    outlet = Outlet("o", "نمونه", "wordpress", "https://www.sample.example", selectors={"body": ".mine", "drop": ".ad2"})
    raw = extract(page.encode(), "https://www.sample.example/x/", outlet, NOW)
    assert raw.body.endswith("باید همین بیرون بیاید.")
    assert "برای آزمودن" not in raw.body
