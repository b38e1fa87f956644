"""The figures of a selection: how many articles, in which tone, about what, where, and who speaks. All from the index's counts."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from core.records import TONES
from dashboards.narrowing import Narrowing
from render.bars import ToneDay
from store.index import SearchIndex, SearchRequest
from store.query_words import plain

_SHOWN = 8
_PRONOUNS = frozenset(plain(word) for word in ("او", "وی", "ایشان", "آنان", "آن‌ها", "آنها", "نامبرده", "این مقام مسئول"))


@dataclass(frozen=True, slots=True)
class Line:
    """One value of a facet with its articles: in all, by tone, and in the period before."""

    key: str
    total: int
    tones: Mapping[str, int]
    before: int


@dataclass(frozen=True, slots=True)
class Figures:
    """Everything an overview shows of one selection, and the totals of the period before it."""

    total: int
    before: int
    days: tuple[ToneDay, ...]
    tones: Mapping[str, int]
    tones_before: Mapping[str, int]
    city_tones: Mapping[str, int]
    city_tones_before: Mapping[str, int]
    topics: tuple[Line, ...]
    outlets: tuple[Line, ...]
    speakers: tuple[tuple[str, int], ...]
    voices: Mapping[str, int]
    demands: int
    demands_before: int

    @property
    def untagged(self) -> int:
        """Articles that have no tone yet because they are still waiting to be read."""
        return self.total - sum(self.tones.values())


def count_figures(index: SearchIndex, narrowing: Narrowing, now: datetime) -> Figures:
    """The figures of a closed period. Raises BadQuery for a mistake in the typed words, Unavailable when the engine is away."""
    query, query_before = narrowing.query(now), narrowing.before().query(now)
    page = index.search(SearchRequest(query, limit=1, order="newest", facets=("city_tone", "speaker", "outlet"), fold=False))
    page_before = index.search(SearchRequest(query_before, limit=1, order="newest", facets=("city_tone", "tone"), fold=False))
    by_day = index.counts(query, ("day", "tone"))
    days = _tone_days(narrowing.days(), by_day)
    return Figures(
        total=page.total,
        before=page_before.total,
        days=days,
        tones={tone: sum(getattr(day, tone) for day in days) for tone in TONES},
        tones_before=dict(page_before.facets["tone"]),
        city_tones=dict(page.facets["city_tone"]),
        city_tones_before=dict(page_before.facets["city_tone"]),
        topics=_lines(index.counts(query, ("topic", "tone")), index.counts(query_before, ("topic",))),
        outlets=_lines(index.counts(query, ("outlet", "tone")), index.counts(query_before, ("outlet",)), dict(page.facets["outlet"])),
        speakers=named_speakers(page.facets["speaker"]),
        voices={key[0]: count for key, count in index.counts(query, ("voice",)).items()},
        demands=count_articles(index, narrowing.having(has="demand"), now),
        demands_before=count_articles(index, narrowing.before().having(has="demand"), now),
    )


def count_articles(index: SearchIndex, narrowing: Narrowing, now: datetime) -> int:
    """How many articles a selection holds."""
    return index.search(SearchRequest(narrowing.query(now), limit=1, order="newest", fold=False)).total


def named_speakers(found: Sequence[tuple[str, int]]) -> tuple[tuple[str, int], ...]:
    """The most quoted speakers of a facet. A quote whose speaker was never named («او») belongs to nobody and is left out."""
    return tuple((name, count) for name, count in found if plain(name) not in _PRONOUNS)[:_SHOWN]


def _tone_days(days: list[date], counts: Mapping[tuple[str, ...], int]) -> tuple[ToneDay, ...]:
    return tuple(ToneDay(day, *(counts.get((day.isoformat(), tone), 0) for tone in TONES)) for day in days)


def _lines(
    counts: Mapping[tuple[str, ...], int], before: Mapping[tuple[str, ...], int], totals: Mapping[str, int] | None = None
) -> tuple[Line, ...]:
    tones: dict[str, Counter[str]] = {}
    for (key, tone), count in counts.items():
        tones.setdefault(key, Counter())[tone] += count
    whole = totals if totals is not None else {key: each.total() for key, each in tones.items()}
    lines = [Line(key, total, tones.get(key, Counter()), before.get((key,), 0)) for key, total in whole.items()]
    return tuple(sorted(lines, key=lambda line: (-line.total, line.key)))
