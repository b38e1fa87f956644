"""The typed tree as an Elasticsearch query: the same meaning as the Tantivy one, no scripts."""

from itertools import permutations
from typing import Any

from store.moments import microseconds
from store.paging import Ask
from store.query_tree import Address, And, Bag, Everything, Fuzzy, Is, Named, Node, Not, Or, Phrase, Prefix, Within, Word, whole_numbers
from store.scoring import ALL_WORDS_BOOST, HEADLINE_BOOST, LEAD_BOOST

Json = dict[str, Any]
_FIELDS = {"outlet": "outlet_key", "is": "flag", "has": "flag"}
_NUMBERS = ("group", "id")


def compiled(node: Node) -> Json:
    """The query that matches exactly what the tree means and scores its words (headline > lead > body)."""
    match node:
        case And() | Bag():
            return _conjunction(node.parts)
        case Or():
            return _any([compiled(part) for part in node.parts])
        case Not():
            return _conjunction((Everything(), node))
        case Word():
            return _word(node)
        case Phrase():
            return _phrase(node)
        case Prefix():
            return {"prefix": {_surface(node.field): {"value": node.prefix, "rewrite": "constant_score"}}}
        case Fuzzy():
            wanted = {"value": node.word, "fuzziness": node.distance, "transpositions": True, "rewrite": "constant_score"}
            return {"fuzzy": {_surface(node.field): wanted}}
        case _:
            return _silent(_filter(node))


def narrowed(ask: Ask) -> Json:
    """The query of an ask with its bounds."""
    filters: list[Json] = []
    if ask.newest_id is not None:
        filters.append({"range": {"id": {"lte": ask.newest_id}}})
    if ask.after is not None:
        filters.append({"range": {"sort": {"gt" if ask.order == "oldest" else "lt": ask.after}}})
    if ask.groups:
        filters.append({"terms": {"group": list(ask.groups)}})
    hidden: list[Json] = [{"terms": {"group" if ask.fold else "id": list(ask.hidden)}}] if ask.hidden else []
    preferred: list[Json] = [{"bool": {"must": [compiled(ask.prefer)], "boost": ALL_WORDS_BOOST}}] if ask.prefer else []
    return {"bool": {"must": [compiled(ask.node)], "should": preferred, "filter": filters, "must_not": hidden}}


def _conjunction(parts: tuple[Node, ...]) -> Json:
    wanted = [compiled(part) for part in parts if not isinstance(part, Not)]
    return {
        "bool": {
            "must": wanted or [_silent({"match_all": {}})],
            "must_not": [compiled(part.part) for part in parts if isinstance(part, Not)],
        }
    }


def _filter(node: Node) -> Json:
    match node:
        case Everything():
            return {"match_all": {}}
        case Is():
            values: list[Any] = whole_numbers(node.values) if node.field in _NUMBERS else list(node.values)
            return {"terms": {_FIELDS.get(node.field, node.field): values}}
        case Named():
            exact = {"term": {f"{node.field}_key": node.key}}
            return _any([exact, _sequence(f"{node.field}_name", node.terms)]) if node.terms else exact
        case Within():
            bounds = {name: microseconds(moment) for name, moment in (("gte", node.since), ("lt", node.until)) if moment is not None}
            return {"range": {"at": bounds}} if bounds else {"match_all": {}}
        case Address():
            return {"terms": {"address": list(node.keys)}}
        case _:
            return {"match_none": {}}


def _word(node: Word) -> Json:
    if node.field == "headline":
        return _any([_sequence("headline", reading) for reading in node.readings])
    found = _any([_sequence("all", reading) for reading in node.readings])
    return _boosted(found, [(name, reading) for reading in node.readings for name in ("headline", "lead")])


def _boosted(found: Json, also: list[tuple[str, tuple[str, ...]]]) -> Json:
    boosts = {"headline": HEADLINE_BOOST, "lead": LEAD_BOOST}
    return {"bool": {"must": [found], "should": [_sequence(name, reading, boosts[name]) for name, reading in also]}}


def _phrase(node: Phrase) -> Json:
    if node.slop is None:
        if node.field == "headline":
            return _sequence("headline", node.terms)
        return _boosted(_sequence("all", node.terms), [("headline", node.terms)])
    return _any([_ordered(node.field, order, node.slop) for order in dict.fromkeys(permutations(node.terms))])


def _ordered(field: str, terms: tuple[str, ...], slop: int) -> Json:
    """Ordered spans take the nearest following word each time, so their width is exact; unordered ones let a repeated word meet itself."""
    clauses = [{"span_term": {field: term}} for term in terms]
    return {"span_near": {"clauses": clauses, "slop": slop, "in_order": True}}


def _sequence(field: str, terms: tuple[str, ...], boost: float = 1.0) -> Json:
    if len(terms) == 1:
        return {"term": {field: {"value": terms[0], "boost": boost}}}
    return {"match_phrase": {field: {"query": " ".join(terms), "boost": boost}}}


def _surface(field: str) -> str:
    return "surface_headline" if field == "headline" else "surface"


def _silent(query: Json) -> Json:
    return {"constant_score": {"filter": query, "boost": 0.0}}


def _any(queries: list[Json]) -> Json:
    return queries[0] if len(queries) == 1 else {"bool": {"should": queries, "minimum_should_match": 1}}


def relevance(query: Json) -> Json:
    """A query whose scores are multiplied with the article's weight (recency, originals first)."""
    return {"function_score": {"query": query, "field_value_factor": {"field": "weight", "missing": 1.0}, "boost_mode": "multiply"}}
