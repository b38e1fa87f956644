"""What kind of day a Tehran day is: the press of Ashura is not that of any other Thursday. By both calendars, through ``holidays``."""

from datetime import date, timedelta
from functools import lru_cache

from core.dates import jalali, weekday

_FRIDAY = 6
_NOWRUZ_DAYS = 13
_MUHARRAM_DAYS = 12


def day_kind(day: date) -> str:
    """``nowruz``, ``ramadan``, ``muharram``, ``holiday`` (also every Friday), else ``weekday:0`` (Saturday) … ``weekday:5``.

    2026-11-24 → ``weekday:3``; 2026-03-22 → ``nowruz``; 2026-06-25 (Ashura) → ``muharram``; 2026-03-11 → ``ramadan``.
    """
    _, month, number = jalali(day)
    if month == 1 and number <= _NOWRUZ_DAYS:
        return "nowruz"
    fasts, mourning, official = _seasons(day.year)
    for name, spans in (("ramadan", fasts), ("muharram", mourning)):
        if any(first <= day <= last for first, last in spans):
            return name
    number = weekday(day)
    return "holiday" if number == _FRIDAY or day in official else f"weekday:{number}"


def like_days(day: date, most: int = 8, reach: int = 400) -> list[date]:
    """The newest earlier days of the same kind: at most ``most``, no more than ``reach`` days back.

    A season has ended a year ago or is young: where fewer than three days are like it, the fourteen days before are compared instead.
    """
    kind = day_kind(day)
    far = reach if not kind.startswith("weekday:") else most * 7 + 28
    found: list[date] = []
    for back in range(1, far + 1):
        earlier = day - timedelta(days=back)
        if day_kind(earlier) == kind:
            found.append(earlier)
            if len(found) == most:
                break
    return found if len(found) >= 3 else [day - timedelta(days=back) for back in range(1, 15)]


@lru_cache(maxsize=64)
def _seasons(year: int) -> tuple[list[tuple[date, date]], list[tuple[date, date]], frozenset[date]]:
    """The Ramadans and Muharrams that touch a Gregorian year, and its official holidays."""
    # 0.2 s to import, and only alerts need it.
    from holidays import country_holidays

    known = country_holidays("IR", years=range(year - 1, year + 2), language="en_US")
    names = {day: {part.removesuffix(" (estimated)").strip() for part in words.split(";")} for day, words in known.items()}
    fasts = [(day - timedelta(days=30), day - timedelta(days=1)) for day in names if "Eid al-Fitr" in names[day]]
    mourning = [(day - timedelta(days=9), day + timedelta(days=_MUHARRAM_DAYS - 10)) for day in names if "Ashura" in names[day]]
    return fasts, mourning, frozenset(names)
