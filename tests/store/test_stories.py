"""Stories: reports of one event by several outlets, found by rare words and names, within 72 hours."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from core.records import Mention, RawArticle, Span
from store.archive import Archive
from store.engine import writing
from store.story_traits import Traits
from store.tables import articles
from tests.store.samples import NOW, raw, said

EVENTS = {
    "bridge": "پل کابلی خیابان سرداب ترک برداشت و کارشناسان سازه رفت‌وآمد کامیون‌ها را از روی آن بازداشتند",
    "library": "کتابخانهٔ کودکان محلهٔ گلدیس با قصه‌گویی مادربزرگ‌ها و نمایش عروسکی آغاز به کار کرد",
}
NAMES = {"bridge": "پل سرداب", "library": "کتابخانهٔ گلدیس"}


def report(number: int, event: str, hours: float = 0, extra: str = "") -> RawArticle:
    """An invented report of an event; each has words of its own besides."""
    own = f"گزارش شمارهٔ {number} به روایت خبرنگار ما {extra}"
    body = f"{EVENTS[event]}.\n{own}"
    return raw(number, headline=EVENTS[event][:20], lead="", body=body, published_at=NOW + timedelta(hours=hours), keywords=(event,))


def arrive(archive: Archive, *reports: RawArticle) -> None:
    """Saves, annotates with the event's name, and joins."""
    archive.articles.save_many(reports)
    waiting = archive.articles.untagged("v1", 100)
    for one in waiting:
        name = NAMES.get((*one.raw.keywords, "")[0], "بی‌نام")
        labels = said("v1")
        object.__setattr__(labels, "entities", (Mention(name, "LOC", Span(0, 3), name),))
        archive.articles.annotate(one.id, one.revision, labels, NOW)
    archive.stories.join_pending(NOW)


def partition(archive: Archive) -> list[list[int]]:
    """News numbers by story."""
    found: dict[int, list[int]] = {}
    every = list(archive.articles.walk())
    of = archive.stories.stories_of([one.id for one in every])
    for one in every:
        found.setdefault(of[one.id], []).append(int(one.raw.news_id))
    return sorted(sorted(part) for part in found.values())


def test_reports_of_one_event_join_and_others_stay_apart(archive: Archive) -> None:
    arrive(archive, report(1, "bridge"), report(2, "library", 1), report(3, "bridge", 5), report(4, "library", 8), raw(5), raw(6))
    assert partition(archive)[:2] == [[1, 3], [2, 4]]
    first = archive.articles.find_by_key("toos", "1")
    assert first is not None
    assert len(archive.stories.members(archive.stories.stories_of([first.id])[first.id])) == 2


def test_a_story_is_told_within_seventy_two_hours(archive: Archive) -> None:
    arrive(archive, report(1, "bridge"), report(2, "bridge", 50), report(3, "bridge", 100))
    assert partition(archive) == [[1, 2], [3]]


def test_later_arrivals_join_the_story_that_is_there(archive: Archive) -> None:
    arrive(archive, report(1, "bridge"), report(2, "library"))
    arrive(archive, report(3, "bridge", 3))
    arrive(archive, report(4, "bridge", -2))
    assert partition(archive) == [[1, 3, 4], [2]]
    assert archive.stories.join_pending(NOW) == 0


def test_one_form_with_other_numbers_is_another_event(archive: Archive) -> None:
    arrive(archive, report(1, "bridge", 0, "۱۰ ۱۲ ۱۴ ۱۶ ۱۸ ۲۲"), report(2, "bridge", 1, "۳۱ ۳۲ ۳۳ ۳۴ ۳۵ ۳۶"))
    assert partition(archive) == [[1], [2]]


@pytest.mark.parametrize("loss", ["withdrawn", "regrouped"])
def test_what_is_no_original_any_more_leaves_its_story(archive: Archive, loss: str) -> None:
    arrive(archive, report(1, "bridge"), report(2, "bridge", 2))
    story = archive.stories.stories_of([2])[2]
    assert archive.stories.members(story) == [1, 2]
    if loss == "withdrawn":
        archive.articles.withdraw(2, NOW)
    else:
        with writing(archive.engine) as connection:
            connection.execute(sa.update(articles).where(articles.c.id == 2).values(reprint_group=1))
        archive.articles.correct([2], ("tone", "negative"), "officer", NOW)
    archive.stories.join_pending(NOW)
    assert archive.stories.members(story) == [1]


def test_traits_come_back_as_they_were_packed() -> None:
    traits = Traits(frozenset({1, 2**32 - 1}), frozenset({7}), frozenset())
    assert Traits.unpack(traits.pack()) == traits
    assert Traits.unpack(Traits(frozenset(), frozenset(), frozenset({3})).pack()).numbers == {3}
