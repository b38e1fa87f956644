"""What the user typed → a typed ``Query``. The door of the query language; docs/search.md shows it by example."""

from datetime import datetime

from store.query_tree import And, Everything, Query, Within

__all__ = ["EVERYTHING", "Query", "both", "parse_query", "within"]

EVERYTHING = Query("", Everything())


def both(first: Query, second: Query) -> Query:
    """What matches both: a saved search inside the filters of a page."""
    if isinstance(first.root, Everything):
        return second
    if isinstance(second.root, Everything):
        return first
    return Query(f"({first.text}) ({second.text})", And((first.root, second.root)), first.notes + second.notes)


def within(query: Query, since: datetime | None, until: datetime | None) -> Query:
    """The part of a query published at ``since`` or later and before ``until``: the window of a digest."""
    return both(query, Query("", Within(since, until)))


def parse_query(text: str, *, now: datetime) -> Query:
    """Read a search. Raises BadQuery for a real mistake. (First slice: every search finds everything.)"""
    return EVERYTHING if not text.strip() else Query(text, Everything())
