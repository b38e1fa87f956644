"""How counts are checked and shown, the same on every engine."""

from core.errors import BadInput
from store.index import FACET_VALUES, FACETS

TIMES = ("day", "week", "month")


def ordered(name: str, counts: dict[str, int]) -> tuple[tuple[str, int], ...]:
    """Values and counts as they are shown."""
    if name in TIMES:
        return tuple(sorted(counts.items()))
    return tuple(sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))[:FACET_VALUES])


def check(by: tuple[str, ...]) -> None:
    """Raises BadInput for a facet that does not exist or stands there twice."""
    for name in by:
        if name not in FACETS:
            raise BadInput("by", name, "not a facet", f"دسته‌بندی «{name[:40]}» شناخته نیست.")
    if not by or len(set(by)) != len(by):
        raise BadInput("by", by, "facets must be named once", "دسته‌بندی‌ها باید یک بار نام برده شوند.")
