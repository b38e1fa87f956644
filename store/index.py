"""What every search engine of Rasad can do: the ``SearchIndex`` Protocol and the records that pass through it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, Protocol

from core.records import Article
from store.query import Query

Order = Literal["relevance", "newest", "oldest"]
ORDERS: tuple[Order, ...] = ("relevance", "newest", "oldest")
FACETS = ("outlet", "topic", "tone", "city_tone", "entity", "speaker", "section", "day", "week", "month", "voice", "place", "group")
COUNTED = (*FACETS, "id")
FACET_VALUES = 50
MAX_LIMIT = 1000


@dataclass(frozen=True, slots=True)
class SearchRequest:
    """One page wanted. ``facets`` names some of ``FACETS``; ``fold`` shows a reprint group as one hit; ``cursor`` continues a page."""

    query: Query
    limit: int = 20
    cursor: str | None = None
    order: Order = "relevance"
    facets: tuple[str, ...] = ()
    fold: bool = True


@dataclass(frozen=True, slots=True)
class Hit:
    """One line of a page: an article, and with folding the other matching members of its group (best first).

    ``partial`` is true when the article holds only some of the words. ``score`` is 0 where the order is by time.
    """

    id: int
    score: float
    partial: bool = False
    reprints: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class SearchPage:
    """One page of an answer. ``total`` counts the articles that match (never groups), ``partial_total`` those with only some words.

    ``facets`` maps a facet to (value, count), most frequent first, days in order of time. ``notes`` are Persian remarks for the user.
    """

    total: int
    partial_total: int
    hits: tuple[Hit, ...]
    facets: dict[str, tuple[tuple[str, int], ...]] = field(default_factory=dict)
    next_cursor: str | None = None
    notes: tuple[str, ...] = ()


class SearchIndex(Protocol):
    """A search engine fed from the change log. Every method may raise Unavailable when the engine is away."""

    def search(self, request: SearchRequest) -> SearchPage:
        """One page of the articles that match. Raises BadInput for a facet, order or cursor that does not exist."""
        ...

    def counts(self, query: Query, by: tuple[str, ...]) -> dict[tuple[str, ...], int]:
        """How many matching articles have each combination of the named facets: {("2026-11-24", "negative"): 3}.

        Days, weeks (their Saturday) are Gregorian Tehran days, months Jalali («1405-09»). Facets of an article with several
        values count once for each; an article without a value is counted in no combination.
        """
        ...

    def newest_by_outlet(self) -> dict[str, datetime]:
        """When each outlet's newest article was published (or first seen)."""
        ...

    def matching_ids(self, query: Query, order: Order = "newest") -> Iterator[int]:
        """The ids of all articles that match, once each, in that order ("relevance" gives newest first)."""
        ...

    def spellings(self, words: Sequence[str]) -> dict[str, int]:
        """In how many articles each written word stands (folded letters, no half-spaces, as ``surface_of`` gives it)."""
        ...

    def apply(self, articles: Sequence[Article], seq: int) -> None:
        """Put these articles in (or take out the withdrawn), make them visible and remember that everything up to ``seq`` is in."""
        ...

    def seq(self) -> int:
        """The newest change of the log that is in the index; 0 when it is empty."""
        ...

    def count(self) -> int:
        """How many articles the index holds."""
        ...

    def matched_topics(self) -> dict[str, str]:
        """The user's topics that were last matched with every article: id → mark of the query."""
        ...

    def note_topics(self, marks: dict[str, str]) -> None:
        """Remember which of the user's topics are matched."""
        ...

    def close(self) -> None:
        """Let go of files and connections."""
        ...


def moment(article: Article) -> datetime:
    """The time by which an article is ordered and counted: when it was published, else when it was first seen."""
    return article.raw.published_at or article.first_seen_at
