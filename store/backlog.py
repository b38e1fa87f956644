"""What waits in each stage, and since when: for the metrics and the check-up. Only reads."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from store.engine import reading
from store.ledger_tables import crawl_addresses, crawl_fetches
from store.outgoing_tables import alert_letters, webhook_deliveries
from store.people_tables import sendings
from store.sendings import OPEN
from store.tables import articles


@dataclass(frozen=True, slots=True)
class Backlog:
    """``stages``: how much waits in each; ``newest``: per outlet when its newest article was first seen; the oldest letter that is due;
    ``fetches``: how many fetches of the last 24 hours ended how, by (outlet, outcome).
    """

    stages: dict[str, int]
    newest: dict[str, datetime]
    oldest_letter: datetime | None
    fetches: dict[tuple[str, str], int]


def read_backlog(engine: sa.Engine, now: datetime) -> Backlog:
    """The backlog at this moment."""
    due_letters = sendings.c.state.in_(OPEN) & (sendings.c.due_at <= now)
    stages = {
        "fetch": sa.select(sa.func.count()).where(crawl_addresses.c.due_at <= now),
        "annotate": sa.select(sa.func.count()).where(articles.c.tagged_version == "", articles.c.withdrawn_at.is_(None)),
        "group": sa.select(sa.func.count()).where(articles.c.ungrouped),
        "digest_letters": sa.select(sa.func.count()).where(due_letters),
        "alert_letters": sa.select(sa.func.count()).where(alert_letters.c.state == "waiting", alert_letters.c.due_at <= now),
        "webhooks": sa.select(sa.func.count()).where(webhook_deliveries.c.state == "waiting", webhook_deliveries.c.due_at <= now),
    }
    newest = sa.select(articles.c.outlet, sa.func.max(articles.c.first_seen_at, type_=articles.c.first_seen_at.type)).group_by(
        articles.c.outlet
    )
    oldest = sa.select(sa.func.min(sendings.c.window_at, type_=sendings.c.window_at.type)).where(due_letters)
    fetched = sa.select(crawl_fetches.c.outlet, crawl_fetches.c.outcome, sa.func.count()).where(
        crawl_fetches.c.at > now - timedelta(days=1)
    )
    with reading(engine) as connection:
        fetches = {(outlet, outcome): count for outlet, outcome, count in connection.execute(fetched.group_by("outlet", "outcome"))}
        counted = {stage: connection.scalar(query) or 0 for stage, query in stages.items()}
        return Backlog(counted, {row[0]: row[1] for row in connection.execute(newest)}, connection.scalar(oldest), fetches)
