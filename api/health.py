"""Is the process alive, and can it answer?"""

from fastapi import APIRouter
from starlette.responses import JSONResponse, Response

from api import models
from store.archive import Archive

_BEHIND = 5_000


def build_router(archive: Archive) -> APIRouter:
    """``/healthz`` and ``/readyz``."""
    router = APIRouter(tags=["health"])

    @router.get(
        "/healthz",
        summary="The process is alive",
        responses={200: {"model": models.Health, "content": {"application/json": {"example": "ALIVE"}}}},
    )
    def healthz() -> Response:
        """Answers as long as the process runs; asks nothing of the archive."""
        return JSONResponse({"status": "ok"})

    @router.get(
        "/readyz",
        summary="The archive and the index answer",
        responses={
            200: {"model": models.Health, "content": {"application/json": {"example": "HEALTH"}}},
            503: {"model": models.Health, "description": "The archive or the index does not answer, or the index is far behind."},
        },
    )
    def readyz() -> Response:
        """Counts of the archive and of the index, how many changes the index is behind, and ``paused`` when nothing can be written."""
        try:
            behind = max(0, archive.articles.newest_seq() - archive.search.seq())
            counts: dict[str, int | str] = {
                "articles": archive.articles.count(),
                "searchable": archive.search.count(),
                "changes_behind": behind,
            }
        except Exception:  # whatever is wrong below: the balancer must learn it from the status, not from a broken connection
            return JSONResponse({"status": "unavailable"}, 503)
        shortage = archive.room.shortage()
        counts |= {"paused": shortage.kind} if shortage else {}
        status = "behind" if behind > _BEHIND else "ok"
        return JSONResponse({"status": status, **counts}, 503 if status == "behind" else 200)

    return router
