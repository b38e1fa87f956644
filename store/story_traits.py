"""When two reports tell of one event: rare words and a name in common, and not the same form filled in with other numbers."""

import hashlib
from array import array
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from math import log, sqrt

from core.persian import terms
from core.records import Article

# So much of an article's beginning tells its event.
READ_CHARS = 1_500
# Measured on the labelled pairs (benchmarks/stories.py): a lower value joins more and confuses more.
COSINE_LEAST = 0.35
RARE_SHARE = 0.005
RARE_NAME_SHARE = 0.02
RARE_LEAST = 5
RARE_WITHOUT_NAME = 3
FORM_NUMBERS = 5
FORM_SHARE = 0.7


@dataclass(frozen=True, slots=True)
class Traits:
    """What is compared of an article, as hashes of 32 bits: its words, the entities it names, its numbers."""

    words: frozenset[int]
    names: frozenset[int]
    numbers: frozenset[int]

    def pack(self) -> bytes:
        """The traits as the database keeps them: three counts, then the hashes."""
        parts = [sorted(part) for part in (self.words, self.names, self.numbers)]
        return array("I", [*map(len, parts), *(number for part in parts for number in part)]).tobytes()

    @staticmethod
    def unpack(data: bytes) -> "Traits":
        """The traits that ``pack`` wrote."""
        numbers = array("I", data)
        words, names, _ = numbers[:3]
        return Traits(
            frozenset(numbers[3 : 3 + words]), frozenset(numbers[3 + words : 3 + words + names]), frozenset(numbers[3 + words + names :])
        )


class Rarity:
    """In how many of the reports seen each word and name occurs."""

    def __init__(self) -> None:
        self._seen: Counter[int] = Counter()
        self._reports = 0

    def add(self, traits: Traits) -> None:
        """Counts one report."""
        self._seen.update(traits.words | traits.names)
        self._reports += 1

    def weight(self, word: int) -> float:
        """The rarer, the heavier; about 0 for what stands in every report."""
        return log((self._reports + 1) / (self._seen[word] + 0.5)) if self._reports else 1.0

    def rare(self, found: Iterable[int], share: float) -> int:
        """How many of the words or names stand in at most this share of the reports."""
        limit = max(RARE_LEAST, share * self._reports)
        return sum(1 for one in found if self._seen[one] <= limit)


def traits_of(article: Article) -> Traits:
    """The traits of an annotated article."""
    raw = article.raw
    found = {term.term for term in terms(f"{raw.headline}\n{raw.lead}\n{raw.body}"[:READ_CHARS])}
    numbers = {term for term in found if term.isdigit()}
    words = {term for term in found - numbers if len(term) > 1}
    mentions = article.annotations.entities if article.annotations else ()
    names = {mention.entity_id or mention.text for mention in mentions}
    return Traits(_hashes(words, "w"), _hashes(names, "n"), _hashes(numbers, "d"))


def likeness(one: Traits, other: Traits, rarity: Rarity) -> float:
    """How surely both tell of one event, 0 when they do not.

    «زلزلهٔ ۴ ریشتری …» and «زلزلهٔ ۵ ریشتری …» in the words of one form are two events: many numbers, most of them different.
    """
    shared = one.words & other.words
    rare = rarity.rare(shared, RARE_SHARE)
    if not rare or _is_form(one.numbers, other.numbers):
        return 0.0
    if rare < RARE_WITHOUT_NAME and not rarity.rare(one.names & other.names, RARE_NAME_SHARE):
        return 0.0
    weight = {word: rarity.weight(word) ** 2 for word in one.words | other.words}
    lengths = sqrt(sum(weight[word] for word in one.words) * sum(weight[word] for word in other.words))
    cosine = sum(weight[word] for word in shared) / lengths if lengths else 0.0
    return cosine if cosine >= COSINE_LEAST else 0.0


def _is_form(one: frozenset[int], other: frozenset[int]) -> bool:
    least = min(len(one), len(other))
    return least >= FORM_NUMBERS and len(one & other) < FORM_SHARE * least


def _hashes(texts: Iterable[str], kind: str) -> frozenset[int]:
    return frozenset(_hash(kind + text) for text in texts)


@lru_cache(maxsize=200_000)
def _hash(text: str) -> int:
    return int.from_bytes(hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=4).digest(), "little")
