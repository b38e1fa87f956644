"""The search page: one box, filters with counts, folded reprints, highlighted snippets."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse

from core.errors import BadInput, BadQuery
from core.records import CITY_TONES, TONES, Article
from dashboards.desk import Desk
from dashboards.figures import named_speakers
from dashboards.marked import Mark, Piece, cut
from dashboards.narrowing import Narrowing
from dashboards.turns import CADENCES
from render.words import TONE_NAMES, VOICE_NAMES
from store.explain import explain
from store.highlight import Marker
from store.index import ORDERS, Hit, Order, SearchPage, SearchRequest
from store.query import Query
from store.suggest import did_you_mean

_FACETS = ("tone", "city_tone", "topic", "outlet", "speaker")
_FACET_NAMES = {
    "tone": "لحن خبر",
    "city_tone": "لحن نسبت به شهر",
    "topic": "موضوع",
    "outlet": "رسانه",
    "speaker": "گوینده",
    "entity": "نهاد یا شخص",
    "place": "مکان",
    "section": "بخش",
    "voice": "صدا",
    "group": "بازنشرهای یک خبر",
    "has": "دارای",
}
_HAS_NAMES = {"quote": "نقل‌قول", "demand": "مطالبهٔ مردم"}
_FIXED_ORDER = {"tone": TONES, "city_tone": CITY_TONES}
_LIMIT = 20
_FEW = 3
_SHOWN_VALUES = 12


@dataclass(frozen=True, slots=True)
class Result:
    """One line of the results: an article, its marked headline and snippet, and its reprints."""

    article: Article
    partial: bool
    headline: list[Piece]
    snippet: list[Piece]
    reprints: tuple[Article, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """A value of a facet: its name and count, the address that puts it in or takes it out."""

    name: str
    count: int | None
    url: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Facet:
    """A filter with its values."""

    field: str
    name: str
    choices: tuple[Choice, ...]


def build_router(desk: Desk) -> APIRouter:
    """``/search`` and its explanation."""
    router = APIRouter()

    @router.get("/search")
    def search(request: Request) -> HTMLResponse:
        return search_page(desk, request)

    @router.get("/search/explain")
    def explained(request: Request) -> HTMLResponse:
        return explain_page(desk, request)

    return router


def search_page(desk: Desk, request: Request) -> HTMLResponse:
    """The page for what the address asks; a mistake in the typed words is explained beside the box, with the last good reading."""
    narrowing = desk.narrowing(request.query_params.multi_items())
    order = read_order(request.query_params.get("order", ""), narrowing)
    try:
        query = narrowing.query(desk.clock())
    except BadQuery as mistake:
        return _page(desk, narrowing, order, status=400, mistake=mistake)
    wanted = SearchRequest(query, _LIMIT, request.query_params.get("cursor") or None, order, _FACETS)
    page = desk.archive.search.search(wanted)
    first = wanted.cursor is None
    return _page(
        desk,
        narrowing,
        order,
        page=page,
        first=first,
        cursor=wanted.cursor or "",
        results=shown_results(desk, page.hits, query),
        facets=shown_facets(desk, narrowing, page),
        meant=_meant(desk, narrowing) if narrowing.text and page.total < _FEW else None,
        next_url=page.next_cursor and narrowing.url(order=order, cursor=page.next_cursor),
    )


def _meant(desk: Desk, narrowing: Narrowing) -> str | None:
    return did_you_mean(narrowing.text, desk.archive.search, now=desk.clock(), words=narrowing.words)


def explain_page(desk: Desk, request: Request) -> HTMLResponse:
    """How the typed words were understood: each clause in a sentence, the spellings it covers and how many articles meet it."""
    asked = desk.narrowing(request.query_params.multi_items())
    narrowing = Narrowing(text=asked.text, words=asked.words)
    query = narrowing.query(desk.clock())
    parts = explain(query, desk.archive.search, narrowing.words) if narrowing.text else ()
    return desk.page("explain.html", section="search", narrowing=narrowing, notes=query.notes, parts=parts)


def read_order(text: str, narrowing: Narrowing) -> Order:
    """The order asked for; by relevance where words were typed, else newest first. Raises BadInput."""
    if not text:
        return "relevance" if narrowing.text else "newest"
    for order in ORDERS:
        if order == text:
            return order
    raise BadInput("order", text, f"not one of {ORDERS}", "ترتیب باید relevance، newest یا oldest باشد.")


def shown_results(desk: Desk, hits: Sequence[Hit], query: Query) -> list[Result]:
    """The hits with their articles, those with only some of the words after the others; one that has gone meanwhile is left out."""
    ids = [id for hit in hits for id in (hit.id, *hit.reprints)]
    articles = {article.id: article for article in desk.archive.articles.get_shown(ids)}
    marker = Marker(query)
    shown = [
        Result(
            articles[hit.id],
            hit.partial,
            _marked_headline(articles[hit.id], marker),
            _marked_snippet(articles[hit.id], marker),
            tuple(articles[id] for id in hit.reprints if id in articles),
        )
        for hit in hits
        if hit.id in articles
    ]
    return sorted(shown, key=lambda result: result.partial)


def shown_facets(desk: Desk, narrowing: Narrowing, page: SearchPage) -> list[Facet]:
    """The filters with their counts; a chosen value is always among them."""
    facets = []
    for field in _FACETS:
        found = page.facets.get(field, ())
        counts = dict(named_speakers(found) if field == "speaker" else found)
        chosen = narrowing.values(field)
        keys = list(_FIXED_ORDER.get(field, tuple(counts)))[:_SHOWN_VALUES]
        keys += [value for value in chosen if value not in keys]
        choices = tuple(
            Choice(
                value_name(desk, field, key),
                counts.get(key, 0),
                (narrowing.without(field, key) if key in chosen else narrowing.having(**{field: key})).url(),
                key in chosen,
            )
            for key in keys
            if counts.get(key) or key in chosen
        )
        if choices:
            facets.append(Facet(field, _FACET_NAMES[field], choices))
    return facets


def value_name(desk: Desk, field: str, value: str) -> str:
    """A filter's value in Persian: («outlet", "irna") → «ایرنا»."""
    if field == "outlet":
        return desk.outlet_name(value)
    if field in ("entity", "place", "speaker"):
        return desk.entity_name(value)
    if field == "topic":
        return desk.topic_name(value)
    names = {"tone": TONE_NAMES, "city_tone": TONE_NAMES, "voice": VOICE_NAMES, "has": _HAS_NAMES}.get(field, {})
    return names.get(value, value)


