"""Exact counts of the embedded index: facets and combinations of values."""

from typing import Any

import tantivy
from tantivy import Query as TantivyQuery

from store.facets import TIMES, check, ordered
from store.index import FACET_VALUES

_ALL = 50_000
_PAGE = 10_000


def facets(searcher: tantivy.Searcher, query: TantivyQuery, names: tuple[str, ...]) -> dict[str, tuple[tuple[str, int], ...]]:
    """The most frequent values of each facet, ties by value; days, weeks and months all of them in order of time."""
    asked = {name: {"terms": {"field": name, "size": _ALL if name in TIMES else 4 * FACET_VALUES, "segment_size": _ALL}} for name in names}
    answer: dict[str, Any] = searcher.aggregate(query, asked)
    return {name: ordered(name, {str(bucket["key"]): int(bucket["doc_count"]) for bucket in answer[name]["buckets"]}) for name in names}


def combinations(searcher: tantivy.Searcher, query: TantivyQuery, by: tuple[str, ...]) -> dict[tuple[str, ...], int]:
    """How many articles have each combination of values."""
    check(by)
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
