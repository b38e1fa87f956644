"""What the user typed → a typed ``Query``. The door of the query language; docs/search.md shows it by example."""

from datetime import date, datetime

from core.dates import day_start
from core.errors import BadQuery
from store.query_fields import Mistake
from store.query_lex import lex
from store.query_read import Reader, conjunction, disjunction
from store.query_tree import Bag, Everything, Is, Named, Node, Query, Within
from store.query_words import CLOSED, MAX_LENGTH, NAMED_FIELDS, plain
from store.vocabulary import NO_WORDS, Vocabulary

__all__ = ["EVERYTHING", "Query", "all_of", "both", "in_field", "parse_query", "within"]

EVERYTHING = Query("", Everything())


def parse_query(text: str, *, now: datetime, words: Vocabulary = NO_WORDS) -> Query:
    """Read a search; ``now`` is what «امروز» means, ``words`` the names of this installation. Pasted text is never an error.

    «شهرداری مشهد» → articles with both words · «"سیما و منظر"» → the phrase · «قطار OR مترو» · «مترو -مسابقه» · «لحن:منفی از:1405/9/1».
    Raises BadQuery, with position, Persian message and the last good reading, for a clause that cannot mean anything («از:1405/13/45»).
    """
    if not text.strip():
        return EVERYTHING
    shortened = text[:MAX_LENGTH]
    lexemes, notes = lex(shortened)
    if len(text) > MAX_LENGTH:
        notes.append(f"جست‌وجو بلند بود؛ {MAX_LENGTH} نویسهٔ نخست به کار رفت.")
    try:
        root = Reader(lexemes, now, notes, words).read()
    except Mistake as mistake:
        raise BadQuery(text, mistake.start, mistake.message, mistake.persian, _last_good(shortened, mistake, now, words)) from None
    return Query(text, root, tuple(dict.fromkeys(notes)))


def _last_good(text: str, mistake: Mistake, now: datetime, words: Vocabulary) -> str:
    """The search without the clause that cannot be read; "" when nothing is left."""
    shorter = " ".join((text[: mistake.start] + text[mistake.end :]).split())
    if not shorter or len(shorter) >= len(text):
        return ""
    try:
        parse_query(shorter, now=now, words=words)
    except BadQuery as error:
        return error.last_good
    return shorter


def all_of(*queries: Query) -> Query:
    """What matches every one of these: a saved search inside the filters of a page. Their remarks are kept."""
    asked = [query for query in queries if not isinstance(query.root, Everything)]
    if len(asked) < 2:
        return asked[0] if asked else EVERYTHING
    text = " ".join(f"({query.text})" for query in asked if query.text)
    notes = tuple(note for query in queries for note in query.notes)
    return Query(text, conjunction([query.root for query in asked]), notes)


def both(first: Query, second: Query) -> Query:
    """What matches both."""
    return all_of(first, second)


def in_field(field: str, *values: str) -> Query:
    """The articles whose field has exactly one of these values, as facets show them. An unknown value finds nothing."""
    nodes: list[Node]
    if field in NAMED_FIELDS:
        nodes = [Named(field, plain(value), (), f"{field}:{value}") for value in values]
    else:
        table = CLOSED.get(field)
        keys = tuple((table.get(plain(value), value) if table else plain(value)) for value in values)
        nodes = [Is(field, keys, f"{field}:({' OR '.join(keys)})")]
    quoted = " OR ".join('"' + value.replace('"', " ") + '"' for value in values)
    return Query(f"{field}:({quoted})", disjunction(nodes)) if values else EVERYTHING


def within(query: Query, since: datetime | None, until: datetime | None) -> Query:
    """The part of a query published at ``since`` or later and before ``until``: the window of a digest."""
    return all_of(query, Query("", Within(since, until))) if since or until else query


def between_days(first: date | None, last: date | None) -> Query:
    """The articles of the Tehran days from ``first`` to ``last``, both included; None leaves that side open."""
    from datetime import timedelta

    since = day_start(first) if first else None
    until = day_start(last + timedelta(days=1)) if last else None
    return Query("", Within(since, until)) if since or until else EVERYTHING


def soft_parts(query: Query) -> tuple[tuple[Node, ...], tuple[Node, ...]]:
    """(the words of which some are enough for a partial match, what must hold in any case); no words when nothing may be partial."""
    parts = query.root.parts if hasattr(query.root, "parts") and type(query.root).__name__ == "And" else (query.root,)
    bags = [part for part in parts if isinstance(part, Bag)]
    if len(bags) != 1:
        return (), (query.root,)
    return bags[0].parts, tuple(part for part in parts if part is not bags[0])
