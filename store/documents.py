"""An article as the engines index it: the same terms, values and order for Tantivy and Elasticsearch."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import lru_cache
from math import exp

from core.dates import tehran_day, week_start
from core.letters import KASHIDA, LRM, RLM
from core.persian import term_text, term_text_and_surfaces
from core.records import Annotations, Article
from store.addresses import keys_of
from store.index import moment
from store.moments import microseconds, sort_key
from store.query_dates import month_value
from store.query_words import LONGEST_VALUE, NAMED_FIELDS, plain

FIELD_GAP = 60
VERSION = 4
_REFERENCE = datetime(2020, 1, 1, tzinfo=UTC)
_YEAR = 365.25 * 86400
_RECENCY_YEARS = 4.0
_REPRINT_WEIGHT = 0.85
TEXT_FIELDS = ("all", "headline", "lead", "surface", "surface_headline", *(f"{name}_name" for name in sorted(NAMED_FIELDS)))
FACET_FIELDS = ("outlet", "topic", "tone", "city_tone", "entity", "speaker", "section", "day", "week", "month", "voice", "place")
COUNTED_KEYS = tuple(f"{name}_key" for name in sorted(NAMED_FIELDS))
KEY_FIELDS = ("outlet_key", "flag", "address", *COUNTED_KEYS)


_ONE_SPELLING = str.maketrans({"ي": "ی", "ى": "ی", "ك": "ک", "ۀ": "ه", KASHIDA: None, LRM: None, RLM: None})


@dataclass(frozen=True, slots=True)
class Document:
    """What is indexed of one article. ``texts`` holds term texts by field (one string a value), ``values`` exact values by field.

    ``at`` is the moment in microseconds since 1970, ``sort`` orders by moment and then id, ``weight`` multiplies the relevance.
    """

    id: int
    group: int
    at: int
    sort: int
    weight: float
    texts: dict[str, list[str]] = field(default_factory=dict)
    values: dict[str, list[str]] = field(default_factory=dict)


def document(article: Article) -> Document:
    """The document of an article."""
    raw = article.raw
    when = moment(article)
    head = [term_text_and_surfaces(text) for text in (raw.kicker, raw.headline) if text]
    lead = [term_text_and_surfaces(raw.lead)] if raw.lead else []
    parts = [*head, *lead, *([term_text_and_surfaces(raw.body)] if raw.body else [])]
    texts = {
        "all": [terms for terms, _ in parts],
        "headline": [terms for terms, _ in head],
        "lead": [terms for terms, _ in lead],
        "surface": [" ".join(set().union(*(surfaces for _, surfaces in parts)))],
        "surface_headline": [" ".join(set().union(*(surfaces for _, surfaces in head)))],
    }
    values = {
        "outlet": [raw.outlet[:LONGEST_VALUE]],
        "outlet_key": [plain(raw.outlet)[:LONGEST_VALUE]],
        "address": sorted({key for url in (raw.url, raw.canonical_url, raw.short_url) if url for key in keys_of(url)}),
        "flag": ["original" if article.reprint_group == article.id else "reprint", "relevant" if article.relevant else "irrelevant"],
        **_days(tehran_day(when)),
    }
    names = {name: [(_shown(text), text)] if text.strip() else [] for name, text in (("section", raw.section), ("place", raw.place))}
    if article.annotations:
        _annotated(article.annotations, values, names)
    for name, pairs in names.items():
        values[name] = _unique(shown for shown, _ in pairs)
        named = [_key_and_terms(text) for text in _unique(text for pair in pairs for text in pair)]
        values[f"{name}_key"] = _unique(key for key, _ in named)
        texts[f"{name}_name"] = _unique(terms for _, terms in named)
    return Document(
        article.id,
        article.reprint_group,
        microseconds(when),
        sort_key(when, article.id),
        _weight(article),
        texts,
        values,
    )


def _weight(article: Article) -> float:
    """Doubling in 2.8 years for the recent, less for a reprint: only the ratio of two weights matters, so it needs no «now»."""
    years = (moment(article) - _REFERENCE).total_seconds() / _YEAR
    return exp(max(-15.0, min(15.0, years / _RECENCY_YEARS))) * (1.0 if article.reprint_group == article.id else _REPRINT_WEIGHT)


def _days(day: date) -> dict[str, list[str]]:
    return {"day": [day.isoformat()], "week": [week_start(day).isoformat()], "month": [month_value(day)]}


def _annotated(said: Annotations, values: dict[str, list[str]], names: dict[str, list[tuple[str, str]]]) -> None:
    """Names are pairs (value shown in facets, name in the text)."""
    values["tone"] = [said.tone.label]
    values["city_tone"] = [said.city_tone.label]
    values["topic"] = _unique(topic.id for topic in said.topics)
    values["voice"] = _unique(quote.voice for quote in said.quotes)
    values["flag"] += ["quote"] * bool(said.quotes) + ["demand"] * bool(said.demands)
    mentions = [
        (mention.entity_id or _shown(mention.text), mention.text, mention.kind) for mention in said.entities if mention.text.strip()
    ]
    names["entity"] = [(shown, text) for shown, text, kind in mentions if kind != "LOC"]
    names["place"] = names["place"] + [(shown, text) for shown, text, kind in mentions if kind == "LOC"]
    speakers = [(quote.speaker_id or _shown(quote.speaker or quote.mention), quote.speaker or quote.mention) for quote in said.quotes]
    names["speaker"] = [(shown, text) for shown, text in speakers if shown]


@lru_cache(maxsize=100_000)
def _key_and_terms(name: str) -> tuple[str, str]:
    """How a name is compared exactly, and its terms."""
    return plain(name)[:LONGEST_VALUE], term_text(name)


def _shown(name: str) -> str:
    """The name as facets show it: one spelling of yeh, kaf and spaces."""
    return " ".join(name.translate(_ONE_SPELLING).split())[:LONGEST_VALUE]


def _unique(values: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(value for value in values if value))
