"""«Did you mean»: English keyboard and misspellings, judged by what stands in the archive."""

from datetime import datetime
from itertools import pairwise

from core.errors import BadQuery
from core.letters import WORD
from core.persian import surface_of, term_of
from store.index import SearchIndex, SearchRequest
from store.query import parse_query
from store.query_fields import with_whole_names
from store.query_lex import Kind, lex
from store.vocabulary import NO_WORDS, Vocabulary

_KEYS = dict(zip("qwertyuiop[]asdfghjkl;'zxcvbnm,`\\HCG", "ضصثقفغعهخحجچشسیبلاتنمکگظطزرذدپوپپآژۀ", strict=True))
_LETTERS = "ابپتثجچحخدذرزژسشصضطظعغفقکگلمنوهی"
_RARE = 3
_TIMES_MORE = 20
_MOST_WORDS = 8


def did_you_mean(text: str, search: SearchIndex, *, now: datetime, words: Vocabulary = NO_WORDS) -> str | None:
    """A search that is likely meant instead, and finds something; None when there is no better one.

    «aivnhvd» → «شهرداری» · «کرایه تاسکی» → «کرایه تاکسی» · «رسانه:قدس‌انلین» → «رسانه:"قدس آنلاین"»
    """
    for candidate in (_from_english_keys(text, search), _with_known_outlets(text, words), _respelled(text, search)):
        if candidate and candidate != text and _total(candidate, search, now, words):
            return candidate
    return None


def from_english_keys(text: str) -> str:
    """What the same keys give on a Persian keyboard: «aivnhvd» → «شهرداری»."""
    return "".join(_KEYS.get(char) or _KEYS.get(char.lower()) or char for char in text)


def _total(text: str, search: SearchIndex, now: datetime, words: Vocabulary) -> int:
    try:
        query = parse_query(text, now=now, words=words)
    except BadQuery:
        return 0
    return search.search(SearchRequest(query, limit=0, order="newest")).total


def _with_known_outlets(text: str, words: Vocabulary) -> str | None:
    """The text with every unlisted outlet replaced by the name that is near."""
    replaced = text
    for field, value in reversed(list(pairwise(with_whole_names(lex(text)[0], words)))):
        if field.kind is Kind.FIELD and field.text == "outlet" and value.kind in (Kind.WORD, Kind.PHRASE):
            near = "" if words.find_outlets(value.text) else words.nearest_outlet(value.text)
            replaced = f'{replaced[: value.start]}"{near}"{replaced[value.end :]}' if near else replaced
    return replaced


def _from_english_keys(text: str, search: SearchIndex) -> str | None:
    """The text with the words that stand nowhere and were typed on an English keyboard: «aivnhvd مشهد» → «شهرداری مشهد»."""
    pieces = text.split(" ")
    turned = {piece: from_english_keys(piece) for piece in pieces if _could_be_keys(piece)}
    surfaces = {piece: _surfaces(piece) for whole in turned.items() for piece in whole}
    counts = search.spellings(list(dict.fromkeys(surface for found in surfaces.values() for surface in found)))
    known = {piece: bool(found) and all(counts.get(surface) for surface in found) for piece, found in surfaces.items()}
    meant = [turned[piece] if piece in turned and known[turned[piece]] and not known[piece] else piece for piece in pieces]
    return " ".join(meant) if meant != pieces else None


def _could_be_keys(piece: str) -> bool:
    return piece.isascii() and any(char.isalpha() for char in piece) and ":" not in piece and piece not in ("AND", "OR", "NOT")


def _surfaces(piece: str) -> list[str]:
    return [surface_of(word) for word in WORD.findall(piece)][:_MOST_WORDS]


def _respelled(text: str, search: SearchIndex) -> str | None:
    """The text with every word that is (nearly) nowhere replaced by the most frequent word one letter away."""
    replaced = text
    for lexeme in reversed(lex(text)[0][:_MOST_WORDS]):
        if lexeme.kind is Kind.WORD and (better := _better(lexeme.text, search)):
            replaced = replaced[: lexeme.start] + better + replaced[lexeme.end :]
    return replaced


def _better(word: str, search: SearchIndex) -> str | None:
    surface = surface_of(word) if WORD.fullmatch(word) else ""
    if len(surface) < 4 or surface[0] < "\u0600":
        return None
    own = search.spellings([surface])[surface]
    if own > _RARE:
        return None
    counts = search.spellings([near for near in _one_letter_away(surface) if term_of(near) != term_of(surface)])
    best = max(counts, key=lambda near: (counts[near], near), default="")
    return best if best and counts[best] > _TIMES_MORE * own and counts[best] > 1 else None


def _one_letter_away(word: str) -> list[str]:
    parts = [(word[:place], word[place:]) for place in range(len(word) + 1)]
    dropped = [left + right[1:] for left, right in parts if right]
    swapped = [left + right[1] + right[0] + right[2:] for left, right in parts if len(right) > 1]
    changed = [left + letter + right[1:] for left, right in parts if right for letter in _LETTERS]
    added = [left + letter + right for left, right in parts for letter in _LETTERS]
    return list(dict.fromkeys(near for near in (*swapped, *dropped, *changed, *added) if near != word))
