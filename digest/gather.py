"""Asks the archive everything that a digest tells of. The only part of the digest that reads."""

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice

from core.dates import tehran_day
from core.letters import fold
from core.records import TONES, Article, Subscription
from core.settings import Settings
from digest.links import RELEVANT, Links, quoted
from digest.windows import Window
from render.bars import ToneDay
from store.archive import Archive
from store.arrivals import edited_ids, late_ids
from store.index import SearchRequest
from store.query import EVERYTHING, Query, all_of, parse_query, within

CHART_DAYS = 14
USUAL_WEEKS = 8
MOST_ARTICLES = 400
MOST_CHANGES = 8
SPEAKERS = 6


@dataclass(frozen=True, slots=True)
class Desk:
    """Where a digest asks: the archive, the settings, and what time it is."""

    archive: Archive
    settings: Settings
    now: datetime


@dataclass(frozen=True, slots=True)
class WindowCount:
    """How many articles a window had, and how many of them were negative toward the city."""

    total: int
    negative: int


@dataclass(frozen=True, slots=True)
class Findings:
    """What was found. Counts are of the whole window; ``articles`` are its newest and may be fewer.

    ``usual`` are the same hours of the weeks before, as far as the archive reaches back. ``edited`` holds (article, headline before).
    """

    subscription: Subscription
    window: Window
    links: Links
    total: int
    facets: Mapping[str, Sequence[tuple[str, int]]]
    speakers: Sequence[tuple[str, int]]
    demands: int
    articles: Sequence[Article]
    days: Sequence[ToneDay]
    usual: Sequence[WindowCount]
    outlet_names: Mapping[str, str] = field(default_factory=dict)
    late: Sequence[Article] = ()
    edited: Sequence[tuple[Article, str]] = ()


def gather(desk: Desk, subscription: Subscription, window: Window) -> Findings:
    """Everything about one window. Raises BadQuery when the subscription's search cannot be read, Unavailable when the index is away."""
    asked = parse_query(subscription.query, now=desk.now, words=desk.archive.words())
    wanted = all_of(asked, parse_query(RELEVANT, now=desk.now))
    query = within(wanted, window.since, window.until)
    facets = ("tone", "city_tone", "speaker", "voice", "outlet", "group")
    page = desk.archive.search.search(SearchRequest(query, limit=1, order="newest", facets=facets, fold=False))
    newest = list(islice(desk.archive.search.matching_ids(query), MOST_ARTICLES))
    groups = [int(group) for group, count in page.facets["group"] if count > 1][:20]
    late, edited = _changes(desk, subscription, wanted, window)
    return Findings(
        subscription=subscription,
        window=window,
        links=Links(desk.settings.public_url, subscription.query, window),
        total=page.total,
        facets=page.facets,
        speakers=_speakers(desk, query, page.facets["speaker"]),
        demands=_count(desk, all_of(query, parse_query("has:demand", now=desk.now))),
        articles=desk.archive.articles.get_many(list(dict.fromkeys([*newest, *groups]))),
        days=_days(desk, wanted, window),
        usual=_usual(desk, wanted, window),
        outlet_names=outlet_names(desk.settings),
        late=late,
        edited=edited,
    )


def _count(desk: Desk, query: Query) -> int:
    return desk.archive.search.search(SearchRequest(query, limit=1, order="newest", fold=False)).total


def _speakers(desk: Desk, query: Query, values: Sequence[tuple[str, int]]) -> list[tuple[str, int]]:
    """Who speaks in most articles. A name typed with other letters is the same person, so each is counted by a search."""
    names: dict[str, str] = {}
    for name, _count_of_spelling in values:
        names.setdefault(fold(name), name)
    shown = list(names.values())[: 2 * SPEAKERS]
    counted = [(name, _count(desk, all_of(query, parse_query(quoted("speaker", name), now=desk.now)))) for name in shown]
    return sorted(counted, key=lambda pair: -pair[1])[:SPEAKERS]


def _days(desk: Desk, wanted: Query, window: Window) -> list[ToneDay]:
    last = tehran_day(window.until - timedelta(minutes=1))
    days = [last - timedelta(days=number) for number in range(CHART_DAYS)][::-1]
    counts = desk.archive.search.counts(within(wanted, window.until - timedelta(days=CHART_DAYS + 1), window.until), ("day", "tone"))
    return [ToneDay(day, *(counts.get((day.isoformat(), tone), 0) for tone in TONES)) for day in days]


def _usual(desk: Desk, wanted: Query, window: Window) -> list[WindowCount]:
    """The same hours of the eight weeks before, none from before the archive's first article."""
    first = desk.archive.search.search(SearchRequest(EVERYTHING, limit=1, order="oldest", fold=False))
    oldest = desk.archive.articles.get_many([hit.id for hit in first.hits])
    if not oldest:
        return []
    begin = oldest[0].raw.published_at or oldest[0].first_seen_at
    negative = parse_query("city_tone:negative", now=desk.now)
    found = []
    for weeks in range(1, USUAL_WEEKS + 1):
        earlier = window.earlier(weeks)
        if earlier.since < begin:
            break
        query = within(wanted, earlier.since, earlier.until)
        found.append(WindowCount(_count(desk, query), _count(desk, all_of(query, negative))))
    return found


def _changes(desk: Desk, subscription: Subscription, wanted: Query, window: Window) -> tuple[list[Article], list[tuple[Article, str]]]:
    """What came too late for the digest before and what was edited since; nothing before the first digest."""
    before = desk.archive.people.sendings.composed_before(subscription.id, window.until)
    if before is None:
        return [], []
    late = late_ids(desk.archive.engine, before, window.since)
    edited = edited_ids(desk.archive.engine, before)
    matching = _matching(desk, wanted, window, [*late, *edited])
    shown = [id for id in edited if id in matching][:MOST_CHANGES]
    articles = {article.id: article for article in desk.archive.articles.get_many(shown)}
    pairs = [(articles[id], _headline_before(desk, id)) for id in shown if id in articles]
    return desk.archive.articles.get_many([id for id in late if id in matching][:MOST_CHANGES]), pairs


def _matching(desk: Desk, wanted: Query, window: Window, ids: Iterable[int]) -> set[int]:
    candidates = set(ids)
    if not candidates:
        return set()
    query = within(wanted, window.since - timedelta(days=15), window.until)
    return candidates.intersection(desk.archive.search.matching_ids(query))


def _headline_before(desk: Desk, id: int) -> str:
    versions = desk.archive.articles.revisions(id)
    return versions[-2].raw.headline if len(versions) > 1 else ""


def outlet_names(settings: Settings) -> dict[str, str]:
    """Key → name of the configured outlets; a file that cannot be read names nobody (the crawler refuses it with words)."""
    try:
        rows = tomllib.loads(settings.outlets_file.read_text(encoding="utf-8")).get("outlet", [])
        return {row["key"]: row["name"] for row in rows}
    except (OSError, ValueError, KeyError, TypeError):
        return {}
