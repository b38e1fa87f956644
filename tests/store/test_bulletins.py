from datetime import UTC, date, datetime
from threading import Thread

import pytest

from core.errors import BadInput, NotFound
from store.archive import Archive
from tests.desk import raw

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
DAY = date(2026, 11, 24)


@pytest.fixture
def ids(archive: Archive) -> list[int]:
    return [archive.articles.save(raw(number)).id for number in range(4)]


def picked(archive: Archive, ids: list[int]) -> int:
    made = [archive.bulletins.pick(DAY, id, "نگار", NOW) for id in ids]
    return made[0]


def order(archive: Archive, id: int) -> list[int]:
    return [entry.article_id for entry in archive.bulletins.get(id).entries]


def test_articles_are_picked_into_one_open_bulletin_of_the_day(archive: Archive, ids: list[int]) -> None:
    assert archive.bulletins.draft_of(DAY) is None
    id = picked(archive, [*ids, ids[0]])
    draft = archive.bulletins.draft_of(DAY)
    assert draft == archive.bulletins.get(id)
    assert draft is not None
    assert [entry.article_id for entry in draft.entries] == ids
    assert (draft.day, draft.user, draft.is_draft) == (DAY, "نگار", True)
    assert archive.bulletins.draft_of(date(2026, 11, 25)) is None


def test_two_officers_who_pick_at_once_fill_one_bulletin(archive: Archive, ids: list[int]) -> None:
    threads = [Thread(target=picked, args=(archive, [id])) for id in ids]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(archive.bulletins.newest(drafts=True)) == 1
    assert sorted(order(archive, archive.bulletins.newest(drafts=True)[0].id)) == ids


def test_entries_are_arranged_annotated_and_taken_out(archive: Archive, ids: list[int]) -> None:
    id = picked(archive, ids)
    archive.bulletins.arrange(id, [ids[2], 999, ids[0], ids[2]])
    assert order(archive, id) == [ids[2], ids[0], ids[1], ids[3]]
    archive.bulletins.annotate(id, ids[0], " سطر یک \r\n سطر دو ", "transport")
    archive.bulletins.drop(id, ids[2])
    archive.bulletins.drop(id, ids[2])
    first = archive.bulletins.get(id).entries[0]
    assert (first.article_id, first.note, first.section) == (ids[0], "سطر یک\nسطر دو", "transport")
    archive.bulletins.describe(id, "  بولتن  صبح ", "سلام")
    assert (archive.bulletins.get(id).title, archive.bulletins.get(id).note) == ("بولتن صبح", "سلام")


def test_a_published_bulletin_does_not_change_and_the_next_pick_opens_another(archive: Archive, ids: list[int]) -> None:
    id = picked(archive, ids[:2])
    archive.bulletins.publish(id, '{"title": "x"}', NOW)
    for change in (
        lambda: archive.bulletins.drop(id, ids[0]),
        lambda: archive.bulletins.arrange(id, ids),
        lambda: archive.bulletins.annotate(id, ids[0], "", ""),
        lambda: archive.bulletins.describe(id, "نو", ""),
        lambda: archive.bulletins.publish(id, "", NOW),
        lambda: archive.bulletins.remove(id),
    ):
        with pytest.raises(BadInput):
            change()
    again = archive.bulletins.pick(DAY, ids[2], "", NOW)
    assert again != id
    published = archive.bulletins.get(id)
    assert (published.document, published.published_at, len(published.entries)) == ('{"title": "x"}', NOW, 2)
    assert [one.id for one in archive.bulletins.newest(drafts=False)] == [id]
    assert [one.id for one in archive.bulletins.newest(drafts=True)] == [again, id]


def test_an_empty_bulletin_is_not_published_but_thrown_away(archive: Archive, ids: list[int]) -> None:
    id = picked(archive, ids[:1])
    archive.bulletins.drop(id, ids[0])
    with pytest.raises(BadInput, match="nothing in it"):
        archive.bulletins.publish(id, "", NOW)
    archive.bulletins.remove(id)
    with pytest.raises(NotFound):
        archive.bulletins.get(id)


def test_the_archive_of_bulletins_is_read_page_by_page(archive: Archive, ids: list[int]) -> None:
    made = []
    for number in range(5):
        made.append(archive.bulletins.pick(date(2026, 11, 20 + number % 3), ids[0], "", NOW))
        archive.bulletins.publish(made[-1], "{}", NOW)
    seen, before = [], None
    while page := archive.bulletins.newest(2, drafts=False, before=before):
        seen += [one.id for one in page]
        before = page[-1].id
    assert seen == [made[2], made[4], made[1], made[3], made[0]]


def test_what_no_entry_can_be_is_refused(archive: Archive, ids: list[int]) -> None:
    id = picked(archive, ids[:1])
    for title, note in (("  ", ""), ("ن" * 201, ""), ("نو", "ن" * 2001)):
        with pytest.raises(BadInput):
            archive.bulletins.describe(id, title, note)
    with pytest.raises(BadInput):
        archive.bulletins.annotate(id, ids[0], "", "no_topic")
    with pytest.raises(NotFound):
        archive.bulletins.annotate(id, ids[1], "", "")
    for missing in (archive.bulletins.get, archive.bulletins.remove):
        with pytest.raises(NotFound):
            missing(999)
