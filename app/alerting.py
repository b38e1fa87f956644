"""The back-test of alert rules: when a rule of a search would have fired."""

from collections.abc import Iterator
from datetime import timedelta
from heapq import merge

from app.wiring import opened
from core.dates import jalali_moment, utc_now
from core.errors import BadInput
from core.settings import Settings
from crawler.press_dates import parse_press_date
from digest.alert_run import backtest
from digest.alerts import Rising, Spike
from digest.backtest import backtest_stories
from store.archive import Archive


def backtest_rows(settings: Settings, query: str, since: str) -> Iterator[dict[str, object]]:
    """One row for each alert, oldest first: spikes, then stories of the same moment. BadInput for a day that cannot be read, BadQuery."""
    now = utc_now()
    try:
        begin = parse_press_date(since) if since else now - timedelta(days=30)
    except BadInput as error:
        raise BadInput("since", since, "is no date", "تاریخ خوانده نشد.") from error
    with opened(settings) as archive:
        spikes = ((spike.until, _spike_row(spike)) for spike in backtest(archive, query, begin, now))
        stories = ((at, _story_row(archive, rising)) for at, rising in backtest_stories(archive, query, begin, now))
        for at, row in merge(spikes, stories, key=lambda pair: pair[0]):
            yield {"kind": row.pop("kind"), "at": at.isoformat(), "tehran": jalali_moment(at), **row}


def _spike_row(spike: Spike) -> dict[str, object]:
    numbers = {"count": spike.count, "usual": spike.usual, "limit": spike.limit}
    return {"kind": spike.kind, **numbers, "compared_days": spike.compared, "day_kind": spike.day_kind}


def _story_row(archive: Archive, rising: Rising) -> dict[str, object]:
    first = archive.articles.get(rising.first)
    told = {"headline": first.raw.headline, "first": rising.first, "began_by": first.raw.outlet}
    return {"kind": "story", **told, "outlets": list(rising.outlets), "articles": rising.articles}
