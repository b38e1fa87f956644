"""Outlets with how many articles and addresses are known of each, and how well they can be read."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

from fastapi import APIRouter, Request
from starlette.responses import Response

from api import models
from api.replies import described, reply
from core.records import Outlet
from render.shapes import Json, moment, outlet_json
from store.archive import Archive
from store.index import SearchRequest
from store.index import moment as moment_of
from store.ledger_records import Coverage, FeedState
from store.query import EVERYTHING, in_field, within

WEEK = timedelta(days=7)


def build_router(archive: Archive, outlets: Mapping[str, Outlet], clock: Callable[[], datetime]) -> APIRouter:
    """``/outlets``."""
    router = APIRouter(tags=["outlets"])
    newest = _Newest(archive)

    @router.get("/outlets", summary="Every outlet with its coverage and health", responses=described(models.OutletList, "OUTLETS"))
    def list_outlets(request: Request) -> Response:
        """The configured outlets, and every other of which there are articles (its key is its name).

        `state`: `off` in the configuration, `new` (nothing read yet), `failing` (every feed fails or most addresses are blocked),
        `quiet` (no article for a week), `well`.
        """
        counts = {key: count for (key,), count in archive.search.counts(EVERYTHING, ("outlet",)).items()}
        recent = within(EVERYTHING, clock() - WEEK, None)
        week = {key: count for (key,), count in archive.search.counts(recent, ("outlet",)).items()}
        coverage = {one.outlet: one for one in archive.ledger.coverage()}
        rows = []
        for key in dict.fromkeys([*outlets, *sorted(counts)]):
            outlet = outlets.get(key) or Outlet(key, key, "", "")
            numbers = (counts.get(key, 0), week.get(key, 0))
            rows.append({**outlet_json(outlet), **_health(archive, newest, outlet, (*numbers, coverage.get(key, Coverage(key))))})
        return reply(request, {"outlets": rows})

    return router


class _Newest:
    """The newest article's time per outlet, asked anew when the index has changed: a search each, and there are dozens of outlets."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        self._kept: tuple[int, dict[str, datetime | None]] = (-1, {})

    def at(self, key: str) -> datetime | None:
        seq = self._archive.search.seq()
        if seq != self._kept[0]:
            self._kept = (seq, {})
        times = self._kept[1]  # another thread may put a newer one in its place meanwhile
        if key not in times:
            times[key] = _newest_at(self._archive, key)
        return times[key]


def _health(archive: Archive, newest: _Newest, outlet: Outlet, counted: tuple[int, int, Coverage]) -> Json:
    total, week, covered = counted
    feeds = archive.ledger.feeds(outlet.key)
    return {
        "articles": total,
        "addresses": {outcome.value: count for outcome, count in covered.outcomes.items()},
        "week": week,
        "newest_at": moment(newest.at(outlet.key)) if total else None,
        "state": state_of(outlet, (total, week), covered, feeds),
        "feeds": [
            {"url": one.url, "kind": one.kind, "outcome": one.outcome, "failures": one.failures, "read_at": moment(one.read_at)}
            for one in feeds
        ],
    }


def state_of(outlet: Outlet, numbers: tuple[int, int], covered: Coverage, feeds: Sequence[FeedState]) -> str:
    """One word for how an outlet is read; ``numbers`` are its articles in all and of the last seven days."""
    total, week = numbers
    failing = [feed for feed in feeds if feed.failures]
    if not outlet.enabled:
        return "off"
    if not total and not covered.known:
        return "failing" if failing else "new"
    if (feeds and len(failing) == len(feeds)) or covered.blocked > covered.read:
        return "failing"
    return "well" if week else "quiet"


def _newest_at(archive: Archive, key: str) -> datetime | None:
    hits = archive.search.search(SearchRequest(in_field("outlet", key), limit=1, order="newest", fold=False)).hits
    return next((moment_of(article) for article in archive.articles.get_many([hit.id for hit in hits])), None)
