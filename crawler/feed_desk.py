"""What happens to a fetched feed, sitemap or listing: its addresses go into the ledger, what else it leads to is asked next. No network.

A feed's ETag is kept only after all it told is in the ledger: whatever moment the process dies at, nothing told is lost.
"""

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from core.errors import BadInput
from core.outcomes import Outcome
from core.records import Outlet
from crawler.blocks import find_block
from crawler.channels import PREFIXES, messages_in, older_page
from crawler.desk import Desk, FetchedPage, retry_after
from crawler.discovery import EMBEDDED, MOST_PAGES, Window, days_of, expand, is_dated, is_paged, links_in, sort_entries
from crawler.feeds import Entry, parse_feed
from crawler.outlets import OutletMap
from crawler.safety import AddressRules
from crawler.schedule import retry_delay
from store.ledger_records import FeedKind, FeedState, Found

MOST_DEPTH = 3
MOST_CHILDREN = 500
MOST_PAGES_DEEP = 400
SITEMAP_SECONDS = 3600
logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class FeedJob:
    """One feed, sitemap or listing page to read. ``url`` may hold ``{page}``, ``{jd}`` …; ``address`` is what is asked for."""

    outlet: Outlet
    url: str
    kind: FeedKind
    address: str
    state: FeedState | None = None
    page: int = 1
    day: date | None = None
    depth: int = 0
    modified_at: datetime | None = None
    seen: frozenset[str] = frozenset()

    @property
    def has_failed(self) -> bool:
        """Whether its last reading failed."""
        return self.state is not None and self.state.failures > 0

    @property
    def name(self) -> tuple[str, str]:
        """What its state is kept under: the outlet's key and the first page's address."""
        return self.outlet.key, expand(self.url, day=self.day)


@dataclass(frozen=True, slots=True)
class FeedAnswer:
    """An answer of the network to a feed job. ``headers`` has lower-case names."""

    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)
    at: datetime


@dataclass(frozen=True, slots=True)
class FeedResult:
    """What a reading led to: further jobs for now, the job again at ``due_at`` (None: not), the outlets that have new due addresses.

    ``read`` holds the articles that the feed itself gave: outlet, address, outcome.
    """

    jobs: tuple[FeedJob, ...] = ()
    again: FeedJob | None = None
    due_at: datetime | None = None
    stirred: frozenset[str] = frozenset()
    read: tuple[tuple[str, str, Outcome], ...] = ()


