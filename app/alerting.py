"""The back-test of alert rules: when a rule of a search would have fired."""

from collections.abc import Iterator
from datetime import timedelta

from app.wiring import opened
from core.dates import jalali_moment, utc_now
from core.errors import BadInput
from core.settings import Settings
from crawler.press_dates import parse_press_date
from digest.alert_run import backtest


def backtest_rows(settings: Settings, query: str, since: str) -> Iterator[dict[str, object]]:
    """One row for each spike, oldest first. Raises BadInput for a day that cannot be read, BadQuery."""
    now = utc_now()
    try:
        begin = parse_press_date(since) if since else now - timedelta(days=30)
    except BadInput as error:
        raise BadInput("since", since, "is no date", "تاریخ خوانده نشد.") from error
    with opened(settings) as archive:
        for spike in backtest(archive, query, begin, now):
            yield {
                "kind": spike.kind,
                "at": spike.until.isoformat(),
                "tehran": jalali_moment(spike.until),
                "count": spike.count,
                "usual": spike.usual,
                "limit": spike.limit,
                "compared_days": spike.compared,
                "day_kind": spike.day_kind,
            }
