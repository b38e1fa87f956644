"""The user's own topics on the desk: beside the 19 in the facets of a search, and on the article's page."""

from pathlib import Path

from lxml import html

from app.web import create_app
from core.settings import Settings
from store.archive import open_archive
from store.indexing import catch_up
from store.tantivy_index import TantivyIndex
from store.user_topics import read_user_topics
from store.vocabulary import NO_WORDS, Vocabulary
from tests.desk_client import signed_in
from tests.store.samples import NOW, raw, said

TOPIC = '[[topics]]\nid = "parks"\nname = "بوستان‌های تازه"\nquery = "بوستان"\n'


def test_a_topic_of_the_users_own_is_named_in_facets_and_on_its_articles(tmp_path: Path) -> None:
    file = tmp_path / "topics.toml"
    file.write_text(TOPIC, encoding="utf-8")
    words = Vocabulary((), read_user_topics(file, NO_WORDS))
    settings = Settings(data=tmp_path / "data")
    archive = open_archive(settings, TantivyIndex.in_memory(lambda: words.topics), lambda: words)
    archive.articles.save_many([raw(1), raw(2, headline="پل", lead="", body="پل تازه")])
    for id in (1, 2):
        archive.articles.annotate(id, 1, said(), NOW)
    catch_up(archive)
    app = create_app(archive, settings, (), clock=lambda: NOW)
    with signed_in(app, archive) as client:
        page = html.fromstring(client.get("/search").text)
        assert "بوستان‌های تازه" in page.text_content()
        assert html.fromstring(client.get("/search?topic=parks").text).get_element_by_id("total").get("data-total") == "1"
        assert (
            html.fromstring(client.get("/search", params={"q": "موضوع:بوستان‌های تازه"}).text).get_element_by_id("total").get("data-total")
            == "1"
        )
        first, second = (html.fromstring(client.get(f"/articles/{id}").text) for id in (1, 2))
        assert first.xpath("//p[@data-user-topics]/a/text()") == ["بوستان‌های تازه"]
        assert second.xpath("//p[@data-user-topics]") == []
    archive.close()
