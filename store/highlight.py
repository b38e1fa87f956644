"""Where a search is met in a text: marks on the outlet's own letters, and the fragment worth showing."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from core.letters import WORD
from core.persian import surface_of, term_of
from core.records import Span
from store.query_tree import And, Bag, Fuzzy, Node, Or, Phrase, Prefix, Query, Word
from store.query_words import STOP_TERMS

MOST_MARKS = 400
_READ_ON = 12
_ALONE, _BEGINS = 1, 2
_LONGEST_TEXT = 200_000


@dataclass(frozen=True, slots=True)
class Snippet:
    """A fragment of a text (``text``) with the marks inside it; ``start`` is its place in the whole text."""

    text: str
    marks: tuple[Span, ...] = ()
    start: int = 0


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What is to be marked: single terms, term sequences by their first term, prefixes and near words as written."""

    terms: frozenset[str]
    sequences: dict[str, tuple[tuple[str, ...], ...]]
    prefixes: tuple[str, ...]
    near: tuple[tuple[str, int], ...]

    def __bool__(self) -> bool:
        return bool(self.terms or self.sequences or self.prefixes or self.near)


def marks(text: str, query: Query) -> tuple[Span, ...]:
    """The places of a text that a query met, in order and apart from each other, at most ``MOST_MARKS``.

    «شهرداری‌های مشهد», query «شهرداری» → (Span(0, 11),)
    """
    wanted = _wanted(query)
    if not wanted:
        return ()
    found: list[Span] = []
    for span in _found(text, wanted):
        found.append(span)
        if len(found) == MOST_MARKS:
            break
    return tuple(found)


def snippet(text: str, query: Query, width: int = 240) -> Snippet:
    """The fragment of about ``width`` characters that holds the first places met most densely; the beginning when none is met.

    Stops reading at the end of the fragment, so that a long body costs no more than a short one.
    """
    wanted = _wanted(query)
    best: list[Span] = []
    window: list[Span] = []
    kinds = _kinds(wanted)
    for span in _found(text, wanted) if wanted else ():
        window = [earlier for earlier in window if span.end - earlier.start <= width * 3 // 4] + [span]
        if _variety(text, window) > _variety(text, best):
            best = window
        if best and (_variety(text, best) >= kinds or span.start > best[0].start + _READ_ON * width):
            break
    return _fragment(text, best[0].start if best else 0, width, wanted)


def _fragment(text: str, first: int, width: int, wanted: _Wanted) -> Snippet:
    start = _word_start(text, max(0, first - width // 4)) if first > width // 2 else 0
    end = min(len(text), start + width)
    while end < len(text) and end - start < width + 20 and not text[end].isspace():
        end += 1
    part = text[start:end]
    found = tuple(_found(part, wanted)) if wanted else ()
    return Snippet(part, found[:MOST_MARKS], start)


def _word_start(text: str, at: int) -> int:
    """The beginning of the sentence or word at a place."""
    for back in range(at, max(0, at - 60), -1):
        if text[back - 1] in ".!؟?\n":
            while back < len(text) and text[back].isspace():
                back += 1
            return back
    while 0 < at < len(text) and not text[at - 1].isspace():
        at += 1
    return at


def _variety(text: str, spans: list[Span]) -> int:
    return len({term_of(text[span.start : span.end].split()[0]) for span in spans if text[span.start : span.end].strip()})


def _kinds(wanted: _Wanted) -> int:
    return min(3, len(wanted.terms) + len(wanted.sequences) + len(wanted.prefixes) + len(wanted.near))


def _found(text: str, wanted: _Wanted) -> Iterator[Span]:
    """The places met, read no further than they are taken. A word seen before costs one look-up."""
    met: dict[str, int] = {}
    taken = 0
    for match in WORD.finditer(text, 0, _LONGEST_TEXT):
        word = match.group()
        kind = met.get(word)
        if kind is None:
            kind = met[word] = _kind(word, wanted)
        if not kind or match.start() < taken:
            continue
        end = _sequence_end(text, match.start(), wanted) if kind >= _BEGINS else 0
        if end or kind != _BEGINS:
            taken = end or match.end()
            yield Span(match.start(), taken)


def _kind(word: str, wanted: _Wanted) -> int:
    """0 for a word that is not asked for, else whether it is met by itself, begins a sequence, or both."""
    term = term_of(word)
    if not term:
        return 0
    alone = term in wanted.terms
    if not alone and (wanted.prefixes or wanted.near):
        surface = surface_of(word)
        alone = surface.startswith(wanted.prefixes) or _is_near(surface, wanted.near)
    return (_ALONE if alone else 0) + (_BEGINS if term in wanted.sequences else 0)


def _sequence_end(text: str, start: int, wanted: _Wanted) -> int:
    """Where the longest sequence that begins at a word ends; 0 when none does."""
    words = ((term, match.end()) for match in WORD.finditer(text, start, _LONGEST_TEXT) if (term := term_of(match.group())))
    first, end = next(words)
    sequences = wanted.sequences[first]
    ahead = [(first, end), *islice(words, max(map(len, sequences)) - 1)]
    for sequence in sequences:
        if len(sequence) <= len(ahead) and all(word[0] == term for word, term in zip(ahead, sequence, strict=False)):
            return ahead[len(sequence) - 1][1]
    return 0


def _is_near(surface: str, near: tuple[tuple[str, int], ...]) -> bool:
    return any(distance(surface, word, most) <= most for word, most in near)


def distance(left: str, right: str, most: int) -> int:
    """Letters to insert, drop, change or swap with a neighbour; ``most + 1`` when it is more than ``most``. «تاسکی», «تاکسی» → 1."""
    if abs(len(left) - len(right)) > most:
        return most + 1
    before: list[int] = []
    row = list(range(len(right) + 1))
    for i, a in enumerate(left, 1):
        earlier, before, row = before, row, [i]
        for j, b in enumerate(right, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (a != b))
            if i > 1 and j > 1 and a == right[j - 2] and left[i - 2] == b:
                cost = min(cost, earlier[j - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return most + 1
    return min(row[-1], most + 1)


def _wanted(query: Query) -> _Wanted:
    leaves = list(_leaves(query.root))
    readings = [reading for leaf in leaves if isinstance(leaf, Word) for reading in leaf.readings]
    near_terms = [term for leaf in leaves if isinstance(leaf, Phrase) and leaf.slop is not None for term in leaf.terms]
    exact = [leaf.terms for leaf in leaves if isinstance(leaf, Phrase) and leaf.slop is None]
    sequences: dict[str, tuple[tuple[str, ...], ...]] = {}
    for sequence in sorted((*exact, *(reading for reading in readings if len(reading) > 1)), key=len, reverse=True):
        sequences[sequence[0]] = (*sequences.get(sequence[0], ()), sequence)
    return _Wanted(
        frozenset([reading[0] for reading in readings if len(reading) == 1] + [term for term in near_terms if term not in STOP_TERMS]),
        sequences,
        tuple(leaf.prefix for leaf in leaves if isinstance(leaf, Prefix)),
        tuple((leaf.word, leaf.distance) for leaf in leaves if isinstance(leaf, Fuzzy)),
    )


def _leaves(node: Node) -> Iterator[Node]:
    """The leaves that an article may hold: nothing below a negation."""
    if isinstance(node, And | Or | Bag):
        for part in node.parts:
            yield from _leaves(part)
    elif isinstance(node, Word | Phrase | Prefix | Fuzzy):
        yield node
