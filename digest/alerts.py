"""When an alert fires. Pure: counts in, alerts out; the same rule serves the live service and the back-test.

A spike is judged against the same hours of days of the same kind (weekday, holiday, Nowruz, Ramadan, Muharram). It is told once an
episode: not again on the same Tehran day, nor within six hours of the one before. A story is told once, whatever becomes of it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil, sqrt
from statistics import median
from typing import Literal

from core.dates import TEHRAN, tehran_day
from digest.calendar import day_kind, like_days

Kind = Literal["volume", "negative", "story"]
KINDS: tuple[Kind, ...] = ("volume", "negative", "story")
WINDOW = timedelta(hours=3)
AGAIN_AFTER = timedelta(hours=6)
LEAST_VOLUME = 6
LEAST_NEGATIVE = 4
STORY_OUTLETS = 3
STORY_WITHIN = timedelta(hours=48)

# (since, until, only negative) → how many articles
Count = Callable[[datetime, datetime, bool], int]


@dataclass(frozen=True, slots=True)
class Spike:
    """More articles (or more negative ones) than is usual: ``usual`` is the median of the days compared, ``limit`` is what fires."""

    kind: Kind
    since: datetime
    until: datetime
    count: int
    usual: float
    limit: int
    compared: int
    day_kind: str

    @property
    def key(self) -> str:
        """Names the alert for ever: one of a kind on a Tehran day."""
        return f"{self.kind}:{tehran_day(self.until).isoformat()}"


@dataclass(frozen=True, slots=True)
class Rising:
    """A story that outlets take up one after the other: ``first`` is the article that began it, ``outlets`` in the order they joined."""

    story: int
    originals: tuple[int, ...]
    first: int
    outlets: tuple[str, ...]
    articles: int
    began_at: datetime

    @property
    def key(self) -> str:
        """Names the alert for ever."""
        return f"story:{self.story}"


def window_at(now: datetime) -> tuple[datetime, datetime]:
    """The last three whole hours before ``now``, in Tehran's hours: 09:20 there → 06:00 to 09:00."""
    there = now.astimezone(TEHRAN).replace(minute=0, second=0, microsecond=0)
    until = there.astimezone(now.tzinfo)
    return until - WINDOW, until


def find_spike(kind: Literal["volume", "negative"], now: datetime, count: Count, archive_since: datetime) -> Spike | None:
    """The spike of the last three hours; None when it is not one, or fewer than three like days lie in the archive."""
    since, until = window_at(now)
    only_negative = kind == "negative"
    found = count(since, until, only_negative)
    if found < (LEAST_NEGATIVE if only_negative else LEAST_VOLUME):
        return None
    day = tehran_day(until)
    shifts = [timedelta(days=(day - earlier).days) for earlier in like_days(day)]
    usual = [count(since - shift, until - shift, only_negative) for shift in shifts if since - shift >= archive_since]
    if len(usual) < 3:
        return None
    limit = limit_of(usual)
    if found < limit:
        return None
    return Spike(kind, since, until, found, median(usual), limit, len(usual), day_kind(day))


def limit_of(counts: Sequence[int]) -> int:
    """How many articles are a spike where these were usual: three deviations above the median, and twice as many in any case.

    The deviation is the median one, and never less than chance has (Poisson): ``[2, 3, 2, 4, 3]`` → 9; ``[0, 0, 0]`` → 4.
    """
    middle = median(counts)
    spread = 1.4826 * median(abs(count - middle) for count in counts)
    return max(ceil(middle + 3 * max(spread, sqrt(middle), 1)), ceil(2 * middle), 4)


def is_told(spike: Spike, told: Mapping[str, datetime]) -> bool:
    """Whether this episode was told before; ``told`` maps the keys of a rule's alerts to the moments at which they fired."""
    if spike.key in told:
        return True
    recent = [at for key, at in told.items() if key.startswith(f"{spike.kind}:")]
    return any(spike.until - at < AGAIN_AFTER for at in recent)


def is_story_told(rising: Rising, told: Mapping[str, datetime]) -> bool:
    """Whether the story was told under its number or under that of any of its articles: stories may be joined later."""
    return any(f"story:{id}" in told for id in (rising.story, *rising.originals))


def quiet_until(moment: datetime, quiet_from: str, quiet_to: str) -> datetime:
    """When a letter of this moment may leave: at once, or at the end of the quiet hours (Tehran): 23:10 in 22:00–07:00 → 07:00."""
    if not quiet_from or not quiet_to or quiet_from == quiet_to:
        return moment
    there = moment.astimezone(TEHRAN)
    clock = there.strftime("%H:%M")
    over_midnight = quiet_from > quiet_to
    quiet = (clock >= quiet_from or clock < quiet_to) if over_midnight else quiet_from <= clock < quiet_to
    if not quiet:
        return moment
    hour, minute = (int(part) for part in quiet_to.split(":"))
    end = there.replace(hour=hour, minute=minute, second=0, microsecond=0)
    return (end + timedelta(days=1) if end <= there else end).astimezone(moment.tzinfo)
