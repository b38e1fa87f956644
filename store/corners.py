"""The triangle in numbers: what people ask, what management says, what media write, topic by topic."""

from collections.abc import Mapping
from datetime import datetime
from typing import Literal

from core.records import TONES
from store.index import SearchIndex
from store.query import Query, all_of, in_field, parse_query

Corner = Literal["ask", "say", "write"]
CORNERS: tuple[Corner, ...] = ("ask", "say", "write")
MANAGEMENT_VOICES = ("management", "council")


def corner_queries(query: Query, now: datetime) -> dict[Corner, Query]:
    """The articles of each corner: those with a demand, those in which management or council speaks, and all."""
    return {
        "ask": all_of(query, parse_query("has:demand", now=now)),
        "say": all_of(query, in_field("voice", *MANAGEMENT_VOICES)),
        "write": query,
    }


def count_corners(index: SearchIndex, query: Query, now: datetime) -> dict[Corner, Mapping[str, Mapping[str, int]]]:
    """Per corner and topic how many articles of each tone: ``{"ask": {"roads": {"negative": 3, …}}, …}``."""
    found: dict[Corner, Mapping[str, Mapping[str, int]]] = {}
    for corner, wanted in corner_queries(query, now).items():
        topics: dict[str, dict[str, int]] = {}
        for (topic, tone), count in index.counts(wanted, ("topic", "tone")).items():
            topics.setdefault(topic, dict.fromkeys(TONES, 0))[tone] = count
        found[corner] = topics
    return found
