"""Charts from one Vega-Lite specification: SVG for a page (links, styled by the page), PNG for a mail. Time runs right to left."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from json import dumps
from types import ModuleType
from typing import Any

from core.dates import MONTHS, jalali, jalali_text, persian_digits
from core.records import TONES
from render.fonts import FAMILY, font_folder
from render.palette import INK, LINE, MUTED, TONE_COLOURS
from render.words import TONE_NAMES

RLM = "\u200f"  # makes «۳ آذر» run right to left where a renderer takes the first strong letter of the page, not of the text
_LINK_HOST = "https://link.invalid"  # Vega prefixes relative links with a host of its own; this one is cut off again
_LOCALE = {"decimal": "٫", "thousands": "٬", "grouping": [3], "currency": ["", ""], "numerals": list(persian_digits("0123456789"))}


@dataclass(frozen=True, slots=True)
class ToneDay:
    """How many articles of each tone were published on one Tehran day."""

    day: date
    negative: int = 0
    neutral: int = 0
    positive: int = 0

    @property
    def total(self) -> int:
        """All articles of the day."""
        return self.negative + self.neutral + self.positive


@dataclass(frozen=True, slots=True)
class Size:
    """The plot's width and height in pixels, at most how many days are named under it, and how far its scale reaches at least."""

    width: int = 720
    height: int = 190
    labels: int = 10
    top: int = 4


WIDE = Size()
NARROW = Size(width=320, height=170, labels=5)


def tone_chart_png(days: Sequence[ToneDay], size: Size = WIDE, scale: float = 2.0) -> bytes:
    """A PNG of the tones day by day with its legend, on white: for mails and documents.

    ``days`` in order of time, one each, also the empty ones. Raises ValueError when there is no day.
    """
    return spec_png(_tone_spec(days, size, lambda _day, _tone: None, legend=True), scale)


def spec_png(spec: dict[str, Any], scale: float) -> bytes:
    """A PNG of a Vega-Lite specification, with Persian numbers; ``scale`` 2 doubles its pixels."""
    picture: bytes = _engine().vegalite_to_png(dumps(spec, ensure_ascii=False), scale=scale, format_locale=_LOCALE)
    return picture


def tone_chart_svg(days: Sequence[ToneDay], size: Size, link: Callable[[date, str], str | None]) -> str:
    """An SVG element of the tones day by day for a page; ``link(day, tone)`` gives the address behind each bar.

    Colours stand in attributes only, so that the page's style sheet may turn them for dark mode; no inline style, no script.
    """
    spec = _tone_spec(days, size, link, legend=False)
    return _svg(dumps(spec, ensure_ascii=False, sort_keys=True))


def warm_up() -> None:
    """Start the chart engine (half a second) before the first page needs it."""
    tone_chart_svg([ToneDay(date(2026, 3, 21))], NARROW, lambda _day, _tone: None)


def tone_key() -> list[tuple[str, str, str]]:
    """The legend: («منفی», "negative", "#b8433f"), …"""
    return [(TONE_NAMES[tone], tone, TONE_COLOURS[tone]) for tone in TONES]


def _tone_spec(days: Sequence[ToneDay], size: Size, link: Callable[[date, str], str | None], *, legend: bool) -> dict[str, Any]:
    if not days:
        raise ValueError("a tone chart needs at least one day")
    rows = _tone_rows(days, link)
    bars = {"mark": {"type": "bar", "width": {"band": 0.72}}, "encoding": _encoding(days, size, rows)}
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "width": size.width,
        "height": size.height,
        "background": "#ffffff" if legend else None,
        "padding": {"left": 6, "right": 6, "top": 34 if legend else 10, "bottom": 6},
        "data": {"values": rows},
        "layer": [bars, *(legend_layers(size.width) if legend else [])],
        "config": {
            "font": FAMILY,
            "view": {"stroke": None},
            "axis": {"labelColor": MUTED, "labelFontSize": 12.5, "gridColor": LINE, "domainColor": LINE},
        },
    }


def _encoding(days: Sequence[ToneDay], size: Size, rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    order = [_day_label(one.day) for one in reversed(days)]
    named = order[:: -(-len(days) // size.labels)]
    most = max(size.top, *(one.total for one in days))
    return {
        "x": {
            "field": "day",
            "type": "ordinal",
            "sort": None,
            "axis": {"title": None, "labelAngle": 0, "values": named, "ticks": False, "labelPadding": 8},
            "scale": {"domain": order, "paddingInner": 0.1, "paddingOuter": 0.1},
        },
        "y": {
            "field": "count",
            "type": "quantitative",
            "axis": {"orient": "right", "title": None, "tickMinStep": 1, "tickCount": 4, "format": "d", "domain": False, "ticks": False},
            "scale": {"domainMin": 0, "domainMax": most},
        },
        "color": {
            "field": "tone",
            "scale": {"domain": list(TONES), "range": [TONE_COLOURS[tone] for tone in TONES]},
            "legend": None,
        },
        "order": {"field": "rank", "type": "quantitative"},
        "description": {"field": "words"},
        **({"href": {"field": "link"}} if any("link" in row for row in rows) else {}),
    }


def _tone_rows(days: Sequence[ToneDay], link: Callable[[date, str], str | None]) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    for one in days:
        for rank, tone in enumerate(TONES):
            count: int = getattr(one, tone)
            if not count:
                continue
            row = {"day": _day_label(one.day), "tone": tone, "rank": rank, "count": count}
            row["words"] = f"{jalali_text(one.day)}: {persian_digits(count)} خبر {TONE_NAMES[tone]}"
            if address := link(one.day, tone):
                row["link"] = _LINK_HOST + address
            rows.append(row)
    return rows


def legend_layers(width: int) -> list[dict[str, Any]]:
    """The three tones named above a plot of that width, from its right edge on; the plot needs 34 pixels of room at the top."""
    layers: list[dict[str, Any]] = []
    for place, (name, _tone, colour) in enumerate(tone_key()):
        right = width - place * 70
        layers.append(
            {
                "data": {"values": [{}]},
                "mark": {"type": "square", "size": 110, "color": colour, "opacity": 1, "clip": False},
                "encoding": {"x": {"value": right - 6}, "y": {"value": -20}},
            }
        )
        layers.append(
            {
                "data": {"values": [{"name": name}]},
                "mark": {"type": "text", "align": "right", "fontSize": 13, "color": INK},
                "encoding": {"x": {"value": right - 18}, "y": {"value": -20}, "text": {"field": "name"}},
            }
        )
    return layers


def _day_label(day: date) -> str:
    _year, month, number = jalali(day)
    return f"{RLM}{persian_digits(number)} {MONTHS[month - 1]}"


@lru_cache(maxsize=256)
def _svg(spec: str) -> str:
    return _for_page(_engine().vegalite_to_svg(spec, format_locale=_LOCALE))


def _for_page(svg: str) -> str:
    """The SVG with own links, a title (the tooltip) in every described mark, and no fixed size of its own."""
    svg = svg.replace(f'xlink:href="{_LINK_HOST}', 'href="')
    svg = re.sub(r'(<path aria-label="([^"]*)"[^>]*?)/>', r"\1><title>\2</title></path>", svg)
    return re.sub(r'^<svg ([^>]*?) width="([\d.]+)" height="([\d.]+)"', r'<svg \1 focusable="false"', svg)


@lru_cache(maxsize=1)
def _engine() -> ModuleType:
    """The converter, loaded at first use (V8 takes half a second) and taught our face."""
    import vl_convert

    vl_convert.register_font_directory(str(font_folder()))
    return vl_convert
