"""Where a search is met in a text: marks on the outlet's own letters, and the fragment worth showing."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, islice, takewhile

from core.letters import WORD
from core.persian import chunks, surface_of, term_of
from core.records import Span
from store.query_tree import And, Bag, Fuzzy, Node, Or, Phrase, Prefix, Query, Word
from store.query_words import STOP_TERMS

MOST_MARKS = 400
_READ_ON = 12
_ALONE, _BEGINS = 1, 2
_LONGEST_TEXT = 200_000
_PIECE = 300
_CHUNK = re.compile(r"\S+")


@dataclass(frozen=True, slots=True)
class Snippet:
    """A fragment of a text (``text``) with the marks inside it; ``start`` is its place in the whole text."""

    text: str
    marks: tuple[Span, ...] = ()
    start: int = 0


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What is to be marked: single terms, term sequences by their first term, prefixes and near words as written.

    A fragment that holds ``kinds`` of them is good enough.
    """

    terms: frozenset[str]
    sequences: dict[str, tuple[tuple[str, ...], ...]]
    prefixes: tuple[str, ...]
    near: tuple[tuple[str, int], ...]
    kinds: int

    def __bool__(self) -> bool:
        return bool(self.terms or self.sequences or self.prefixes or self.near)


class Marker:
    """Marks and fragments of many texts for one query."""

    def __init__(self, query: Query) -> None:
        self._wanted = _wanted(query)
        self._asked = self._wanted.terms | self._wanted.sequences.keys()
        self._like: dict[str, bool] = {}

    def marks(self, text: str) -> tuple[Span, ...]:
        """The places of a text that the query met, in order and apart from each other, at most ``MOST_MARKS``."""
        return tuple(span for span, _ in islice(self._found(text), MOST_MARKS))

    def snippet(self, text: str, width: int = 240) -> Snippet:
        """The fragment of about ``width`` characters that holds the first places met most densely; the beginning when none is met.

        Stops reading at the end of the fragment, so that a long body costs no more than a short one.
        """
        best: list[tuple[Span, str]] = []
        window: list[tuple[Span, str]] = []
        met: list[Span] = []
        most = 0
        ahead = self._found(text)
        for span, term in ahead:
            met.append(span)
            window = [earlier for earlier in window if span.end - earlier[0].start <= width * 3 // 4] + [(span, term)]
            variety = len({term for _, term in window})
            if variety > most:
                best, most = window, variety
            if most >= self._wanted.kinds or span.start > best[0][0].start + _READ_ON * width:
                break
        start, end = _bounds(text, best[0][0].start if best else 0, width)
        following = (span for span, _ in takewhile(lambda found: found[0].start < end, ahead))
        inside = (span for span in chain(met, following) if start <= span.start and span.end <= end)
        return Snippet(text[start:end], tuple(Span(span.start - start, span.end - start) for span in inside), start)

    def _found(self, text: str) -> Iterator[tuple[Span, str]]:
        """The places met, each with the term of its first word. The text is read piece by piece, no further than places are taken."""
        taken = 0
        for start, end in _pieces(text) if self._wanted else ():
            for place in self._met_chunks(text, start, end):
                for match in WORD.finditer(text, *place):
                    kind, term = self._kind(match.group())
                    if not kind or match.start() < taken:
                        continue
                    until = _sequence_end(text, match.start(), self._wanted) if kind >= _BEGINS else 0
                    if until or kind != _BEGINS:
                        taken = until or match.end()
                        yield Span(match.start(), taken), term

    def _met_chunks(self, text: str, start: int, end: int) -> list[tuple[int, int]]:
        """Where in a piece of text the parts between white space stand that may hold a word asked for: few, so only they are looked at."""
        asked = self._asked
        read = chunks(text[start:end])
        if self._wanted.prefixes or self._wanted.near:
            met = [n for n, (terms, surfaces) in enumerate(read) if terms in asked or " " in surfaces or self._is_like(surfaces)]
        else:
            met = [n for n, (terms, surfaces) in enumerate(read) if terms in asked or " " in surfaces]
        if not met:
            return []
        places = [match.span() for match in _CHUNK.finditer(text, start, end)]
        return [places[n] for n in met]

    def _is_like(self, surface: str) -> bool:
        known = self._like.get(surface)
        if known is None:
            near = any(_is_near(surface, word, most) for word, most in self._wanted.near)
            known = self._like[surface] = near or surface.startswith(self._wanted.prefixes)
        return known

    def _kind(self, word: str) -> tuple[int, str]:
        """(0 for a word that is not asked for, else whether it is met by itself, begins a sequence, or both; its term)."""
        term = term_of(word)
        if not term:
            return 0, term
        alone = term in self._wanted.terms or self._is_like(surface_of(word))
        return (_ALONE if alone else 0) + (_BEGINS if term in self._wanted.sequences else 0), term


def marks(text: str, query: Query) -> tuple[Span, ...]:
    """The places of one text that a query met: «شهرداری‌های مشهد», query «شهرداری» → (Span(0, 11),)."""
    return Marker(query).marks(text)


def snippet(text: str, query: Query, width: int = 240) -> Snippet:
    """The fragment of one text worth showing; for many texts use one ``Marker``."""
    return Marker(query).snippet(text, width)


def _pieces(text: str) -> Iterator[tuple[int, int]]:
    """The text in pieces that end at a space, so that no word is parted."""
    start, last = 0, min(len(text), _LONGEST_TEXT)
    while start < last:
        end = text.find(" ", start + _PIECE, last)
        yield start, last if end < 0 else end
        start = last if end < 0 else end


def _bounds(text: str, first: int, width: int) -> tuple[int, int]:
    """Where the fragment around a place begins and ends."""
    start = _word_start(text, max(0, first - width // 4)) if first > width // 2 else 0
    end = min(len(text), start + width)
    while end < len(text) and end - start < width + 20 and not text[end].isspace():
        end += 1
    return start, end


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


def _is_near(surface: str, word: str, most: int) -> bool:
    """Whether two words are at most so many letters apart. Most are not, and their letters alone show it."""
    return len(set(surface).difference(word)) <= most and distance(surface, word, most) <= most


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
        min(3, sum(len(set(leaf.terms)) if isinstance(leaf, Phrase) and leaf.slop is not None else 1 for leaf in leaves)),
    )


def _leaves(node: Node) -> Iterator[Node]:
    """The leaves that an article may hold: nothing below a negation."""
    if isinstance(node, And | Or | Bag):
        for part in node.parts:
            yield from _leaves(part)
    elif isinstance(node, Word | Phrase | Prefix | Fuzzy):
        yield node
