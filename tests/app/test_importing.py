import json
from contextlib import suppress
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.importing import paragraphs, read_article
from core.errors import BadInput
from core.records import Outlet, RawArticle

NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)
GOOD = {
    "outlet": "sample",
    "url": "https://example.org/news/1",
    "headline": "تیتر نمونه",
    "body": "بند نخست.\n\nبند دوم.",
    "published_at": "2026-11-23T10:00:00+03:30",
}


def read(**changes: object) -> RawArticle:
    return read_article(json.dumps({**GOOD, **changes}), {}, NOW)


def test_paragraphs_are_parted_by_one_or_two_line_ends() -> None:
    assert paragraphs("یک\nدو\r\n\r\nسه\n\n\n") == "یک\nدو\nسه"


@pytest.mark.parametrize("headline", [None, "", "  "])
def test_missing_headline_becomes_the_first_twelve_words(headline: str | None) -> None:
    words = [f"واژه{number}" for number in range(20)]
    assert read(headline=headline, body=" ".join(words)).headline == " ".join(words[:12])


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("outlet", ""),
        ("outlet", 7),
        ("url", "ftp://example.org/1"),
        ("url", "news/1"),
        ("url", "http://[bad"),
        ("body", " \n "),
        ("body", None),
        ("headline", ["x"]),
        ("published_at", "دیگر روز"),
        ("published_at", None),
    ],
)
def test_bad_field_is_named_with_its_value(field: str, value: object) -> None:
    with pytest.raises(BadInput) as error:
        read(**{field: value})
    assert error.value.field == field


@pytest.mark.parametrize("line", ["", "{", "[]", "7", '"x"', "[" * 100_000])
def test_line_that_is_no_object_is_refused(line: str) -> None:
    with pytest.raises(BadInput) as error:
        read_article(line, {}, NOW)
    assert error.value.field == "line"


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-11-23T10:00:00Z", datetime(2026, 11, 23, 10, tzinfo=UTC)),
        ("2026-11-23T10:00:00", datetime(2026, 11, 23, 6, 30, tzinfo=UTC)),
        ("2022-07-01 10:00", datetime(2022, 7, 1, 5, 30, tzinfo=UTC)),
        ("1405/09/02 10:00", datetime(2026, 11, 23, 6, 30, tzinfo=UTC)),
        ("۲ آذر ۱۴۰۵ - ۱۰:۰۰", datetime(2026, 11, 23, 6, 30, tzinfo=UTC)),
    ],
)
def test_time_without_a_zone_is_tehran_time(text: str, moment: datetime) -> None:
    """Complaint 16: naive times are Asia/Tehran, by its zone history; complaint 5: Jalali years are never read as Gregorian."""
    assert read(published_at=text).published_at == moment


def test_known_outlet_gives_the_identity_that_the_crawler_would_give() -> None:
    outlet = Outlet("quds", "قدس", "nastooh", "https://qudsonline.ir")
    article = read_article(
        json.dumps({**GOOD, "outlet": "quds", "url": "https://www.qudsonline.ir/news/12345/slug"}), {"quds": outlet}, NOW
    )
    assert article.news_id == "12345"


def test_text_is_kept_to_the_character_but_what_cannot_be_stored() -> None:
    body = "می\u200cشود كتاب يك \u0651"
    assert read(body=body).body == body
    assert read(body="a\ud800b\x00c").body == "a\ufffdb\ufffdc"


@given(st.text(max_size=400))
def test_any_line_is_read_or_refused(line: str) -> None:
    with suppress(BadInput):
        read_article(line, {}, NOW)
