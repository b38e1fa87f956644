"""Every article of a search as one file."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response, StreamingResponse

from api.access import require_scope
from api.replies import file_described
from api.search import Words
from render.tables import MEDIA_TYPES, Format, table_pieces
from store.archive import Archive
from store.export import matching_articles
from store.query import parse_query


def build_router(archive: Archive, clock: Callable[[], datetime]) -> APIRouter:
    """``/export``."""
    router = APIRouter(tags=["export"])

    @router.get(
        "/export",
        summary="Every article that matches, as a file",
        response_class=Response,
        responses=file_described(MEDIA_TYPES, "EXPORT", 400),
    )
    def export(
        request: Request,
        q: Words = "",
        format: Annotated[Format, Query(description="NDJSON for programs, CSV that Excel opens in Persian, XLSX")] = "ndjson",
    ) -> Response:
        """Exactly the articles that `/search` counts as `total`, newest first, one row each, sent while they are read.

        A key needs the scope `export`; every export stands in the audit.
        """
        user = require_scope(request, "export")
        query = parse_query(q, now=clock(), words=archive.words())
        archive.audit.note(user, "export", f"articles.{format}", clock(), f"q={q}")
        headers = {"Content-Disposition": f'attachment; filename="rasad.{format}"'}
        return StreamingResponse(table_pieces(format, matching_articles(archive, query)), media_type=MEDIA_TYPES[format], headers=headers)

    return router
