"""Who said what, and what people ask for: sentence by sentence, newest articles first."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from api import models
from api.replies import described, reply
from api.search import Words
from core.records import Article, Quote
from render.shapes import Json, demand_json, quote_json, reprint_json
from store.archive import Archive
from store.index import SearchRequest
from store.query import Query as SearchQuery
from store.query import all_of, in_field, parse_query
from store.query_words import plain
from store.relevance import counted

Cursor = Annotated[str | None, Query(max_length=400, description="`next_cursor` of the page before")]
Limit = Annotated[int, Query(ge=1, le=200, description="most articles whose sentences this page tells")]


@dataclass(frozen=True, slots=True)
class Page:
    """What a page of sentences asks: the search, where the page before ended, and how many articles."""

    query: SearchQuery
    cursor: str | None
    limit: int


def build_router(archive: Archive, clock: Callable[[], datetime]) -> APIRouter:
    """``/quotes`` and ``/demands``."""
    router = APIRouter(tags=["sentences"])

    @router.get("/quotes", summary="Who said what", responses=described(models.QuotePage, "QUOTES", 400))
    def quotes(
        request: Request,
        q: Words = "",
        speaker: Annotated[str, Query(max_length=200, description="a name as quotes give it, or an entity id")] = "",
        voice: Annotated[models.Voice | None, Query(description="on whose behalf they speak")] = None,
        limit: Limit = 50,
        cursor: Cursor = None,
    ) -> Response:
        """The quotes of matching articles, in their order in the article. With `speaker` or `voice` only those quotes."""
        clauses = [counted(parse_query(q, now=clock(), words=archive.words())), parse_query("has:quote", now=clock())]
        clauses += [in_field("speaker", speaker)] if speaker.strip() else []
        clauses += [in_field("voice", voice)] if voice else []

        def sentences(article: Article) -> Iterator[Json]:
            for quote in article.annotations.quotes if article.annotations else ():
                if (not voice or quote.voice == voice) and (not speaker.strip() or _is_by(quote, speaker)):
                    yield quote_json(quote)

        return reply(request, _page(archive, Page(all_of(*clauses), cursor, limit), "quotes", sentences))

    @router.get("/demands", summary="What people ask for", responses=described(models.DemandPage, "DEMANDS", 400))
    def demands(request: Request, q: Words = "", limit: Limit = 50, cursor: Cursor = None) -> Response:
        """The sentences of matching articles in which people ask or complain, in their order in the article."""
        query = all_of(counted(parse_query(q, now=clock(), words=archive.words())), parse_query("has:demand", now=clock()))

        def sentences(article: Article) -> Iterator[Json]:
            yield from (demand_json(demand) for demand in (article.annotations.demands if article.annotations else ()))

        return reply(request, _page(archive, Page(query, cursor, limit), "demands", sentences))

    return router


def _page(archive: Archive, page: Page, name: str, sentences: Callable[[Article], Iterator[Json]]) -> Json:
    found = archive.search.search(SearchRequest(page.query, page.limit, page.cursor or None, "newest", fold=False))
    articles = archive.articles.get_many([hit.id for hit in found.hits])
    rows = [{"article": reprint_json(article), **sentence} for article in articles for sentence in sentences(article)]
    return {"articles": found.total, name: rows, "next_cursor": found.next_cursor}


def _is_by(quote: Quote, speaker: str) -> bool:
    """Whether the quote is that speaker's: «آيدين» and «آیدین» are one name."""
    wanted = plain(speaker)
    return wanted in {plain(name) for name in (quote.speaker, quote.speaker_id, quote.mention) if name}
