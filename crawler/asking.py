"""Single fetches by hand, for ``outlets probe`` and ``check``: as guarded, bounded and obedient to robots.txt as the crawl."""

from dataclasses import dataclass
from types import TracebackType
from urllib.parse import urljoin, urlsplit

import httpx
from protego import Protego

from core.addresses import AddressRules
from core.errors import FetchRefused, Unavailable
from core.guarded_http import guarded_transport
from core.settings import Settings
from crawler.settings import MOST_REDIRECTS, USER_AGENT


@dataclass(frozen=True, slots=True)
class Page:
    """An answer: where it came from after redirects, its status and its body."""

    url: str
    status: int
    body: bytes


class Asker:
    """A client for a few polite fetches. Close it, or use it in a ``with`` block."""

    def __init__(self, settings: Settings) -> None:
        self._rules = AddressRules(settings.allow_addresses)
        self._limit = settings.page_bytes
        self._proxied = bool(settings.proxy)
        self._robots: dict[str, Protego] = {}
        proxied = httpx.HTTPTransport(verify=False, proxy=settings.proxy) if settings.proxy else None
        transport = proxied or guarded_transport(self._rules, verify=False)
        self._client = httpx.Client(
            transport=transport,
            headers={"User-Agent": USER_AGENT, "Accept-Language": "fa"},
            timeout=settings.fetch_seconds,
            trust_env=False,
        )

    def get(self, url: str) -> Page:
        """A page, redirects followed. Raises FetchRefused (address, robots.txt, size) or Unavailable."""
        for _ in range(MOST_REDIRECTS):
            if not self._robots_of(url).can_fetch(url, USER_AGENT):
                raise FetchRefused(url, "robots.txt")
            status, headers, body = self._fetch(url)
            if status not in (301, 302, 303, 307, 308) or "location" not in headers:
                return Page(url, status, body)
            url = urljoin(url, headers["location"])
        raise FetchRefused(url, "too many redirects")

    def sitemaps(self, url: str) -> list[str]:
        """The sitemaps that the site's robots.txt names."""
        return list(self._robots_of(url).sitemaps)

    def _robots_of(self, url: str) -> Protego:
        parts = urlsplit(url)
        root = f"{parts.scheme}://{parts.netloc}"
        if root not in self._robots:
            status, _, body = self._fetch(f"{root}/robots.txt")
            if status >= 500 or status == 429:
                raise Unavailable(f"robots.txt of {root} answers {status}")
            self._robots[root] = Protego.parse(body.decode("utf-8", "replace") if status == 200 and body[:1] != b"<" else "")
        return self._robots[root]

    def _fetch(self, url: str) -> tuple[int, httpx.Headers, bytes]:
        self._rules.check_url(url, through_proxy=self._proxied)
        body = b""
        try:
            with self._client.stream("GET", url) as answer:
                for part in answer.iter_bytes(65536):
                    body += part
                    if len(body) > self._limit:
                        raise FetchRefused(url, "too large")
                return answer.status_code, answer.headers, body
        except httpx.InvalidURL:
            raise FetchRefused(url, "no address") from None
        except httpx.HTTPError as error:
            raise Unavailable(f"{url}: {error}") from None

    def __enter__(self) -> "Asker":
        return self

    def __exit__(self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None) -> None:
        self._client.close()
