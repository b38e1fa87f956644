"""What NEAR means, spelt out as phrases with gaps, so that engines with different ideas of «slop» agree exactly."""

from collections.abc import Iterator
from functools import lru_cache
from itertools import combinations_with_replacement, permutations


@lru_cache(maxsize=256)
def gapped(terms: tuple[str, ...], slop: int) -> tuple[tuple[tuple[int, str], ...], ...]:
    """Every order of the terms and every way to put at most ``slop`` other words among them, as (position, term) sequences.

    ("a", "b"), 1 → a b · a _ b · b a · b _ a. A repeated word must stand there as often as it was typed.
    """
    orders = dict.fromkeys(permutations(terms))
    return tuple(tuple(zip(positions, order, strict=True)) for order in orders for positions in _positions(len(terms), slop))


def _positions(count: int, slop: int) -> Iterator[tuple[int, ...]]:
    """Increasing positions from 0 with at most ``slop`` unused ones before the last."""
    for gaps in combinations_with_replacement(range(slop + 1), count - 1):
        yield (0, *(place + gap + 1 for place, gap in enumerate(gaps)))
