"""The triangle board: what people ask, what management says, what media write, topic by topic, and the distance between them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse

from core.dates import tehran_day
from core.records import TONES, TOPICS, Article
from dashboards.desk import Desk
from dashboards.narrowing import Narrowing
from dashboards.overview import period_words
from render.numbers import share
from store.index import SearchIndex, SearchRequest

Corner = Literal["ask", "say", "write"]
MANAGEMENT_VOICES = ("management", "council")
_GAP = 0.08  # shares that differ by less are told as equal
_LEAST = 3  # articles below which a share says nothing


@dataclass(frozen=True, slots=True)
class Side:
    """One corner of a topic: how many articles, in which tone, its share of the corner, and the newest example."""

    selection: Narrowing
    total: int
    tones: Mapping[str, int]
    share: float
    words: str
    article: Article | None


@dataclass(frozen=True, slots=True)
class Row:
    """One topic with its three corners and what the distance between them says ("" when nothing stands out)."""

    topic: str
    ask: Side
    say: Side
    write: Side
    gap: str


def build_router(desk: Desk) -> APIRouter:
    """``/triangle``."""
    router = APIRouter()

    @router.get("/triangle")
    def triangle(request: Request) -> HTMLResponse:
        now = desk.clock()
        period = desk.period(request.query_params.multi_items())
        rows = desk.kept(("triangle", period), lambda: triangle_rows(desk, period, now))
        words = period_words(period, "/triangle", tehran_day(now), desk.archive.collections.all())
        return desk.page("triangle.html", section="triangle", narrowing=period, rows=rows, corners=_corners(period), **words)

    return router


def triangle_rows(desk: Desk, period: Narrowing, now: datetime) -> list[Row]:
    """The topics of a period in the order in which media write about them; a topic absent from all three corners is left out."""
    index = desk.archive.search
    counted = {corner: _count(index, selection, now) for corner, selection in _corners(period).items()}
    sums = {corner: sum(sum(tones.values()) for tones in topics.values()) for corner, topics in counted.items()}
    rows = []
    for topic in TOPICS:
        if not any(topic in topics for topics in counted.values()):
            continue
        sides = {
            corner: _side(desk, (corner, selection.having(topic=topic)), counted[corner].get(topic, {}), sums[corner], now)
            for corner, selection in _corners(period).items()
        }
        rows.append(Row(topic, sides["ask"], sides["say"], sides["write"], gap_words(sides["ask"], sides["say"], sides["write"])))
    return sorted(rows, key=lambda row: -row.write.total)


def gap_words(ask: Side, say: Side, write: Side) -> str:
    """What the distance between the corners says, for the widest one: asked 30 %, said 5 % → «مردم می‌خواهند، مدیریت کم گفته است»."""
    gaps = (
        (ask.share - say.share, ask.total, "مردم بیش از آن می‌خواهند که مدیریت از آن سخن می‌گوید"),
        (say.share - ask.share, say.total, "مدیریت بیش از آن می‌گوید که مردم می‌خواهند"),
        (ask.share - write.share, ask.total, "مردم بیش از آن می‌خواهند که رسانه‌ها می‌نویسند"),
    )
    width, _total, words = max((gap for gap in gaps if gap[1] >= _LEAST), default=(0.0, 0, ""), key=lambda gap: gap[0])
    return words if width >= _GAP else ""


def _corners(period: Narrowing) -> dict[Corner, Narrowing]:
    says = period
    for voice in MANAGEMENT_VOICES:
        says = Narrowing.having(says, voice=voice)
    return {"ask": period.having(has="demand"), "say": says, "write": period}


def _count(index: SearchIndex, selection: Narrowing, now: datetime) -> dict[str, dict[str, int]]:
    topics: dict[str, dict[str, int]] = {}
    for (topic, tone), count in index.counts(selection.query(now), ("topic", "tone")).items():
        topics.setdefault(topic, dict.fromkeys(TONES, 0))[tone] = count
    return topics


def _side(desk: Desk, named: tuple[Corner, Narrowing], tones: Mapping[str, int], whole: int, now: datetime) -> Side:
    corner, selection = named
    total = sum(tones.values())
    article = _newest(desk, selection, now) if total else None
    return Side(selection, total, tones, share(total, whole), _example(corner, article), article)


def _newest(desk: Desk, selection: Narrowing, now: datetime) -> Article | None:
    page = desk.archive.search.search(SearchRequest(selection.query(now), limit=1, order="newest"))
    return next(iter(desk.archive.articles.get_many([hit.id for hit in page.hits])), None)


def _example(corner: Corner, article: Article | None) -> str:
    if article is None or article.annotations is None:
        return ""
    if corner == "ask":
        return next((demand.text for demand in article.annotations.demands), "")
    if corner == "say":
        return next((quote.content for quote in article.annotations.quotes if quote.voice in MANAGEMENT_VOICES), "")
    return article.raw.headline
