"""Two selections side by side: the same figures as the dashboards, as counts and as shares of each side."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from core.records import CITY_TONES, TONES
from dashboards.figures import Figures, count_articles
from dashboards.narrowing import Narrowing
from render.numbers import share
from render.words import TONE_NAMES, VOICE_NAMES
from store.index import SearchIndex
from store.query_words import plain

Kind = Literal["topic", "outlet", "entity", "speaker", "place", "period"]
FEW = 10  # articles below which shares say little
_SHOWN = 10


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two: what it is called, its selection and its figures."""

    name: str
    selection: Narrowing
    figures: Figures

    @property
    def a_day(self) -> float:
        """Articles a day: periods of different length can be compared by it."""
        return self.figures.total / max(1, len(self.selection.days()))


@dataclass(frozen=True, slots=True)
class Cell:
    """A number of one side with the articles that it counts and its share of the side's articles."""

    count: int
    share: float
    url: str
    tones: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Row:
    """One measure on both sides; ``points`` is how many hundredths of all articles the second has more than the first."""

    key: str
    first: Cell
    second: Cell

    @property
    def points(self) -> int:
        """Difference of the shares in percentage points, rounded as the shares are shown: 12 % and 30 % → 18."""
        return round(self.second.share * 100) - round(self.first.share * 100)


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of one kind: («topic», «موضوع‌ها»)."""

    field: str
    name: str
    rows: tuple[Row, ...]


def compare(index: SearchIndex, first: Side, second: Side, now: datetime, without: str = "") -> list[Table]:
    """All tables; ``without`` leaves out the one whose field is what the sides differ in."""
    sides = (first, second)
    tables = [
        Table("tone", "لحن خبر", _fixed(sides, "tone", TONES)),
        Table("city_tone", "لحن نسبت به شهر", _fixed(sides, "city_tone", CITY_TONES)),
        Table("has", "مطالبهٔ مردم", (Row("demand", *(_cell(side, side.figures.demands, has="demand") for side in sides)),)),
        Table("topic", "موضوع‌ها", _lines(sides, "topic")),
        Table("outlet", "رسانه‌ها", _lines(sides, "outlet")),
        Table("voice", "چه کسانی سخن می‌گویند", _fixed(sides, "voice", VOICE_NAMES)),
        Table("speaker", "گویندگان", _speakers(index, sides, now)),
    ]
    return [table for table in tables if table.field != without and table.rows]


def overlap(base: Narrowing, kind: Kind, first: str, second: str) -> Narrowing | None:
    """The articles that both sides count; None where no article can be on both."""
    if kind in ("outlet", "period"):
        return None
    clauses = " ".join(f'{kind}:"{value.replace(chr(34), " ")}"' for value in (first, second))
    return replace(base, text=f"({base.text}) {clauses}" if base.text else clauses)


def row_name(table: Table, row: Row) -> str:
    """A tone or voice in Persian, else the key itself: topics and outlets have their own names."""
    names = {"tone": TONE_NAMES, "city_tone": TONE_NAMES, "voice": VOICE_NAMES}.get(table.field, {})
    return names.get(row.key, row.key)


def _fixed(sides: tuple[Side, Side], field: str, keys: Iterable[str]) -> tuple[Row, ...]:
    counts = [getattr(side.figures, {"tone": "tones", "city_tone": "city_tones", "voice": "voices"}[field]) for side in sides]
    return tuple(
        Row(key, *(_cell(side, count.get(key, 0), **{field: key}) for side, count in zip(sides, counts, strict=True)))
        for key in keys
        if any(count.get(key, 0) for count in counts)
    )


def _lines(sides: tuple[Side, Side], field: str) -> tuple[Row, ...]:
    lines = [{line.key: line for line in getattr(side.figures, f"{field}s")} for side in sides]
    keys = dict.fromkeys(key for side in lines for key in side)
    whole = {key: sum(side[key].total for side in lines if key in side) for key in keys}
    rows = []
    for key in sorted(keys, key=lambda each: (-whole[each], each))[:_SHOWN]:
        cells = []
        for side, known in zip(sides, lines, strict=True):
            line = known.get(key)
            cell = _cell(side, line.total if line else 0, **{field: key})
            cells.append(replace(cell, tones=line.tones) if line else cell)
        rows.append(Row(key, *cells))
    return tuple(rows)


def _speakers(index: SearchIndex, sides: tuple[Side, Side], now: datetime) -> tuple[Row, ...]:
    """The most quoted of either side, each counted on both: who is missing on one side is asked for there."""
    names = list({plain(name): name for side in reversed(sides) for name, _count in reversed(side.figures.speakers)}.values())[::-1]
    rows = []
    for name in names:
        known = [{plain(one): count for one, count in side.figures.speakers} for side in sides]
        counts = [
            side_counts[plain(name)] if plain(name) in side_counts else count_articles(index, side.selection.having(speaker=name), now)
            for side, side_counts in zip(sides, known, strict=True)
        ]
        rows.append(Row(name, *(_cell(side, count, speaker=name) for side, count in zip(sides, counts, strict=True))))
    return tuple(sorted(rows, key=lambda row: -(row.first.count + row.second.count))[:_SHOWN])


def _cell(side: Side, count: int, **filters: str) -> Cell:
    return Cell(count, share(count, side.figures.total), side.selection.having(**filters).url(), {})
