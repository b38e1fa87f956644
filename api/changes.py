"""The change feed: a consumer that follows it mirrors the archive, however long it was away."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from api import models
from api.replies import described, reply
from render.changed import changed_json
from store.archive import Archive
from store.topic_matching import topics_of


def build_router(archive: Archive) -> APIRouter:
    """``/changes``."""
    router = APIRouter(tags=["changes"])

    @router.get("/changes", summary="What has changed since", responses=described(models.ChangePage, "CHANGES"))
    def changes(
        request: Request,
        after: Annotated[int, Query(ge=0, le=2**63 - 1, description="`next_after` of the last answer; 0 to begin")] = 0,
        limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    ) -> Response:
        """Every article at its newest change, in order and without gaps; one that changes again comes again."""
        newest = archive.articles.newest_seq()
        found = archive.articles.changed_after(after, limit)
        topics = topics_of(archive, found)
        rows = [changed_json(one, topics.get(one.change.article_id, ())) for one in found]
        next_after = found[-1].change.seq if found else after
        return reply(request, {"changes": rows, "next_after": next_after, "newest_seq": max(newest, next_after)})

    return router
