"""The outlets: what was read of each, when last, and what failed and why."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from fastapi import APIRouter
from starlette.responses import HTMLResponse

from core.dates import tehran_day
from core.outcomes import RETRIED, Outcome
from dashboards.desk import Desk
from dashboards.narrowing import Narrowing
from render.words import alphabetical
from store.index import SearchRequest, moment
from store.ledger_records import Coverage, FeedState
from store.query import EVERYTHING

_WEEK = 7
_AILING = 5


@dataclass(frozen=True, slots=True)
class OutletState:
    """One outlet: its articles in all and in the last seven days, its newest article, its addresses and its feeds."""

    key: str
    name: str
    owner: str
    enabled: bool
    articles: int
    week: int
    week_days: tuple[int, ...]
    newest_at: datetime | None
    coverage: Coverage
    troubles: tuple[tuple[Outcome, int], ...]
    feeds: tuple[FeedState, ...]
    week_selection: Narrowing

    @property
    def failing_feeds(self) -> tuple[FeedState, ...]:
        """The feeds whose last reading failed."""
        return tuple(feed for feed in self.feeds if feed.failures)

    @property
    def state(self) -> str:
        """One word for the style sheet: off, new, failing, quiet or well."""
        if not self.enabled:
            return "off"
        if not self.articles and not self.coverage.known:
            return "failing" if self.failing_feeds else "new"
        if (self.feeds and len(self.failing_feeds) == len(self.feeds)) or self.coverage.blocked > self.coverage.read:
            return "failing"
        return "well" if self.week else "quiet"


STATE_WORDS = {
    "off": "خاموش",
    "new": "هنوز خوانده نشده",
    "failing": "در دسترس نیست",
    "quiet": "یک هفته بی‌خبر",
    "well": "برقرار",
}


def build_router(desk: Desk) -> APIRouter:
    """``/outlets``."""
    router = APIRouter()

    @router.get("/outlets")
    def outlets() -> HTMLResponse:
        states = outlet_states(desk)
        return desk.page("outlets.html", section="outlets", states=states, words=STATE_WORDS)

    return router


def outlet_states(desk: Desk) -> list[OutletState]:
    """Every configured outlet and every other that has articles, the most productive of the week first."""
    now = desk.clock()
    today = tehran_day(now)
    days = [today - timedelta(days=number) for number in reversed(range(_WEEK))]
    totals = desk.kept("outlets", lambda: desk.archive.search.counts(EVERYTHING, ("outlet",)))
    week = Narrowing(since=days[0], until=today)
    by_day = desk.kept(("outlets", week), lambda: desk.archive.search.counts(week.query(now), ("outlet", "day")))
    coverage = {one.outlet: one for one in desk.archive.ledger.coverage()}
    feeds = desk.archive.ledger.all_feeds()
    keys = dict.fromkeys([*desk.outlets, *(key for (key,) in totals), *coverage])
    states = [_state(desk, key, (totals, by_day, coverage, feeds), days) for key in keys]
    return sorted(states, key=lambda state: (-state.week, -state.articles, alphabetical(state.name)))


@dataclass(frozen=True, slots=True)
class Health:
    """How many outlets are in which state, in the order of STATE_WORDS, and those that want a look, the most productive first."""

    counts: tuple[tuple[str, int], ...]
    ailing: tuple[OutletState, ...]


def outlets_health(desk: Desk) -> Health:
    """The outlets' state in a few lines, made anew every five minutes: the ledger is asked for it."""
    return desk.kept(("health", int(desk.clock().timestamp()) // 300), lambda: _health(outlet_states(desk)))


def _health(states: list[OutletState]) -> Health:
    counts = Counter(one.state for one in states)
    ailing = tuple(one for one in states if one.state in ("failing", "quiet"))
    return Health(tuple((state, counts[state]) for state in reversed(STATE_WORDS) if counts[state]), ailing[:_AILING])


_Counts = Mapping[tuple[str, ...], int]
_Counted = tuple[_Counts, _Counts, Mapping[str, Coverage], Mapping[str, list[FeedState]]]


def _state(desk: Desk, key: str, counted: _Counted, days: list[date]) -> OutletState:
    totals, by_day, coverage, feeds = counted
    outlet = desk.outlets.get(key)
    week_days = tuple(by_day.get((key, day.isoformat()), 0) for day in days)
    covered = coverage.get(key, Coverage(key))
    total = totals.get((key,), 0)
    return OutletState(
        key=key,
        name=desk.outlet_name(key),
        owner=outlet.owner if outlet else "",
        enabled=outlet.enabled if outlet else True,
        articles=total,
        week=sum(week_days),
        week_days=week_days,
        newest_at=desk.kept(("newest", key), lambda: _newest_at(desk, key)) if total else None,
        coverage=covered,
        troubles=tuple((outcome, count) for outcome, count in covered.outcomes.most_common() if outcome in RETRIED),
        feeds=tuple(feeds.get(key, ())),
        week_selection=Narrowing(since=days[0], until=days[-1]).having(outlet=key),
    )


def _newest_at(desk: Desk, key: str) -> datetime | None:
    query = Narrowing().having(outlet=key).query(desk.clock())
    hits = desk.archive.search.search(SearchRequest(query, limit=1, order="newest", fold=False)).hits
    return next((moment(article) for article in desk.archive.articles.get_many([hit.id for hit in hits])), None)