@dataclass(frozen=True)
class FeedDesk:
    """Reads feeds into the ledger. ``deep`` means a back-fill: listings are followed to their end and sitemaps as far as the window."""

    desk: Desk
    outlets: OutletMap
    rules: AddressRules
    window: Window
    poll_seconds: float
    deep: bool = False

    def jobs_of(self, outlet: Outlet, now: datetime) -> list[FeedJob]:
        """Everything configured for an outlet, and the sitemaps below that an earlier run still owes."""
        states = {state.url: state for state in self.desk.archive.ledger.feeds(outlet.key)}
        jobs = [job for kind, url in _configured(outlet) for job in self._first(outlet, kind, url, states, now)]
        names = {job.name[1] for job in jobs}
        owed = [state for state in states.values() if state.parent and state.due_at and state.url not in names]
        return jobs + [
            FeedJob(outlet, one.url, one.kind, one.url, one, depth=1, modified_at=one.modified_at) for one in owed if one.kind == "sitemap"
        ]

    def headers_for(self, job: FeedJob) -> dict[str, str]:
        """The conditional headers, where an earlier reading went as far back as this one does."""
        state = job.state
        if state is None or job.page > 1 or state.read_at is None or not self._went_as_far(state):
            return {}
        headers = {"If-None-Match": state.etag, "If-Modified-Since": state.last_modified}
        return {name: value for name, value in headers.items() if value}

    def read(self, job: FeedJob, answer: FeedAnswer) -> FeedResult:
        """Takes an answer to the ledger; whatever it holds."""
        if answer.status == 304:
            return self._settle(job, answer, Outcome.UNCHANGED, FeedResult())
        if job.page > 1 and answer.status in (400, 404):
            return self._settle(job, answer, Outcome.STORED, FeedResult())
        block = find_block(answer.status, {**answer.headers, "content-type": ""}, answer.body, job.address, job.address)
        if block is not None:
            return self.fail(job, block, f"HTTP {answer.status}", answer.at, retry_after(answer.headers))
        try:
            return self._read(job, answer)
        except BadInput as error:
            return self.fail(job, Outcome.FAILED, str(error), answer.at)

    def fail(self, job: FeedJob, outcome: Outcome, detail: str, now: datetime, wait: timedelta | None = None) -> FeedResult:
        """Notes a failure and says when it is tried again."""
        failures = (job.state.failures if job.state else 0) + 1
        due_at = now + max(retry_delay(failures, self.desk.retry_seconds), wait or timedelta())
        state = replace(self._state(job), outcome=outcome.value, detail=detail[:300], checked_at=now, due_at=due_at, failures=failures)
        self.desk.archive.ledger.save_feed(state)
        logger.warning(
            "%s: %s %s failed (%s %s); next try %s", job.outlet.key, job.kind, job.address, outcome.value, detail, f"{due_at:%H:%M:%S}Z"
        )
        return FeedResult(again=replace(job, state=state), due_at=due_at)

    def _read(self, job: FeedJob, answer: FeedAnswer) -> FeedResult:
        entries, children = self._entries(job, answer)
        found = sort_entries(entries, job.outlet, self.outlets, self.rules)
        new, keys, stirred = 0, set[str](), set[str]()
        for outlet, addresses in found.items():
            told = self.desk.archive.ledger.discover(outlet, addresses, answer.at)
            new += told.new
            keys |= {one.key for one in addresses}
            if told.new or told.due_again:
                stirred.add(outlet)
        read = self._read_embedded(job, entries, answer.at) if job.outlet.family in EMBEDDED else ()
        jobs = [
            *self._children(job, children, answer.at),
            *self._next_page(job, self._page_after(job, answer, entries), frozenset(keys), new),
        ]
        logger.info("%s: %s %s told %d addresses, %d new", job.outlet.key, job.kind, job.address, len(entries), new)
        return self._settle(job, answer, Outcome.STORED, FeedResult(tuple(jobs), stirred=frozenset(stirred), read=read))

    def _entries(self, job: FeedJob, answer: FeedAnswer) -> tuple[Sequence[Entry], Sequence[Entry]]:
        family = job.outlet.family
        if family in PREFIXES:
            return messages_in(answer.body, job.outlet, answer.at), ()
        if job.kind == "listing" and family != "wordpress_rest":
            return links_in(answer.body, answer.url, job.outlet, self.outlets), ()
        content = parse_feed(answer.body, answer.url, answer.at, with_pages=family == "rss")
        if content.kind == "index":
            return (), content.entries
        if job.kind == "sitemap":
            return [entry for entry in content.entries if self.window.holds(entry)], ()
        return content.entries, ()

    def _read_embedded(self, job: FeedJob, entries: Sequence[Entry], now: datetime) -> tuple[tuple[str, str, Outcome], ...]:
        """Reads the articles that the feed itself holds, where they are new or due."""
        outlet, ledger = job.outlet, self.desk.archive.ledger
        pages = {found.key: entry for entry in entries for found in _one(entry, outlet, self.outlets, self.rules)}
        read = []
        for key, entry in pages.items():
            address = ledger.find(outlet.key, key)
            if address is None or address.due_at is None or address.due_at > now:
                continue
            page = FetchedPage(address, outlet, entry.url, 200, {}, entry.page, now, "utf-8")
            read.append((outlet.key, entry.url, self.desk.read_page(page)))
        return tuple(read)

    def _children(self, job: FeedJob, entries: Sequence[Entry], now: datetime) -> list[FeedJob]:
        if job.depth >= MOST_DEPTH:
            return []
        wanted = [entry for entry in entries if self.window.holds_sitemap(entry)]
        if len(wanted) > MOST_CHILDREN:
            logger.warning("%s: %s lists %d sitemaps, %d are read", job.outlet.key, job.address, len(wanted), MOST_CHILDREN)
        jobs = []
        for entry in wanted[:MOST_CHILDREN]:
            state = self.desk.archive.ledger.find_feed(job.outlet.key, entry.url)
            if state and state.read_at and entry.modified_at and state.modified_at == entry.modified_at and self._went_as_far(state):
                continue
            child = FeedJob(job.outlet, entry.url, "sitemap", entry.url, state, depth=job.depth + 1, modified_at=entry.modified_at)
            self.desk.archive.ledger.save_feed(replace(self._state(child), parent=job.name[1], due_at=now))
            jobs.append(child)
        return jobs

    def _next_page(self, job: FeedJob, address: str, keys: frozenset[str], new: int) -> list[FeedJob]:
        """The page after, until a page is empty or repeats the last one; short of a back-fill also when all on it is known."""
        if not address or not keys or keys == job.seen:
            return []
        if job.page >= (MOST_PAGES_DEEP if self.deep else MOST_PAGES) or not (new or self.deep or job.day):
            return []
        return [replace(job, page=job.page + 1, seen=keys, address=address)]

    def _page_after(self, job: FeedJob, answer: FeedAnswer, entries: Sequence[Entry]) -> str:
        """The address of the page after this one, "" when there is none: a channel's older messages are read as far as the window."""
        if is_paged(job.url):
            return self._address(job.url, job.page + 1, job.day)
        oldest = min((entry.published_at for entry in entries if entry.published_at), default=None)
        if job.outlet.family not in PREFIXES or oldest is None or (self.window.since and oldest < self.window.since):
            return ""
        return older_page(answer.body, job.outlet)

    def _settle(self, job: FeedJob, answer: FeedAnswer, outcome: Outcome, result: FeedResult) -> FeedResult:
        """Keeps the state of the job when its chain of pages has ended, and says when it is due again."""
        if any(next_job.name == job.name for next_job in result.jobs):
            return result
        due_at = self._next_reading(job, answer.at)
        before = self._state(job)
        state = replace(
            before,
            etag=answer.headers.get("etag", before.etag) if job.page == 1 else "",
            last_modified=answer.headers.get("last-modified", before.last_modified) if job.page == 1 else "",
            modified_at=job.modified_at or before.modified_at,
            read_since=before.read_since if outcome is Outcome.UNCHANGED else self.window.since,
            outcome=outcome.value,
            detail="",
            checked_at=answer.at,
            read_at=answer.at,
            due_at=due_at,
            failures=0,
        )
        self.desk.archive.ledger.save_feed(state)
        first = replace(job, state=state, page=1, seen=frozenset(), address=self._address(job.url, 1, job.day))
        return replace(result, again=first, due_at=due_at) if due_at else result

    def _next_reading(self, job: FeedJob, now: datetime) -> datetime | None:
        if job.depth or job.day:
            return None
        slow = job.kind != "feed" and bool(job.outlet.feeds)
        return now + timedelta(seconds=max(self.poll_seconds, SITEMAP_SECONDS if slow else 0))

    def _first(self, outlet: Outlet, kind: FeedKind, url: str, states: Mapping[str, FeedState], now: datetime) -> Iterator[FeedJob]:
        days: Iterator[date | None] = iter((None,))
        if is_dated(url):
            window = self.window if self.deep else Window(now - timedelta(days=1), now)
            days = iter(days_of(window, now))
        for day in days:
            job = FeedJob(outlet, url, kind, self._address(url, 1, day), page=1, day=day)
            state = states.get(job.name[1])
            if day and state and state.read_at and state.read_at.date() > day + timedelta(days=1):
                continue
            yield replace(job, state=state)

    def _address(self, url: str, page: int, day: date | None) -> str:
        return expand(url, page=page, day=day, after=self.window.since)

    def _state(self, job: FeedJob) -> FeedState:
        return job.state or FeedState(*job.name, job.kind, modified_at=None)

    def _went_as_far(self, state: FeedState) -> bool:
        return state.read_since is None or (self.window.since is not None and state.read_since <= self.window.since)


def _configured(outlet: Outlet) -> Iterator[tuple[FeedKind, str]]:
    yield from (("feed", url) for url in outlet.feeds)
    yield from (("sitemap", url) for url in outlet.sitemaps)
    yield from (("listing", url) for url in outlet.listings)


def _one(entry: Entry, outlet: Outlet, outlets: OutletMap, rules: AddressRules) -> list[Found]:
    return sort_entries([entry], outlet, outlets, rules).get(outlet.key, [])
