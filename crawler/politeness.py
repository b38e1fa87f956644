"""One budget of requests per host, whatever number of outlets, feeds and aliases live on it."""

import logging
from typing import Any

from scrapy import Request, Spider
from scrapy.core.downloader import Downloader, Slot
from scrapy.extensions.throttle import AutoThrottle
from scrapy.http import Response
from scrapy.logformatter import LogFormatter
from scrapy.utils.httpobj import urlparse_cached

from crawler.outlets import bare_host

MOST_CRAWL_DELAY = 60.0
SLOW_DOWN = (429, 503)
logger = logging.getLogger(__name__)


class HostDownloader(Downloader):
    """A downloader whose slots are hosts: ``www.`` shares the bare host's, and a redirect counts where it leads to."""

    def get_slot_key(self, request: Request) -> str:
        """The host whose budget the request spends."""
        return bare_host(urlparse_cached(request).hostname or "")


class HostThrottle(AutoThrottle):
    """Slows down for a host that answers slowly or asks for it, never below the host's own delay; delay 0 is left alone."""

    def _adjust_delay(self, slot: Slot, latency: float, response: Response) -> None:
        least = self._least_delay(slot)
        if least == 0:
            return
        if response.status in SLOW_DOWN:
            slot.delay = min(max(slot.delay, 1.0) * 2, self.maxdelay)
            return
        before = self.mindelay
        self.mindelay = least
        try:
            super()._adjust_delay(slot, latency, response)
        finally:
            self.mindelay = before

    def _least_delay(self, slot: Slot) -> float:
        downloader = self.crawler.engine.downloader
        key = next((key for key, known in downloader.slots.items() if known is slot), "")
        least = downloader.per_slot_settings.get(key, {}).get("delay", self.mindelay)
        return float(least)


class QuietFormatter(LogFormatter):
    """Says nothing of a page that was crawled or read: the ledger's own line tells its outcome, once."""

    def crawled(self, request: Request, response: Response, spider: Spider) -> Any:
        """No line."""

    def scraped(self, item: Any, response: Any, spider: Spider) -> Any:
        """No line."""


def ask_for_delay(downloader: Any, host: str, seconds: float) -> None:
    """Heeds a ``Crawl-delay`` of robots.txt: raises the host's delay to it, at most a minute; delay 0 is left alone."""
    settings = downloader.per_slot_settings.setdefault(host, {"delay": downloader._delay})
    if settings.get("delay") == 0:
        return
    settings["delay"] = max(settings["delay"], min(seconds, MOST_CRAWL_DELAY))
    if host in downloader.slots:
        downloader.slots[host].delay = max(downloader.slots[host].delay, settings["delay"])
