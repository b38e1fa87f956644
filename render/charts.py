"""Charts for mails and documents: a PNG from one Vega-Lite specification. Time runs right to left. Pages draw theirs in render/bars.py."""

from collections.abc import Sequence
from functools import lru_cache
from json import dumps
from types import ModuleType
from typing import Any

from core.dates import jalali_text, persian_digits
from core.records import TONES
from render.bars import WIDE, Size, ToneDay, day_label
from render.fonts import FAMILY, font_folder
from render.palette import INK, LINE, MUTED, TONE_COLOURS
from render.words import TONE_NAMES

_LOCALE = {"decimal": "٫", "thousands": "٬", "grouping": [3], "currency": ["", ""], "numerals": list(persian_digits("0123456789"))}


def tone_chart_png(days: Sequence[ToneDay], size: Size = WIDE, scale: float = 2.0) -> bytes:
    """A PNG of the tones day by day with its legend, on white: for mails and documents.

    ``days`` in order of time, one each, also the empty ones. Raises ValueError when there is no day.
    """
    return spec_png(_tone_spec(days, size), scale)


def spec_png(spec: dict[str, Any], scale: float) -> bytes:
    """A PNG of a Vega-Lite specification, with Persian numbers; ``scale`` 2 doubles its pixels."""
    picture: bytes = _engine().vegalite_to_png(dumps(spec, ensure_ascii=False), scale=scale, format_locale=_LOCALE)
    return picture


def tone_key() -> list[tuple[str, str, str]]:
    """The legend: («منفی», "negative", "#b8433f"), …"""
    return [(TONE_NAMES[tone], tone, TONE_COLOURS[tone]) for tone in TONES]


def _tone_spec(days: Sequence[ToneDay], size: Size) -> dict[str, Any]:
    if not days:
        raise ValueError("a tone chart needs at least one day")
    rows = _tone_rows(days)
    bars = {"mark": {"type": "bar", "width": {"band": 0.72}}, "encoding": _encoding(days, size)}
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "width": size.width,
        "height": size.height,
        "background": "#ffffff",
        "padding": {"left": 6, "right": 6, "top": 34, "bottom": 6},
        "data": {"values": rows},
        "layer": [bars, *legend_layers(size.width)],
        "config": {
            "font": FAMILY,
            "view": {"stroke": None},
            "axis": {"labelColor": MUTED, "labelFontSize": 12.5, "gridColor": LINE, "domainColor": LINE},
        },
    }


def _encoding(days: Sequence[ToneDay], size: Size) -> dict[str, Any]:
    order = [day_label(one.day) for one in reversed(days)]
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
    }


def _tone_rows(days: Sequence[ToneDay]) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    for one in days:
        for rank, tone in enumerate(TONES):
            count: int = getattr(one, tone)
            if not count:
                continue
            row = {"day": day_label(one.day), "tone": tone, "rank": rank, "count": count}
            row["words"] = f"{jalali_text(one.day)}: {persian_digits(count)} خبر {TONE_NAMES[tone]}"
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


@lru_cache(maxsize=1)
def _engine() -> ModuleType:
    """The converter, loaded at first use (V8 takes half a second) and taught our face."""
    import vl_convert

    vl_convert.register_font_directory(str(font_folder()))
    return vl_convert
