"""The one search analyzer: text → terms with offsets into the original. Both engines get exactly these terms."""

from operator import itemgetter
from typing import NamedTuple

from core.letters import WORD, ZWNJ, fold
from core.stems import DROPPED, stem

LONGEST = 60
_MEMO_SIZE = 300_000
_memo: dict[str, tuple[str, str]] = {}
_chunk_memo: dict[str, tuple[str, str]] = {}
_terms, _surfaces = itemgetter(0), itemgetter(1)


class Term(NamedTuple):
    """One term: the stem under which a word is found, where the word stands in the text (code points) and its number among the terms."""

    term: str
    start: int
    end: int
    position: int


def term_of(word: str) -> str:
    """The term of one word as written; "" for a loose ending such as «ها», which has no place of its own."""
    return _analysed(word)[0]


def surface_of(word: str) -> str:
    """The word as written in folded letters without half-spaces, for prefixes and misspellings: «شهرداری‌ها» → «شهرداریها»."""
    return _analysed(word)[1]


def terms(text: str) -> list[Term]:
    """The terms of a text. «شهرداری‌های مشهد» → [Term("شهرداری", 0, 11, 0), Term("مشهد", 12, 16, 1)]. Never raises."""
    found: list[Term] = []
    for match in WORD.finditer(text):
        term = _analysed(match.group())[0]
        if term:
            found.append(Term(term, match.start(), match.end(), len(found)))
    return found


def term_text(text: str) -> str:
    """The terms of a text parted by spaces: what an engine indexes."""
    return " ".join(filter(None, map(_terms, chunks(text))))


def term_text_and_surfaces(text: str) -> tuple[str, set[str]]:
    """``term_text`` and the surfaces of a text in one reading: «شهر شهر‌ها» → ("شهر شهر", {"شهر", "شهرها"})."""
    found = chunks(text)
    return " ".join(filter(None, map(_terms, found))), set(" ".join(map(_surfaces, found)).split())


def chunks(text: str) -> list[tuple[str, str]]:
    """(terms, surfaces) of each part of ``text.split()``, mostly one of each; several are parted by spaces.

    «مشهد، (شهرها» → [("مشهد", "مشهد"), ("شهر", "شهرها")]. No word reaches across white space, and nearly all parts stand in the memo.
    """
    parts = text.split()
    found = list(map(_chunk_memo.get, parts))
    return found if all(found) else [_analysed_chunk(part) for part in parts]  # type: ignore[return-value]


def _analysed_chunk(chunk: str) -> tuple[str, str]:
    known = _chunk_memo.get(chunk)
    if known is not None:
        return known
    if len(_chunk_memo) >= _MEMO_SIZE:
        _chunk_memo.clear()
    words = [_analyse(word) for word in WORD.findall(chunk)]
    _chunk_memo[chunk] = made = (" ".join(filter(None, map(_terms, words))), " ".join(filter(None, map(_surfaces, words))))
    return made


def _analysed(word: str) -> tuple[str, str]:
    """(term, surface) of a word. Depends on the word alone, so a bounded memo makes it fast."""
    known = _memo.get(word)
    if known is not None:
        return known
    if len(_memo) >= _MEMO_SIZE:
        _memo.clear()
    _memo[word] = made = _analyse(word)
    return made


def _analyse(word: str) -> tuple[str, str]:
    if word[0].isdigit() and ("," in word or "٬" in word):
        word = word.replace(",", "").replace("٬", "")
    folded = fold(word).strip(ZWNJ)
    surface = folded.replace(ZWNJ, "")[:LONGEST]
    if folded in DROPPED:
        return "", surface
    return stem(folded)[:LONGEST], surface
