"""The download handler: Scrapy's own, over a reactor that checks each number it connects to."""

from typing import Any, cast

from scrapy import Request
from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler, _BindAddressAgent, _ScrapyAgent
from scrapy.crawler import Crawler
from scrapy.http import Response
from scrapy.utils._download_handlers import wrap_twisted_exceptions
from scrapy.utils.defer import maybe_deferred_to_future

from crawler.safety import AddressRules, GuardedReactor
from crawler.settings import PARALLEL_WITHOUT_DELAY


class SystemResolver:
    """Names are resolved in the reactor's own way: IPv4 and IPv6, and anew for each connection, as numbers change in a long crawl."""

    @classmethod
    def from_crawler(cls, _crawler: Crawler, **_reactor: Any) -> "SystemResolver":
        """Scrapy's way to make it."""
        return cls()

    def install_on_reactor(self) -> None:
        """Leaves the reactor as it is, where Scrapy would install its resolver for IPv4 alone that never forgets."""


class _GuardedAgent(_ScrapyAgent):
    """Connects through the guarded reactor, except to a proxy: that address comes from the settings, not from the web."""

    rules: AddressRules

    def _get_agent(self, request: Request, timeout: float) -> Any:
        if request.meta.get("proxy"):
            return super()._get_agent(request, timeout)
        from twisted.internet import reactor

        return _BindAddressAgent(
            reactor=cast("Any", GuardedReactor(reactor, self.rules)),
            contextFactory=self._contextFactory,
            connectTimeout=timeout,
            pool=self._pool,
        )


class GuardedHandler(HTTP11DownloadHandler):
    """Fetches http and https addresses from permitted numbers only."""

    lazy = False

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._pool.maxPersistentPerHost = PARALLEL_WITHOUT_DELAY
        self._rules = AddressRules(crawler.settings.getlist("RASAD_ALLOW_ADDRESSES"))

    async def download_request(self, request: Request) -> Response:
        """Fetches; raises FetchRefused for a private number, Scrapy's download errors for the rest."""
        agent = _GuardedAgent(
            contextFactory=self._contextFactory,
            pool=self._pool,
            maxsize=self._default_maxsize,
            warnsize=self._default_warnsize,
            fail_on_dataloss=True,
            crawler=self._crawler,
        )
        agent.rules = self._rules
        with wrap_twisted_exceptions():
            return await maybe_deferred_to_future(agent.download_request(request))
