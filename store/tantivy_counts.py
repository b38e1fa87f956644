"""Exact counts of the embedded index: facets and combinations of values."""

from typing import Any

import tantivy
from tantivy import Query as TantivyQuery

from store.facets import TIMES, Shown, asked, check, combined, shown
from store.index import FACET_VALUES
from store.query_words import NAMED_FIELDS

_ALL = 50_000
_PAGE = 10_000


def facets(searcher: tantivy.Searcher, query: TantivyQuery, names: tuple[str, ...]) -> Shown:
    """The most frequent values of each facet, ties by value; days, weeks and months all of them in order of time."""
    wanted = {
        name: {"terms": {"field": name, "size": _ALL if name in TIMES else 4 * FACET_VALUES, "segment_size": _ALL}} for name in asked(names)
    }
    answer: dict[str, Any] = searcher.aggregate(query, wanted)
    return shown(names, {name: {str(bucket["key"]): int(bucket["doc_count"]) for bucket in answer[name]["buckets"]} for name in wanted})


def total(searcher: tantivy.Searcher, query: TantivyQuery) -> int:
    """How many articles match, without scoring them."""
    answer: dict[str, Any] = searcher.aggregate(query, {"articles": {"value_count": {"field": "id"}}})
    return int(answer["articles"]["value"])


def combinations(searcher: tantivy.Searcher, query: TantivyQuery, by: tuple[str, ...]) -> dict[tuple[str, ...], int]:
    """How many articles have each combination of values."""
    check(by)
    named = [name for name in by if name in NAMED_FIELDS]
    spellings = {name: {values[0]: count for values, count in _composite(searcher, query, (name,)).items()} for name in named}
    counts = _composite(searcher, query, tuple(f"{name}_key" if name in named else name for name in by))
    return combined(by, counts, spellings) if named else counts


def _composite(searcher: tantivy.Searcher, query: TantivyQuery, by: tuple[str, ...]) -> dict[tuple[str, ...], int]:
    found: dict[tuple[str, ...], int] = {}
    sources = [{name: {"terms": {"field": name}}} for name in by]
    after: dict[str, Any] | None = None
    while True:
        composite: dict[str, Any] = {"size": _PAGE, "sources": sources, **({"after": after} if after else {})}
        answer: dict[str, Any] = searcher.aggregate(query, {"all": {"composite": composite}})["all"]
        for bucket in answer["buckets"]:
            found[tuple(str(bucket["key"][name]) for name in by)] = int(bucket["doc_count"])
        after = answer.get("after_key")
        if len(answer["buckets"]) < _PAGE or not after:
            return found
