"""What came late, what was edited, what is on its way: the questions a digest asks the records."""

from datetime import timedelta

from store.archive import Archive
from store.arrivals import edited_ids, is_on_its_way, late_ids
from tests.store.samples import NOW, raw, said

HOUR = timedelta(hours=1)


def test_late_is_seen_after_the_last_digest_but_published_before_the_window(archive: Archive) -> None:
    late = archive.articles.save(raw(1, fetched_at=NOW + HOUR, published_at=NOW - HOUR)).id
    archive.articles.save(raw(2, fetched_at=NOW - HOUR, published_at=NOW - 2 * HOUR))
    archive.articles.save(raw(3, fetched_at=NOW + 3 * HOUR, published_at=NOW + 2 * HOUR))
    archive.articles.save(raw(4, fetched_at=NOW + HOUR, published_at=NOW - 30 * 24 * HOUR))
    gone = archive.articles.save(raw(5, fetched_at=NOW + HOUR, published_at=NOW - HOUR)).id
    archive.articles.withdraw(gone, NOW + 2 * HOUR)
    assert late_ids(archive.engine, NOW, NOW) == [late]


def test_edited_is_known_before_and_changed_after(archive: Archive) -> None:
    changed = archive.articles.save(raw(1, fetched_at=NOW - HOUR)).id
    archive.articles.save(raw(1, fetched_at=NOW + HOUR, headline="تیتر تازه"))
    archive.articles.save(raw(2, fetched_at=NOW - 3 * HOUR))
    archive.articles.save(raw(2, fetched_at=NOW - HOUR, headline="پیش‌تر عوض شد"))
    archive.articles.save(raw(3, fetched_at=NOW + HOUR))
    archive.articles.save(raw(3, fetched_at=NOW + 2 * HOUR, headline="تازه آمد و عوض شد"))
    assert edited_ids(archive.engine, NOW) == [changed]


def test_on_its_way_until_annotated_and_indexed(archive: Archive) -> None:
    assert not is_on_its_way(archive.engine, 0, NOW)
    id = archive.articles.save(raw(1, published_at=NOW - HOUR)).id
    assert is_on_its_way(archive.engine, archive.articles.newest_seq(), NOW)
    assert not is_on_its_way(archive.engine, 0, NOW - 2 * HOUR), "published after the window: the digest need not wait"
    before = archive.articles.newest_seq()
    archive.articles.annotate(id, 1, said(), NOW)
    assert is_on_its_way(archive.engine, before, NOW)
    assert not is_on_its_way(archive.engine, archive.articles.newest_seq(), NOW)
