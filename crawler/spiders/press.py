"""The one spider: driven by the outlets and by what the ledger says is due, the same for every site."""

import asyncio
import logging
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import scrapy
import sqlalchemy as sa
from scrapy.http import Response
from twisted.python.failure import Failure

from core.dates import utc_now
from core.errors import Unavailable
from core.outcomes import Outcome
from core.records import Outlet
from crawler.desk import FetchedPage, Settled
from crawler.failures import outcome_of
from crawler.feed_desk import FeedAnswer, FeedJob, FeedResult
from crawler.feeds import MOST_BYTES
from crawler.middlewares_robots import charset_of, plain_headers
from crawler.queue import AddressQueue
from crawler.workroom import WorkRoom
from store.ledger_records import Address

LOAD = 16
LOG_KEPT = timedelta(days=30)
TIDY_EVERY = timedelta(days=1)
FIRST_PAUSE = 1.0
LONGEST_PAUSE = 60.0
# The database is gone, full, locked or read-only: what it did not take now it may take later.
AWAY = (sa.exc.OperationalError, sa.exc.InterfaceError, sa.exc.InternalError, sa.exc.TimeoutError, Unavailable)
OnOutcome = Callable[[str, str, Outcome], None]
logger = logging.getLogger(__name__)


@dataclass
class CrawlPlan:
    """What a crawl is made of. ``wait`` are the seconds it stays for retries; ``forever`` keeps it polling until it is stopped."""

    room: WorkRoom
    outlets: tuple[Outlet, ...]
    queue: AddressQueue
    proxy: str = ""
    wait: float = 0
    forever: bool = False
    on_outcome: OnOutcome | None = None
    retry_seconds: float = 120
    counts: dict[str, Counter[Outcome]] = field(default_factory=dict)
    failed_feeds: Counter[str] = field(default_factory=Counter)


