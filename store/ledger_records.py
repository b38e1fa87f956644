"""What the crawler's ledger is told and what it answers."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from core.outcomes import READ, RETRIED, Outcome

FeedKind = Literal["feed", "sitemap", "listing"]


@dataclass(frozen=True, slots=True)
class Found:
    """An address as a feed, sitemap or listing names it. ``outcome`` is final already where it needs no fetch to know it.

    ``key`` is the identity within the outlet (``crawler.identity.address_key``); ``sections`` are the feed's own categories.
    """

    key: str
    url: str
    modified_at: datetime | None = None
    published_at: datetime | None = None
    sections: tuple[str, ...] = ()
    outcome: Outcome = Outcome.WAITING
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Address:
    """A known address: what was found out so far and what is due."""

    id: int
    outlet: str
    key: str
    url: str
    discovered_at: datetime
    outcome: Outcome
    detail: str = ""
    modified_at: datetime | None = None
    published_at: datetime | None = None
    sections: tuple[str, ...] = ()
    due_at: datetime | None = None
    fetches: int = 0
    attempts: int = 0
    misses: int = 0
    fetched_at: datetime | None = None
    first_read_at: datetime | None = None
    news_id: str = ""
    article_id: int | None = None


@dataclass(frozen=True, slots=True)
class Fetch:
    """How one fetch of an address ended, and what follows. ``fields`` has one letter for each part that was found."""

    at: datetime
    outcome: Outcome
    due_at: datetime | None
    attempts: int = 0
    misses: int = 0
    detail: str = ""
    page_bytes: int = 0
    body_chars: int = 0
    fields: str = ""
    news_id: str = ""
    article_id: int | None = None


@dataclass(frozen=True, slots=True)
class FeedState:
    """What is known of a feed, sitemap or listing between two readings.

    ``modified_at`` is the change time its parent sitemap gives; ``read_since`` how far back the last reading went (None: everything).
    """

    outlet: str
    url: str
    kind: FeedKind
    parent: str = ""
    etag: str = ""
    last_modified: str = ""
    modified_at: datetime | None = None
    read_since: datetime | None = None
    outcome: str = ""
    detail: str = ""
    checked_at: datetime | None = None
    read_at: datetime | None = None
    due_at: datetime | None = None
    failures: int = 0


@dataclass(frozen=True, slots=True)
class Discovery:
    """How many addresses a reading told us, how many were new, how many known ones became due again."""

    told: int = 0
    new: int = 0
    due_again: int = 0


@dataclass(frozen=True, slots=True)
class Coverage:
    """The addresses of one outlet by their last outcome; the numbers add up to ``known``."""

    outlet: str
    outcomes: Counter[Outcome] = field(default_factory=Counter)

    @property
    def known(self) -> int:
        """Every address discovered."""
        return self.outcomes.total()

    @property
    def read(self) -> int:
        """Addresses whose newest fetch gave the article."""
        return sum(self.outcomes[outcome] for outcome in READ)

    @property
    def blocked(self) -> int:
        """Addresses behind a challenge page or an unreachable robots.txt."""
        return self.outcomes[Outcome.BLOCKED] + self.outcomes[Outcome.ROBOTS_UNAVAILABLE]

    @property
    def failed(self) -> int:
        """Addresses that failed otherwise and are tried again."""
        return sum(self.outcomes[outcome] for outcome in RETRIED) - self.blocked

    @property
    def waiting(self) -> int:
        """Addresses not fetched yet."""
        return self.outcomes[Outcome.WAITING]

    @property
    def left_out(self) -> int:
        """Addresses that are settled without an article of ours: other sections, refused, duplicates, deleted."""
        return self.known - self.read - self.blocked - self.failed - self.waiting


@dataclass(frozen=True, slots=True)
class Reading:
    """One fetch as the health check sees it."""

    at: datetime
    outcome: Outcome
    body_chars: int
    fields: str
