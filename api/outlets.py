"""Outlets with how many articles and addresses are known of each, and how well they can be read."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from fastapi import APIRouter, Request
from starlette.responses import Response

from api import models
from api.replies import described, reply
from core.records import Outlet
from render.shapes import Json, moment, outlet_json
from store.archive import Archive
from store.ledger_records import Coverage, FeedState
from store.query import EVERYTHING, within

WEEK = timedelta(days=7)


def build_router(archive: Archive, outlets: Mapping[str, Outlet], clock: Callable[[], datetime]) -> APIRouter:
    """``/outlets``."""
    router = APIRouter(tags=["outlets"])

    @router.get("/outlets", summary="Every outlet with its coverage and health", responses=described(models.OutletList, "OUTLETS"))
    def list_outlets(request: Request) -> Response:
        """The configured outlets, and every other of which there are articles (its key is its name).

        `state`: `off` in the configuration, `new` (nothing read yet), `failing` (every feed fails or most addresses are blocked),
        `quiet` (no article for a week), `well`.
        """
        counts = {key: count for (key,), count in archive.search.counts(EVERYTHING, ("outlet",)).items()}
        recent = within(EVERYTHING, clock().replace(second=0, microsecond=0) - WEEK, None)
        week = {key: count for (key,), count in archive.search.counts(recent, ("outlet",)).items()}
        coverage = {one.outlet: one for one in archive.ledger.coverage()}
        feeds, newest = archive.ledger.all_feeds(), archive.search.newest_by_outlet()
        rows = []
        for key in dict.fromkeys([*outlets, *sorted(counts)]):
            outlet = outlets.get(key) or Outlet(key, key, "", "")
            read = _Reading((counts.get(key, 0), week.get(key, 0)), newest.get(key), coverage.get(key, Coverage(key)), feeds.get(key, []))
            rows.append({**outlet_json(outlet), **_health(outlet, read)})
        return reply(request, {"outlets": rows})

    return router


@dataclass(frozen=True, slots=True)
class _Reading:
    """How an outlet is read: its articles in all and of the last seven days, its newest one's time, its addresses and its feeds."""

    numbers: tuple[int, int]
    newest_at: datetime | None
    covered: Coverage
    feeds: Sequence[FeedState]


def _health(outlet: Outlet, read: _Reading) -> Json:
    total, week = read.numbers
    return {
        "articles": total,
        "addresses": {outcome.value: count for outcome, count in read.covered.outcomes.items()},
        "week": week,
        "newest_at": moment(read.newest_at),
        "state": state_of(outlet, read.numbers, read.covered, read.feeds),
        "feeds": [
            {"url": one.url, "kind": one.kind, "outcome": one.outcome, "failures": one.failures, "read_at": moment(one.read_at)}
            for one in read.feeds
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
