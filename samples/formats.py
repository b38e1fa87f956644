"""How the CMS families write a moment, an address or a text; each function is a filter of the templates under the same name."""

import html
import json
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import format_datetime
from urllib.parse import quote

from jinja2 import Environment
from markupsafe import Markup

from core.dates import TEHRAN, jalali, jalali_text, persian_digits
from samples.habits import ZWNJ
from samples.pieces import Piece

_ARABIC_MONTH = str.maketrans({"ی": "ي"})


def utc_z(moment: datetime) -> str:
    """``2026-11-24T03:25:00Z`` (Nastooh)."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def utc_offset(moment: datetime) -> str:
    """``2026-11-24T03:25:00+00:00`` (WordPress)."""
    return moment.astimezone(UTC).isoformat(timespec="seconds")


def tehran_iso(moment: datetime) -> str:
    """``2026-11-24T06:55:00+03:30``."""
    return moment.astimezone(TEHRAN).isoformat(timespec="seconds")


def rfc822_gmt(moment: datetime) -> str:
    """``Tue, 24 Nov 2026 03:25:00 GMT`` (Nastooh)."""
    return format_datetime(moment.astimezone(UTC), usegmt=True)


def rfc822_utc(moment: datetime) -> str:
    """``Tue, 24 Nov 2026 03:25:00 +0000`` (WordPress)."""
    return format_datetime(moment.astimezone(UTC))


def rfc822_tehran(moment: datetime) -> str:
    """``24 Nov 2026 06:55:00 +0330``: Iran Samaneh leaves the weekday out."""
    return format_datetime(moment.astimezone(TEHRAN)).partition(", ")[2]


def unix(moment: datetime) -> int:
    """Seconds since 1970, as in ``?ts=``."""
    return int(moment.timestamp())


def jalali_day(moment: datetime) -> str:
    """«۳ آذر ۱۴۰۵»."""
    return jalali_text(moment.astimezone(TEHRAN).date())


def jalali_dash(moment: datetime) -> str:
    """«۳ آذر ۱۴۰۵ - ۰۶:۵۵»."""
    return f"{jalali_day(moment)} - {_clock(moment)}"


def jalali_comma(moment: datetime) -> str:
    """«۳ آذر ۱۴۰۵، ۶:۵۵»: Persian comma, hour without zero."""
    return f"{jalali_day(moment)}، {_clock(moment).removeprefix('۰')}"


def jalali_arabic(moment: datetime) -> str:
    """«۲۱ ارديبهشت ۱۴۰۵ - ۱۸:۵۹»: the month typed with the Arabic ي."""
    return jalali_dash(moment).translate(_ARABIC_MONTH)


def jalali_meta(moment: datetime) -> str:
    """«۱۴۰۵/۰۹/۰۳ - ۰۶:۵۵», as Iran Samaneh fills ``article:published_time``."""
    return f"{_slashed(moment)} - {_clock(moment)}"


def jalali_time_first(moment: datetime) -> str:
    """«۰۶:۵۵ - ۱۴۰۵/۰۹/۰۳», the date of a comment."""
    return f"{_clock(moment)} - {_slashed(moment)}"


def percent(text: str) -> str:
    """The path percent-encoded."""
    return quote(text, safe="/?=&:")


def json_ld(value: object) -> Markup:
    """A JSON-LD object that no text in it can end early."""
    return Markup(json.dumps(value, ensure_ascii=False).replace("<", "\\u003c"))


def entities(text: str) -> Markup:
    """HTML whose half-spaces are ``&zwnj;``."""
    return Markup(html.escape(text).replace(ZWNJ, "&zwnj;"))


def picture(piece: Piece) -> str:
    """Where the picture of a piece lies."""
    return f"/d/{piece.published_at:%Y/%m/%d}/{piece.news_id}.png"


def add_filters(environment: Environment, address: Callable[[Piece], str]) -> None:
    """Makes the functions of this module filters; ``address`` is the site's own path of a piece."""
    own = (utc_z, utc_offset, tehran_iso, rfc822_gmt, rfc822_utc, rfc822_tehran, unix, jalali_day, jalali_dash, jalali_comma)
    more = (jalali_arabic, jalali_meta, jalali_time_first, percent, json_ld, entities, picture)
    environment.filters |= {function.__name__: function for function in (*own, *more)}
    environment.filters |= {"address": address, "fa": persian_digits}


def _clock(moment: datetime) -> str:
    return persian_digits(moment.astimezone(TEHRAN).strftime("%H:%M"))


def _slashed(moment: datetime) -> str:
    return persian_digits("{:04d}/{:02d}/{:02d}".format(*jalali(moment.astimezone(TEHRAN).date())))
