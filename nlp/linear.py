"""The linear half of the model: hashed words (1–2) and characters (2–5), weighted by their rarity; weights for each label. NumPy only."""

import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import _lru_cache_wrapper, cached_property, lru_cache
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from nlp.windows import fold

BUCKET_BITS = 22  # words in the lower half, characters in the upper half
HALF = np.uint64(1 << (BUCKET_BITS - 1))
REMEMBERED = 600  # characters of the longest text whose sums are kept for a while
CHUNK = 200_000  # characters counted at a time: bounds the memory of a huge text, not what is read of it
_WORD = re.compile(r"\w+")
_MIX = np.uint64(0x9E3779B97F4A7C15)
_STEP = np.uint64(0x100000001B3)
_SHIFT = np.uint64(64 - (BUCKET_BITS - 1))

Floats = NDArray[np.float32]
Buckets = NDArray[np.uint32]


@dataclass(frozen=True)
class Counts:
    """What occurs in a text: sorted ``buckets`` and how often each (float32)."""

    buckets: Buckets
    times: Floats


def _mixed(codes: NDArray[np.uint64]) -> NDArray[np.uint64]:
    return (codes ^ (codes >> np.uint64(29))) * _MIX >> _SHIFT


def _words(text: str) -> NDArray[np.uint64]:
    codes = np.array([zlib.crc32(word.encode()) for word in _WORD.findall(text)], np.uint64)
    if not len(codes):
        return codes
    pairs = (codes[:-1] * _STEP + codes[1:]) * _STEP + np.uint64(1)
    return _mixed(np.concatenate([codes * _STEP, pairs]))


def _characters(text: str) -> NDArray[np.uint64]:
    """Runs of 2 to 5 characters that lie within one word and the spaces around it."""
    spaced = " " + " ".join(text.split()) + " "
    letters = np.frombuffer(spaced.encode("utf-32-le", "replace"), np.uint32).astype(np.uint64)
    space = letters == 32
    found = []
    codes, broken = letters, np.zeros(len(letters), bool)
    for size in range(2, 6):
        codes = codes[:-1] * _STEP + letters[size - 1 :]
        # A space may stand first or last in a run, not inside it.
        broken = broken[:-1] | (space[size - 2 : -1] if size > 2 else np.zeros(len(letters) - 1, bool))
        found.append(codes[~broken] * _STEP + np.uint64(size))
    return _mixed(np.concatenate(found)) + HALF


def count(text: str) -> Counts:
    """The hashed words and characters of a text, folded and in lower case; linear in its length."""
    folded = fold(text).lower()
    buckets, times = [np.empty(0, np.uint64)], [np.empty(0, np.int64)]
    for start in range(0, len(folded), CHUNK):
        part = folded[start : start + CHUNK]
        own, often = np.unique(np.concatenate([_words(part), _characters(part)]), return_counts=True)
        buckets.append(own)
        times.append(often)
    if len(buckets) <= 2:
        return Counts(buckets[-1].astype(np.uint32), times[-1].astype(np.float32))
    unique, places = np.unique(np.concatenate(buckets), return_inverse=True)
    return Counts(unique.astype(np.uint32), np.bincount(places, np.concatenate(times)).astype(np.float32))


def weigh(counts: Counts, kept: Buckets, rarity: Floats) -> tuple[NDArray[np.intp], Floats]:
    """The places in ``kept`` that occur, and their values: damped counts times rarity, length 1 for words and for characters apart."""
    if not len(kept):
        return np.empty(0, np.intp), np.empty(0, np.float32)
    places = np.minimum(np.searchsorted(kept, counts.buckets), len(kept) - 1)
    known = kept[places] == counts.buckets
    places = places[known]
    values = (1 + np.log(counts.times[known])) * rarity[places]
    words = kept[places] < HALF
    for block in (words, ~words):
        length = float(np.sqrt(np.square(values[block]).sum()))
        values[block] /= length or 1.0
    return places, values.astype(np.float32)


@dataclass(frozen=True)
class LinearModel:
    """``kept`` buckets (sorted), their ``rarity``, int8 ``weights`` (kept × labels) with a ``scale`` and a ``bias`` for each label."""

    kept: Buckets
    rarity: Floats
    weights: NDArray[np.int8]
    scale: Floats
    bias: Floats

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read the arrays that ``save`` wrote."""
        with np.load(path, allow_pickle=False) as arrays:
            kept = np.cumsum(arrays["steps"], dtype=np.uint32)
            return cls(kept, arrays["rarity"].astype(np.float32), arrays["weights"], arrays["scale"], arrays["bias"])

    def save(self, path: Path) -> None:
        """Write the arrays, compressed; the sorted buckets as steps, which compress better."""
        steps = np.diff(self.kept, prepend=np.uint32(0)).astype(np.uint32)
        rarity = self.rarity.astype(np.float16)
        np.savez_compressed(path, steps=steps, rarity=rarity, weights=self.weights, scale=self.scale, bias=self.bias)

    def logits(self, texts: Sequence[str]) -> Floats:
        """Texts → logits, shape (texts, labels)."""
        return np.stack([self._sum(text) for text in texts]) + self.bias if texts else np.empty((0, len(self.bias)), np.float32)

    def shares(self, texts: Sequence[str]) -> Floats:
        """How far each text (a sentence, say) speaks for each label: the logits without their bias, shape (texts, labels)."""
        return np.stack([self._sum(text) for text in texts]) if texts else np.empty((0, len(self.bias)), np.float32)

    def _sum(self, text: str) -> Floats:
        # The sentences of an article are asked for by several steps.
        return self.lately(text) if len(text) <= REMEMBERED else self._weighed(text)

    @cached_property
    def lately(self) -> "_lru_cache_wrapper[Floats]":
        """The sums of short texts, kept for a while."""
        return lru_cache(maxsize=4096)(self._weighed)

    def _weighed(self, text: str) -> Floats:
        places, values = weigh(count(text), self.kept, self.rarity)
        summed: Floats = (values @ self.weights[places].astype(np.float32)) * self.scale
        return summed
