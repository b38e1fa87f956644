"""The typed tree as a Tantivy query."""

import tantivy
from tantivy import FieldType, Occur
from tantivy import Query as TantivyQuery

from store.moments import microseconds
from store.near import gapped
from store.query_tree import (
    Address,
    And,
    Bag,
    Everything,
    Fuzzy,
    Is,
    Named,
    Node,
    Not,
    Nothing,
    Or,
    Phrase,
    Prefix,
    Within,
    Word,
    whole_numbers,
)
from store.scoring import HEADLINE_BOOST, LEAD_BOOST

_FIELDS = {"outlet": "outlet_key", "is": "flag", "has": "flag"}


def compiled(node: Node, schema: tantivy.Schema) -> TantivyQuery:
    """The query that matches exactly what the tree means and scores its words (headline > lead > body)."""
    return _Compiler(schema).node(node)


class _Compiler:
    def __init__(self, schema: tantivy.Schema) -> None:
        self.schema = schema

    def node(self, node: Node) -> TantivyQuery:
        match node:
            case And() | Bag():
                return self._conjunction(node.parts)
            case Or():
                return _any([self.node(part) for part in node.parts])
            case Not():
                return self._conjunction((Everything(), node))
            case Word():
                return self._scored(node.field, node.readings)
            case Phrase():
                return self._phrase(node)
            case Prefix():
                return self._surface(node.field, regex=_escaped(node.prefix) + ".*")
            case Fuzzy():
                return TantivyQuery.fuzzy_term_query(self.schema, _surface_field(node.field), node.word, node.distance)
            case _:
                return TantivyQuery.const_score_query(self._filter(node), 0.0)

    def _conjunction(self, parts: tuple[Node, ...]) -> TantivyQuery:
        clauses = [(Occur.MustNot, self.node(part.part)) if isinstance(part, Not) else (Occur.Must, self.node(part)) for part in parts]
        if all(isinstance(part, Not) for part in parts):
            clauses.append((Occur.Must, TantivyQuery.const_score_query(TantivyQuery.all_query(), 0.0)))
        return TantivyQuery.boolean_query(clauses)

    def _filter(self, node: Node) -> TantivyQuery:
        match node:
            case Everything():
                return TantivyQuery.all_query()
            case Nothing():
                return TantivyQuery.empty_query()
            case Is(field="group" | "id"):
                return TantivyQuery.term_set_query(self.schema, node.field, whole_numbers(node.values))
            case Is():
                return _any([self._term(_FIELDS.get(node.field, node.field), value) for value in node.values])
            case Named():
                return self._named(node)
            case Within():
                return self._within(node)
            case Address():
                return _any([self._term("address", key) for key in node.keys])
            case _:
                raise TypeError(f"not a node: {node!r}")

    def _named(self, node: Named) -> TantivyQuery:
        exact = self._term(f"{node.field}_key", node.key)
        return _any([exact, self._sequence(f"{node.field}_name", node.terms)]) if node.terms else exact

    def _within(self, node: Within) -> TantivyQuery:
        since = microseconds(node.since) if node.since else None
        until = microseconds(node.until) if node.until else None
        if since is None and until is None:
            return TantivyQuery.all_query()
        return TantivyQuery.range_query(self.schema, "at", FieldType.Integer, since, until, True, until is None)

    def _scored(self, field: str, readings: tuple[tuple[str, ...], ...]) -> TantivyQuery:
        if field == "headline":
            return _any([self._sequence("headline", reading) for reading in readings])
        found = _any([self._sequence("all", reading) for reading in readings])
        return self._with_boosts(found, [(name, reading) for reading in readings for name in ("headline", "lead")])

    def _with_boosts(self, found: TantivyQuery, also: list[tuple[str, tuple[str, ...]]]) -> TantivyQuery:
        boosts = {"headline": HEADLINE_BOOST, "lead": LEAD_BOOST}
        extra = [(Occur.Should, TantivyQuery.boost_query(self._sequence(name, reading), boosts[name])) for name, reading in also]
        return TantivyQuery.boolean_query([(Occur.Must, found), *extra])

    def _phrase(self, node: Phrase) -> TantivyQuery:
        if node.slop is None:
            if node.field == "headline":
                return self._sequence("headline", node.terms)
            return self._with_boosts(self._sequence("all", node.terms), [("headline", node.terms)])
        return self._near(node.field, node.terms, node.slop)

    def _near(self, field: str, terms: tuple[str, ...], slop: int) -> TantivyQuery:
        """Two different words: Tantivy's slop in either order is exact. Otherwise every order and gap is asked for by itself."""
        if len(terms) == 2 and terms[0] != terms[1]:
            return _any([TantivyQuery.phrase_query(self.schema, field, list(order), slop) for order in (terms, terms[::-1])])
        needed = [(Occur.Must, self._term(field, term)) for term in dict.fromkeys(terms)]
        spelt = [TantivyQuery.phrase_query(self.schema, field, list(sequence)) for sequence in gapped(terms, slop)]
        return TantivyQuery.boolean_query([*needed, (Occur.Must, _any(spelt))])

    def _sequence(self, field: str, terms: tuple[str, ...]) -> TantivyQuery:
        """Terms beside each other. (A phrase of one term would abort Tantivy.)"""
        return self._term(field, terms[0]) if len(terms) == 1 else TantivyQuery.phrase_query(self.schema, field, list(terms))

    def _term(self, field: str, term: str) -> TantivyQuery:
        return TantivyQuery.term_query(self.schema, field, term)

    def _surface(self, field: str, regex: str) -> TantivyQuery:
        return TantivyQuery.regex_query(self.schema, _surface_field(field), regex)


def _surface_field(field: str) -> str:
    return "surface_headline" if field == "headline" else "surface"


def _escaped(prefix: str) -> str:
    return "".join(char if char.isalnum() else "\\" + char for char in prefix)


def _any(queries: list[TantivyQuery]) -> TantivyQuery:
    if not queries:
        return TantivyQuery.empty_query()
    return queries[0] if len(queries) == 1 else TantivyQuery.boolean_query([(Occur.Should, query) for query in queries])