def _page(desk: Desk, narrowing: Narrowing, order: Order, status: int = 200, **found: object) -> HTMLResponse:
    empty: dict[str, object] = {"page": None, "results": [], "facets": [], "next_url": None, "mistake": None, "first": True, "meant": None}
    orders = [(name, narrowing.url(order=key), key == order) for key, name in _ORDER_NAMES.items() if key != "relevance" or narrowing.text]
    return desk.page(
        "search.html",
        status,
        section="search",
        narrowing=narrowing,
        orders=orders,
        order=order,
        chips=chips(desk, narrowing),
        cadences=CADENCES,
        last_good_url=_last_good_url(narrowing, found.get("mistake")),
        **(empty | found),
    )


_ORDER_NAMES = {"relevance": "مرتبط‌ترین", "newest": "تازه‌ترین", "oldest": "قدیمی‌ترین"}


def chips(desk: Desk, narrowing: Narrowing) -> list[tuple[str, str, str]]:
    """The filters that stand, each with the address without it: (kind, value, address)."""
    chips = [
        (_FACET_NAMES[field], value_name(desk, field, value), narrowing.without(field, value).url()) for field, value in narrowing.filters
    ]
    if narrowing.city:
        chips.append(("دامنه", "خبرهای مربوط به شهر", replace(narrowing, city=False).url()))
    if narrowing.without_own:
        chips.append(("دامنه", "بدون رسانه‌های شهرداری", replace(narrowing, without_own=False).url()))
    if narrowing.collection:
        chips.append(("گروه رسانه", narrowing.collection.name, replace(narrowing, collection=None).url()))
    if narrowing.relevant:
        chips.append(("دامنه", "بدون خبرهای نامرتبط", replace(narrowing, relevant=False).url()))
    return chips


def _last_good_url(narrowing: Narrowing, mistake: object) -> str:
    good = mistake.last_good if isinstance(mistake, BadQuery) else ""
    return replace(narrowing, text=good).url() if good else ""


def _marked_headline(article: Article, marker: Marker) -> list[Piece]:
    text = article.raw.headline
    return cut(text, [Mark(span.start, span.end, "hit") for span in marker.marks(text)])


def _marked_snippet(article: Article, marker: Marker) -> list[Piece]:
    raw = article.raw
    text = raw.body or raw.lead
    found = marker.snippet(text, 260)
    pieces = cut(found.text, [Mark(span.start, span.end, "hit") for span in found.marks])
    before = [] if text.lstrip().startswith(found.text.lstrip()[:20]) else [Piece("… ")]
    after = [] if text.rstrip().endswith(found.text.rstrip()[-20:]) else [Piece(" …")]
    return [*before, *pieces, *after]
