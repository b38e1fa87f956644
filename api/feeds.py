"""Feeds of saved searches for feed readers, which cannot sign in: the address holds a key with the scope ``feeds``, revocable as any."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Path, Request
from starlette.responses import Response

from api.replies import file_described, reply_bytes
from core.errors import NotFound
from core.records import Outlet
from core.settings import Settings
from render.feeds import FEED_TYPES, Channel, FeedFormat, write_feed
from store.archive import Archive
from store.index import SearchRequest
from store.query import parse_query
from store.relevance import counted
from store.topic_matching import with_user_topics

ENTRIES = 50


@dataclass(frozen=True, slots=True)
class Feeds:
    """What a feed is made of: the archive, the address of the desk, the outlets and the clock."""

    archive: Archive
    settings: Settings
    outlets: Mapping[str, Outlet]
    clock: Callable[[], datetime]


def build_router(feeds: Feeds) -> APIRouter:
    """``/feeds/{key}/{id}.{format}``."""
    router = APIRouter(tags=["feeds"])

    @router.get(
        "/feeds/{key}/{id}.{format}",
        summary="A saved search as a feed",
        response_class=Response,
        responses=file_described(FEED_TYPES, "FEED", 404),
    )
    def feed(
        request: Request,
        key: Annotated[str, Path(max_length=200, description="a key with the scope `feeds`")],  # noqa: ARG001 (the gate has read it)
        id: Annotated[int, Path(ge=1, le=2**31 - 1, description="the saved search's number")],
        format: Annotated[FeedFormat, Path(description="RSS 2.0, Atom or JSON Feed")],
    ) -> Response:
        """The fifty newest articles of the saved search, each reprint group once. The entry's id stays when the article is edited.

        What a person marked irrelevant is left out.
        """
        search = next((one for one in feeds.archive.people.saved_searches() if one.id == id), None)
        if search is None:
            raise NotFound("saved search", id)
        query = counted(parse_query(search.query, now=feeds.clock(), words=feeds.archive.words()))
        page = feeds.archive.search.search(SearchRequest(query, ENTRIES, order="newest"))
        articles = with_user_topics(feeds.archive, feeds.archive.articles.get_many([hit.id for hit in page.hits]))
        base = feeds.settings.public_url
        channel = Channel(f"urn:rasad:search:{id}", f"رصد: {search.name}", f"{base}/search?q={quote(search.query, safe='')}", base)
        names = {outlet.key: outlet.name for outlet in feeds.outlets.values()}
        return reply_bytes(request, write_feed(format, channel, articles, names), f"{FEED_TYPES[format]}; charset=utf-8")

    return router
