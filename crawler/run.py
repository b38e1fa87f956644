"""Runs a crawl: one Scrapy process over the given outlets, until nothing is due, or polling for ever.

Scrapy's reactor starts once in a process, so ``crawl`` and ``crawl_forever`` can be called once per process.
"""

import asyncio
import logging
import os
import signal
import socket
import threading
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from secrets import token_hex
from typing import Any

from core.dates import day_start, utc_now
from core.outcomes import READ, Outcome
from core.records import Outlet
from core.settings import Settings
from crawler.discovery import Window
from crawler.office import OfficePlan, make_office
from crawler.queue import AddressQueue
from crawler.settings import scrapy_settings
from crawler.spiders.press import CrawlPlan, OnOutcome, PressSpider
from crawler.workroom import WorkRoom
from store.archive import Archive
from store.ledger import Ledger

DEFAULT_DAYS = 7
SECONDS_TO_STOP = 10
logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class CrawlOptions:
    """How a crawl goes. ``since``/``until`` are Tehran days and make it a back-fill of sitemaps and archives.

    ``wait`` are seconds to stay for retries that fall due; ``only`` names the outlets to crawl (all when empty);
    ``on_outcome(outlet key, address, outcome)`` is called once for each fetched address.
    """

    since: date | None = None
    until: date | None = None
    wait: float = 0
    only: tuple[str, ...] = ()
    forever: bool = False
    on_outcome: OnOutcome | None = None


@dataclass(frozen=True, slots=True)
class OutletSummary:
    """What a crawl did at one outlet: addresses known to the ledger, fetched in this crawl, and how those fetches ended."""

    outlet: str
    known: int
    fetched: int
    outcomes: Counter[Outcome] = field(default_factory=Counter)
    waiting: int = 0
    feeds_failed: int = 0

    @property
    def stored(self) -> int:
        """New articles."""
        return self.outcomes[Outcome.STORED]

    @property
    def skipped(self) -> dict[Outcome, int]:
        """Fetched addresses that gave no article, by reason."""
        return {outcome: number for outcome, number in self.outcomes.items() if outcome not in READ}


@dataclass(frozen=True, slots=True)
class CrawlSummary:
    """What a crawl did, per outlet."""

    outlets: tuple[OutletSummary, ...] = ()


def crawl(archive: Archive, outlets: Sequence[Outlet], settings: Settings, options: CrawlOptions = CrawlOptions()) -> CrawlSummary:
    """Crawls until nothing is due (with ``forever``: until SIGTERM or SIGINT), and says what happened. Blocks; once per process."""
    chosen = tuple(outlet for outlet in outlets if (outlet.key in options.only if options.only else outlet.enabled))
    owner = f"{socket.gethostname()}:{os.getpid()}:{token_hex(4)}"
    free_dead_claims(archive.ledger)
    plan = _plan(archive, chosen, settings, options, owner)
    try:
        _run_scrapy(plan, scrapy_settings(settings, chosen))
    finally:
        archive.ledger.release(owner)
    return _summary(archive, plan)


def free_dead_claims(ledger: Ledger) -> int:
    """Frees the addresses that crawlers of this machine held when they died; how many."""
    freed = 0
    for owner in ledger.owners():
        host, _, rest = owner.rpartition(":")[0].rpartition(":")
        if host == socket.gethostname() and rest.isdigit() and not _is_alive(int(rest)):
            freed += ledger.release(owner)
    return freed


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _plan(archive: Archive, outlets: tuple[Outlet, ...], settings: Settings, options: CrawlOptions, owner: str) -> CrawlPlan:
    office = OfficePlan(settings, outlets, _window(options, utc_now()), deep=options.since is not None)
    room = WorkRoom(make_office(archive, office), office)
    return CrawlPlan(
        room,
        outlets,
        AddressQueue(room, outlets, owner, settings.retry_seconds),
        proxy=settings.proxy,
        wait=options.wait,
        forever=options.forever,
        on_outcome=options.on_outcome,
        retry_seconds=settings.retry_seconds,
    )


def _window(options: CrawlOptions, now: datetime) -> Window:
    since = day_start(options.since) if options.since else now - timedelta(days=DEFAULT_DAYS)
    return Window(since, day_start(options.until + timedelta(days=1)) if options.until else None)


def _run_scrapy(plan: CrawlPlan, scrapy: dict[str, Any]) -> None:
    # Importing Scrapy's process installs nothing yet, but takes half a second: only a crawl pays for it.
    from scrapy.crawler import AsyncCrawlerProcess

    process = AsyncCrawlerProcess(scrapy)
    logging.getLogger("scrapy").setLevel(logging.WARNING)
    process.crawl(PressSpider, plan=plan)
    with _signals(lambda: _stop(process)):
        process.start(install_signal_handlers=False)


class _signals:
    """Has SIGTERM and SIGINT call ``stop`` while it lasts; only the main thread may ask for that."""

    def __init__(self, stop: Callable[[], None]) -> None:
        self._stop = stop
        self._before: dict[int, Any] = {}

    def __enter__(self) -> None:
        if threading.current_thread() is threading.main_thread():
            for number in (signal.SIGTERM, signal.SIGINT):
                self._before[number] = signal.signal(number, lambda *_: self._stop())

    def __exit__(self, *_: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)


def _stop(process: Any) -> None:
    """Ends a crawl: what is under way may finish for some seconds; what does not is claimed anew by the next crawl."""
    from twisted.internet import reactor
    from twisted.internet.error import ReactorNotRunning

    def begin() -> None:
        logger.info("stopping")
        for crawler in process.crawlers:
            if crawler.spider is not None:
                crawler.spider.stop_soon()
        stopping.append(asyncio.ensure_future(process.stop()))
        reactor.callLater(SECONDS_TO_STOP, stop_reactor)  # type: ignore[arg-type]

    def stop_reactor() -> None:
        with suppress(ReactorNotRunning):
            reactor.stop()  # type: ignore[misc]

    stopping: list[asyncio.Future[None]] = []

    reactor.callFromThread(begin)


def _summary(archive: Archive, plan: CrawlPlan) -> CrawlSummary:
    coverage = {row.outlet: row for row in archive.ledger.coverage()}
    rows = []
    for outlet in plan.outlets:
        outcomes = plan.counts.get(outlet.key, Counter())
        row = coverage.get(outlet.key)
        rows.append(
            OutletSummary(
                outlet.key,
                row.known if row else 0,
                outcomes.total(),
                outcomes,
                row.waiting if row else 0,
                plan.failed_feeds[outlet.key],
            )
        )
    return CrawlSummary(tuple(rows))
