"""One page of an answer, the same way on every engine: folding of reprints, partial matches below the line, cursors.

An engine offers three questions (``Engine``); everything else is decided here.
"""

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Protocol

from core.errors import BadInput
from store import cursors
from store.cursors import Cursor
from store.index import FACETS, MAX_LIMIT, ORDERS, Hit, Order, SearchPage, SearchRequest
from store.query import soft_parts
from store.query_tree import And, Bag, Node, Not, Or, Phrase, Prefix, Query, Word
from store.query_tree import Fuzzy as FuzzyNode

_MEMBERS = 10_000
_RANKED_TOGETHER = 100
_TEXTUAL = (Word, Phrase, Prefix, FuzzyNode)
# Facets and counts are asked for while the hits are looked for: engines search outside of Python's lock.
_aside = ThreadPoolExecutor(16, "search")


@dataclass(frozen=True, slots=True)
class Row:
    """A found article: id, reprint group, sort key (moment, then id) and score."""

    id: int
    group: int
    sort: int
    score: float


@dataclass(frozen=True, slots=True)
class Ask:
    """What an engine is asked for: the first ``limit`` articles of ``node`` in ``order``.

    ``newest_id`` leaves out articles that came later, ``after`` those not behind that sort key, ``hidden`` whole groups
    (single articles when ``fold`` is false); ``groups`` asks for the members of these groups only; what matches ``prefer`` scores higher.
    """

    node: Node
    order: Order
    limit: int
    newest_id: int | None = None
    after: int | None = None
    hidden: tuple[int, ...] = ()
    groups: tuple[int, ...] = ()
    fold: bool = True
    prefer: Node | None = None


class Engine(Protocol):
    """What paging needs of an engine."""

    def find(self, ask: Ask) -> tuple[int, list[Row]]:
        """(how many articles the ask has without its limit, the first of them)."""
        ...

    def facets(self, node: Node, names: tuple[str, ...], newest_id: int | None) -> dict[str, tuple[tuple[str, int], ...]]:
        """The most frequent values of each facet."""
        ...

    def newest_id(self) -> int:
        """The greatest id in the index."""
        ...


class _Counting:
    """An engine that remembers the questions of one page, so that nothing is found or counted twice."""

    def __init__(self, engine: Engine, newest_id: int | None) -> None:
        self._engine = engine
        self._newest_id = newest_id
        self._found: dict[Ask, tuple[int, list[Row]]] = {}
        self._counts: dict[Node, int] = {}

    def find(self, ask: Ask) -> tuple[int, list[Row]]:
        """The answer of the engine."""
        if ask not in self._found:
            self._found[ask] = count, _ = self._engine.find(ask)
            if ask.after is None and not ask.hidden and not ask.groups:
                self._counts[ask.node] = count
        return self._found[ask]

    def count(self, node: Node) -> int:
        """How many articles a node has."""
        return self._counts[node] if node in self._counts else self.find(Ask(node, "newest", 0, self._newest_id))[0]


@dataclass(frozen=True, slots=True)
class _Phase:
    """One run through articles by relevance. ``full`` holds the ids that match where matches and partial matches are ranked together."""

    node: Node
    partial: bool
    prefer: Node | None = None
    full: frozenset[int] = frozenset()

    def is_partial(self, id: int) -> bool:
        """Whether an article of this phase holds only some of the words."""
        return self.partial and id not in self.full


def page(engine: Engine, request: SearchRequest) -> SearchPage:
    """The page that a request asks for."""
    _check(request)
    order: Order = request.order if request.order != "relevance" or _has_words(request.query.root) else "newest"
    request = replace(request, order=order)
    cursor = cursors.read(request) or Cursor(engine.newest_id())
    limit_id = cursor.newest_id if request.cursor else None
    root = request.query.root
    facets = _aside.submit(engine.facets, root, request.facets, limit_id) if request.facets else None
    counting = _Counting(engine, limit_id)
    some = _some_words(request.query) if order == "relevance" else None
    some_total = _aside.submit(engine.find, Ask(some, "newest", 0, limit_id)) if some else None
    if order == "relevance":
        hits, following = _ranked(counting, request, _phases(counting, request, some, cursor), cursor)
    else:
        hits, following = _in_time(counting, request, cursor)
    total = counting.count(root)
    return SearchPage(
        total,
        some_total.result()[0] - total if some_total else 0,
        tuple(hits),
        facets.result() if facets else {},
        cursors.written(following, request) if following else None,
        request.query.notes,
    )


def _check(request: SearchRequest) -> None:
    if request.order not in ORDERS:
        raise BadInput("order", request.order, "not an order", f"ترتیب باید یکی از این‌ها باشد: {'، '.join(ORDERS)}")
    if not 0 <= request.limit <= MAX_LIMIT:
        raise BadInput("limit", request.limit, f"must be 0 to {MAX_LIMIT}", f"شمار نتیجه‌ها باید میان ۰ و {MAX_LIMIT} باشد.")
    for name in request.facets:
        if name not in FACETS:
            raise BadInput("facets", name, "not a facet", f"دسته‌بندی «{name[:40]}» شناخته نیست.")


def _has_words(node: Node) -> bool:
    """Whether there is anything to be relevant to."""
    if isinstance(node, And | Or | Bag):
        return any(_has_words(part) for part in node.parts)
    return isinstance(node, _TEXTUAL)


def _some_words(query: Query) -> Node | None:
    """The articles that hold some of the words, or all; None when nothing can be partial."""
    soft, hard = soft_parts(query)
    return And((Or(soft), *hard)) if len(soft) > 1 else None


