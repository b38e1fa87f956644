"""The change log: every change once, at its newest number, numbers in commit order."""

import threading
from collections.abc import Callable

import sqlalchemy as sa

from store.archive import Archive
from store.changes import log_changes
from store.engine import reading, writing
from tests.store.samples import NOW, raw, said


def kinds(archive: Archive, after: int = 0) -> list[tuple[int, str]]:
    return [(change.article_id, change.kind) for change in archive.articles.changes_after(after, 1000)]


def test_each_article_stands_in_the_log_at_its_newest_number_only(archive: Archive) -> None:
    one, two = (saved.id for saved in archive.articles.save_many([raw(1), raw(2)]))
    assert kinds(archive) == [(one, "created"), (two, "created")]
    archive.articles.annotate(one, 1, said(), NOW)
    assert kinds(archive) == [(two, "created"), (one, "annotated")]
    archive.articles.save(raw(2, body="متن دیگر"))
    archive.articles.correct([one], ("tone", "negative"), "officer", NOW)
    assert kinds(archive) == [(two, "edited"), (one, "relabelled")]
    archive.articles.withdraw(two, NOW)
    assert kinds(archive) == [(one, "relabelled"), (two, "withdrawn")]
    assert archive.articles.newest_seq() == 6
    assert kinds(archive, after=5) == [(two, "withdrawn")]


def test_a_follower_that_reads_in_pieces_misses_nothing(archive: Archive) -> None:
    archive.articles.save_many([raw(number) for number in range(1, 51)])
    seq, seen = 0, set()
    while changes := archive.articles.changes_after(seq, 7):
        seq = changes[-1].seq
        seen.update(change.article_id for change in changes)
        if len(seen) == 21:
            archive.articles.save(raw(1, body="متن دیگر"))
    assert seen == {article.id for article in archive.articles.walk()}
    assert seq == archive.articles.newest_seq()


def test_two_interleaved_transactions_get_numbers_in_commit_order(archive: Archive, open_again: Callable[[], Archive]) -> None:
    """The second writer asks for its number while the first has not committed: it must wait, or a follower would skip the first."""
    ids = [saved.id for saved in archive.articles.save_many([raw(1), raw(2)])]
    other = open_again()
    logged, committed = threading.Event(), threading.Event()
    seen: list[int] = []

    def second() -> None:
        logged.wait(10)
        with writing(other.engine) as connection:
            log_changes(connection, [ids[1]], "relabelled")
            seen.append(int(committed.is_set()))

    thread = threading.Thread(target=second)
    thread.start()
    with writing(archive.engine) as connection:
        log_changes(connection, [ids[0]], "relabelled")
        logged.set()
        thread.join(0.4)
        assert thread.is_alive()
        committed.set()
    thread.join(10)
    assert seen == [1]
    assert [change.article_id for change in archive.articles.changes_after(2, 9)] == ids


def test_numbers_never_appear_below_one_already_read(archive: Archive, open_again: Callable[[], Archive]) -> None:
    """Four writers and one follower at once: what the follower collects piece by piece is everything, in the end."""
    archives = [open_again() for _ in range(4)]
    failures: list[BaseException] = []

    def write(place: int, own: Archive) -> None:
        try:
            for number in range(25):
                own.articles.save(raw(place * 100 + number))
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=write, args=(place, own)) for place, own in enumerate(archives)]
    for thread in threads:
        thread.start()
    seq, seen = 0, []
    while any(thread.is_alive() for thread in threads):
        for change in archive.articles.changes_after(seq, 10):
            seq = change.seq
            seen.append(change.article_id)
    seen += [change.article_id for change in archive.articles.changes_after(seq, 1000)]
    assert failures == []
    assert sorted(seen) == list(range(1, 101))


def test_an_aborted_write_leaves_no_trace_in_the_log(archive: Archive) -> None:
    id = archive.articles.save(raw()).id
    try:
        with writing(archive.engine) as connection:
            log_changes(connection, [id], "relabelled")
            raise RuntimeError("power cut")
    except RuntimeError:
        pass
    assert kinds(archive) == [(id, "created")]


def test_readers_do_not_wait_for_a_writer(archive: Archive, open_again: Callable[[], Archive]) -> None:
    archive.articles.save(raw())
    other = open_again()
    with writing(archive.engine) as connection:
        connection.execute(sa.text("UPDATE articles SET day = '2000-01-01'"))
        with reading(other.engine) as view:
            assert view.scalar(sa.text("SELECT day FROM articles")) != "2000-01-01"
