"""Time series without gaps, and the triangle: what people ask, what management says, what media write."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from api import models
from api.replies import described, reply
from api.search import Words
from core.records import TOPICS
from render.shapes import Json
from store.archive import Archive
from store.corners import CORNERS, count_corners
from store.query import parse_query
from store.relevance import counted

Step = Literal["day", "week", "month"]
_MOST_POINTS = 4000


def build_router(archive: Archive, clock: Callable[[], datetime]) -> APIRouter:
    """``/series`` and ``/triangle``."""
    router = APIRouter(tags=["figures"])

    @router.get("/series", summary="A time series", responses=described(models.Series, "SERIES", 400))
    def series(
        request: Request,
        q: Words = "",
        step: Annotated[Step, Query(description="Tehran days, weeks by their Saturday, Jalali months")] = "day",
        by: Annotated[Literal["tone", "city_tone", "outlet", "topic", "voice"], Query()] = "tone",
    ) -> Response:
        """Matching articles over time, from the first that matches to the last; a day on which nothing came is told as 0."""
        query = counted(parse_query(q, now=clock(), words=archive.words()))
        totals = {moment: count for (moment,), count in archive.search.counts(query, (step,)).items()}
        parts: dict[str, dict[str, int]] = {}
        for (moment, value), count in sorted(archive.search.counts(query, (step, by)).items()):
            parts.setdefault(moment, {})[value] = count
        points = [{step: moment, "count": totals.get(moment, 0), "values": parts.get(moment, {})} for moment in _all_steps(step, totals)]
        return reply(request, {"step": step, "by": by, "total": sum(totals.values()), "points": points})

    @router.get("/triangle", summary="What people ask, management says, media write", responses=described(models.Triangle, "TRIANGLE", 400))
    def triangle(request: Request, q: Words = "") -> Response:
        """Per topic the articles with a demand (`ask`), in which management or council speaks (`say`), and all (`write`), by tone.

        `share` is the topic's part of its corner's sum over all topics, the user's own included (an article of two topics stands in both).
        Narrow the time in `q`.
        """
        now = clock()
        words = archive.words()
        corners = count_corners(archive.search, counted(parse_query(q, now=now, words=words)), now)
        sums = {corner: _sum(corners[corner]) for corner in CORNERS}
        rows = [
            {"topic": topic, **{corner: _side(corners[corner].get(topic, {}), sums[corner]) for corner in CORNERS}}
            for topic in (*(own.id for own in words.topics), *TOPICS)
            if any(topic in corners[corner] for corner in CORNERS)
        ]
        return reply(request, {"sums": sums, "topics": sorted(rows, key=lambda row: -row["write"]["articles"])})

    return router


def _all_steps(step: Step, counts: Mapping[str, int]) -> Iterator[str]:
    """Every day, week or month from the first to the last that has articles; without gaps unless there are thousands."""
    if not counts:
        return
    moment, last = min(counts), max(counts)
    for _ in range(_MOST_POINTS):
        yield moment
        if moment >= last:
            return
        moment = _next(step, moment)
    yield from sorted(key for key in counts if key >= moment)


def _next(step: Step, moment: str) -> str:
    """2026-11-24 → 2026-11-25; 1405-12 → 1406-01."""
    if step == "month":
        year, month = (int(part) for part in moment.split("-"))
        return f"{year + month // 12:04d}-{month % 12 + 1:02d}"
    return (date.fromisoformat(moment) + timedelta(days=1 if step == "day" else 7)).isoformat()


def _sum(topics: Mapping[str, Mapping[str, int]]) -> int:
    return sum(sum(tones.values()) for tones in topics.values())


def _side(tones: Mapping[str, int], whole: int) -> Json:
    total = sum(tones.values())
    return {"articles": total, "share": round(total / whole, 4) if whole else 0.0, "tones": dict(tones)}
