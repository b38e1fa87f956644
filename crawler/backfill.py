"""A back-fill: a crawl of sitemaps and archives over a stretch of the past, with its progress and an estimate. Resumable: what the
ledger holds is not asked for again, and the archives of days that were read to their end are skipped.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from core.outcomes import Outcome
from core.records import Outlet
from core.settings import Settings
from crawler.run import CrawlOptions, CrawlSummary, crawl
from store.archive import Archive
from store.ledger import Ledger

LOOK_EVERY = 2.0


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a back-fill is: addresses fetched, still waiting, pages a second so far, and the time that the rest takes (None: unknown)."""

    done: int
    waiting: int
    pages_per_second: float
    remaining: timedelta | None

    @property
    def share(self) -> float:
        """From 0 to 1, of what is known so far."""
        return self.done / (self.done + self.waiting) if self.done + self.waiting else 0.0


class Progressing:
    """Turns outcomes into progress, looking at the ledger every two seconds at most."""

    def __init__(self, ledger: Ledger, outlets: Sequence[str], report: Callable[[Progress], None]) -> None:
        self._ledger = ledger
        self._outlets = frozenset(outlets)
        self._report = report
        self._began = time.monotonic()
        self._looked = self._began - LOOK_EVERY
        self._done = 0

    def note(self, _outlet: str, _url: str, _outcome: Outcome) -> None:
        """One more address is settled."""
        self._done += 1
        if time.monotonic() - self._looked >= LOOK_EVERY:
            self.report()

    def report(self) -> None:
        """Says how far it is."""
        self._looked = time.monotonic()
        waiting = sum(row.waiting for row in self._ledger.coverage() if row.outlet in self._outlets)
        self._report(progress_of(self._done, waiting, self._looked - self._began))


def progress_of(done: int, waiting: int, seconds: float) -> Progress:
    """The progress after so many seconds: 100 done, 300 waiting, 50 s → 2 pages/s, 150 s to go."""
    rate = done / seconds if seconds > 0 else 0.0
    return Progress(done, waiting, rate, timedelta(seconds=round(waiting / rate)) if rate else None)


def backfill(
    archive: Archive, outlets: Sequence[Outlet], settings: Settings, span: tuple[date, date | None], report: Callable[[Progress], None]
) -> CrawlSummary:
    """Crawls the Tehran days of ``span`` (first, last or None for today) of these outlets. Blocks; once per process, like ``crawl``."""
    keys = tuple(outlet.key for outlet in outlets)
    progress = Progressing(archive.ledger, keys, report)
    options = CrawlOptions(since=span[0], until=span[1], only=keys, on_outcome=progress.note)
    summary = crawl(archive, outlets, settings, options)
    progress.report()
    return summary
