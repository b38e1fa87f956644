"""The comparison of two topics, outlets, people, places or periods."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse

from core.dates import jalali_numeric, jalali_text
from core.errors import BadInput
from core.records import TOPICS
from dashboards.comparison import FEW, Kind, Side, compare, overlap, row_name
from dashboards.desk import Desk
from dashboards.figures import count_articles, count_figures
from dashboards.narrowing import Narrowing, read_day
from dashboards.overview import scope_words
from dashboards.search_page import value_name
from render.bars import NARROW, Size, tone_chart_svg
from render.charts import tone_key
from render.words import alphabetical
from store.index import SearchRequest

KINDS: Mapping[Kind, str] = {
    "topic": "دو موضوع",
    "outlet": "دو رسانه",
    "entity": "دو نهاد یا شخص",
    "speaker": "دو گوینده",
    "place": "دو مکان",
    "period": "دو دوره",
}
_MOST_DAYS = 366


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address asks for: of which kind, the two values ("" where none is chosen yet), the period, and the second period."""

    kind: Kind
    first: str
    second: str
    base: Narrowing
    other: Narrowing

    def url(self, **changed: str) -> str:
        """The address of the same comparison with something changed."""
        own = {"kind": self.kind, "a": self.first, "b": self.second}
        if self.kind == "period":
            own |= {"from2": jalali_numeric(self.other.since or date.min), "to2": jalali_numeric(self.other.until or date.min)}
        return self.base.page_url("/compare", **(own | changed))


def build_router(desk: Desk) -> APIRouter:
    """``/compare``."""
    router = APIRouter()

    @router.get("/compare")
    def comparison(request: Request) -> HTMLResponse:
        return comparison_page(desk, read_asked(desk, request))

    return router


def read_asked(desk: Desk, request: Request) -> Asked:
    """The comparison that the address asks for; the period before this one where no second is named. Raises BadInput."""
    given = dict(request.query_params.multi_items())
    kind = next((kind for kind in KINDS if kind == (given.get("kind") or "topic")), None)
    if kind is None:
        raise BadInput("kind", given["kind"], f"one of {', '.join(KINDS)} is expected", "چنین مقایسه‌ای نیست.")
    base = replace(desk.period(request.query_params.multi_items()), filters=())
    other = base.before()
    since, until = read_day("from2", given.get("from2", "")), read_day("to2", given.get("to2", ""))
    if since and until:
        since, until = min(since, until), max(since, until)
        if (until - since).days > _MOST_DAYS:
            raise BadInput("from2", str(since), "longer than a year", "بازهٔ نما حداکثر یک سال است؛ بازهٔ کوتاه‌تری برگزینید.")
        other = replace(base, since=since, until=until)
    return Asked(kind, given.get("a", "").strip()[:300], given.get("b", "").strip()[:300], base, other)


def comparison_page(desk: Desk, asked: Asked) -> HTMLResponse:
    """The page; without two values it only asks for them."""
    sides = _sides(desk, asked)
    shown: dict[str, Any] = {"sides": None, "tables": [], "both": None, "both_count": 0, "few": False, "charts": ()}
    if sides is not None:
        now, index = desk.clock(), desk.archive.search
        first, second = sides
        both = overlap(asked.base, asked.kind, asked.first, asked.second)
        shown = {
            "sides": sides,
            "tables": desk.kept(("comparison", asked), lambda: compare(index, first, second, now, asked.kind)),
            "both": both,
            "both_count": count_articles(index, both, now) if both else 0,
            "few": min(first.figures.total, second.figures.total) < FEW,
            "charts": _charts(first, second),
        }
    return desk.page(
        "compare.html",
        section="compare",
        asked=asked,
        kinds=KINDS,
        choices=_choices(desk, asked),
        scope_words=scope_words(asked.base),
        switched_city=replace(asked, base=replace(asked.base, city=not asked.base.city)).url(),
        switched_own=replace(asked, base=replace(asked.base, without_own=not asked.base.without_own)).url(),
        collections=desk.archive.collections.all(),
        key=tone_key(),
        row_name=row_name,
        topic_words=lambda topic: value_name(desk, "topic", topic),
        **shown,
    )


def _sides(desk: Desk, asked: Asked) -> tuple[Side, Side] | None:
    if asked.kind == "period":
        return _side(desk, _period_words(asked.base), asked.base), _side(desk, _period_words(asked.other), asked.other)
    if not asked.first or not asked.second or asked.first == asked.second:
        return None
    sides = [
        _side(desk, value_name(desk, asked.kind, value), asked.base.having(**{asked.kind: value})) for value in (asked.first, asked.second)
    ]
    return sides[0], sides[1]


def _side(desk: Desk, name: str, selection: Narrowing) -> Side:
    figures = desk.kept(("figures", selection), lambda: count_figures(desk.archive.search, selection, desk.clock()))
    return Side(name, selection, figures)


def _charts(first: Side, second: Side) -> tuple[str, str]:
    """Both charts on one scale: a bar of the same height is the same number of articles."""
    size = replace(NARROW, top=max(4, *(day.total for side in (first, second) for day in side.figures.days)))
    return _chart(first, size), _chart(second, size)


def _chart(side: Side, size: Size) -> str:
    return tone_chart_svg(side.figures.days, size, lambda day, tone: side.selection.on(day).having(tone=tone).url())


def _period_words(period: Narrowing) -> str:
    since, until = period.since or date.min, period.until or date.min
    return jalali_text(since) if since == until else f"{jalali_text(since)} تا {jalali_text(until)}"


def _choices(desk: Desk, asked: Asked) -> list[tuple[str, str]]:
    """What can be chosen: (value, name) of all topics or outlets, or the names most frequent in the period."""
    if asked.kind == "period":
        return []
    if asked.kind == "topic":
        own = tuple(topic.id for topic in desk.archive.words().topics)
        return [(topic, value_name(desk, "topic", topic)) for topic in (*own, *TOPICS)]
    if asked.kind == "outlet":
        return sorted(((key, outlet.name) for key, outlet in desk.outlets.items()), key=lambda pair: alphabetical(pair[1]))
    field = asked.kind
    request = SearchRequest(asked.base.query(desk.clock()), limit=1, order="newest", facets=(field,), fold=False)
    found = desk.kept(("choices", field, asked.base), lambda: desk.archive.search.search(request).facets[field])
    return [(value, desk.entity_name(value)) for value, _count in found]
