"""The one search analyzer: text → terms with offsets into the original. Both engines get exactly these terms."""

from collections.abc import Iterable
from typing import NamedTuple

from core.letters import WORD, ZWNJ, fold
from core.stems import DROPPED, stem

LONGEST = 60
_MEMO_SIZE = 400_000
_memo: dict[str, tuple[str, str]] = {}


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
    return " ".join([term for term, _ in _all_analysed(WORD.findall(text)) if term])


def term_text_and_surfaces(text: str) -> tuple[str, set[str]]:
    """``term_text`` and the surfaces of a text in one reading: «شهر شهر‌ها» → ("شهر شهر", {"شهر", "شهرها"})."""
    pairs = _all_analysed(WORD.findall(text))
    return " ".join([term for term, _ in pairs if term]), {surface for _, surface in pairs if surface}


def terms_of(words: Iterable[str]) -> list[str]:
    """The terms of words as written, in their order: ``term_of`` for many at once."""
    return [term for term, _ in _all_analysed(list(words))]


def _all_analysed(words: list[str]) -> list[tuple[str, str]]:
    """(term, surface) of every word; nearly all of them stand in the memo, which is read without a call for each."""
    found = list(map(_memo.get, words))
    return [known or _analysed(word) for known, word in zip(found, words, strict=True)] if None in found else found  # type: ignore[return-value]


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
