"""What a search was understood to mean, and which of its clauses an article does not meet."""

from dataclasses import dataclass

from core.dates import jalali_moment
from core.persian import term_of
from store.index import SearchIndex, SearchRequest
from store.query_print import printed
from store.query_tree import Address, And, Bag, Fuzzy, Is, Named, Node, Not, Or, Phrase, Prefix, Query, Within, Word
from store.query_words import persian_field
from store.vocabulary import NO_WORDS, Vocabulary

_ENDINGS = ("", "ها", "های", "هایی", "ی", "ان", "ات", "تر", "ترین", "ش", "شان", "گان")
_MOST_SPELLINGS = 20


@dataclass(frozen=True, slots=True)
class Clause:
    """One part of a search. ``text`` is its typed form, ``means`` a Persian sentence, ``covers`` the spellings it finds (folded
    letters), ``total`` how many articles meet it by itself."""

    text: str
    means: str
    covers: tuple[str, ...]
    total: int


def explain(query: Query, search: SearchIndex, words: Vocabulary = NO_WORDS) -> tuple[Clause, ...]:
    """The clauses of a search, with the spellings that each covers and how many articles meet it."""
    return tuple(_clause(node, search, words) for node in clauses(query))


def why_not(query: Query, article_id: int, search: SearchIndex, words: Vocabulary = NO_WORDS) -> tuple[Clause, ...]:
    """The clauses that keep an indexed article out of the answer; empty when it matches (or is not in the index at all)."""
    this = Is("id", (str(article_id),))
    if not _total(this, search):
        return ()
    return tuple(_clause(node, search, words) for node in clauses(query) if not _total(And((this, node)), search))


def clauses(query: Query) -> tuple[Node, ...]:
    """The parts that must all hold."""
    found: list[Node] = []
    for part in query.root.parts if isinstance(query.root, And) else (query.root,):
        found += part.parts if isinstance(part, Bag) else (part,)
    return tuple(found)


def _clause(node: Node, search: SearchIndex, words: Vocabulary) -> Clause:
    return Clause(printed(node), _meaning(node, words), _covers(node, search), _total(node, search))


def _total(node: Node, search: SearchIndex) -> int:
    return search.search(SearchRequest(Query("", node), limit=0, order="newest")).total


def _covers(node: Node, search: SearchIndex) -> tuple[str, ...]:
    found: list[str] = []
    for leaf in _leaves(node):
        if isinstance(leaf, Word):
            for place, reading in enumerate(leaf.readings):
                found += _spellings(reading[0], search, kept=not place) if len(reading) == 1 else [" ".join(reading)]
        elif isinstance(leaf, Phrase):
            found.append(" ".join(leaf.terms))
    return tuple(dict.fromkeys(found))[:_MOST_SPELLINGS]


def _spellings(term: str, search: SearchIndex, *, kept: bool) -> list[str]:
    """The forms of a term that stand in the archive, most frequent first; the term itself when none does and it is to be ``kept``."""
    candidates = [term + ending for ending in _ENDINGS if not ending or term_of(term + ending) == term]
    counts = search.spellings(candidates)
    there = sorted((word for word in candidates if counts.get(word)), key=lambda word: -counts[word])
    return there or [term] * kept


def _leaves(node: Node) -> list[Node]:
    if isinstance(node, And | Or | Bag):
        return [leaf for part in node.parts for leaf in _leaves(part)]
    return _leaves(node.part) if isinstance(node, Not) else [node]


def _meaning(node: Node, words: Vocabulary) -> str:
    match node:
        case Not():
            return "نباید باشد: " + _meaning(node.part, words)
        case Or():
            return "یکی از این‌ها: " + "؛ ".join(dict.fromkeys(_meaning(part, words) for part in node.parts))
        case And() | Bag():
            return "همهٔ این‌ها: " + "؛ ".join(_meaning(part, words) for part in node.parts)
        case Word():
            return f"واژهٔ «{node.text}» به هر املا و صرف" + _where(node.field)
        case Phrase() if node.slop is None:
            return f"عبارت «{node.text}» به همین ترتیب" + _where(node.field)
        case Phrase():
            return f"واژه‌های «{node.text}» با فاصلهٔ دست‌بالا {node.slop} واژه" + _where(node.field)
        case Prefix():
            return f"واژه‌هایی که با «{node.prefix}» آغاز می‌شوند" + _where(node.field)
        case Fuzzy():
            return f"واژه‌هایی با دست‌بالا {node.distance} حرف تفاوت با «{node.word}»" + _where(node.field)
        case _:
            return _field_meaning(node, words)


def _field_meaning(node: Node, words: Vocabulary) -> str:
    match node:
        case Is():
            return f"{persian_field(node.field)}: {' یا '.join(words.name_of(node.field, value) for value in node.values)}"
        case Named() if node.terms:
            return f"{persian_field(node.field)}: نامی که «{node.key}» در آن هست"
        case Named():
            return f"{persian_field(node.field)}: «{node.key}»"
        case Within():
            bounds = (("از", node.since), ("تا پیش از", node.until))
            return "زمان انتشار " + " و ".join(f"{name} {jalali_moment(moment)}" for name, moment in bounds if moment is not None)
        case Address():
            return f"خبر این نشانی: {node.text}"
        case _:
            return printed(node) or "همهٔ خبرها"


def _where(field: str) -> str:
    return " در تیتر" if field == "headline" else ""
