"""Why a search shows an article: each clause with the words that met it and where, those that it lacks, and what moved its place."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Path, Request
from starlette.responses import HTMLResponse

from core.dates import jalali_text, tehran_day
from core.records import Article
from dashboards.desk import Desk
from dashboards.narrowing import Narrowing
from render.numbers import number
from store import explain
from store.highlight import marks
from store.index import moment
from store.query import Query
from store.query_tree import Node, Not

Id = Annotated[int, Path(ge=1, le=2**31 - 1)]
_PLACES = (("headline", "تیتر"), ("kicker", "روتیتر"), ("lead", "لید"), ("body", "متن"))
_MOST_WORDS = 6


@dataclass(frozen=True, slots=True)
class Met:
    """One clause of the search: what it means, whether the article meets it, and the words with their places: «متن: ۳ بار «اتوبوس»»."""

    means: str
    met: bool
    places: tuple[str, ...]


def build_router(desk: Desk) -> APIRouter:
    """``/search/why/{id}``."""
    router = APIRouter()

    @router.get("/search/why/{id}")
    def why(request: Request, id: Id) -> HTMLResponse:
        narrowing = desk.narrowing(request.query_params.multi_items())
        article = desk.archive.articles.get(id)
        return desk.page(
            "why.html",
            section="search",
            article=article,
            narrowing=narrowing,
            clauses=met_clauses(desk, article, narrowing),
            moved=place_words(article) if narrowing.text else [],
        )

    return router


def met_clauses(desk: Desk, article: Article, narrowing: Narrowing) -> list[Met]:
    """The clauses of the search, those that the article meets first."""
    query = narrowing.query(desk.clock())
    nodes = explain.clauses(query)
    told = explain.explain(query, desk.archive.search, narrowing.words)
    missing = {clause.text for clause in explain.why_not(query, article.id, desk.archive.search, narrowing.words)}
    clauses = [Met(one.means, one.text not in missing, tuple(_places(article, node))) for node, one in zip(nodes, told, strict=True)]
    return sorted(clauses, key=lambda clause: not clause.met)


def place_words(article: Article) -> list[str]:
    """What moved the article up or down among the others, in order by relevance."""
    words = [f"تازگی: خبر {jalali_text(tehran_day(moment(article)))} است و خبر تازه‌تر بالاتر می‌آید."]
    if article.reprint_group != article.id:
        words.append("بازنشر است و کمی پایین‌تر از نسخهٔ نخست می‌آید.")
    return [*words, "واژه‌ای که در تیتر باشد و واژه‌ای که در خبرهای کمتری بیاید سنگین‌تر است."]


def _places(article: Article, node: Node) -> Iterable[str]:
    if isinstance(node, Not):
        return
    for part, name in _PLACES:
        text: str = getattr(article.raw, part)
        found = Counter(text[span.start : span.end] for span in marks(text, Query("", node)))
        if found:
            words = "، ".join(f"«{word}»" for word, _count in found.most_common(_MOST_WORDS))
            yield f"{name}: {words} {number(found.total())} بار"
