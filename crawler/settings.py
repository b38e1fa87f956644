"""Scrapy's settings for a crawl: polite, bounded, with nothing listening and nothing kept outside the ledger."""

from collections.abc import Sequence
from typing import Any

from core.records import Outlet
from core.settings import Settings
from crawler.outlets import bare_host, sites_of

USER_AGENT = "Rasad/0.1 (press monitoring)"
MOST_REDIRECTS = 6
PARALLEL_WITHOUT_DELAY = 16
PARALLEL_ALL = 64

# What does nothing for this crawl still costs time at each page.
_MIDDLEWARES_LEFT_OUT = (
    "scrapy.downloadermiddlewares.offsite.OffsiteMiddleware",
    "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware",
    "scrapy.downloadermiddlewares.httpauth.HttpAuthMiddleware",
    "scrapy.downloadermiddlewares.retry.RetryMiddleware",
    "scrapy.downloadermiddlewares.redirect.MetaRefreshMiddleware",
    "scrapy.downloadermiddlewares.redirect.RedirectMiddleware",
    "scrapy.downloadermiddlewares.stats.DownloaderStats",
)
_SPIDER_MIDDLEWARES_LEFT_OUT = (
    "scrapy.spidermiddlewares.httperror.HttpErrorMiddleware",
    "scrapy.spidermiddlewares.urllength.UrlLengthMiddleware",
    "scrapy.spidermiddlewares.depth.DepthMiddleware",
    "scrapy.spidermiddlewares.metacopy.MetaCopyDetectionMiddleware",
)
_EXTENSIONS_LEFT_OUT = (
    "scrapy.extensions.corestats.CoreStats",
    "scrapy.extensions.logcount.LogCount",
    "scrapy.extensions.feedexport.FeedExporter",
    "scrapy.extensions.closespider.CloseSpider",
    "scrapy.extensions.spiderstate.SpiderState",
    "scrapy.extensions.memdebug.MemoryDebugger",
    "scrapy.extensions.throttle.AutoThrottle",
)


def scrapy_settings(settings: Settings, outlets: Sequence[Outlet]) -> dict[str, Any]:
    """The settings of one crawl of these outlets. An outlet with delay 0 (one's own server) is neither slowed nor throttled."""
    delays = host_delays(outlets)
    return {
        "TWISTED_REACTOR": "twisted.internet.asyncioreactor.AsyncioSelectorReactor",
        "TELNETCONSOLE_ENABLED": False,
        "REMOTE_CONTROL_ENABLED": False,
        "MEMUSAGE_ENABLED": False,
        "LOGSTATS_INTERVAL": 0,
        "STATS_CLASS": "scrapy.statscollectors.DummyStatsCollector",
        "STATS_DUMP": False,
        "LOG_FORMATTER": "crawler.politeness.QuietFormatter",
        "WARN_ON_GENERATOR_RETURN_VALUE": False,
        "LOG_INSTALL_ROOT_HANDLER": False,
        "USER_AGENT": USER_AGENT,
        "DEFAULT_REQUEST_HEADERS": {
            "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
            "Accept-Language": "fa,en;q=0.5",
        },
        "TWISTED_DNS_RESOLVER": "crawler.connect.SystemResolver",
        "DOWNLOADER": "crawler.politeness.HostDownloader",
        "DOWNLOAD_HANDLERS": {
            "http": "crawler.connect.GuardedHandler",
            "https": "crawler.connect.GuardedHandler",
            "file": None,
            "ftp": None,
            "s3": None,
            "data": None,
        },
        "CONCURRENT_REQUESTS": PARALLEL_ALL,
        "CONCURRENT_REQUESTS_PER_DOMAIN": 1,
        "DOWNLOAD_DELAY": Outlet.__dataclass_fields__["delay"].default,
        "DOWNLOAD_SLOTS": {host: _slot(delay) for host, delay in delays.items()},
        "DOWNLOAD_TIMEOUT": settings.fetch_seconds,
        "DOWNLOAD_MAXSIZE": settings.page_bytes,
        "DOWNLOAD_WARNSIZE": 0,
        "AUTOTHROTTLE_ENABLED": True,
        "AUTOTHROTTLE_MAX_DELAY": 60.0,
        "EXTENSIONS": dict.fromkeys(_EXTENSIONS_LEFT_OUT) | {"crawler.politeness.HostThrottle": 0},
        "SPIDER_MIDDLEWARES": dict.fromkeys(_SPIDER_MIDDLEWARES_LEFT_OUT),
        "DOWNLOADER_MIDDLEWARES": {
            **dict.fromkeys(_MIDDLEWARES_LEFT_OUT),
            "crawler.middlewares.AddressMiddleware": 90,
            "crawler.middlewares_robots.RobotsMiddleware": 100,
            "crawler.middlewares.RedirectRules": 600,
        },
        "ROBOTSTXT_OBEY": True,
        "REDIRECT_MAX_TIMES": MOST_REDIRECTS,
        "RETRY_ENABLED": False,
        "METAREFRESH_ENABLED": False,
        "RASAD_ALLOW_ADDRESSES": settings.allow_addresses,
        "RASAD_RETRY_SECONDS": settings.retry_seconds,
    }


def host_delays(outlets: Sequence[Outlet]) -> dict[str, float]:
    """The pause between two requests to a host: the longest that any outlet on it asks for."""
    delays: dict[str, float] = {}
    for outlet in outlets:
        for site in sites_of(outlet):
            delays[site.host] = max(delays.get(site.host, 0.0), outlet.delay)
    return {bare_host(host): delay for host, delay in delays.items()}


def _slot(delay: float) -> dict[str, float]:
    return {"delay": delay, "concurrency": 1 if delay else PARALLEL_WITHOUT_DELAY, "jitter": 0.3 if delay else 0.0}