class PressSpider(scrapy.Spider):
    """Reads feeds, then the pages that are due, until nothing is."""

    name = "press"

    def __init__(self, plan: CrawlPlan, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.plan = plan
        self.stopping = False
        self._worker = ThreadPoolExecutor(1, thread_name_prefix="desk")
        self._moved = asyncio.Event()
        self._pages: list[FetchedPage] = []
        self._is_reading = False
        self._jobs: list[tuple[datetime, FeedJob]] = []
        self._feeds_under_way = 0
        self._idle_since: datetime | None = None
        self._tidy_at = datetime.min.replace(tzinfo=UTC)

    async def start(self) -> AsyncIterator[Any]:
        """All requests of the crawl, as they become due."""
        self._jobs = await self._patiently(self._known_jobs)
        while not self.stopping:
            self._moved.clear()
            requests = await self._patiently(self._due)
            for request in requests:
                yield request
            if not requests and not await self._something_comes():
                return

    async def _known_jobs(self) -> list[tuple[datetime, FeedJob]]:
        now = utc_now()
        jobs = [job for outlet in self.plan.outlets for job in await self.in_room("jobs_of", outlet, now)]
        return [(self._first_time(job, now), job) for job in jobs]

    async def _due(self) -> list[scrapy.Request]:
        await self._tidy(utc_now())
        pages = await self._due_pages(utc_now())  # first: where the archive does not answer, no feed is taken out of its place
        return [*self._due_feeds(utc_now()), *pages]

    async def _patiently[T](self, work: Callable[[], Awaitable[T]]) -> T:
        """The result of desk work. While the archive does not answer, the polling crawl waits with growing pauses and tries it again."""
        pause = FIRST_PAUSE
        while True:
            try:
                return await work()
            except AWAY as error:
                if self.stopping or not self.plan.forever:
                    raise
                logger.error("the crawl is paused, again in %.0f s: %s", pause, getattr(error, "orig", None) or error)
            await asyncio.sleep(pause)
            pause = min(2 * pause, LONGEST_PAUSE)

    async def _tidy(self, now: datetime) -> None:
        """Once a day takes out of the fetch log what nobody looks at any more: the health check looks two weeks back."""
        if now >= self._tidy_at:
            self._tidy_at = now + TIDY_EVERY
            await self.in_room("forget_fetches", now - LOG_KEPT)

    async def in_room(self, task: str, *args: Any) -> Any:
        """Has a piece of desk work done, by its name (``Office.do``)."""
        return await self._in_thread(self.plan.room.do, task, *args)

    async def _in_thread(self, function: Callable[..., Any], *args: Any) -> Any:
        """Runs something in the one thread that desk work is done in or waited for."""
        return await asyncio.get_running_loop().run_in_executor(self._worker, function, *args)

    async def parse_feed(self, response: Response, job: FeedJob) -> AsyncIterator[Any]:
        """Takes a feed's answer to the ledger and asks for what it leads to."""
        answer = FeedAnswer(response.url, response.status, plain_headers(response), response.body, utc_now())
        self._feed_is_done(await self._read_or_fail(job, "read_feed", job, answer))
        return
        yield

    async def feed_failed(self, failure: Failure) -> None:
        """Notes that a feed could not be fetched."""
        job = failure.request.cb_kwargs["job"]  # type: ignore[attr-defined]
        outcome, detail = outcome_of(failure.value)
        self._feed_is_done(await self._read_or_fail(job, "fail_feed", job, outcome, detail, utc_now()))

    async def _read_or_fail(self, job: FeedJob, task: str, *args: Any) -> FeedResult:
        try:
            result: FeedResult = await self._patiently(lambda: self.in_room(task, *args))
        except Exception:
            logger.exception("%s: %s could not be noted", job.outlet.key, job.address)
            return FeedResult(again=job, due_at=utc_now() + timedelta(seconds=self.plan.retry_seconds))
        return result

    async def parse_page(self, response: Response, address: Address, outlet: Outlet) -> None:
        """Has the desk read a page, together with those that have come while it was busy."""
        headers = plain_headers(response)
        self._pages.append(
            FetchedPage(address, outlet, response.url, response.status, headers, response.body, utc_now(), charset_of(headers))
        )
        if self._is_reading:
            return
        self._is_reading = True
        while self._pages:
            load, self._pages = self._pages[:LOAD], self._pages[LOAD:]
            self._all_done(load, await self._read_load(load))
        self._is_reading = False

    async def _read_load(self, load: list[FetchedPage]) -> list[Outcome]:
        try:
            outcomes: list[Outcome] = await self._patiently(lambda: self._in_thread(self.plan.room.read_pages, load))
        except Exception:
            # The archive cannot be written now: the claims run out, and the addresses are fetched again.
            logger.exception("%d pages could not be stored", len(load))
            return [Outcome.FAILED] * len(load)
        return outcomes

    def _all_done(self, load: list[FetchedPage], outcomes: list[Outcome]) -> None:
        for page, outcome in zip(load, outcomes, strict=True):
            self.page_is_done(page.address, outcome)

    async def page_failed(self, failure: Failure) -> None:
        """Notes that a page could not be fetched."""
        address = failure.request.cb_kwargs["address"]  # type: ignore[attr-defined]
        outcome, detail = outcome_of(failure.value)
        settled = Settled(outcome, detail)
        try:
            outcome = await self._patiently(lambda: self.in_room("note", address, settled, utc_now()))
        except Exception:
            logger.exception("%s could not be noted", address.url)
        self.page_is_done(address, outcome)

    def page_is_done(self, address: Address, outcome: Outcome) -> None:
        """Frees the address's place in the queue and tells whoever watches."""
        self.plan.queue.done(address, outcome, utc_now())
        self._moved.set()
        self._tell(address.outlet, address.url, outcome)

    def stop_soon(self) -> None:
        """Asks for no more; what is under way is finished."""
        self.stopping = True
        self._moved.set()

    def closed(self, reason: str) -> None:
        """Scrapy calls it at the end."""
        self._worker.shutdown(wait=True)
        self.plan.room.close()
        logger.debug("crawl ended: %s", reason)

    def _tell(self, outlet: str, url: str, outcome: Outcome) -> None:
        self.plan.counts.setdefault(outlet, Counter())[outcome] += 1
        if self.plan.on_outcome:
            self.plan.on_outcome(outlet, url, outcome)

    def _first_time(self, job: FeedJob, now: datetime) -> datetime:
        """Asked for by hand a feed is read at once; the polling crawl keeps to the times it noted before it was restarted."""
        return job.state.due_at if self.plan.forever and job.state and job.state.due_at else now

    def _due_feeds(self, now: datetime) -> list[scrapy.Request]:
        due = [job for moment, job in self._jobs if moment <= now]
        self._jobs = [(moment, job) for moment, job in self._jobs if moment > now]
        self._feeds_under_way += len(due)
        return [self._feed_request(job) for job in due]

    def _feed_request(self, job: FeedJob) -> scrapy.Request:
        return scrapy.Request(
            job.address,
            callback=self.parse_feed,
            errback=self.feed_failed,
            headers=self.plan.room.office.feed_desk.headers_for(job),
            cb_kwargs={"job": job},
            meta={"proxy": job.outlet.proxy or self.plan.proxy or None, "download_maxsize": MOST_BYTES, "cookiejar": job.outlet.key},
            priority=10,
            dont_filter=True,
        )

    def _feed_is_done(self, result: FeedResult) -> None:
        now = utc_now()
        self._feeds_under_way -= 1
        if result.again is not None and result.again.has_failed:
            self.plan.failed_feeds[result.again.outlet.key] += 1
        self._jobs += [(now, job) for job in result.jobs]
        if result.again is not None and result.due_at is not None and (self.plan.forever or result.again.has_failed):
            self._jobs.append((result.due_at, result.again))
        self.plan.queue.stir(result.stirred, now)
        for outlet, url, outcome in result.read:
            self._tell(outlet, url, outcome)
        self._moved.set()

    async def _due_pages(self, now: datetime) -> list[scrapy.Request]:
        if not self.plan.queue.is_hungry(now):
            return []
        addresses = await self._in_thread(self.plan.queue.take, now)
        return [self._page_request(address) for address in addresses]

    def _page_request(self, address: Address) -> scrapy.Request:
        outlet = self.plan.queue.outlet(address)
        return scrapy.Request(
            address.url,
            callback=self.parse_page,
            errback=self.page_failed,
            cb_kwargs={"address": address, "outlet": outlet},
            meta={"proxy": outlet.proxy or self.plan.proxy or None, "cookiejar": outlet.key, "article_of": outlet},
            dont_filter=True,
        )

    async def _something_comes(self) -> bool:
        """Waits until something has moved or is due; False when this crawl has nothing left to wait for."""
        if self._moved.is_set():
            return True
        now = utc_now()
        upcoming = [moment for moment, _ in self._jobs]
        if next_page := self.plan.queue.next_due:
            upcoming.append(next_page)
        if self._feeds_under_way or self.plan.queue.under_way:
            self._idle_since = None
        else:
            self._idle_since = self._idle_since or now
            if not self._may_wait(min(upcoming, default=None)):
                return False
        pause = max(0.0, (min(upcoming) - now).total_seconds()) if upcoming else 60.0
        with suppress(TimeoutError):
            await asyncio.wait_for(self._moved.wait(), min(pause, 60.0) + 0.01)
        return True

    def _may_wait(self, upcoming: datetime | None) -> bool:
        if self.plan.forever:
            return True
        return upcoming is not None and self._idle_since is not None and upcoming <= self._idle_since + timedelta(seconds=self.plan.wait)
