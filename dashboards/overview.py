"""The overview of a period, and the same figures narrowed to one topic, outlet, entity or speaker."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse

from core.dates import tehran_day
from core.errors import NotFound
from core.records import TOPICS, Article, Demand
from dashboards.desk import Desk
from dashboards.figures import count_figures
from dashboards.narrowing import Narrowing
from dashboards.outlets_page import STATE_WORDS, outlets_health
from dashboards.stories import top_stories
from render.bars import NARROW, WIDE, tone_chart_svg
from render.charts import tone_key
from store.collections import Collection
from store.index import SearchRequest

_DEMANDS = 6


@dataclass(frozen=True, slots=True)
class Focus:
    """What a page of figures is about: the filter, its kind and name on the screen, and the page's own address."""

    field: str = ""
    value: str = ""
    kind: str = ""
    heading: str = "نمای کلی"
    path: str = "/"


@dataclass(frozen=True, slots=True)
class ShownDemand:
    """A demand with the article that reports it."""

    demand: Demand
    article: Article


def build_router(desk: Desk) -> APIRouter:
    """``/``, ``/topics/{id}``, ``/outlets/{key}``, ``/entities/{id}``, ``/places/{id}`` and ``/speakers/{name}``."""
    router = APIRouter()

    @router.get("/")
    def overview(request: Request) -> HTMLResponse:
        return figures_page(desk, request, Focus())

    @router.get("/topics/{topic}")
    def topic_page(request: Request, topic: str) -> HTMLResponse:
        if topic not in TOPICS and topic not in {one.id for one in desk.archive.words().topics}:
            raise NotFound("topic", topic)
        return figures_page(desk, request, Focus("topic", topic, "موضوع", desk.topic_name(topic), f"/topics/{topic}"))

    @router.get("/outlets/{key:path}")
    def outlet_page(request: Request, key: str) -> HTMLResponse:
        return figures_page(desk, request, Focus("outlet", key, "رسانه", desk.outlet_name(key), request.url.path))

    @router.get("/entities/{entity:path}")
    def entity_page(request: Request, entity: str) -> HTMLResponse:
        return figures_page(desk, request, Focus("entity", entity, "نهاد یا شخص", desk.entity_name(entity), request.url.path))

    @router.get("/places/{place:path}")
    def place_page(request: Request, place: str) -> HTMLResponse:
        return figures_page(desk, request, Focus("place", place, "مکان", desk.entity_name(place), request.url.path))

    @router.get("/speakers/{speaker:path}")
    def speaker_page(request: Request, speaker: str) -> HTMLResponse:
        return figures_page(desk, request, Focus("speaker", speaker, "گوینده", desk.entity_name(speaker), request.url.path))

    return router


def figures_page(desk: Desk, request: Request, focus: Focus) -> HTMLResponse:
    """The page of figures about ``focus`` for the period that the address names."""
    now = desk.clock()
    period = desk.period(request.query_params.multi_items())
    narrowing = period.having(**{focus.field: focus.value}) if focus.field else period
    figures = desk.kept(("figures", narrowing), lambda: count_figures(desk.archive.search, narrowing, now))

    def link(day: date, tone: str) -> str:
        return narrowing.on(day).having(tone=tone).url()

    return desk.page(
        "overview.html",
        section="" if focus.field else "overview",
        heading=focus.heading,
        kind=focus.kind,
        field=focus.field,
        figures=figures,
        stories=desk.kept(("stories", narrowing), lambda: top_stories(desk.archive, narrowing, now)),
        demands=desk.kept(("demands", narrowing), lambda: newest_demands(desk, narrowing)),
        chart_wide=desk.kept(("wide", narrowing), lambda: tone_chart_svg(figures.days, WIDE, link)),
        chart_narrow=desk.kept(("narrow", narrowing), lambda: tone_chart_svg(figures.days, NARROW, link)),
        key=tone_key(),
        health=None if focus.field else outlets_health(desk),
        shortage=None if focus.field else desk.archive.room.shortage(),
        state_words=STATE_WORDS,
        archive_count=desk.archive.search.count(),
        **period_words(period, focus.path, tehran_day(now), desk.archive.collections.all()),
        narrowing=narrowing,
    )


def period_words(period: Narrowing, path: str, today: date, collections: Sequence[Collection] = ()) -> Mapping[str, Any]:
    """What ``period.html`` needs: the addresses of the ready periods and of the two switches, the collections, the choice in words."""

    def period_url(days: int) -> str:
        return replace(period, since=today - timedelta(days=days - 1), until=today).page_url(path)

    return {
        "path": path,
        "period_url": period_url,
        "switched_city": replace(period, city=not period.city).page_url(path),
        "switched_own": replace(period, without_own=not period.without_own).page_url(path),
        "scope_words": scope_words(period),
        "collections": collections,
    }


def scope_words(narrowing: Narrowing) -> str:
    """The choice that stands beside every figure: «خبرهای مربوط به شهر، بدون رسانه‌های شهرداری»."""
    words = ["خبرهای مربوط به شهر" if narrowing.city else "همهٔ خبرها"]
    words += [f"گروه «{narrowing.collection.name}»"] if narrowing.collection else []
    return "، ".join(words + ["بدون رسانه‌های شهرداری"] * narrowing.without_own)


def newest_demands(desk: Desk, narrowing: Narrowing, limit: int = _DEMANDS) -> list[ShownDemand]:
    """The first demand of each of the newest articles that hold one; reprints are told once."""
    query = narrowing.having(has="demand").query(desk.clock())
    page = desk.archive.search.search(SearchRequest(query, limit=limit, order="newest"))
    articles = desk.archive.articles.get_many([hit.id for hit in page.hits])
    return [
        ShownDemand(article.annotations.demands[0], article) for article in articles if article.annotations and article.annotations.demands
    ]
