"""What the search box offers while one types: topics, outlets, and the names that stand in the archive."""

from dataclasses import dataclass
from urllib.parse import quote

from fastapi import APIRouter
from starlette.responses import JSONResponse

from core.records import TOPICS
from dashboards.desk import Desk
from render.words import topic_name
from store.index import SearchRequest
from store.query import EVERYTHING
from store.query_words import plain

_MOST = 8
_FIELDS = (("speaker", "گوینده", "speakers"), ("entity", "نهاد یا شخص", "entities"), ("place", "مکان", "places"))


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A page about something whose name fits what is typed; ``folded`` is the name as it is compared."""

    name: str
    kind: str
    url: str
    folded: str


def build_router(desk: Desk) -> APIRouter:
    """``/search/suggest``."""
    router = APIRouter()

    @router.get("/search/suggest")
    def suggest(q: str = "") -> JSONResponse:
        found = suggestions(desk, q[:100])
        return JSONResponse({"suggestions": [{"name": one.name, "kind": one.kind, "url": one.url} for one in found]})

    return router


def suggestions(desk: Desk, typed: str) -> list[Suggestion]:
    """The names that begin with what is typed, then those with a word that does: «شهرد» → «شهردار مشهد»."""
    folded = plain(typed)
    if len(folded) < 2:
        return []
    known = desk.kept("suggestions", lambda: _known(desk))
    first = [one for one in known if one.folded.startswith(folded)]
    later = [one for one in known if f" {folded}" in one.folded and one not in first]
    return (first + later)[:_MOST]


def _known(desk: Desk) -> list[Suggestion]:
    rows = [(topic_name(topic), "موضوع", f"/topics/{topic}") for topic in TOPICS]
    rows += [(topic.name, "موضوع شما", f"/topics/{topic.id}") for topic in desk.archive.words().topics]
    rows += [(outlet.name, "رسانه", f"/outlets/{quote(key, safe='')}") for key, outlet in desk.outlets.items()]
    fields = tuple(field for field, _kind, _path in _FIELDS)
    facets = desk.archive.search.search(SearchRequest(EVERYTHING, limit=1, order="newest", facets=fields, fold=False)).facets
    for field, kind, path in _FIELDS:
        rows += [(desk.entity_name(value), kind, f"/{path}/{quote(value, safe='')}") for value, _count in facets[field]]
    return [Suggestion(name, kind, url, plain(name)) for name, kind, url in dict.fromkeys(rows)]
