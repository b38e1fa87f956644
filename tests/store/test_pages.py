"""Raw pages are kept for ever, small, and give back the very bytes."""

import threading
from collections.abc import Callable

from core.records import RawArticle
from store.archive import Archive
from store.pages import DICTIONARY_PAGES
from tests.store.samples import raw


def page(number: int) -> bytes:
    """An invented page with the furniture that pages of one family share."""
    furniture = "".join(f'<li class="menu-item-{place}"><a href="/section/{place}">بخش شمارهٔ {place}</a></li>' for place in range(120))
    text = " ".join(f"واژهٔ{(number * 7919 + place * 104729) % 9973}" for place in range(300))
    return f"<html><body><ul>{furniture}</ul><article>{text}</article></body></html>".encode()


def test_a_page_comes_back_byte_for_byte(archive: Archive) -> None:
    every_byte = bytes(range(256)) * 3
    id = archive.articles.save(raw(), every_byte, "wordpress").id
    assert archive.articles.page(id) == every_byte
    assert archive.articles.page(archive.articles.save(raw(2), b"").id) == b""
    assert archive.articles.page(archive.articles.save(raw(3)).id) is None
    assert archive.articles.page(99) is None


def test_the_newest_page_is_given_and_older_ones_stay(archive: Archive) -> None:
    id = archive.articles.save(raw(), b"first").id
    archive.articles.save(raw(), b"the same text, other furniture")
    assert archive.articles.page(id) == b"first"
    archive.articles.save(raw(body="متن دیگر"), b"second")
    assert archive.articles.page(id) == b"second"
    archive.articles.save(raw(body="متن سوم"))
    assert archive.articles.page(id) == b"second"


def test_the_same_bytes_are_kept_once(archive: Archive) -> None:
    for number in range(1, 4):
        archive.articles.save(raw(number), page(1), "asam")
    assert archive.pages.bytes_kept()[0] == len(page(1))


def test_a_dictionary_of_the_family_makes_pages_smaller(archive: Archive) -> None:
    for number in range(1, DICTIONARY_PAGES + 1):
        archive.articles.save(raw(number), page(number), "nastooh")
    before = archive.pages.bytes_kept()
    ids = {number: archive.articles.save(raw(number), page(number), "nastooh").id for number in range(1001, 1001 + DICTIONARY_PAGES)}
    after = archive.pages.bytes_kept()
    assert after[1] - before[1] < 0.6 * before[1]
    for number, id in ids.items():
        assert archive.articles.page(id) == page(number)


def test_a_dictionary_made_by_one_process_is_read_by_another(archive: Archive, open_again: Callable[[], Archive]) -> None:
    other = open_again()
    for number in range(1, DICTIONARY_PAGES + 5):
        archive.articles.save(raw(number), page(number), "nastooh")
    id = archive.articles.save(raw(900), page(900), "nastooh").id
    assert other.articles.page(id) == page(900)


def test_threads_may_keep_pages_at_once(archive: Archive) -> None:
    failures: list[BaseException] = []

    def keep(first: int) -> None:
        try:
            for number in range(first, first + 40):
                archive.articles.save(raw(number), page(number), "news_studio")
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=keep, args=(first,)) for first in (1, 101, 201)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert archive.articles.count() == 120
    assert all(archive.articles.page(one.id) == page(int(one.raw.news_id)) for one in archive.articles.walk())


def test_pages_of_a_batch_go_to_their_articles(archive: Archive) -> None:
    batch: list[tuple[RawArticle, bytes | None, str]] = [(raw(number), page(number), "asam") for number in range(1, 60)]
    batch += [(raw(5), b"again", "asam"), (raw(6, body="متن دیگر"), b"edited", "asam"), (raw(99), None, "")]
    saved = archive.articles.save_pages(batch)
    assert [one.id for one in saved] == [*range(1, 60), 5, 6, 60]
    assert [one.outcome.value for one in saved[59:]] == ["unchanged", "edited", "stored"]
    assert archive.articles.page(5) == page(5)
    assert archive.articles.page(6) == b"edited"
    assert archive.articles.page(59) == page(59)
    assert archive.articles.page(60) is None
