"""The spellings a typed word covers: joined and parted compounds are met here, so that the analyzer never looks at neighbours."""

from core.letters import WORD, ZWNJ, fold
from core.persian import term_of
from core.stems import AFFIXES, lexicon, stem

MAX_PHRASES = 12
_JOINED_WORDS = 24
_TRIPLE_WORDS = 10
_APART = frozenset(("و", "در", "به", "از", "که", "این", "را", "با", "ان", "یک", "تا", "بر", "برای", "یا"))


def readings_of(word: str) -> tuple[tuple[str, ...], ...]:
    """The term sequences that one written word covers, its own term first; () for a loose ending.

    «دستفروشان» → (("دستفروش",), ("دست", "فروش")) · «پیاده‌رو» → (("پیادهرو",), ("پیاده", "رو")) · «شهرداری‌ها» → (("شهرداری",),)
    """
    term = term_of(word)
    if not term:
        return ()
    parted = _parted(word, term)
    return ((term,), parted) if parted else ((term,),)


def _parted(word: str, term: str) -> tuple[str, ...]:
    parts = [part for part in fold(word).split(ZWNJ) if part]
    while len(parts) > 1 and parts[-1] in AFFIXES:
        parts.pop()
    if len(parts) > 1:
        if parts[0] in ("می", "نمی"):
            return ()
        pieces = tuple(piece for part in parts if (piece := term_of(part)))
        return pieces if len(pieces) > 1 else ()
    return _split(term)


def _split(term: str) -> tuple[str, ...]:
    """The parts of a joined compound: those hazm knows, else two known words of three letters or more in a word it does not know."""
    known = lexicon()
    if term in known.parted:
        return tuple(piece for part in known.parted[term] if (piece := term_of(part)))
    if term in known.sure or len(term) < 6 or term in known.verbs.values():
        return ()
    for place in range(3, len(term) - 2):
        left, right = term[:place], term[place:]
        if left in known.sure and right in known.sure:
            return term_of(left), term_of(right)
    return ()


def joined(words: list[str]) -> list[list[str]]:
    """For each of several written words the terms it makes together with its neighbours: ["دست", "فروشان"] → [["دستفروش"], ["دستفروش"]]."""
    found: list[list[str]] = [[] for _ in words]
    if len(words) > _JOINED_WORDS:
        return found
    for size in (2, 3) if len(words) <= _TRIPLE_WORDS else (2,):
        for start in range(len(words) - size + 1):
            term = join(words[start : start + size])
            if term:
                for place in range(start, start + size):
                    found[place].append(term)
    return found


def join(words: list[str]) -> str:
    """The term of several words written as one; "" when they are not Persian words: «پیاده», «روها» → «پیادهرو»."""
    folded = [fold(word).strip(ZWNJ) for word in words]
    if not all(WORD.fullmatch(word) for word in words) or any(len(part) < 2 or part[0] < "\u0600" or part in _APART for part in folded):
        return ""
    if folded[-1] in AFFIXES:
        return ""
    return stem("".join(part.replace(ZWNJ, "") for part in folded))


def phrase_readings(text: str) -> tuple[tuple[str, ...], ...]:
    """The term sequences that a phrase covers, as written first, then with one compound joined or parted."""
    words = [word for word in WORD.findall(text) if term_of(word)]
    base = [term_of(word) for word in words]
    if not base:
        return ()
    found = [base]
    for place, word in enumerate(words):
        readings = readings_of(word)
        if len(readings) > 1:
            found.append([*base[:place], *readings[1], *base[place + 1 :]])
    if len(words) <= MAX_PHRASES:
        pairs = ((place, join(words[place : place + 2])) for place in range(len(words) - 1))
        found += [[*base[:place], term, *base[place + 2 :]] for place, term in pairs if term]
    return tuple(dict.fromkeys(tuple(sequence) for sequence in found))[:MAX_PHRASES]
