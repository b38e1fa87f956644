"""Stories: one event's coverage, the originals that tell of it within 72 hours with their reprints."""

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request
from starlette.responses import Response

from api import models
from api.replies import described, reply
from api.search import Words
from core.errors import BadInput, NotFound
from render.shapes import Json, brief_json, moment
from store.archive import Archive
from store.query import Query as SearchQuery
from store.query import in_field, parse_query, within
from store.query_tree import Nothing
from store.relevance import counted
from store.topic_matching import with_user_topics

_LARGEST = 2**31 - 1
NOTHING = SearchQuery("", Nothing())


def build_router(archive: Archive, clock: Callable[[], datetime]) -> APIRouter:
    """``/stories`` and ``/stories/{id}``."""
    router = APIRouter(prefix="/stories", tags=["stories"])

    @router.get("", summary="Stories that match a search", responses=described(models.StoryPage, "STORIES", 400))
    def list_stories(
        request: Request,
        q: Words = "",
        days: Annotated[int, Query(ge=1, le=366, description="with matching articles of so many last days")] = 30,
        limit: Annotated[int, Query(ge=1, le=100)] = 20,
        cursor: Annotated[str | None, Query(max_length=20, description="`next_cursor` of the page before")] = None,
    ) -> Response:
        """Stories of which at least one article matches, the newest story first. A story that arrives meanwhile shifts no page."""
        now = clock()
        query = within(counted(parse_query(q, now=now, words=archive.words())), now - timedelta(days=days), None)
        before = _read_cursor(cursor)
        groups = {int(group): count for (group,), count in archive.search.counts(query, ("group",)).items()}
        matching: Counter[int] = Counter()
        for group, story in archive.stories.stories_of(list(groups)).items():
            matching[story] += groups[group]
        ids = sorted((id for id in matching if id < before), reverse=True)
        shown = ids[:limit]
        rows = [{**_story(archive, id), "matching": matching[id]} for id in shown]
        return reply(request, {"stories": rows, "next_cursor": str(shown[-1]) if len(ids) > limit else None})

    @router.get("/{id}", summary="One story with its articles", responses=described(models.StoryDetail, "STORY", 404))
    def get_story(request: Request, id: Annotated[int, Path(ge=1, le=_LARGEST, description="the story's number")]) -> Response:
        """The articles of the story, reprints included, in the order of publication; not what a person marked irrelevant."""
        ids = list(archive.search.matching_ids(_of_groups(archive.stories.members(id)), "oldest"))
        if not ids:
            raise NotFound("story", id)
        articles = with_user_topics(archive, archive.articles.get_many(ids))
        return reply(request, {**_story(archive, id), "articles": [brief_json(article) for article in articles]})

    return router


def _story(archive: Archive, id: int) -> Json:
    """``{"id", "first", "originals", "article_count", "outlets", "first_at", "last_at"}``; ``first`` is the article that began it."""
    members = archive.stories.members(id) or [id]
    originals = with_user_topics(archive, [one for one in archive.articles.get_many(members) if one.relevant])
    outlets = archive.search.counts(_of_groups(members), ("outlet",))
    times = [one.raw.published_at or one.first_seen_at for one in originals]
    first = min(originals, key=lambda one: (one.raw.published_at or one.first_seen_at, one.id), default=None)
    return {
        "id": id,
        "first": first and brief_json(first),
        "originals": members,
        "article_count": sum(outlets.values()),
        "outlets": [key for (key,), _count in sorted(outlets.items(), key=lambda pair: (-pair[1], pair[0]))],
        "first_at": moment(min(times, default=None)),
        "last_at": moment(max(times, default=None)),
    }


def _of_groups(groups: Sequence[int]) -> SearchQuery:
    return counted(in_field("group", *(str(group) for group in groups))) if groups else NOTHING


def _read_cursor(cursor: str | None) -> int:
    if not cursor:
        return _LARGEST
    if not (cursor.isascii() and cursor.isdecimal() and len(cursor) < 19):
        raise BadInput("cursor", cursor, "not a cursor that this service gave")
    return int(cursor)