def _phases(engine: _Counting, request: SearchRequest, some: Node | None, cursor: Cursor) -> list[_Phase]:
    """Few matches are ranked together with the partial ones (holding all the words weighs more), many all come before them."""
    root = request.query.root
    if some is None:
        return [_Phase(root, False)]
    newest_id = cursor.newest_id if request.cursor else None
    if not request.cursor:
        engine.find(_best(request, _Phase(root, False), newest_id, (), request.limit))  # counts, and is the first page of many matches
    if engine.count(root) > _RANKED_TOGETHER:
        return [_Phase(root, False), _Phase(And((some, Not(root))), True)]
    _, rows = engine.find(Ask(root, "newest", _RANKED_TOGETHER, newest_id))
    return [_Phase(some, True, root, frozenset(row.id for row in rows))]


def _best(request: SearchRequest, phase: _Phase, newest_id: int | None, shown: tuple[int, ...], wanted: int) -> Ask:
    """The ask for the best articles of a phase whose groups were not shown: enough for ``wanted`` groups, mostly."""
    return Ask(phase.node, "relevance", 2 * wanted + 10, newest_id, None, shown, fold=request.fold, prefer=phase.prefer)


def _ranked(engine: _Counting, request: SearchRequest, phases: list[_Phase], cursor: Cursor) -> tuple[list[Hit], Cursor | None]:
    """By relevance: every page asks for the best groups not shown yet, so scores may drift while articles arrive."""
    hits: list[Hit] = []
    shown = list(cursor.shown)
    limit_id = cursor.newest_id if request.cursor else None
    more = False
    for phase in phases:
        while len(hits) < request.limit:
            wanted = request.limit - len(hits)
            ask = _best(request, phase, limit_id, tuple(shown), wanted)
            left, rows = engine.find(ask)
            found = _folded(engine, ask, rows, phase)[:wanted]
            hits += [hit for _, hit in found]
            shown += [key for key, _ in found]
            more = left > len(rows) or len(found) < len({row.group if request.fold else row.id for row in rows})
            if not more or not rows:
                break
        if len(hits) >= request.limit:
            more = more or phase is not phases[-1]
            break
    if not more or not request.limit or len(shown) > cursors.MAX_SHOWN:
        return hits, None
    return hits, Cursor(cursor.newest_id, None, tuple(shown))


def _in_time(engine: _Counting, request: SearchRequest, cursor: Cursor) -> tuple[list[Hit], Cursor | None]:
    """By time: a page goes on behind the sort key of the last one; a group stands where its first matching member stands."""
    hits: list[Hit] = []
    after = cursor.after
    limit_id = cursor.newest_id if request.cursor else None
    while request.limit and len(hits) < request.limit:
        wanted = request.limit - len(hits)
        ask = Ask(request.query.root, request.order, 2 * wanted + 10, limit_id, after, fold=request.fold)
        left, rows = engine.find(ask)
        if not rows:
            return hits, None
        used, found = _first_of_groups(engine, request, ask, rows, wanted)
        hits += found
        after = rows[used - 1].sort
        if used == len(rows) and left <= len(rows):
            return hits, None
    return hits, Cursor(cursor.newest_id, after) if request.limit else None


def _first_of_groups(engine: _Counting, request: SearchRequest, ask: Ask, rows: list[Row], wanted: int) -> tuple[int, list[Hit]]:
    """(how many rows were used up, the hits of groups that begin among them)."""
    if not request.fold:
        return min(wanted, len(rows)), [Hit(row.id, 0.0) for row in rows[:wanted]]
    members = _members(engine, ask, rows)
    hits: list[Hit] = []
    for used, row in enumerate(rows):
        if members[row.group][0].id == row.id:
            if len(hits) == wanted:
                return used, hits
            hits.append(_hit(row.group, members[row.group], False))
    return len(rows), hits


def _folded(engine: _Counting, ask: Ask, rows: list[Row], phase: _Phase) -> list[tuple[int, Hit]]:
    """The hits of these rows, each with the group (or id) by which it counts as shown."""
    if not ask.fold:
        return [(row.id, Hit(row.id, row.score, phase.is_partial(row.id))) for row in rows]
    hits = []
    for group, members in _members(engine, ask, rows).items():
        matching = [row for row in members if not phase.is_partial(row.id)]
        hits.append((group, _hit(group, matching or members, not matching)))
    return hits


def _members(engine: _Counting, ask: Ask, rows: list[Row]) -> dict[int, list[Row]]:
    """All matching members of the groups on a page, in the order asked for."""
    groups = tuple(dict.fromkeys(row.group for row in rows))
    if not groups:
        return {}
    asked = Ask(ask.node, ask.order, _MEMBERS, ask.newest_id, groups=groups, prefer=ask.prefer)
    found: dict[int, list[Row]] = {group: [] for group in groups}
    for row in _unique([*engine.find(asked)[1], *rows]):
        found[row.group].append(row)
    for members in found.values():
        members.sort(
            key=lambda row: (-row.score, -row.sort) if ask.order == "relevance" else (row.sort if ask.order == "oldest" else -row.sort, 0)
        )
    return found


def _unique(rows: Iterable[Row]) -> Iterable[Row]:
    return {row.id: row for row in rows}.values()


def _hit(group: int, members: list[Row], partial: bool) -> Hit:
    """The original where it matches, else the best member; the others are its reprints."""
    shown = next((row for row in members if row.id == group), members[0])
    return Hit(shown.id, max(row.score for row in members), partial, tuple(row.id for row in members if row is not shown))
