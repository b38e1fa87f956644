"""The chart of a bulletin: the tones of its articles, section by section, one bar a section, running right to left."""

from typing import Any

from core.dates import persian_digits
from core.records import TONES
from render.bars import RLM
from render.bulletin import Book
from render.charts import legend_layers, spec_png
from render.fonts import FAMILY
from render.palette import INK, LINE, MUTED, TONE_COLOURS
from render.words import TONE_NAMES, topic_name

_WIDTH = 560
_BAR = 25


def book_chart_png(book: Book, scale: float = 3.0) -> bytes:
    """A PNG on white; b"" when no article has a tone yet."""
    rows = _rows(book)
    return spec_png(_spec(rows), scale) if rows else b""


def chart_words(book: Book) -> str:
    """The chart in words, for who cannot see it."""
    parts = "، ".join(f"{persian_digits(count)} {TONE_NAMES[tone]}" for tone, count in book.tones.items())
    return f"نمودار لحن خبرهای بولتن: {parts}"


def _rows(book: Book) -> list[dict[str, Any]]:
    return [
        {"section": RLM + topic_name(section.topic), "tone": tone, "rank": rank, "count": section.count(tone)}
        for section in book.sections
        for rank, tone in enumerate(TONES)
        if section.count(tone)
    ]


def _spec(rows: list[dict[str, Any]]) -> dict[str, Any]:
    names = list(dict.fromkeys(row["section"] for row in rows))
    most = max(sum(row["count"] for row in rows if row["section"] == name) for name in names)
    bars = {
        "mark": {"type": "bar", "height": {"band": 0.6}},
        "encoding": {
            "y": {
                "field": "section",
                "type": "nominal",
                "sort": None,
                "scale": {"domain": names},
                "axis": {"orient": "right", "title": None, "ticks": False, "domain": False, "labelPadding": 8, "labelLimit": 220},
            },
            "x": {
                "field": "count",
                "type": "quantitative",
                "scale": {"reverse": True, "domain": [0, max(4, most)]},
                "axis": {"title": None, "tickMinStep": 1, "tickCount": 5, "format": "d", "domain": False, "ticks": False},
            },
            "color": {
                "field": "tone",
                "scale": {"domain": list(TONES), "range": [TONE_COLOURS[tone] for tone in TONES]},
                "legend": None,
            },
            "order": {"field": "rank", "type": "quantitative"},
        },
    }
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "width": _WIDTH,
        "height": _BAR * len(names),
        "background": "#ffffff",
        "padding": {"left": 6, "right": 6, "top": 34, "bottom": 6},
        "data": {"values": rows},
        "layer": [bars, *legend_layers(_WIDTH)],
        "config": {
            "font": FAMILY,
            "view": {"stroke": None},
            "axis": {"labelColor": INK, "labelFontSize": 13, "gridColor": LINE, "domainColor": LINE},
            "axisX": {"labelColor": MUTED},
        },
    }
