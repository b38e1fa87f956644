"""Scrapy middlewares: which addresses may be asked for, through which proxy, and which redirects are followed."""

from urllib.parse import urljoin

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.redirect import RedirectMiddleware
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response
from w3lib.url import safe_url_string

from core.outcomes import Outcome
from core.records import Outlet
from crawler.outlets import find_outlet, site_of
from crawler.safety import AddressRules

REDIRECTS = (301, 302, 303, 307, 308)
MOST_VISITS = 2


class Stopped(IgnoreRequest):
    """A request that ends before a page is there, with its outcome."""

    def __init__(self, outcome: Outcome, detail: str) -> None:
        super().__init__(detail)
        self.outcome = outcome
        self.detail = detail


class AddressMiddleware:
    """Refuses schemes and private numbers before anything is resolved, at every hop, and names the outlet's proxy."""

    def __init__(self, crawler: Crawler) -> None:
        self._rules = AddressRules(crawler.settings.getlist("RASAD_ALLOW_ADDRESSES"))

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> "AddressMiddleware":
        """Scrapy's way to make it."""
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        """Raises FetchRefused. A request without proxy says so: the environment's proxies are not for the crawler."""
        request.meta.setdefault("proxy", None)
        self._rules.check_url(request.url, through_proxy=bool(request.meta["proxy"]))


class RedirectRules(RedirectMiddleware):
    """Follows redirects within an outlet; a loop is a block, the home page a soft 404, another site no article.

    An address may come once more (a session cookie is set that way); feeds and robots.txt may lead to another site.
    """

    def process_response(  # type: ignore[override]  # Scrapy's `spider` argument is deprecated
        self, request: Request, response: Response
    ) -> Request | Response:
        """The next request, the response itself, or Stopped."""
        if response.status not in REDIRECTS or "Location" not in response.headers:
            return response
        target = urljoin(request.url, safe_url_string(response.headers["Location"] or ""))
        if site_of(target) is None:
            raise Stopped(Outcome.REFUSED, f"redirect to {target[:200]}")
        visited = [*request.meta.get("redirect_urls", ()), request.url]
        if visited.count(target) >= MOST_VISITS:
            raise Stopped(Outcome.BLOCKED, "redirect loop")
        if len(visited) > self.max_redirect_times:
            raise Stopped(Outcome.BLOCKED, "too many redirects")
        outlet = request.meta.get("article_of")
        if outlet is not None:
            _judge_target(outlet, visited[0], target)
        return super().process_response(request, response)


def _judge_target(outlet: Outlet, asked: str, target: str) -> None:
    if find_outlet(target, [outlet]) is None:
        raise Stopped(Outcome.NOT_AN_ARTICLE, f"redirect to another site: {target[:200]}")
    if _is_home(outlet, target) and not _is_home(outlet, asked):
        raise Stopped(Outcome.SOFT_404, "redirect to the home page")


def _is_home(outlet: Outlet, url: str) -> bool:
    site, home = site_of(url), site_of(outlet.base_url)
    if site is None or home is None or "?" in url:
        return False
    return site.prefix.removeprefix(home.prefix).strip("/") in ("", "fa", "index.php", "index.html")
