"""UTC inside, Jalali and Tehran at the edges."""

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import jdatetime

TEHRAN = ZoneInfo("Asia/Tehran")
MONTHS = ("فروردین", "اردیبهشت", "خرداد", "تیر", "مرداد", "شهریور", "مهر", "آبان", "آذر", "دی", "بهمن", "اسفند")
WEEKDAYS = ("شنبه", "یکشنبه", "دوشنبه", "سه‌شنبه", "چهارشنبه", "پنجشنبه", "جمعه")
_PERSIAN_DIGITS = str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")


def utc_now() -> datetime:
    """The only place that reads the clock; everything else takes ``now`` as an argument."""
    return datetime.now(UTC)


def persian_digits(text: object) -> str:
    """«۱۲۳» for ``123``; other characters stay."""
    return str(text).translate(_PERSIAN_DIGITS)


def tehran_day(moment: datetime) -> date:
    """The Tehran day of a moment, as a Gregorian date: 20:30Z belongs to the next day."""
    return moment.astimezone(TEHRAN).date()


def day_start(day: date) -> datetime:
    """The UTC moment at which a Tehran day begins."""
    return datetime.combine(day, time(), TEHRAN).astimezone(UTC)


def weekday(day: date) -> int:
    """0 = Saturday … 6 = Friday."""
    return (day.weekday() + 2) % 7


def week_start(day: date) -> date:
    """The Saturday on or before ``day``."""
    return day - timedelta(days=weekday(day))


@lru_cache(maxsize=4096)
def jalali(day: date) -> tuple[int, int, int]:
    """(1405, 9, 3) for 2026-11-24."""
    converted = jdatetime.date.fromgregorian(date=day)
    return converted.year, converted.month, converted.day


def from_jalali(year: int, month: int, day: int) -> date:
    """2026-11-24 for (1405, 9, 3); ValueError when there is no such day."""
    converted: date = jdatetime.date(year, month, day).togregorian()
    return converted


def jalali_text(day: date, *, with_weekday: bool = False) -> str:
    """«۳ آذر ۱۴۰۵», or «سه‌شنبه ۳ آذر ۱۴۰۵» with the weekday."""
    year, month, number = jalali(day)
    words = f"{number} {MONTHS[month - 1]} {year}"
    return persian_digits(f"{WEEKDAYS[weekday(day)]} {words}" if with_weekday else words)


def jalali_numeric(day: date) -> str:
    """«1405/09/03» in ASCII digits: sorts as text and can be typed into ``from:``."""
    return "{:04d}/{:02d}/{:02d}".format(*jalali(day))


def jalali_moment(moment: datetime) -> str:
    """«۳ آذر ۱۴۰۵، ۰۶:۳۰» in Tehran time."""
    there = moment.astimezone(TEHRAN)
    return f"{jalali_text(there.date())}، {persian_digits(there.strftime('%H:%M'))}"
