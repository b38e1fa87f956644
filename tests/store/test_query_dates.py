"""Typed dates and NEAR: small tables of what is read as what."""

from datetime import UTC, date, datetime

import pytest

from store.addresses import keys_of
from store.near import gapped
from store.query_dates import month_value, read_days, read_span

NOW = datetime(2026, 11, 24, 21, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "first", "after"),
    [
        ("1405/9/3", date(2026, 11, 24), date(2026, 11, 25)),
        ("۱۴۰۵/۰۹/۰۳", date(2026, 11, 24), date(2026, 11, 25)),
        ("١٤٠٥-٠٩-٠٣", date(2026, 11, 24), date(2026, 11, 25)),
        ("2026-11-24", date(2026, 11, 24), date(2026, 11, 25)),
        ("1405/12", date(2027, 2, 20), date(2027, 3, 21)),
        ("1403/12/30", date(2025, 3, 20), date(2025, 3, 21)),
        ("1405", date(2026, 3, 21), date(2027, 3, 21)),
        ("2026-12", date(2026, 12, 1), date(2027, 1, 1)),
        ("امروز", date(2026, 11, 25), date(2026, 11, 26)),
        ("yesterday", date(2026, 11, 24), date(2026, 11, 25)),
        ("7d", date(2026, 11, 18), date(2026, 11, 19)),
        ("۷روز", date(2026, 11, 18), date(2026, 11, 19)),
    ],
)
def test_a_typed_date_is_the_days_it_names_in_tehran(text: str, first: date, after: date) -> None:
    assert read_days(text, NOW) == (first, after)


@pytest.mark.parametrize(
    "text", ["", "1405/13", "1405/12/30", "1700/1/1", "9999-01-01", "فردا", "12", "1405/9/3T25:00", "1405T06:30", "2026-02-30"]
)
def test_complaint_5_what_is_no_plausible_date_is_none(text: str) -> None:
    """Row 5: years beyond every plausible one are refused."""
    assert read_span(text, NOW) is None


def test_the_month_of_a_day_is_jalali() -> None:
    assert month_value(date(2026, 11, 21)) == "1405-08"
    assert month_value(date(2026, 11, 22)) == "1405-09"


def test_near_is_every_order_and_gap() -> None:
    assert gapped(("a", "b"), 1) == (((0, "a"), (1, "b")), ((0, "a"), (2, "b")), ((0, "b"), (1, "a")), ((0, "b"), (2, "a")))
    assert gapped(("a", "a"), 0) == (((0, "a"), (1, "a")),)
    assert all(sequence[-1][0] <= 2 + 2 for sequence in gapped(("a", "b", "c"), 2))
    assert len(gapped(("a", "b", "c"), 2)) == 6 * 6


@pytest.mark.parametrize(
    ("address", "key"),
    [
        ("https://www.toos.example/fa/news/123456/slug?x=1#top", "toos.example/fa/news/123456/slug"),
        ("http://m.toos.example/fa/news/123456/slug/", "toos.example/fa/news/123456/slug"),
        ("toos.example/fa/news/123456", "toos.example#123456"),
        ("https://toos.example/%D8%B4%D9%87%D8%B1", "toos.example/شهر"),
        ("https://toos.example/?p=77", "toos.example?p=77"),
    ],
)
def test_forms_of_one_address_share_a_key(address: str, key: str) -> None:
    assert key in keys_of(address)


@pytest.mark.parametrize("address", ["", "http://", "http://[::1", "/only/a/path"])
def test_what_is_no_address_has_no_key(address: str) -> None:
    assert keys_of(address) == ()
