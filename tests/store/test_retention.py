"""Raw pages older than a day can be deleted; nothing else goes, and nothing goes by itself."""

from datetime import timedelta

import pytest

from store import retention
from store.archive import Archive
from store.retention import Forgotten, forget_pages
from tests.store.samples import NOW, raw


def _fill(archive: Archive) -> tuple[list[int], list[int]]:
    """(articles of two years ago, articles of now), each with a page of its own."""
    old, new = [], []
    for number in range(1, 11):
        at = NOW - timedelta(days=730) if number <= 6 else NOW
        made = archive.articles.save(raw(number, fetched_at=at), page=f"<html>صفحهٔ {number}</html>".encode())
        (old if number <= 6 else new).append(made.id)
    return old, new


@pytest.mark.parametrize("batch", [500, 2])
def test_old_pages_go_and_everything_else_stays(archive: Archive, monkeypatch: pytest.MonkeyPatch, batch: int) -> None:
    monkeypatch.setattr(retention, "BATCH", batch)
    old, new = _fill(archive)
    before, seq = list(archive.articles.walk()), archive.articles.newest_seq()
    _, kept = archive.pages.bytes_kept()

    *_, done = forget_pages(archive.engine, archive.pages, NOW - timedelta(days=365))

    assert done.pages == len(old)
    assert done.bytes == kept - archive.pages.bytes_kept()[1] > 0
    assert [archive.articles.page(id) for id in old] == [None] * len(old)
    assert all(archive.articles.page(id) for id in new)
    assert list(archive.articles.walk()) == before
    assert archive.articles.newest_seq() == seq
    assert [*forget_pages(archive.engine, archive.pages, NOW - timedelta(days=365))] == [Forgotten()]


def test_a_page_that_came_again_later_stays(archive: Archive) -> None:
    """An article was changed and changed back: its first page and its third are the same bytes."""
    page = "<html>نخست</html>".encode()
    long_ago = NOW - timedelta(days=730)
    id = archive.articles.save(raw(1, fetched_at=long_ago), page=page).id
    archive.articles.save(raw(1, headline="تیتر دیگر", fetched_at=long_ago + timedelta(hours=1)), page=b"<html>2</html>")
    archive.articles.save(raw(1, fetched_at=NOW), page=page)
    *_, done = forget_pages(archive.engine, archive.pages, NOW - timedelta(days=365))
    assert done.pages == 1
    assert archive.articles.page(id) == page


def test_stopped_between_a_page_and_its_name_it_goes_on(archive: Archive) -> None:
    old, _ = _fill(archive)
    rows = retention._old_pages(archive.engine, NOW - timedelta(days=365), 0)
    archive.pages.forget([key for _, key in rows[:3]])
    *_, done = forget_pages(archive.engine, archive.pages, NOW - timedelta(days=365))
    assert done.pages == len(old) - 3
    assert retention._old_pages(archive.engine, NOW, 0) == []
