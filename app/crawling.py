"""The crawl of this process over the configured outlets."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from app.pausing import wait_for_database
from app.wiring import load_known_outlets, opened
from core.dates import tehran_day
from core.errors import BadInput
from core.outcomes import Outcome
from core.records import Outlet
from core.settings import Settings
from crawler.backfill import Progress, backfill
from crawler.press_dates import parse_press_date
from crawler.run import CrawlOptions, CrawlSummary, crawl
from crawler.spiders.press import OnOutcome

log = logging.getLogger("rasad.crawl")


@dataclass(frozen=True, slots=True)
class CrawlOrder:
    """What the user asked for: outlets by key (none: all enabled), days as typed, seconds to wait for retries, polling or not."""

    only: tuple[str, ...] = ()
    since: str = ""
    until: str = ""
    wait: float = 0
    forever: bool = False


def crawl_outlets(settings: Settings, order: CrawlOrder, on_outcome: OnOutcome | None) -> CrawlSummary:
    """Crawls what ``order`` asks for, telling each outcome. Raises BadInput for an unknown key or date."""
    options = CrawlOptions(
        since=_day("since", order.since),
        until=_day("until", order.until),
        wait=order.wait,
        only=order.only,
        forever=order.forever,
        on_outcome=on_outcome or log_outcome,
    )
    if order.forever:
        wait_for_database(settings)
    chosen = _chosen(settings, order.only)
    log.info("working: reading %d outlets", len(chosen))
    with opened(settings) as archive:
        return crawl(archive, chosen, settings, options)


def log_outcome(outlet: str, url: str, outcome: Outcome) -> None:
    """One log line for an outcome; as a JSON line it has the three as fields."""
    log.info("%s %s %s", outlet, outcome.value, url, extra={"outlet": outlet, "outcome": outcome.value, "url": url})


def backfill_outlets(settings: Settings, order: CrawlOrder, report: Callable[[Progress], None]) -> CrawlSummary:
    """Reads the days that ``order`` names, telling how far it is every two seconds. Resumable."""
    first = _day("since", order.since)
    if first is None:
        raise BadInput("since", order.since, "is needed for a back-fill", "روز آغاز را بنویسید.")
    with opened(settings) as archive:
        return backfill(archive, _chosen(settings, order.only), settings, (first, _day("until", order.until)), report)


def _chosen(settings: Settings, only: tuple[str, ...]) -> tuple[Outlet, ...]:
    outlets = load_known_outlets(settings)
    for key in only:
        if key not in outlets:
            raise BadInput("outlet", key, f"is not in {settings.outlets_file}", "این رسانه در فهرست نیست.")
    return tuple(outlet for outlet in outlets.values() if (outlet.key in only if only else outlet.enabled))


def _day(field: str, text: str) -> date | None:
    return day_of(field, text) if text else None


def day_of(field: str, text: str) -> date:
    """The Tehran day that a user typed, Jalali or Gregorian. BadInput naming the field."""
    try:
        return tehran_day(parse_press_date(text))
    except BadInput as error:
        raise BadInput(field, text, "is no date", "تاریخ خوانده نشد.") from error
