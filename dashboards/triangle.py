"""The triangle board: what people ask, what management says, what media write, topic by topic, and the distance between them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse

from core.dates import tehran_day
from core.records import TOPICS, Article
from dashboards.desk import Desk
from dashboards.narrowing import Narrowing
from dashboards.overview import period_words
from render.numbers import number, share
from store.corners import CORNERS, MANAGEMENT_VOICES, Corner, count_corners
from store.index import SearchRequest

_GAP = 8  # percentage points; shares that differ by less are told as equal
_LEAST = 3  # articles below which a share says nothing
_EXAMPLES = 2


@dataclass(frozen=True, slots=True)
class Example:
    """What was asked, said or written in one of the newest articles, and by whom ("" where nobody is named)."""

    words: str
    who: str
    article: Article


@dataclass(frozen=True, slots=True)
class Side:
    """One corner of a topic: how many articles, in which tone, its share of the corner, and the newest examples."""

    selection: Narrowing
    total: int
    tones: Mapping[str, int]
    share: float
    examples: tuple[Example, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """One topic with its three corners and what the distances between them say, the widest first; ``own`` is one of the user's."""

    topic: str
    ask: Side
    say: Side
    write: Side
    gaps: tuple[str, ...]
    own: bool = False


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
    """The topics of a period, the user's own first, by how much media write about them; one absent from all corners is left out."""
    counted = count_corners(desk.archive.search, period.query(now), now)
    sums = {corner: sum(sum(tones.values()) for tones in counted[corner].values()) for corner in CORNERS}
    rows = []
    for topic in (*(own.id for own in period.words.topics), *TOPICS):
        if not any(topic in counted[corner] for corner in CORNERS):
            continue
        sides = {
            corner: _side(desk, (corner, selection.having(topic=topic)), counted[corner].get(topic, {}), sums[corner], now)
            for corner, selection in _corners(period).items()
        }
        rows.append(
            Row(
                topic,
                sides["ask"],
                sides["say"],
                sides["write"],
                gap_words(sides["ask"], sides["say"], sides["write"]),
                topic not in TOPICS,
            )
        )
    return sorted(rows, key=lambda row: (not row.own, -row.write.total))


def gap_words(ask: Side, say: Side, write: Side) -> tuple[str, ...]:
    """What the distances between the corners say, the widest two: asked 30 %, said 5 % → «مردم ۲۵ واحد بیش از آن می‌خواهند که …».

    Measured between the shares as they are shown; one that rests on fewer than three articles is not told.
    """
    told = (
        (ask, say, "مردم {} واحد بیش از آن می‌خواهند که مدیریت می‌گوید"),
        (say, ask, "مدیریت {} واحد بیش از آن می‌گوید که مردم می‌خواهند"),
        (ask, write, "مردم {} واحد بیش از آن می‌خواهند که رسانه‌ها می‌نویسند"),
        (write, ask, "رسانه‌ها {} واحد بیش از آن می‌نویسند که مردم می‌خواهند"),
        (say, write, "مدیریت {} واحد بیش از آن می‌گوید که رسانه‌ها می‌نویسند"),
        (write, say, "رسانه‌ها {} واحد بیش از آن می‌نویسند که مدیریت می‌گوید"),
    )
    gaps = [(round(more.share * 100) - round(less.share * 100), words) for more, less, words in told if more.total >= _LEAST]
    return tuple(words.format(number(width)) for width, words in sorted(gaps, key=lambda gap: -gap[0])[:2] if width >= _GAP)


def _corners(period: Narrowing) -> dict[Corner, Narrowing]:
    says = period
    for voice in MANAGEMENT_VOICES:
        says = says.having(voice=voice)
    return {"ask": period.having(has="demand"), "say": says, "write": period}


def _side(desk: Desk, named: tuple[Corner, Narrowing], tones: Mapping[str, int], whole: int, now: datetime) -> Side:
    corner, selection = named
    total = sum(tones.values())
    newest = _newest(desk, selection, now) if total else []
    return Side(selection, total, tones, share(total, whole), tuple(example for one in newest if (example := _example(corner, one))))


def _newest(desk: Desk, selection: Narrowing, now: datetime) -> list[Article]:
    page = desk.archive.search.search(SearchRequest(selection.query(now), limit=_EXAMPLES, order="newest"))
    return desk.archive.articles.get_many([hit.id for hit in page.hits])


def _example(corner: Corner, article: Article) -> Example | None:
    if corner == "write" or article.annotations is None:
        return Example(article.raw.headline, "", article)
    if corner == "ask":
        return next((Example(demand.text, demand.asker, article) for demand in article.annotations.demands), None)
    quotes = (quote for quote in article.annotations.quotes if quote.voice in MANAGEMENT_VOICES)
    return next((Example(quote.content, quote.speaker or quote.mention, article) for quote in quotes), None)
