"""Notices within a day that an outlet has changed: fewer articles, fields that vanish, bodies that shrink, doors that close. Pure.

Compared are the last 24 hours with the two weeks before them: not "is the field empty" but "is it emptier than it was".
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from core.dates import persian_digits
from core.outcomes import READ, Outcome
from core.records import Outlet
from store.archive import Archive
from store.ledger_records import FeedState, Reading

RECENT = timedelta(hours=24)
BEFORE = timedelta(days=14)
LEAST_RECENT = 5
LEAST_BEFORE = 15
FEW = 0.3
SHORT = 0.6
_FIELDS = {
    "l": ("lead", "لید"),
    "d": ("published_at", "تاریخ انتشار"),
    "s": ("section", "بخش"),
    "y": ("byline", "نویسنده"),
    "i": ("images", "تصویر"),
}
_CLOSED = frozenset({Outcome.BLOCKED, Outcome.ROBOTS_UNAVAILABLE})


@dataclass(frozen=True, slots=True)
class HealthFlag:
    """One thing that drifted. ``kind``: silent, few, no_<field>, no_body, short_bodies, blocked, feeds_failing.

    ``now`` and ``before`` are what was compared: articles a day, shares from 0 to 1, or characters.
    """

    outlet: str
    kind: str
    now: float
    before: float
    persian: str


def health(archive: Archive, outlets: Sequence[Outlet], now: datetime) -> list[HealthFlag]:
    """The flags of every enabled outlet, by the ledger."""
    flags: list[HealthFlag] = []
    for outlet in outlets:
        if outlet.enabled:
            readings = archive.ledger.readings(outlet.key, now - RECENT - BEFORE)
            flags += flags_of(outlet.key, readings, now)
            flags += feed_flags(outlet.key, archive.ledger.feeds(outlet.key), now)
    return flags


def flags_of(outlet: str, readings: Sequence[Reading], now: datetime) -> list[HealthFlag]:
    """What drifted between the two weeks before and the last day."""
    recent = [one for one in readings if now - RECENT < one.at <= now]
    before = [one for one in readings if now - RECENT - BEFORE < one.at <= now - RECENT]
    checks: tuple[Callable[[str, Sequence[Reading], Sequence[Reading]], list[HealthFlag]], ...] = (_volume, _doors, _bodies, _fields)
    return [flag for check in checks for flag in check(outlet, recent, before)]


def feed_flags(outlet: str, feeds: Sequence[FeedState], now: datetime) -> list[HealthFlag]:
    """A flag when no feed of the outlet could be read for a day although some are tried."""
    tried = [feed for feed in feeds if not feed.parent and feed.checked_at is not None]
    if not tried or any(feed.failures == 0 for feed in tried):
        return []
    oldest = max((feed.read_at or now - BEFORE for feed in tried), default=now)
    if now - oldest < RECENT:
        return []
    hours = (now - oldest).total_seconds() / 3600
    return [HealthFlag(outlet, "feeds_failing", hours, 0, "هیچ خوراکی از این رسانه در یک روز گذشته خوانده نشد.")]


def _volume(outlet: str, recent: Sequence[Reading], before: Sequence[Reading]) -> list[HealthFlag]:
    days = [0] * BEFORE.days
    old = _new_articles(before)
    if not old:
        return []
    newest = max(one.at for one in old)
    for one in old:
        days[min(int((newest - one.at) / RECENT), BEFORE.days - 1)] += 1
    known_days = int((newest - min(one.at for one in old)) / RECENT) + 1
    usual = median(days[:known_days])
    number = len(_new_articles(recent))
    if known_days < 3 or usual < LEAST_RECENT or number >= FEW * usual:
        return []
    words = f"خبر تازه در یک روز: {persian_digits(number)}؛ معمول: {persian_digits(round(usual))}."
    return [HealthFlag(outlet, "few" if number else "silent", number, usual, words)]


def _doors(outlet: str, recent: Sequence[Reading], before: Sequence[Reading]) -> list[HealthFlag]:
    if len(recent) < LEAST_RECENT:
        return []
    now = sum(one.outcome in _CLOSED for one in recent) / len(recent)
    old = sum(one.outcome in _CLOSED for one in before) / len(before) if before else 0.0
    if now < 0.5 or old >= 0.5:
        return []
    return [HealthFlag(outlet, "blocked", now, old, f"راه {_percent(now)} نشانی‌ها در یک روز گذشته بسته بود.")]


def _bodies(outlet: str, recent: Sequence[Reading], before: Sequence[Reading]) -> list[HealthFlag]:
    flags = []
    now, old = [one for one in recent if _is_page(one)], [one for one in before if _is_page(one)]
    if len(now) < LEAST_RECENT or len(old) < LEAST_BEFORE:
        return []
    empty, empty_before = (sum(one.outcome is Outcome.NO_BODY for one in part) / len(part) for part in (now, old))
    if empty >= 0.3 and empty >= 3 * empty_before:
        flags.append(HealthFlag(outlet, "no_body", empty, empty_before, f"متن {_percent(empty)} خبرهای یک روز گذشته پیدا نشد."))
    long, long_before = (median([one.body_chars for one in part if one.body_chars] or [0]) for part in (now, old))
    if long < SHORT * long_before:
        words = f"متن خبرها کوتاه شده است: {persian_digits(round(long))} نویسه؛ پیش‌تر {persian_digits(round(long_before))}."
        flags.append(HealthFlag(outlet, "short_bodies", long, long_before, words))
    return flags


def _fields(outlet: str, recent: Sequence[Reading], before: Sequence[Reading]) -> list[HealthFlag]:
    now, old = [one for one in recent if one.outcome in READ], [one for one in before if one.outcome in READ]
    if len(now) < LEAST_RECENT or len(old) < LEAST_BEFORE:
        return []
    flags = []
    for letter, (name, persian) in _FIELDS.items():
        share, usual = (sum(letter in one.fields for one in part) / len(part) for part in (now, old))
        if usual >= 0.5 and share < FEW * usual:
            words = f"«{persian}» در {_percent(share)} خبرهای یک روز گذشته بود؛ پیش‌تر در {_percent(usual)}."
            flags.append(HealthFlag(outlet, f"no_{name}", share, usual, words))
    return flags


def _new_articles(readings: Sequence[Reading]) -> list[Reading]:
    return [one for one in readings if one.outcome is Outcome.STORED]


def _is_page(reading: Reading) -> bool:
    return reading.outcome in READ or reading.outcome is Outcome.NO_BODY


def _percent(share: float) -> str:
    return f"{persian_digits(round(share * 100))}٪"
