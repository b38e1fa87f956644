"""Which articles are the same text: a sketch that finds candidates, and the decision on a pair of texts.

The sketch is a bottom-k MinHash over runs of 24 letters (blanks, marks and Latin signatures left out, so half-spaces and channel names
do not matter). Two articles are worth comparing when they share one value: ``bands`` gives the values. The decision asks how much of
the shorter text stands in the longer one, whether its beginning is among it (what only ends alike shares a closing formula), and
whether what stands between the same words agrees: two price lists share their words, not their numbers, two reports of attacks
not their places. A text that comes again after a day and a half must be nearly the same; else it is the next one from the template.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from difflib import SequenceMatcher
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
# Of the shorter text's first half so much must stand in the longer one.
LEAD_LEAST = 0.3
# Above this share a text is the same whoever is called by another name in it.
NEAR_COPY = 0.7
WITHIN = timedelta(hours=36)
SHARED_LEAST_LATER = 0.8
BODY_LEAST = 60
CONFLICTS_LEAST = 2
# Swapped names are looked for in so many words, for aligning two texts takes their lengths' product.
ALIGNED_WORDS = 200
SLOT_WORDS = 3

_WORD = re.compile(r"[^\W_]+")
_LATIN = re.compile(r"[A-Za-z][A-Za-z0-9_ .:/@-]*|#\w+")
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
    short, long = sorted((one, other), key=lambda profile: (profile.hashes.size, profile.words))
    if not short.hashes.size:
        return False
    shared = np.intersect1d(short.hashes, long.hashes, assume_unique=True).size / short.hashes.size
    if shared < (SHARED_LEAST_LATER if _lie_apart(first, second) else SHARED_LEAST) or _lead_shared(short, long) < LEAD_LEAST:
        return False
    return not _numbers_disagree(one.numbers, other.numbers) and (shared >= NEAR_COPY or not _names_swapped(short.words, long.words))


@dataclass(frozen=True, slots=True)
class _Profile:
    words: tuple[str, ...]
    runs: Hashes
    hashes: Hashes
    numbers: dict[Context, frozenset[str]]


@lru_cache(maxsize=256)
def _profile(text: Text) -> _Profile:
    body_words = _words(without_credits(fold(text.body).text))
    body = _letters(body_words)
    words = _words(_whole(text))
    compared = body if len(body) >= BODY_LEAST else _letters(words)
    runs = _runs(compared, PAIR_RUN)
    return _Profile(tuple(words[:ALIGNED_WORDS]), runs, np.unique(runs), _numbers(words))


def _lie_apart(first: Text, second: Text) -> bool:
    """Whether both say when they were published, more than a day and a half apart."""
    return bool(first.published_at and second.published_at and abs(first.published_at - second.published_at) > WITHIN)


def _lead_shared(short: _Profile, long: _Profile) -> float:
    """The share of the letters of ``short``'s first half that stand in ``long``, in runs of twelve."""
    half = max(1, short.runs.size // 2)
    ends = np.zeros(half + 1, dtype=np.int64)
    starts = np.flatnonzero(np.isin(short.runs[:half], long.hashes))
    np.add.at(ends, starts, 1)
    np.subtract.at(ends, np.minimum(starts + PAIR_RUN, half), 1)
    return float(np.count_nonzero(np.cumsum(ends[:half]))) / half


def _names_swapped(first: tuple[str, ...], second: tuple[str, ...]) -> bool:
    """Whether one text says the same other word in two places, and only that: «بندر الف … بندر الف» and «بندر ب … بندر ب».

    Two spellings of a word begin alike and do not count.
    """
    parts = SequenceMatcher(None, first, second, autojunk=False).get_opcodes()
    swaps: Counter[tuple[str, str]] = Counter()
    for place, (kind, start, end, other_start, other_end) in enumerate(parts):
        if kind == "replace" and max(end - start, other_end - other_start) <= SLOT_WORDS:
            near = parts[max(place - 1, 0) : place + 2 : 2] if place else parts[1:2]
            if all(part[0] == "equal" for part in near):
                swaps[" ".join(first[start:end]), " ".join(second[other_start:other_end])] += 1
    one, other = f" {' '.join(first)} ", f" {' '.join(second)} "
    return any(
        count > 1 and mine[:2] != theirs[:2] and f" {mine} " not in other and f" {theirs} " not in one
        for (mine, theirs), count in swaps.items()
    )


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
