"""The tones day by day as an SVG written by hand: what a page shows is there in a millisecond, while the chart engine needs seventy.

Mails and documents get the same picture from the engine (render/charts.py). Time runs from right to left, the scale stands on the right.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from xml.sax.saxutils import escape, quoteattr

from core.dates import MONTHS, jalali, jalali_text, persian_digits
from core.records import TONES
from render.numbers import number
from render.palette import LINE, MUTED, TONE_COLOURS
from render.words import TONE_NAMES

RLM = "\u200f"  # makes «۳ آذر» run right to left inside a picture that runs left to right
_LEFT, _ABOVE, _BELOW, _SCALE = 6, 10, 28, 40
_BAR = 0.72
_TICKS = 5
_LETTERS = f'font-size="12.5" fill="{MUTED}"'


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


def tone_chart_svg(days: Sequence[ToneDay], size: Size, link: Callable[[date, str], str | None]) -> str:
    """An SVG element for a page: one stacked bar a day, ``days`` in order of time; ``link(day, tone)`` gives the address behind each piece.

    Colours stand in attributes only, so that the page's style sheet may turn them for dark mode; no inline style, no script.
    Raises ValueError when there is no day.
    """
    if not days:
        raise ValueError("a tone chart needs at least one day")
    top = max(size.top, *(one.total for one in days))
    band = size.width / len(days)
    bars = "".join(_bar(one, (_LEFT + size.width - (place + 0.5) * band, band * _BAR), size, top, link) for place, one in enumerate(days))
    box = f"0 0 {_LEFT + size.width + _SCALE} {_ABOVE + size.height + _BELOW}"
    head = f'<svg xmlns="http://www.w3.org/2000/svg" class="marks" viewBox="{box}" focusable="false">'
    return f"{head}{_scale(size, top)}{_days(days, size, band)}<g>{bars}</g></svg>"


def _bar(one: ToneDay, across: tuple[float, float], size: Size, top: int, link: Callable[[date, str], str | None]) -> str:
    middle, wide = across
    pieces, foot = [], float(_ABOVE + size.height)
    for tone in TONES:
        count: int = getattr(one, tone)
        if not count:
            continue
        high = size.height * count / top
        foot -= high
        words = f"{jalali_text(one.day)}: {persian_digits(count)} خبر {TONE_NAMES[tone]}"
        shape = f"M{middle - wide / 2:.1f},{foot:.1f}h{wide:.1f}v{high:.1f}h{-wide:.1f}z"
        path = f'<path aria-label="{words}" role="img" d="{shape}" fill="{TONE_COLOURS[tone]}"><title>{words}</title></path>'
        address = link(one.day, tone)
        pieces.append(f"<a href={quoteattr(address)}>{path}</a>" if address else path)
    return "".join(pieces)


def _scale(size: Size, top: int) -> str:
    """The lines across and their numbers, on the right."""
    right = _LEFT + size.width
    step = _nice(top / _TICKS)
    places = [(value, _ABOVE + size.height * (1 - value / top)) for value in range(0, top + 1, step)]
    lines = "".join(f'<line x1="{_LEFT}" x2="{right}" y1="{y:.1f}" y2="{y:.1f}" stroke="{LINE}"/>' for _value, y in places)
    numbers = "".join(f'<text {_LETTERS} text-anchor="start" x="8" y="{y + 4:.1f}">{number(value)}</text>' for value, y in places)
    return f'<g>{lines}</g><g class="role-axis" aria-hidden="true"><g transform="translate({right},0)">{numbers}</g></g>'


def _days(days: Sequence[ToneDay], size: Size, band: float) -> str:
    """The names under the bars, counted from the newest."""
    every = -(-len(days) // size.labels)
    right, foot = _LEFT + size.width, _ABOVE + size.height + 20
    named = [(place, one) for place, one in enumerate(days) if (len(days) - 1 - place) % every == 0]
    letters = f'<text {_LETTERS} text-anchor="middle" transform="translate'
    texts = "".join(f'{letters}({right - (place + 0.5) * band:.1f},{foot})">{escape(day_label(one.day))}</text>' for place, one in named)
    return f'<g class="role-axis" aria-hidden="true">{texts}</g>'


def day_label(day: date) -> str:
    """«۳ آذر», run right to left by an invisible mark."""
    _year, month, day_number = jalali(day)
    return f"{RLM}{persian_digits(day_number)} {MONTHS[month - 1]}"


def _nice(step: float) -> int:
    """The next of 1, 2, 5, 10, 20, 50, … : 3.2 → 5."""
    power = 1
    while True:
        for factor in (1, 2, 5):
            if factor * power >= step:
                return factor * power
        power *= 10
