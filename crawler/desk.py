"""What happens to a fetched page: recognise blocks → extract → settle identity and section → store → note the outcome. No network.

The desk works beside Scrapy, in a thread or a process of its own (``workroom.py``): no database call and no parsing holds up the fetching.
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from core.outcomes import Outcome
from core.records import Outlet, RawArticle
from crawler.blocks import find_block
from crawler.discovery import EMBEDDED, in_sections
from crawler.extract import extract
from crawler.schedule import may_be_gone, next_step
from store.archive import Archive
from store.ledger_records import Address, Fetch

LONGEST_RETRY_AFTER = timedelta(days=1)
_FIELDS = {
    "h": "headline",
    "k": "kicker",
    "l": "lead",
    "b": "body",
    "y": "byline",
    "s": "section",
    "w": "keywords",
    "d": "published_at",
    "i": "images",
}
logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class FetchedPage:
    """An answer of the network. ``headers`` has lower-case names; ``url`` is where it came from after redirects."""

    address: Address
    outlet: Outlet
    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)
    at: datetime
    charset: str | None = None


@dataclass(frozen=True, slots=True)
class Settled:
    """An outcome with what explains it, before the schedule has its say."""

    outcome: Outcome
    detail: str = ""
    raw: RawArticle | None = None
    article_id: int | None = None
    page_bytes: int = 0
    retry_after: timedelta | None = None

    @property
    def is_to_store(self) -> bool:
        """Whether it is an article that only has to be stored."""
        return self.outcome is Outcome.WAITING


@dataclass
class Desk:
    """Reads pages into the archive."""

    archive: Archive
    retry_seconds: float

    def read_page(self, page: FetchedPage) -> Outcome:
        """Takes a fetched page to its one outcome, whatever the page holds."""
        return self.read_pages([page])[0]

    def read_pages(self, pages: Sequence[FetchedPage]) -> list[Outcome]:
        """Takes several pages to their outcomes at once: three transactions for all of them, whatever their number."""
        settled = self._store(pages, self._without_twins(pages, self._judge_all(pages)))
        return self._note_all([(page.address, one, page.at) for page, one in zip(pages, settled, strict=True)])

    def note(self, address: Address, settled: Settled, now: datetime) -> Outcome:
        """Writes an outcome into the ledger, withdraws a vanished article."""
        return self._note_all([(address, settled, now)])[0]

    def _note_all(self, rows: Sequence[tuple[Address, Settled, datetime]]) -> list[Outcome]:
        fetches = [(address, self._fetch(address, settled, now)) for address, settled, now in rows]
        for address, fetch in fetches:
            if fetch.outcome is Outcome.GONE and address.article_id is not None:
                self.archive.articles.withdraw(address.article_id, fetch.at)
        self.archive.ledger.record_many(fetches)
        for address, fetch in fetches:
            logger.debug("%s %s %s %s", address.outlet, fetch.outcome.value, address.url, fetch.detail)
        return [fetch.outcome for _, fetch in fetches]

    def _fetch(self, address: Address, settled: Settled, now: datetime) -> Fetch:
        answers = not may_be_gone(address, settled.outcome) or self.archive.ledger.has_read(address.outlet, address.fetched_at or now)
        step = next_step(address, settled.outcome, now, self.retry_seconds, outlet_answers=answers)
        due_at = step.due_at
        if settled.retry_after and due_at:
            due_at = max(due_at, now + min(settled.retry_after, LONGEST_RETRY_AFTER))
        raw = settled.raw
        return Fetch(
            now,
            step.outcome,
            due_at,
            step.attempts,
            step.misses,
            settled.detail,
            settled.page_bytes,
            len(raw.body) if raw else 0,
            fields_of(raw) if raw else "",
            raw.news_id if raw else "",
            settled.article_id,
        )

    @staticmethod
    def _judge_all(pages: Sequence[FetchedPage]) -> list[Settled]:
        """What each page is; ``WAITING`` with its article when it is to be stored."""
        return [_block_of(page) or _judge(page, _article_of(page)) for page in pages]

    def _without_twins(self, pages: Sequence[FetchedPage], judged: Sequence[Settled]) -> list[Settled]:
        """Settles the pages whose article was read under another address before, or comes twice in this load."""
        wanted = [(page.address, one.raw.news_id) for page, one in zip(pages, judged, strict=True) if one.is_to_store and one.raw]
        twins = self.archive.ledger.find_twins(wanted)
        seen: dict[tuple[str, str], str] = {}
        settled = []
        for page, one in zip(pages, judged, strict=True):
            if one.is_to_store and one.raw and one.raw.news_id:
                twin = twins.get(page.address.id)
                first = seen.setdefault((page.address.outlet, one.raw.news_id), page.address.url)
                if twin is not None:
                    one = replace(one, outcome=Outcome.DUPLICATE_ADDRESS, detail=twin.url, article_id=twin.article_id)
                elif first != page.address.url:
                    one = replace(one, outcome=Outcome.DUPLICATE_ADDRESS, detail=first)
            settled.append(one)
        return settled

    def _store(self, pages: Sequence[FetchedPage], settled: Sequence[Settled]) -> list[Settled]:
        load = [(one.raw, page.body, page.outlet.family) for page, one in zip(pages, settled, strict=True) if one.is_to_store and one.raw]
        saved = iter(self.archive.articles.save_pages(load))
        return [replace(one, outcome=(result := next(saved)).outcome, article_id=result.id) if one.is_to_store else one for one in settled]


def _block_of(page: FetchedPage) -> Settled | None:
    """How a page is settled that is no article, by its answer alone."""
    if page.outlet.family in EMBEDDED:
        return None
    block = find_block(page.status, page.headers, page.body, page.url, page.address.url)
    if block is None:
        return None
    missing = Outcome.SOFT_404 if block is Outcome.GONE else block
    return Settled(missing, f"HTTP {page.status}", page_bytes=len(page.body), retry_after=retry_after(page.headers))


def _article_of(page: FetchedPage) -> RawArticle | None:
    """The article of a page; None when extraction raised, which it never should."""
    try:
        return extract(page.body, page.url, page.outlet, page.at, charset=page.charset, feed_published_at=page.address.published_at)
    except Exception:
        logger.exception("extraction of %s failed", page.url)
        return None


def _judge(page: FetchedPage, raw: RawArticle | None) -> Settled:
    size = len(page.body)
    if raw is None:
        return Settled(Outcome.FAILED, "error while reading the page", page_bytes=size)
    if not raw.body:
        outcome = Outcome.NO_BODY if raw.headline else Outcome.NOT_AN_ARTICLE
        return Settled(outcome, " ".join(raw.flags), raw, page_bytes=size)
    if not in_sections(page.outlet, (raw.section, raw.place, *raw.keywords, *page.address.sections, page.url)):
        return Settled(Outcome.OTHER_SECTION, raw.section, raw, page_bytes=size)
    return Settled(Outcome.WAITING, "", raw, page_bytes=size)


def fields_of(raw: RawArticle) -> str:
    """One letter for each part the page gave: ``hlb`` for headline, lead and body."""
    return "".join(letter for letter, name in _FIELDS.items() if getattr(raw, name))


def retry_after(headers: Mapping[str, str]) -> timedelta | None:
    """The wait that the server asks for in seconds; None when it asks for none."""
    value = headers.get("retry-after", "").strip()
    return timedelta(seconds=min(int(value), 10**6)) if value.isascii() and value.isdigit() else None
