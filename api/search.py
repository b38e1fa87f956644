"""Search, counts, and how a search is read."""

from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from api import models
from api.answers import answer_search
from api.replies import described, reply
from core.errors import BadInput
from store.archive import Archive
from store.explain import explain
from store.index import FACETS, SearchRequest
from store.query import parse_query
from store.relevance import counted
from store.suggest import did_you_mean

Words = Annotated[
    str, Query(max_length=2000, description="a search in the language of the desk; empty: everything", examples=["آسفالت لحن:منفی"])
]
_USUAL_FACETS = "outlet,topic,tone,city_tone"


def build_router(archive: Archive, clock: Callable[[], datetime]) -> APIRouter:
    """``/search``, ``/stats`` and ``/explain``."""
    router = APIRouter(tags=["search"])

    @router.get("/search", summary="Articles that match a search", responses=described(models.SearchAnswer, "SEARCH", 400))
    def search(
        request: Request,
        q: Words = "",
        limit: Annotated[int, Query(ge=1, le=200)] = 20,
        cursor: Annotated[str | None, Query(max_length=400, description="`next_cursor` of the page before")] = None,
        order: Annotated[Literal["relevance", "newest", "oldest"], Query()] = "relevance",
        facets: Annotated[str, Query(max_length=200, description="names parted by commas")] = _USUAL_FACETS,
    ) -> Response:
        """The object of `rasad search --json`. `total` and the facets count articles; a reprint group is one hit with its `reprints`."""
        names = tuple(dict.fromkeys(name.strip() for name in facets.split(",") if name.strip()))
        answer = answer_search(archive, q, limit=limit, order=order, cursor=cursor or None, facets=names, now=clock())
        return reply(request, answer)

    @router.get("/stats", summary="Counts and time series", responses=described(models.Stats, "STATS", 400))
    def stats(
        request: Request,
        q: Words = "",
        by: Annotated[str, Query(max_length=100, description="one to three facets parted by commas", examples=["day,tone"])] = "day,tone",
    ) -> Response:
        """How many matching articles have each combination of values. Days and weeks (their Saturday) are Tehran days, months Jalali.

        What a person marked irrelevant is not counted, unless `q` speaks of it (`is:irrelevant`).
        """
        names = read_names(by)
        query = counted(parse_query(q, now=clock(), words=archive.words()))
        total = archive.search.search(SearchRequest(query, limit=1, order="newest", fold=False)).total
        counts = archive.search.counts(query, names)
        rows = [{**dict(zip(names, values, strict=True)), "count": count} for values, count in sorted(counts.items())]
        return reply(request, {"total": total, "by": list(names), "counts": rows})

    @router.get("/explain", summary="How a search is read", responses=described(models.Explanation, "EXPLANATION", 400))
    def explain_search(request: Request, q: Words = "") -> Response:
        """Each clause in a Persian sentence, the spellings it covers and how many articles meet it; remarks; and a likelier search."""
        words = archive.words()
        query = parse_query(q, now=clock(), words=words)
        clauses = [asdict(clause) for clause in explain(query, archive.search, words)] if q.strip() else []
        meant = did_you_mean(q, archive.search, now=clock(), words=words) if q.strip() else None
        return reply(request, {"clauses": clauses, "notes": list(query.notes), "did_you_mean": meant})

    return router


def read_names(by: str) -> tuple[str, ...]:
    """(«day», «tone») for "day,tone". Raises BadInput for a name that is no facet and for more than three."""
    names = tuple(dict.fromkeys(name.strip() for name in by.split(",") if name.strip()))
    if not 1 <= len(names) <= 3:
        raise BadInput("by", by, "one to three names are needed")
    for name in names:
        if name not in FACETS:
            raise BadInput("by", name, f"not one of {FACETS}")
    return names
