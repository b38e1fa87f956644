"""Which outcome an exception of the network means."""

from scrapy import exceptions
from scrapy.exceptions import IgnoreRequest

from core.errors import FetchRefused
from core.outcomes import Outcome
from crawler.middlewares import Stopped

_OUTCOMES: tuple[tuple[type[BaseException], Outcome], ...] = (
    (exceptions.DownloadTimeoutError, Outcome.TIMED_OUT),
    (exceptions.DownloadCancelledError, Outcome.TOO_LARGE),
)


def outcome_of(error: BaseException | None) -> tuple[Outcome, str]:
    """The outcome and a short reason: a refused number → REFUSED, an unpacked bomb → TOO_LARGE, no connection → FAILED."""
    if isinstance(error, Stopped):
        return error.outcome, error.detail
    for link in _causes(error):
        if isinstance(link, FetchRefused):
            return Outcome.REFUSED, link.rule
    for kind, outcome in _OUTCOMES:
        if isinstance(error, kind):
            return outcome, str(error)[:200]
    if isinstance(error, IgnoreRequest) and "DOWNLOAD_MAXSIZE" in str(error):
        return Outcome.TOO_LARGE, "too large when unpacked"
    return Outcome.FAILED, f"{type(error).__name__}: {error}"[:200]


def _causes(error: BaseException | None) -> list[BaseException]:
    links: list[BaseException] = []
    waiting: list[BaseException | None] = [error]
    while waiting and len(links) < 20:
        link = waiting.pop()
        if link is None or link in links:
            continue
        links.append(link)
        waiting += [link.__cause__, *(getattr(reason, "value", None) for reason in getattr(link, "reasons", ()) or ())]
    return links
