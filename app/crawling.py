"""The crawl of this process over the configured outlets."""

from collections.abc import Callable
from datetime import date

from app.wiring import load_known_outlets, opened
from core.dates import tehran_day
from core.errors import BadInput
from core.outcomes import Outcome
from core.settings import Settings
from crawler.press_dates import parse_press_date
from crawler.run import CrawlOptions, CrawlSummary, crawl


def crawl_outlets(
    settings: Settings,
    *,
    only: tuple[str, ...] = (),
    since: str = "",
    until: str = "",
    wait: float = 0,
    forever: bool = False,
    on_outcome: Callable[[str, str, Outcome], None] | None = None,
) -> CrawlSummary:
    """Crawls the outlets named in ``only`` (all enabled ones when empty). Raises BadInput for an unknown key or date."""
    outlets = load_known_outlets(settings)
    for key in only:
        if key not in outlets:
            raise BadInput("outlet", key, f"is not in {settings.outlets_file}", "این رسانه در فهرست نیست.")
    chosen = tuple(outlet for outlet in outlets.values() if (outlet.key in only if only else outlet.enabled))
    options = CrawlOptions(
        since=_day("since", since), until=_day("until", until), wait=wait, only=only, forever=forever, on_outcome=on_outcome
    )
    with opened(settings) as archive:
        return crawl(archive, chosen, settings, options)


def _day(field: str, text: str) -> date | None:
    if not text:
        return None
    try:
        return tehran_day(parse_press_date(text))
    except BadInput as error:
        raise BadInput(field, text, "is no date", "تاریخ خوانده نشد.") from error
