"""The crawl ledger per outlet since a day, as rows for people and programs."""

from datetime import timedelta
from typing import Any

from app.wiring import opened
from core.dates import utc_now
from core.settings import Settings
from crawler.press_dates import parse_press_date

DEFAULT_DAYS = 7


def coverage_rows(settings: Settings, since: str) -> list[dict[str, Any]]:
    """One row an outlet: known, read, blocked, failed, waiting, and every outcome counted. Raises BadDate."""
    first = parse_press_date(since) if since else utc_now() - timedelta(days=DEFAULT_DAYS)
    with opened(settings) as archive:
        return [
            {
                "outlet": row.outlet,
                "known": row.known,
                "read": row.read,
                "blocked": row.blocked,
                "failed": row.failed,
                "waiting": row.waiting,
                "outcomes": dict(row.outcomes),
            }
            for row in archive.ledger.coverage(first)
        ]
