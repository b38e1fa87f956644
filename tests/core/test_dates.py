from datetime import UTC, date, datetime

import pytest

from core.dates import day_start, from_jalali, jalali, jalali_moment, jalali_numeric, jalali_text, tehran_day, week_start, weekday


def test_half_past_eight_in_the_evening_utc_is_the_next_tehran_day() -> None:
    assert tehran_day(datetime(2026, 10, 4, 20, 30, tzinfo=UTC)) == date(2026, 10, 5)
    assert tehran_day(datetime(2026, 10, 4, 20, 29, tzinfo=UTC)) == date(2026, 10, 4)


@pytest.mark.parametrize(("gregorian", "offset_hour"), [(date(2022, 7, 1), 19.5), (date(2023, 7, 1), 20.5), (date(2022, 12, 1), 20.5)])
def test_day_begins_by_the_zone_history_of_tehran(gregorian: date, offset_hour: float) -> None:
    start = day_start(gregorian)
    assert start.hour + start.minute / 60 == offset_hour
    assert tehran_day(start) == gregorian


@pytest.mark.parametrize(
    ("gregorian", "expected"),
    [
        (date(2025, 3, 20), (1403, 12, 30)),
        (date(2025, 3, 21), (1404, 1, 1)),
        (date(2026, 3, 20), (1404, 12, 29)),
        (date(2026, 3, 21), (1405, 1, 1)),
    ],
)
def test_new_years_around_a_leap_year_are_right(gregorian: date, expected: tuple[int, int, int]) -> None:
    assert jalali(gregorian) == expected
    assert from_jalali(*expected) == gregorian


def test_week_begins_on_saturday() -> None:
    assert weekday(date(2026, 11, 21)) == 0
    assert week_start(date(2026, 11, 27)) == date(2026, 11, 21)


def test_texts_are_persian() -> None:
    assert jalali_text(date(2026, 11, 24), with_weekday=True) == "سه‌شنبه ۳ آذر ۱۴۰۵"
    assert jalali_numeric(date(2026, 11, 24)) == "1405/09/03"
    assert jalali_moment(datetime(2026, 11, 24, 3, 0, tzinfo=UTC)) == "۳ آذر ۱۴۰۵، ۰۶:۳۰"
