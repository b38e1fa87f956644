"""Similar articles: same event or shared rare words, never a reprint, and nothing where nothing is alike."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from dashboards.desk import Desk
from dashboards.similar import rare_words, similar_articles
from store.archive import Archive
from store.indexing import catch_up
from tests.desk import NOW, add, open_filled, raw

TELLING = "فرونشست زمین در محلهٔ طبرسی و ترک‌خوردگی دیوار خانه‌های نوساز کوچهٔ یازدهم"


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    archive, _outlets = open_filled(tmp_path)
    yield archive
    archive.close()


def test_articles_that_share_rare_words_are_told_and_others_are_not(archive: Archive) -> None:
    first = add(archive, raw(901, headline=TELLING))
    second = add(archive, raw(902, headline=f"گزارش تازه: {TELLING}", outlet="b"))
    lonely = add(archive, raw(903, headline="واژگان بی‌همتای سپیدرودگون", body="زرافه‌نگاری کهکشانی آبنوس‌فام."))
    desk = Desk(archive, clock=lambda: NOW)
    found = similar_articles(desk, first)
    assert second.id in [one.article.id for one in found]
    shared = next(one.shared for one in found if one.article.id == second.id)
    assert {"فرونشست", "طبرسی"} & set(shared)
    assert lonely.id not in [one.article.id for one in found]
    assert similar_articles(desk, lonely) == []


def test_a_reprint_or_a_withdrawn_article_is_no_similar_one(archive: Archive) -> None:
    first, copy, gone = (add(archive, raw(910 + number, headline=TELLING, outlet=f"o{number}")) for number in range(3))
    for one in (first, copy):
        archive.articles.annotate(one.id, 1, replace(labels_of_any(archive), fingerprint=b"samesame"), NOW)
    archive.groups.group_pending(lambda mark: (int.from_bytes(mark[:7]),), lambda _one, _other: True, NOW)
    archive.articles.withdraw(gone.id, NOW)
    catch_up(archive)
    found = similar_articles(Desk(archive, clock=lambda: NOW), archive.articles.get(first.id))
    assert not {copy.id, gone.id} & {one.article.id for one in found}


def test_words_that_everybody_uses_are_not_asked_for(archive: Archive) -> None:
    article = add(archive, raw(920, headline="شهرداری مشهد و فرونشست طبرسی"))
    add(archive, raw(921, headline="فرونشست طبرسی", outlet="b"))
    words = rare_words(article, archive.search).values()
    assert "فرونشست" in words
    assert "مشهد" not in words


def labels_of_any(archive: Archive):  # type: ignore[no-untyped-def]
    """Some annotations."""
    return archive.articles.get(1).annotations
