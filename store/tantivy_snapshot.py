"""One state of the embedded index: the questions that paging asks, each answered once."""

from collections.abc import Callable, Hashable
from datetime import datetime

import tantivy
from tantivy import FieldType, Occur
from tantivy import Query as TantivyQuery

from store.facets import Shown
from store.index import MAX_LIMIT
from store.paging import Ask, Row
from store.query_tree import Node
from store.scoring import ALL_WORDS_BOOST
from store.tantivy_counts import combinations, facets, newest_by_outlet, total
from store.tantivy_query import compiled

_KEPT = 200
_MOST_COUNTS = 100_000  # combinations, about 25 MB


class Snapshot:
    """A searcher that remembers its answers: they stay true until the index changes, and then there is another snapshot.

    Safe to use from several threads; the binding lets other threads run while it searches.
    """

    def __init__(self, searcher: tantivy.Searcher, fields: tantivy.Schema) -> None:
        self.searcher = searcher
        self._schema = fields
        self._answers: dict[Hashable, object] = {}
        self._counts: dict[tuple[Node, tuple[str, ...]], dict[tuple[str, ...], int]] = {}

    def find(self, ask: Ask) -> tuple[int, list[Row]]:
        """(how many, the first rows)."""
        if ask.limit > MAX_LIMIT or ask.groups or ask.hidden:
            return self._find(ask)
        return self._once(ask, lambda: self._find(ask))

    def facets(self, node: Node, names: tuple[str, ...], newest_id: int | None) -> Shown:
        """The most frequent values of each facet."""
        return self._once(
            (node, names, newest_id),
            lambda: facets(self.searcher, self._narrowed(compiled(node, self._schema), Ask(node, "newest", 0, newest_id)), names),
        )

    def counts(self, node: Node, by: tuple[str, ...]) -> dict[tuple[str, ...], int]:
        """How many articles have each combination; a copy, for the caller to keep."""
        known = self._counts.get((node, by))
        if known is None:
            known = combinations(self.searcher, compiled(node, self._schema), by)
            if sum(map(len, self._counts.copy().values())) + len(known) > _MOST_COUNTS:
                self._counts.clear()
            if len(known) <= _MOST_COUNTS:
                self._counts[node, by] = known
        return dict(known)

    def newest_by_outlet(self) -> dict[str, datetime]:
        """When each outlet's newest article was published."""
        return dict(self._once("newest by outlet", lambda: newest_by_outlet(self.searcher)))

    def newest_id(self) -> int:
        """The greatest id in the index."""
        return self._once("newest id", self._newest_id)

    def _once[Answer](self, question: Hashable, answer: Callable[[], Answer]) -> Answer:
        known = self._answers.get(question)
        if known is None:
            if len(self._answers) >= _KEPT:
                self._answers.clear()
            known = self._answers[question] = answer()
        return known  # type: ignore[return-value]

    def _find(self, ask: Ask) -> tuple[int, list[Row]]:
        query = self._narrowed(compiled(ask.node, self._schema), ask)
        if not ask.limit:
            return total(self.searcher, query), []
        if ask.order == "relevance":
            result = self.searcher.search(query, ask.limit, count=True, weight_by_field="weight")
        else:
            order = tantivy.Order.Asc if ask.order == "oldest" else tantivy.Order.Desc
            result = self.searcher.search(query, ask.limit, count=True, order_by_field="sort", order=order)
        # The binding's type hints leave the count out.
        return result.count, self._rows(result.hits, ask.order == "relevance")  # type: ignore[attr-defined]

    def _newest_id(self) -> int:
        result = self.searcher.search(TantivyQuery.all_query(), 1, count=False, order_by_field="id")
        return int(result.hits[0][0]) if result.hits else 0

    def _rows(self, hits: list[tuple[float, tantivy.DocAddress]], scored: bool) -> list[Row]:
        places = [place for _, place in hits]
        columns = [self.searcher.fast_field_values(name, places) for name in ("id", "group", "sort")]
        rows = [
            Row(int(id), int(group), int(sort), score if scored else 0.0)
            for (score, _), id, group, sort in zip(hits, *columns, strict=True)
        ]
        return sorted(rows, key=lambda row: (-row.score, -row.sort)) if scored else rows

    def _narrowed(self, query: TantivyQuery, ask: Ask) -> TantivyQuery:
        clauses = [(Occur.Must, query)]
        if ask.newest_id is not None:
            clauses.append((Occur.Must, _silent(self._range("id", FieldType.Unsigned, None, ask.newest_id))))
        if ask.after is not None:
            low, high = (ask.after + 1, None) if ask.order == "oldest" else (None, ask.after - 1)
            clauses.append((Occur.Must, _silent(self._range("sort", FieldType.Integer, low, high))))
        if ask.groups:
            clauses.append((Occur.Must, _silent(TantivyQuery.term_set_query(self._schema, "group", list(ask.groups)))))
        if ask.prefer is not None:
            clauses.append((Occur.Should, TantivyQuery.boost_query(compiled(ask.prefer, self._schema), ALL_WORDS_BOOST)))
        if ask.hidden:
            field = "group" if ask.fold else "id"
            clauses.append((Occur.MustNot, TantivyQuery.term_set_query(self._schema, field, list(ask.hidden))))
        return TantivyQuery.boolean_query(clauses) if len(clauses) > 1 else query

    def _range(self, field: str, kind: FieldType, low: int | None, high: int | None) -> TantivyQuery:
        return TantivyQuery.range_query(self._schema, field, kind, low, high)


def _silent(query: TantivyQuery) -> TantivyQuery:
    return TantivyQuery.const_score_query(query, 0.0)
