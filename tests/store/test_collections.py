from datetime import UTC, datetime

import pytest

from core.errors import BadInput, NotFound
from store.archive import Archive

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


def test_a_collection_is_kept_under_its_name_and_changed(archive: Archive) -> None:
    made = archive.collections.add("  روزنامه‌های   محلی ", ["qods", "khorasan", "qods"], "نگار", NOW)
    assert (made.name, made.outlets) == ("روزنامه‌های محلی", ("khorasan", "qods"))
    changed = archive.collections.change(made.id, "محلی", ["qods"], "مهتاب")
    assert archive.collections.get(made.id) == changed
    assert (changed.outlets, changed.user, changed.created_at) == (("qods",), "مهتاب", NOW)
    archive.collections.add("خبرگزاری‌ها", ["irna"], "نگار", NOW)
    assert [one.name for one in archive.collections.all()] == ["خبرگزاری‌ها", "محلی"]


def test_a_collection_has_a_name_of_its_own_and_an_outlet(archive: Archive) -> None:
    first = archive.collections.add("محلی", ["qods"], "", NOW)
    other = archive.collections.add("کشوری", ["irna"], "", NOW)
    for name, outlets in (("محلی", ["irna"]), ("  ", ["irna"]), ("ن" * 101, ["irna"]), ("نو", []), ("نو", [" "])):
        with pytest.raises(BadInput):
            archive.collections.add(name, outlets, "", NOW)
    with pytest.raises(BadInput, match="collection of that name"):
        archive.collections.change(other.id, "محلی", ["irna"], "")
    assert archive.collections.change(first.id, "محلی", ["irna"], "").outlets == ("irna",)


def test_a_removed_collection_is_gone(archive: Archive) -> None:
    made = archive.collections.add("محلی", ["qods"], "", NOW)
    archive.collections.remove(made.id)
    for ask in (archive.collections.get, archive.collections.remove):
        with pytest.raises(NotFound):
            ask(made.id)
    with pytest.raises(NotFound):
        archive.collections.change(made.id, "محلی", ["qods"], "")
