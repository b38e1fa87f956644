"""Articles: one, its versions, and all of them in the order of their ids."""

from itertools import islice
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request
from starlette.responses import Response

from api import models
from api.replies import described, reply
from core.errors import BadInput
from render.shapes import article_json, revision_json
from store.archive import Archive
from store.topic_matching import with_user_topics

_LARGEST = 2**31 - 1
Id = Annotated[int, Path(ge=1, le=_LARGEST, description="the article's number in this archive")]


def build_router(archive: Archive) -> APIRouter:
    """``/articles``, ``/articles/{id}`` and ``/articles/{id}/revisions``."""
    router = APIRouter(prefix="/articles", tags=["articles"])

    @router.get("", summary="All articles, oldest first", responses=described(models.ArticlePage, "ARTICLE_PAGE", 400))
    def list_articles(
        request: Request,
        cursor: Annotated[str | None, Query(max_length=40, description="`next_cursor` of the page before")] = None,
        limit: Annotated[int, Query(ge=1, le=200)] = 50,
    ) -> Response:
        """Articles by their number. New ones come at the end, so a walk from the beginning misses none; edits are told by `/changes`."""
        found = list(islice(archive.articles.walk(_read_cursor(cursor), limit + 1), limit + 1))
        shown = with_user_topics(archive, found[:limit])
        after = str(shown[-1].id) if len(found) > limit else None
        return reply(request, {"articles": [article_json(article) for article in shown], "next_cursor": after})

    @router.get("/{id}", summary="One article with its annotations", responses=described(models.Article, "ARTICLE", 404))
    def get_article(request: Request, id: Id) -> Response:
        """The article as the archive holds it now. A withdrawn one is still here, with `withdrawn_at`."""
        return reply(request, article_json(with_user_topics(archive, [archive.articles.get(id)])[0]))

    @router.get("/{id}/revisions", summary="Every version of an article", responses=described(models.RevisionList, "REVISIONS", 404))
    def list_revisions(request: Request, id: Id) -> Response:
        """The versions of an article, the first as number 1."""
        article = archive.articles.get(id)
        return reply(request, {"revisions": [revision_json(revision) for revision in archive.articles.revisions(article.id)]})

    return router


def _read_cursor(cursor: str | None) -> int:
    if not cursor:
        return 0
    if not (cursor.isascii() and cursor.isdecimal() and len(cursor) < 19):
        raise BadInput("cursor", cursor, "not a cursor that this service gave")
    return int(cursor)
