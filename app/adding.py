"""One article by its address, for the desk: fetched with the guards of the crawl and read by the same extraction."""

from collections.abc import Callable, Sequence
from datetime import datetime

from core.errors import BadInput, FetchRefused, Unavailable
from core.outcomes import Outcome
from core.records import Outlet
from core.settings import Settings
from dashboards.adding import Fetched

_REFUSALS = {
    "robots.txt": "سایت در robots.txt خواسته است که این صفحه خوانده نشود؛ متن خبر را بچسبانید.",
    "too large": "این صفحه بیش از اندازه بزرگ است؛ متن خبر را بچسبانید.",
    "too many redirects": "این نشانی پی‌درپی به جای دیگر می‌برد؛ نشانی خود خبر را بنویسید.",
}
_PRIVATE = "این نشانی روی شبکهٔ همگانی نیست و خوانده نمی‌شود."
_SILENT = "سایت پاسخ نداد. کمی دیگر دوباره بکوشید، یا متن خبر را بچسبانید."


def fetch_article(settings: Settings, outlets: Sequence[Outlet], clock: Callable[[], datetime], url: str) -> Fetched:
    """The article at an address. Raises BadInput, in words that help, when it may not be fetched, does not answer or holds no article."""
    from crawler.asking import Asker
    from crawler.blocks import find_block
    from crawler.extract import extract, family_for
    from crawler.outlets import outlet_of
    from crawler.page import parse_page

    try:
        with Asker(settings) as asker:
            page = asker.get(url)
    except FetchRefused as refusal:
        raise BadInput("url", url, str(refusal), _REFUSALS.get(refusal.rule, _PRIVATE)) from None
    except Unavailable as silence:
        raise BadInput("url", url, str(silence), _SILENT) from None
    outlet = outlet_of(page.url, outlets)
    block = find_block(page.status, {}, page.body, page.url, url)
    if block is not None:
        raise _no_article(url, block)
    raw = extract(page.body, page.url, outlet, clock())
    if not raw.body:
        raise _no_article(url, Outcome.NO_BODY if raw.headline else Outcome.NOT_AN_ARTICLE)
    return Fetched(raw, page.body, family_for(parse_page(page.body, page.url), outlet).key)


def _no_article(url: str, outcome: Outcome) -> BadInput:
    return BadInput("url", url, str(outcome), f"از این صفحه خبری خوانده نشد ({outcome.persian}). متن خبر را بچسبانید.")
