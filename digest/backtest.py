"""When rising stories would have been told: the rule of ``alert_run`` over the archive as it is today, moment by moment."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from digest.alert_run import relevant, rising_of
from digest.alerts import STORY_OUTLETS, STORY_WITHIN, Rising
from store.archive import Archive
from store.arrivals import Arrival, arrivals_of
from store.query import parse_query


def backtest_stories(archive: Archive, text: str, since: datetime, now: datetime) -> Iterator[tuple[datetime, Rising]]:
    """(when, the story as it was then) from ``since`` on, in order of time; each story once, as the live rule tells it."""
    query = relevant(parse_query(text, now=now, words=archive.words()), now)
    arrivals = arrivals_of(archive.engine, list(archive.search.matching_ids(query)))
    stories = archive.stories.stories_of(list({one.group for one in arrivals}))
    told: dict[int, list[Arrival]] = {}
    for one in arrivals:
        told.setdefault(stories[one.group], []).append(one)
    fired = [(at, story) for story, members in told.items() if (at := _fires_at(members)) is not None and since <= at <= now]
    for at, story in sorted(fired):
        yield at, rising_of(archive, story, at)


def _fires_at(arrivals: Sequence[Arrival]) -> datetime | None:
    """When the third outlet took the story up within two days; ``arrivals`` are in order of time."""
    for place, one in enumerate(arrivals):
        recent = {other.outlet for other in arrivals[: place + 1] if other.at >= one.at - STORY_WITHIN}
        if len(recent) >= STORY_OUTLETS:
            return one.at
    return None
