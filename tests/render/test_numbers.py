from datetime import UTC, datetime, timedelta

import pytest

from render.numbers import ago, difference, number, percent

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "text"), [(0, "۰"), (12345, "۱۲٬۳۴۵"), (2.5, "۲٫۵"), (3.0, "۳"), (-3, "−۳"), (1234567.25, "۱٬۲۳۴٬۵۶۷٫۲")]
)
def test_numbers_are_persian(value: float, text: str) -> None:
    assert number(value) == text


@pytest.mark.parametrize(
    ("share", "text"), [(0.0, "۰٪"), (0.124, "۱۲٪"), (1.0, "۱۰۰٪"), (0.001, "کمتر از ۱٪"), (0.999, "بیش از ۹۹٪"), (0.994, "۹۹٪")]
)
def test_a_share_is_never_rounded_to_none_or_all(share: float, text: str) -> None:
    assert percent(share) == text


def test_a_difference_is_told_in_words() -> None:
    assert [difference(12, 10), difference(8, 10), difference(5, 5)] == ["۲ بیشتر", "۲ کمتر", "بی‌تغییر"]


@pytest.mark.parametrize(
    ("passed", "text"),
    [
        (timedelta(seconds=20), "هم‌اکنون"),
        (timedelta(minutes=5), "۵ دقیقه پیش"),
        (timedelta(hours=3), "۳ ساعت پیش"),
        (timedelta(hours=14), "دیروز"),
        (timedelta(days=4), "۴ روز پیش"),
        (timedelta(days=9), "۲۴ آبان ۱۴۰۵"),
        (timedelta(hours=-30), "۴ آذر ۱۴۰۵"),
    ],
)
def test_time_passed_is_told_from_tehran_days(passed: timedelta, text: str) -> None:
    assert ago(NOW - passed, NOW) == text
