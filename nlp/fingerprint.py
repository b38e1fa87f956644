"""Which articles are the same text: a sketch that finds candidates, and the decision on a pair of texts.

The sketch is a bottom-k MinHash over runs of 24 letters (blanks, marks and Latin signatures left out, so half-spaces and channel names
do not matter). Two articles are worth comparing when they share one value: ``bands`` gives the values. The decision asks how much of
the shorter text stands in the longer one and whether their numbers agree: two price lists share their words, not their numbers.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from nlp.headlines import bare_headline, without_credits
from nlp.normalize import fold
from nlp.text import Text

Hashes = NDArray[np.uint64]

SKETCH_SIZE = 32
SKETCH_RUN = 24
PAIR_RUN = 12
SHARED_LEAST = 0.47
BODY_LEAST = 60
CONFLICTS_LEAST = 2

_WORD = re.compile(r"[^\W_]+")
_LATIN = re.compile(r"[A-Za-z][A-Za-z0-9_ .:/@-]*")
_NUMBER_WORDS = dict(zip(["یک", "دو", "سه", "چهار", "پنج", "شش", "هفت", "هشت", "نه", "ده"], map(str, range(1, 11)), strict=True))
_ODD = (np.uint64(0x9E3779B97F4A7C15), np.uint64(0xC2B2AE3D27D4EB4F))
_SHIFT = np.uint64(31)

Context = tuple[str, str, str]


def fingerprint(text: Text) -> bytes:
    """The sketch: at most 32 values, each a little-endian uint32, smallest hash first; b"" for a text without letters."""
    hashes = np.unique(_runs(_letters(_words(_whole(text))), SKETCH_RUN))[:SKETCH_SIZE]
    # The order keeps the smallest hashes; the value is mixed anew, for the smallest ones all begin with the same bits.
    return (_mixed(hashes ^ _ODD[1]) >> np.uint64(33)).astype("<u4").tobytes()


def bands(fingerprint: bytes) -> tuple[int, ...]:
    """The values of a sketch, each below 2**31: articles that share one are candidates for ``is_reprint``."""
    return tuple(dict.fromkeys(np.frombuffer(fingerprint, dtype="<u4").tolist()))


def is_reprint(first: Text, second: Text) -> bool:
    """Whether both texts are one text, reprinted whole or shortened. Symmetric.

    A headline's prefix, an agency's credit, half-spaces do not matter. «زلزله ۴.۳ ریشتری …» and «زلزله ۵.۲ ریشتری …» in the same words
    are two reports, and so are a first count and its update.
    """
    one, other = _profile(first), _profile(second)
    short, long = sorted((one, other), key=lambda profile: profile.hashes.size)
    if not short.hashes.size:
        return False
    shared = np.intersect1d(short.hashes, long.hashes, assume_unique=True).size
    return shared >= SHARED_LEAST * short.hashes.size and not _numbers_disagree(one.numbers, other.numbers)


@dataclass(frozen=True, slots=True)
class _Profile:
    hashes: Hashes
    numbers: dict[Context, frozenset[str]]


@lru_cache(maxsize=256)
def _profile(text: Text) -> _Profile:
    body_words = _words(without_credits(fold(text.body).text))
    body = _letters(body_words)
    words = _words(_whole(text))
    compared = body if len(body) >= BODY_LEAST else _letters(words)
    return _Profile(np.unique(_runs(compared, PAIR_RUN)), _numbers(words))


def _whole(text: Text) -> str:
    return without_credits(fold(f"{bare_headline(text.headline)}\n{text.lead}\n{text.body}").text)


def _words(folded: str) -> list[str]:
    return [_NUMBER_WORDS.get(word, word) for word in _WORD.findall(_LATIN.sub(" ", folded))]


def _letters(words: list[str]) -> str:
    return "".join(words)


def _runs(letters: str, length: int) -> Hashes:
    """A hash of every run of ``length`` letters, of the whole when it is shorter, by doubling: 24 = 16 + 8."""
    codes = np.frombuffer(letters.encode("utf-32-le"), dtype=np.uint32).astype(np.uint64)
    if not codes.size:
        return codes
    if codes.size < length:
        codes = np.concatenate([codes, np.zeros(length - codes.size, dtype=np.uint64)])
    width, block, covered = 1, _mixed(codes ^ _ODD[0]), 0
    result: Hashes | None = None
    while covered < length:
        if length & width:
            part = block[covered : block.size - (length - covered - width)]
            result = part if result is None else _joined(result, part)
            covered += width
        block, width = _joined(block[:-width], block[width:]), width * 2
    assert result is not None
    return result


def _joined(left: Hashes, right: Hashes) -> Hashes:
    return _mixed((left * _ODD[0]) ^ ((right ^ (right >> _SHIFT)) * _ODD[1]))


def _mixed(values: Hashes) -> Hashes:
    values = (values ^ (values >> _SHIFT)) * _ODD[0]
    return np.asarray(values ^ (values >> np.uint64(29)))


def _numbers(words: list[str]) -> dict[Context, frozenset[str]]:
    """Each number under the words around it: ``["به", "12", "نفر"]`` → ``{("به", "#", "نفر"): {"12"}, …}``."""
    found: dict[Context, set[str]] = {}
    for before, number, after in _number_places(words):
        keys = ((before[0], before[1], "#"), ("#", after[0], after[1]), (before[1], "#", after[0]))
        for key in keys:
            found.setdefault(key, set()).add(number)
    return {key: frozenset(values) for key, values in found.items()}


def _number_places(words: list[str]) -> Iterator[tuple[tuple[str, str], str, tuple[str, str]]]:
    edge = [("", "")] * 2
    padded = edge.copy()
    for is_number, run in groupby(words, key=lambda word: word[0].isdigit()):
        members = list(run)
        padded += [("#", " ".join(members))] if is_number else [(word, "") for word in members]
    padded += edge
    for place, (mask, number) in enumerate(padded):
        if mask == "#":
            yield (padded[place - 2][0], padded[place - 1][0]), number, (padded[place + 1][0], padded[place + 2][0])


def _numbers_disagree(first: dict[Context, frozenset[str]], second: dict[Context, frozenset[str]]) -> bool:
    common = first.keys() & second.keys()
    conflicts = sum(1 for key in common if not first[key] & second[key])
    return conflicts >= CONFLICTS_LEAST and 2 * conflicts >= len(common) - conflicts
