"""The user's own topics: read from a file, matched as their queries would find, matched again when the file changes."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from core.errors import SettingError
from core.settings import Settings
from store.archive import Archive, open_archive
from store.elastic_index import ElasticIndex
from store.export import matching_articles
from store.index import SearchRequest
from store.indexing import catch_up, rebuild
from store.query import EVERYTHING, in_field, parse_query
from store.tantivy_index import TantivyIndex
from store.topic_matching import match_again, topics_of, with_user_topics
from store.user_topics import read_user_topics
from store.vocabulary import NO_WORDS, UserTopic, Vocabulary
from tests.store.engines import ENGINES, elastic
from tests.store.samples import NOW, raw, said

PARKS = '[[topics]]\nid = "parks"\nname = "بوستان‌های شهر"\nquery = "بوستان -\\"شمارهٔ 3\\""\n'
LIGHT = '[[topics]]\nid = "light_1"\nname = "روشنایی"\nquery = "(روشنایی یا چراغ) tone:negative"\n'


def read(tmp_path: Path, text: str, words: Vocabulary = NO_WORDS) -> tuple[UserTopic, ...]:
    file = tmp_path / "topics.toml"
    file.write_text(text, encoding="utf-8")
    return read_user_topics(file, words)


class Desk:
    """An archive whose topics can be changed while it is open."""

    def __init__(self, settings: Settings, kind: str) -> None:
        self.known: tuple[UserTopic, ...] = ()
        self.servers = elastic(topics=lambda: self.known) if kind == "elasticsearch" else iter(())
        self.index: TantivyIndex | ElasticIndex
        if kind == "elasticsearch":
            self.index = next(self.servers)
        elif kind == "memory":
            self.index = TantivyIndex.in_memory(lambda: self.known)
        else:
            self.index = TantivyIndex(settings.index_folder, writable=True, topics=lambda: self.known)
        self.archive: Archive = open_archive(settings, self.index, lambda: Vocabulary((), self.known))

    def close(self) -> None:
        next(self.servers, None)
        self.archive.close()

    def ids(self, text: str) -> set[int]:
        return set(self.archive.search.matching_ids(parse_query(text, now=NOW, words=self.archive.words())))

    def agrees(self) -> bool:
        return all(self.ids(f"topic:{topic.id}") == set(self.archive.search.matching_ids(topic.query)) for topic in self.known)


@pytest.fixture(params=ENGINES)
def desk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Desk]:
    made = Desk(Settings(data=tmp_path / "data"), request.param)
    made.archive.articles.save_many([raw(number) for number in range(1, 8)])
    for number in (2, 3, 4):
        made.archive.articles.annotate(number, 1, said(tone="negative"), NOW)
    yield made
    made.close()


def test_an_article_has_a_topic_exactly_when_the_query_finds_it(desk: Desk, tmp_path: Path) -> None:
    desk.known = read(tmp_path, PARKS + LIGHT)
    catch_up(desk.archive)
    assert desk.ids("topic:parks") == desk.ids("موضوع:(بوستان‌های شهر)") == {1, 2, 4, 5, 6, 7}
    assert desk.ids("موضوع:بوستان های شهر") == desk.ids('topic:"بوستان‌های شهر"') == desk.ids("topic:parks")
    assert desk.ids("topic:light_1") == desk.ids("topic:(parks AND light_1) OR topic:light_1") == {2, 3, 4}
    assert set(desk.archive.search.matching_ids(in_field("topic", "light_1"))) == {2, 3, 4}
    assert desk.agrees()
    page = desk.archive.search.search(SearchRequest(EVERYTHING, facets=("topic",)))
    assert dict(page.facets["topic"]) == {"parks": 6, "light_1": 3, "environment": 3, "social": 3}
    shown = with_user_topics(desk.archive, desk.archive.articles.get_many([3, 1, 2]))
    assert [[id for id, _ in article.user_topics] for article in shown] == [["light_1"], ["parks"], ["parks", "light_1"]]
    exported = {article.id: article.user_topics for article in matching_articles(desk.archive, EVERYTHING)}
    assert exported[4] == (("parks", "بوستان‌های شهر"), ("light_1", "روشنایی"))


def test_edited_and_relabelled_articles_gain_and_lose_topics(desk: Desk, tmp_path: Path) -> None:
    desk.known = read(tmp_path, PARKS + LIGHT)
    catch_up(desk.archive)
    desk.archive.articles.save(raw(1, headline="خبر دیگر", body="متن دیگر", lead=""))
    desk.archive.articles.correct([2], ("tone", "positive"), "officer", NOW)
    catch_up(desk.archive)
    assert desk.ids("topic:parks") == {2, 4, 5, 6, 7}
    assert desk.ids("topic:light_1") == {3, 4}
    assert desk.agrees()


def test_a_changed_file_is_matched_again_touching_only_what_differs(desk: Desk, tmp_path: Path) -> None:
    desk.known = read(tmp_path, PARKS)
    catch_up(desk.archive)
    assert match_again(desk.archive) == 0
    desk.known = read(tmp_path, PARKS.replace("3", "5") + LIGHT)
    assert catch_up(desk.archive, batch=2) == len({2, 3, 4, 5})
    assert desk.ids("topic:parks") == {1, 2, 3, 4, 6, 7}
    assert desk.agrees()
    assert match_again(desk.archive) == 0
    desk.known = ()
    assert catch_up(desk.archive) == len({1, 2, 3, 4, 6, 7})
    assert set(desk.archive.search.matching_ids(in_field("topic", "parks", "light_1"))) == set()
    assert desk.archive.search.matched_topics() == {}


def test_matching_that_was_interrupted_is_finished_later(desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    catch_up(desk.archive)
    desk.known = read(tmp_path, PARKS)

    def breaks(_marks: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(desk.index, "note_topics", breaks)
    with pytest.raises(KeyboardInterrupt):
        catch_up(desk.archive)
    monkeypatch.undo()
    assert desk.ids("topic:parks") == set()
    assert catch_up(desk.archive) == 6
    assert desk.agrees()
    assert catch_up(desk.archive) == 0


def test_articles_whose_topics_changed_stand_in_the_change_log(desk: Desk, tmp_path: Path) -> None:
    catch_up(desk.archive)
    before = desk.archive.articles.newest_seq()
    desk.known = read(tmp_path, PARKS)
    catch_up(desk.archive)
    told = desk.archive.articles.changes_after(before, 100)
    assert [(one.article_id, one.kind) for one in told] == [(id, "relabelled") for id in sorted(desk.ids("topic:parks"))]


def test_a_change_is_told_with_its_topics_before_and_after_it_is_indexed(desk: Desk, tmp_path: Path) -> None:
    desk.known = read(tmp_path, PARKS + LIGHT)
    catch_up(desk.archive)
    for indexed in (False, True):
        desk.archive.articles.save(raw(1, headline="خبر دیگر", body="متن دیگر", lead=""))
        desk.archive.articles.correct([2], ("tone", "positive"), "officer", NOW)
        if indexed:
            catch_up(desk.archive)
        found = desk.archive.articles.changed_after(0, 100)
        topics = topics_of(desk.archive, found)
        assert {id: [topic for topic, _ in having] for id, having in topics.items() if having} == {
            2: ["parks"],
            **{id: ["parks"] for id in (5, 6, 7)},
            3: ["light_1"],
            4: ["parks", "light_1"],
        }


def test_a_rebuilt_index_has_the_topics(desk: Desk, tmp_path: Path) -> None:
    desk.known = read(tmp_path, PARKS)
    catch_up(desk.archive)
    if desk.index.__class__ is TantivyIndex and desk.index._home is None:
        return
    rebuild(desk.archive, desk.index)  # type: ignore[type-var]
    assert desk.agrees()
    assert len(desk.ids("topic:parks")) == 6
    assert match_again(desk.archive) == 0
    before = desk.archive.articles.newest_seq()
    desk.known = ()
    rebuild(desk.archive, desk.index)  # type: ignore[type-var]
    told = desk.archive.articles.changes_after(before, 100)
    assert [one.kind for one in told] == ["relabelled"] * 6


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("topics = 3", "topics.toml"),
        ("[[topic]]\nid='a'", "topics.toml"),
        ("id = ", "is not TOML"),
        (PARKS + "colour = 'red'\n", "row 1 (parks) colour"),
        (PARKS.replace("parks", "Parks 1"), "row 1 (Parks 1) id"),
        (PARKS.replace("parks", "culture"), "row 1 (culture) id"),
        (PARKS.replace("بوستان‌های شهر", "فرهنگ"), "row 1 (parks) name"),
        (PARKS.replace("بوستان‌های شهر", " "), "row 1 (parks) name"),
        (LIGHT + PARKS.replace("parks", "light_1"), "row 2 (light_1) id"),
        (LIGHT + PARKS.replace("بوستان‌های شهر", "روشنایی"), "row 2 (parks) name"),
        (LIGHT + '[[topics]]\nid = "a1"\nname = "ا"\nquery = "لحن:خوب"\n', "row 2 (a1) query"),
        ('[[topics]]\nid = "a1"\nname = "ا"\nquery = "از:امروز مترو"\n', "relative date"),
        ('[[topics]]\nid = "a1"\nname = "ا"\nquery = "؟!"\n', "must ask for something"),
        (LIGHT + '[[topics]]\nid = "a1"\nname = "ا"\nquery = "topic:light_1"\n', "row 2 (a1) query"),
        ('[[topics]]\nid = "a1"\nname = "ا"\nquery = 7\n', "row 1 (a1) query"),
    ],
)
def test_a_bad_file_is_refused_naming_row_and_field(tmp_path: Path, text: str, place: str) -> None:
    with pytest.raises(SettingError) as caught:
        read(tmp_path, text)
    assert place in str(caught.value)


def test_no_file_means_no_topics_and_a_topic_may_name_an_outlet(tmp_path: Path) -> None:
    assert read_user_topics(tmp_path / "none.toml", NO_WORDS) == ()
    words = Vocabulary((("toos", "صبح نمونه"),))
    (topic,) = read(tmp_path, '[[topics]]\nid = "t1"\nname = "ت"\nquery = "رسانه:صبح نمونه"\n', words)
    assert topic.query.root == replace(topic.query.root, values=("toos",))  # type: ignore[type-var]
