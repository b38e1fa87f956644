"""Dates as they are typed into ``from:``, ``to:`` and ``on:`` → Tehran days."""

import re
from datetime import UTC, date, datetime, time, timedelta

from core.dates import TEHRAN, day_start, from_jalali, jalali, tehran_day
from core.letters import fold

_DATE = re.compile(r"(\d{4})(?:[/\-.](\d{1,2})(?:[/\-.](\d{1,2}))?)?$")
_DAY_FIRST = re.compile(r"(\d{1,2})[/\-.](\d{1,2})[/\-.](\d{4})$")
_AGO = re.compile(r"-?(\d{1,4})\s*(?:d|days?|روز)$")
NAMED_DAYS = {"today": 0, "امروز": 0, "yesterday": 1, "دیروز": 1, "پریروز": 2}


_MINUTE = re.compile(r"(.+?)[T\s]+(\d{1,2}):(\d{2})$", re.IGNORECASE)


def read_span(text: str, now: datetime) -> tuple[datetime, datetime] | None:
    """The moments (UTC) between which a typed date or minute of Tehran lies; None when it is none.

    «1405/09/03» → from the beginning of that day to that of the next · «1405/09/03T06:30», «۱۴۰۵/۰۹/۰۳ ۰۶:۳۰» → that moment twice:
    ``from:`` begins there and ``to:`` ends before it.
    """
    minute = _MINUTE.match(fold(text.strip()))
    days = read_days(minute.group(1) if minute else text, now)
    if days is None:
        return None
    if not minute:
        return day_start(days[0]), day_start(days[1])
    hour, minutes = int(minute.group(2)), int(minute.group(3))
    if hour > 23 or minutes > 59 or days[1] - days[0] != timedelta(days=1):
        return None
    moment = datetime.combine(days[0], time(hour, minutes), TEHRAN).astimezone(UTC)
    return moment, moment


def read_days(text: str, now: datetime) -> tuple[date, date] | None:
    """The first day and the day after the last of a typed date; None when it is none.

    «1405/9/3», «۱۴۰۵-۰۹-۰۳», «۳/۹/۱۴۰۵», «2026-11-24» → that day
    «1405/9» → the month · «1405» → the year · «امروز», «دیروز», «7d», «۷روز» → that day
    """
    text = _DAY_FIRST.sub(r"\3/\2/\1", fold(text.strip()))
    today = tehran_day(now)
    if text in NAMED_DAYS:
        day = today - timedelta(days=NAMED_DAYS[text])
        return day, day + timedelta(days=1)
    if ago := _AGO.match(text):
        day = today - timedelta(days=int(ago.group(1)))
        return day, day + timedelta(days=1)
    found = _DATE.match(text)
    if not found:
        return None
    year, month, day_number = (int(part) if part else None for part in found.groups())
    try:
        return _jalali_days(year or 0, month, day_number) if 1200 <= (year or 0) < 1600 else _gregorian_days(year or 0, month, day_number)
    except ValueError:
        return None


def _jalali_days(year: int, month: int | None, day: int | None) -> tuple[date, date]:
    first = from_jalali(year, month or 1, day or 1)
    if day:
        return first, first + timedelta(days=1)
    if month:
        return first, from_jalali(year + month // 12, month % 12 + 1, 1)
    return first, from_jalali(year + 1, 1, 1)


def _gregorian_days(year: int, month: int | None, day: int | None) -> tuple[date, date]:
    if not 1900 <= year <= 2200:
        raise ValueError(year)
    first = date(year, month or 1, day or 1)
    if day:
        return first, first + timedelta(days=1)
    if month:
        return first, date(year + month // 12, month % 12 + 1, 1)
    return first, date(year + 1, 1, 1)


def month_value(day: date) -> str:
    """«1405-09»: the Jalali month under which a day is counted."""
    return "{:04d}-{:02d}".format(*jalali(day)[:2])
