"""When a digest is due and what it tells of: from the moment of the one before to its own. Pure."""

from collections.abc import Iterator, Set
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from core.dates import TEHRAN, tehran_day, weekday
from core.records import Subscription

# How far back a service that was away catches up.
CATCH_UP = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Window:
    """The time a digest tells of: ``since`` (inside) to ``until`` (outside), aware UTC. ``until`` is its name."""

    since: datetime
    until: datetime

    def earlier(self, weeks: int) -> "Window":
        """The same hours so many weeks before."""
        return Window(self.since - timedelta(weeks=weeks), self.until - timedelta(weeks=weeks))

    @property
    def day(self) -> date:
        """The Tehran day on which it is sent."""
        return tehran_day(self.until)


def due_windows(subscription: Subscription, created_at: datetime, now: datetime, known: Set[datetime] = frozenset()) -> list[Window]:
    """The windows that ended by ``now`` and are not ``known``, oldest first: none from before the subscription or ``CATCH_UP``."""
    first = max(created_at, now - CATCH_UP)
    ends = (end for end in _ends_back_from(subscription, now))
    wanted: list[Window] = []
    for end in ends:
        if end < first:
            break
        if end not in known:
            wanted.append(window_ending(subscription, end))
    return wanted[::-1]


def window_of_day(subscription: Subscription, day: date) -> Window:
    """The window of a Tehran day, also one on which nothing is sent."""
    return window_ending(subscription, _moment(subscription, day))


def window_ending(subscription: Subscription, until: datetime) -> Window:
    """From the digest before: Saturday's begins on Wednesday when nothing is sent on Thursday and Friday."""
    return Window(next(_ends_back_from(subscription, until - timedelta(minutes=1))), until)


def _ends_back_from(subscription: Subscription, moment: datetime) -> Iterator[datetime]:
    day = tehran_day(moment)
    while True:
        end = _moment(subscription, day)
        if end <= moment and weekday(day) in subscription.days:
            yield end
        day -= timedelta(days=1)


def _moment(subscription: Subscription, day: date) -> datetime:
    hour, minute = subscription.at.split(":")
    there = datetime.combine(day, time(int(hour), int(minute)), TEHRAN)
    return there.astimezone(tz=UTC)
