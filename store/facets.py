"""How counts are checked and shown, the same on every engine.

A name is spelt in many ways («آیدین», «آيدين») and one article may name a speaker of the register otherwise than another. What is shown
are spellings; what is counted are keys, so that the number beside a name is the total of ``speaker:"name"``.
"""

from collections.abc import Mapping

from core.errors import BadInput
from store.index import COUNTED, FACET_VALUES
from store.query_words import LONGEST_VALUE, NAMED_FIELDS, plain

TIMES = ("day", "week", "month")
Counts = Mapping[str, int]
Shown = dict[str, tuple[tuple[str, int], ...]]
Combined = Mapping[tuple[str, ...], int]


def asked(names: tuple[str, ...]) -> tuple[str, ...]:
    """The fields to count for these facets: a name field also by its keys. ("tone", "speaker") → ("tone", "speaker", "speaker_key")."""
    return tuple(field for name in names for field in ((name, f"{name}_key") if name in NAMED_FIELDS else (name,)))


def shown(names: tuple[str, ...], counts: Mapping[str, Counts]) -> Shown:
    """The values of each facet as they are shown, from the counts of the ``asked`` fields."""
    return {name: ordered(name, _named(counts[name], counts[f"{name}_key"]) if name in NAMED_FIELDS else counts[name]) for name in names}


def ordered(name: str, counts: Counts) -> tuple[tuple[str, int], ...]:
    """Values and counts as they are shown."""
    if name in TIMES:
        return tuple(sorted(counts.items()))
    return tuple(sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))[:FACET_VALUES])


def combined(by: tuple[str, ...], counts: Combined, spellings: Mapping[str, Counts]) -> dict[tuple[str, ...], int]:
    """Combinations counted by keys, with the spellings in place of the keys; those that are never shown are left out."""
    names = [_spellings(spellings[field]) if field in NAMED_FIELDS else None for field in by]
    found: dict[tuple[str, ...], int] = {}
    for values, count in counts.items():
        parts = [value if name is None else name.get(value) for value, name in zip(values, names, strict=True)]
        if None not in parts:
            found[tuple(str(part) for part in parts)] = count
    return found


def _named(spelt: Counts, keyed: Counts) -> dict[str, int]:
    return {spelling: keyed[key] for key, spelling in _spellings(spelt).items() if key in keyed}


def _spellings(spelt: Counts) -> dict[str, str]:
    """The most frequent spelling of each key."""
    best: dict[str, str] = {}
    for spelling in sorted(spelt, key=lambda name: (-spelt[name], name)):
        best.setdefault(plain(spelling)[:LONGEST_VALUE], spelling)
    return best


def check(by: tuple[str, ...]) -> None:
    """Raises BadInput for a facet that does not exist or stands there twice."""
    for name in by:
        if name not in COUNTED:
            raise BadInput("by", name, "not a facet", f"دسته‌بندی «{name[:40]}» شناخته نیست.")
    if not by or len(set(by)) != len(by):
        raise BadInput("by", by, "facets must be named once", "دسته‌بندی‌ها باید یک بار نام برده شوند.")
