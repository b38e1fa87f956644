"""Reads the dates that Persian news pages print: every form of the grammar, Jalali or Gregorian, absolute or relative.

The calendar is jdatetime's, the zone's history is ``Asia/Tehran`` of tzdata; the grammar is our own, because general parsers read
«1399/02/21» as the Middle Ages and «۲۱ ارديبهشت ۱۳۹۹» (with the Arabic yeh) as another day, silently.
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from typing import Literal

from core.dates import MONTHS, TEHRAN, from_jalali, tehran_day
from core.errors import BadDate

Precision = Literal["second", "minute", "day", "about"]

_JALALI_YEARS = range(1300, 1500)
_GREGORIAN_YEARS = range(1900, 2101)
_LONGEST = 2_000
_FAR = 60

_FOLD = str.maketrans(
    "۰۱۲۳۴۵۶۷۸۹٠١٢٣٤٥٦٧٨٩يىكأإآةۀ\u00a0\u200c\u202f\t\n\r",
    "01234567890123456789ییکاااهه" + " " * 6,
    "\u0640\u200b\u200d\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff"
    "\u064b\u064c\u064d\u064e\u064f\u0650\u0651\u0652\u0654",
)

_PERSIAN_GREGORIAN = (
    ("ژانویه", "جنوری"),
    ("فوریه", "فبروری"),
    ("مارس", "مارچ"),
    ("اوریل", "اپریل"),
    ("مه", "می", "مئی"),
    ("ژوئن", "ژوین", "جون"),
    ("ژوئیه", "ژوییه", "ژولای", "جولای"),
    ("اوت", "اگوست", "اگست"),
    ("سپتامبر", "سپتمبر"),
    ("اکتبر", "اکتوبر"),
    ("نوامبر", "نومبر"),
    ("دسامبر", "دسمبر"),
)
_ENGLISH = ("january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december")
_MONTH_OF: dict[str, tuple[str, int]] = {}
_MONTH_OF.update({name.translate(_FOLD): ("jalali", number) for number, name in enumerate(MONTHS, 1)})
_MONTH_OF.update({"امرداد": ("jalali", 5), "اسپند": ("jalali", 12), "اردی بهشت": ("jalali", 2), "شهریور": ("jalali", 6)})
_MONTH_OF.update({name: ("gregorian", number) for number, names in enumerate(_PERSIAN_GREGORIAN, 1) for name in names})
_MONTH_OF.update({name: ("gregorian", number) for number, name in enumerate(_ENGLISH, 1)})
_MONTH_OF.update({name[:3]: ("gregorian", number) for number, name in enumerate(_ENGLISH, 1)})
_MONTH_OF["sept"] = ("gregorian", 9)
_MONTH = "(?P<month>" + "|".join(sorted(map(re.escape, _MONTH_OF), key=len, reverse=True)) + r")(?![^\W\d_])"

_ISO = re.compile(
    r"(?<!\d)(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})[t ] ?"
    r"(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:\.\d{1,9})?)? ?(?P<zone>z|[+-]\d{2}:?\d{2})?(?!\d)",
)
_DAY_MONTH_YEAR = re.compile(
    rf"(?<!\d)(?P<day>\d{{1,2}}) ?[-/،,.]? ?{_MONTH}(?: ?ماه)?(?: ?سال)? ?[-/،,.]? ?(?P<year>\d{{4}}|\d{{2}})(?!\d|:\d)"
)
_MONTH_DAY_YEAR = re.compile(rf"(?<![^\W_]){_MONTH} (?P<day>\d{{1,2}}) ?[,،]? (?P<year>\d{{4}})(?!\d)")
_YEAR_MONTH_DAY = re.compile(rf"(?<!\d)(?P<year>\d{{4}}) ?[-/،,]? ?{_MONTH}(?: ?ماه)? ?[-/،,]? ?(?P<day>\d{{1,2}})(?!\d|:\d)")
_NUMERIC = re.compile(
    r"(?<![\d/.:-])(?P<first>\d{4}|\d{1,2}) ?(?P<mark>[-/.\\]) ?(?P<month>\d{1,2}) ?(?P=mark) ?(?P<last>\d{4}|\d{1,2})(?![\d/:])"
)
_TIME = re.compile(
    r"(?<![\d:/])(?P<hour>\d{1,2}):(?P<minute>\d{1,2})(?::(?P<second>\d{1,2}))?(?![\d:])"
    r"(?: ?(?P<half>ق ?\.? ?ظ|ب ?\.? ?ظ|قبل ?از ?ظهر|بعد ?از ?ظهر|صبح|بامداد|ظهر|عصر|شب|am\b|pm\b|a\.m\.|p\.m\.))?\.?"
    r" ?(?P<zone>(?:gmt|utc)?[+-]\d{2}:?\d{2}|gmt\b|utc\b|z\b)?",
)
_HOUR_WORDS = re.compile(r"ساعت (?P<hour>\d{1,2})(?: و (?P<minute>\d{1,2}) دقیقه)?(?P<second>)(?P<half>)(?P<zone>)(?![\d:])")

_NUMBERS = {"یک": 1.0, "دو": 2, "سه": 3, "چهار": 4, "پنج": 5, "شش": 6, "هفت": 7, "هشت": 8, "نه": 9, "ده": 10, "نیم": 0.5, "چند": 3}
_UNITS = {
    "ثانیه": timedelta(seconds=1),
    "دقیقه": timedelta(minutes=1),
    "ساعت": timedelta(hours=1),
    "روز": timedelta(days=1),
    "هفته": timedelta(days=7),
    "ماه": timedelta(days=30),
    "سال": timedelta(days=365),
}
_AGO = re.compile(rf"(?<![^\W_])(?P<count>\d{{1,3}}|{'|'.join(_NUMBERS)}) ?(?P<unit>{'|'.join(_UNITS)}) ?(?:ی )?(?:پیش|قبل|گذشته)")
_VAGUE = {
    "لحظات": timedelta(),
    "لحظاتی": timedelta(),
    "لحظه ای": timedelta(),
    "دقایقی": timedelta(minutes=5),
    "دقیقه ای": timedelta(minutes=1),
    "ساعاتی": timedelta(hours=2),
    "ساعتی": timedelta(hours=1),
    "روزی": timedelta(days=1),
}
_VAGUE_AGO = re.compile(rf"(?<![^\W_])(?P<word>{'|'.join(_VAGUE)}) (?:پیش|قبل)")
_NOW = re.compile(r"(?<![^\W_])(?:هم ?اکنون|همین حالا|اکنون|just now)(?![^\W_])")
_NAMED_DAY = re.compile(r"(?<![^\W_])(?P<word>امروز|دیروز|پریروز|دیشب|امشب)(?![^\W_])")
_DAYS_BACK = {"امروز": 0, "امشب": 0, "دیروز": 1, "دیشب": 1, "پریروز": 2}
_OLDER = re.compile("قدیمی ?تر از")


@dataclass(frozen=True, slots=True)
class PressDate:
    """A date as read: the UTC moment, and how precisely it was printed (``day``: midnight in Tehran; ``about``: a vague relative form)."""

    moment: datetime
    precision: Precision


@dataclass(frozen=True, slots=True)
class _Clock:
    at: time
    zone: tzinfo
    with_seconds: bool


def parse_press_date(text: str, now: datetime | None = None) -> datetime:
    """The aware UTC moment of a printed date; BadDate when it cannot be read or is impossible.

    ``now`` is needed for relative forms only. Times without a zone are Tehran's.

    «تاریخ انتشار: ۲۱ ارديبهشت ۱۳۹۹ - ۱۸:۵۹» → 2020-05-10 14:29Z
    «۱۳:۴۸ - ۱۳۹۳/۱۲/۱۵» → 2015-03-06 10:18Z
    «۹۹/۲/۲۱» → 2020-05-09 19:30Z (midnight in Tehran)
    «۲ ساعت پیش» → two hours before ``now``
    """
    return read_press_date(text, now).moment


def read_press_date(text: str, now: datetime | None = None) -> PressDate:
    """Like ``parse_press_date``, with the precision. The first date of the text counts."""
    folded = " ".join(text[:_LONGEST].translate(_FOLD).lower().split())
    iso = _ISO.search(folded)
    days = [match for pattern in (_DAY_MONTH_YEAR, _MONTH_DAY_YEAR, _YEAR_MONTH_DAY, _NUMERIC) if (match := pattern.search(folded))]
    first = min(days, key=lambda match: match.start(), default=None)
    if iso and (first is None or iso.start() <= first.start()):
        return _from_iso(iso, text)
    if first is not None:
        return _with_clock(_day_of(first, text), folded, first.span(), text)
    return _relative(folded, text, now)


def _from_iso(match: re.Match[str], text: str) -> PressDate:
    clock = _clock_of(match, text)
    day = _calendar_day(int(match["year"]), int(match["month"]), int(match["day"]), text)
    return _moment(day, clock)


def _day_of(match: re.Match[str], text: str) -> date:
    groups = match.groupdict()
    if "first" in groups:
        return _numeric_day(match["first"], match["month"], match["last"], text)
    calendar, month = _MONTH_OF[groups["month"]]
    year = int(groups["year"])
    if year < 100:
        if calendar != "jalali":
            raise BadDate("date", text, "a two-digit year with a Gregorian month")
        year = full_year(year)
    if (calendar == "jalali") != (year in _JALALI_YEARS):
        raise BadDate("date", text, "month and year belong to different calendars")
    return _calendar_day(year, month, int(groups["day"]), text)


def full_year(two_digits: int) -> int:
    """The Jalali year of a two-digit one: 70–99 → 1370–1399, 0–69 → 1400–1469."""
    return two_digits + (1300 if two_digits >= 70 else 1400)


def _numeric_day(first: str, month: str, last: str, text: str) -> date:
    if len(first) == 4:
        return _calendar_day(int(first), int(month), int(last), text)
    if len(last) == 4:
        return _calendar_day(int(last), int(month), int(first), text)
    if int(last) > 31:
        first, last = last, first
    return _calendar_day(full_year(int(first)), int(month), int(last), text)


def _calendar_day(year: int, month: int, day: int, text: str) -> date:
    try:
        if year in _JALALI_YEARS:
            return from_jalali(year, month, day)
        if year in _GREGORIAN_YEARS:
            return date(year, month, day)
    except ValueError:
        raise BadDate("date", text, "there is no such day") from None
    raise BadDate("date", text, "the year is neither Jalali (1300–1499) nor Gregorian (1900–2100)")


def _with_clock(day: date, folded: str, span: tuple[int, int], text: str) -> PressDate:
    match = _nearest_time(folded, span)
    if match is None:
        return PressDate(datetime.combine(day, time(), TEHRAN).astimezone(UTC), "day")
    return _moment(day, _clock_of(match, text))


def _nearest_time(folded: str, span: tuple[int, int]) -> re.Match[str] | None:
    """The printed time closest to the date, after it or before it; None when there is none nearby."""
    start, end = span
    found: list[tuple[int, int, re.Match[str]]] = []
    for pattern in (_TIME, _HOUR_WORDS):
        for match in pattern.finditer(folded, max(0, start - _FAR), min(len(folded), end + _FAR)):
            if match.start() >= end:
                found.append((match.start() - end, 0, match))
            elif match.end() <= start:
                found.append((start - match.end(), 1, match))
    return min(found, key=lambda entry: entry[:2])[2] if found else None


def _clock_of(match: re.Match[str], text: str) -> _Clock:
    groups = match.groupdict()
    hour, minute, second = int(groups["hour"]), int(groups["minute"] or 0), int(groups["second"] or 0)
    try:
        at = time(_hour_24(hour, groups.get("half") or ""), minute, second)
    except ValueError:
        raise BadDate("date", text, "there is no such time of the day") from None
    return _Clock(at, _zone_of(groups["zone"] or ""), bool(groups["second"]))


def _hour_24(hour: int, half: str) -> int:
    """The hour on the 24-hour clock: (12, «ب.ظ») → 12, (12, «ق.ظ») → 0, (3, «ب.ظ») → 15, (18, «ب.ظ») → 18."""
    word = half.replace(" ", "").replace(".", "")
    if word in ("قظ", "قبلازظهر", "صبح", "بامداد", "am"):
        return 0 if hour == 12 else hour
    if word in ("بظ", "بعدازظهر", "عصر", "pm") and hour < 12:
        return hour + 12
    if word == "شب" and 6 <= hour < 12:
        return hour + 12
    if word == "ظهر" and hour < 4:
        return hour + 12
    return hour


def _zone_of(text: str) -> tzinfo:
    if not text:
        return TEHRAN
    digits = re.sub(r"[^\d+-]", "", text)
    if not digits:
        return UTC
    offset = timedelta(hours=int(digits[1:3]), minutes=int(digits[3:5]))
    return timezone(-offset if digits[0] == "-" else offset) if offset < timedelta(hours=24) else UTC


def _moment(day: date, clock: _Clock) -> PressDate:
    moment = datetime.combine(day, clock.at, clock.zone).astimezone(UTC)
    return PressDate(moment, "second" if clock.with_seconds else "minute")


def _relative(folded: str, text: str, now: datetime | None) -> PressDate:
    if _OLDER.search(folded):
        raise BadDate("date", text, "only says that it is older")
    match = _AGO.search(folded) or _VAGUE_AGO.search(folded) or _NOW.search(folded) or _NAMED_DAY.search(folded)
    if match is None:
        raise BadDate("date", text, "no known form of a date")
    if now is None:
        raise BadDate("date", text, "a relative date needs the present moment")
    if match.re is _AGO:
        return _counted_ago(match, folded, text, now)
    if match.re is _NAMED_DAY:
        return _with_clock(tehran_day(now) - timedelta(days=_DAYS_BACK[match["word"]]), folded, match.span(), text)
    return PressDate((now - _VAGUE.get(match.groupdict().get("word") or "", timedelta())).astimezone(UTC), "about")


def _counted_ago(match: re.Match[str], folded: str, text: str, now: datetime) -> PressDate:
    count = _NUMBERS.get(match["count"]) or float(match["count"])
    moment = now - _UNITS[match["unit"]] * count
    if match["unit"] == "روز" and _nearest_time(folded, match.span()):
        return _with_clock(tehran_day(moment), folded, match.span(), text)
    return PressDate(moment.astimezone(UTC), "about")
