"""robots.txt, obeyed: an answer that cannot be had is neither yes nor no but "later"."""

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from time import monotonic
from urllib.parse import urlsplit

from protego import Protego
from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response
from scrapy.http.request import NO_CALLBACK
from scrapy.utils.httpobj import urlparse_cached

from core.outcomes import Outcome
from crawler.blocks import find_block
from crawler.middlewares import Stopped
from crawler.outlets import bare_host
from crawler.politeness import ask_for_delay
from crawler.settings import USER_AGENT

KEPT_SECONDS = 12 * 3600
MOST_BYTES = 512_000
ABSENT = (404, 410)
logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Rules:
    """What a host's robots.txt says until ``until`` (monotonic seconds); ``parsed`` is None while it cannot be had."""

    parsed: Protego | None
    until: float
    why: str = ""


class RobotsMiddleware:
    """Asks robots.txt before each request, once per host for half a day; after a failure again when the first retry is due."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._retry_seconds = crawler.settings.getfloat("RASAD_RETRY_SECONDS")
        self._rules: dict[str, asyncio.Task[Rules]] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> "RobotsMiddleware":
        """Scrapy's way to make it."""
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        """Raises Stopped where robots.txt forbids the address or cannot be read now."""
        if request.meta.get("dont_obey_robotstxt"):
            return
        rules = await self._rules_for(request)
        if rules.parsed is None:
            raise Stopped(Outcome.ROBOTS_UNAVAILABLE, rules.why)
        if not rules.parsed.can_fetch(request.url, USER_AGENT):
            raise Stopped(Outcome.ROBOTS_DISALLOWED, "robots.txt")

    async def _rules_for(self, request: Request) -> Rules:
        parts = urlparse_cached(request)
        root = f"{parts.scheme}://{parts.netloc}"
        task = self._rules.get(root)
        if task is None or (task.done() and task.result().until < monotonic()):
            task = asyncio.ensure_future(self._fetch(root, request.meta.get("proxy")))
            self._rules[root] = task
        return await asyncio.shield(task)

    async def _fetch(self, root: str, proxy: str | None) -> Rules:
        meta = {"dont_obey_robotstxt": True, "proxy": proxy, "download_maxsize": MOST_BYTES}
        request = Request(f"{root}/robots.txt", meta=meta, callback=NO_CALLBACK, priority=1000)
        try:
            response = await self._crawler.engine.download_async(request)
        except Exception as error:
            return self._later(root, f"robots.txt: {error}"[:200] or type(error).__name__)
        return self._read(root, response)

    def _read(self, root: str, response: Response) -> Rules:
        if response.status in ABSENT:
            return Rules(Protego.parse(""), monotonic() + KEPT_SECONDS)
        headers = plain_headers(response)
        block = find_block(response.status, headers, response.body, response.url, response.url)
        if response.status != 200 or (block is Outcome.BLOCKED and response.body.strip()):
            return self._later(root, f"robots.txt: HTTP {response.status}")
        is_page = response.body.lstrip()[:1] == b"<"
        parsed = Protego.parse("" if is_page else response.body.decode("utf-8", "replace"))
        self._heed_delay(root, parsed)
        return Rules(parsed, monotonic() + KEPT_SECONDS)

    def _heed_delay(self, root: str, parsed: Protego) -> None:
        seconds = parsed.crawl_delay(USER_AGENT)
        if seconds:
            ask_for_delay(self._crawler.engine.downloader, bare_host(urlsplit(root).hostname or ""), float(seconds))

    def _later(self, root: str, why: str) -> Rules:
        logger.warning("%s: no robots.txt now (%s)", root, why)
        return Rules(None, monotonic() + self._retry_seconds, why)


def plain_headers(response: Response) -> dict[str, str]:
    """A response's headers with lower-case names; of a repeated one all values, joined."""
    return {
        name.decode("latin-1").lower(): ", ".join(value.decode("latin-1") for value in values) for name, values in response.headers.items()
    }


def charset_of(headers: Mapping[str, str]) -> str | None:
    """The charset that the Content-Type header names."""
    kind = headers.get("content-type", "")
    _, _, charset = kind.lower().partition("charset=")
    return charset.split(";")[0].strip("\"' ") or None
