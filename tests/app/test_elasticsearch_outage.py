"""Elasticsearch away for a while: articles keep arriving, the desk says so, and afterwards nothing is missing."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from app.web import create_app
from app.working import work_once
from core.errors import Unavailable
from core.settings import Settings
from store.archive import open_archive
from store.doctor import compare
from store.elastic_index import ElasticIndex
from store.indexing import catch_up
from store.query import parse_query
from tests.app.fleet import HAS_ELASTICSEARCH, ElasticsearchServer
from tests.desk_client import signed_in
from tests.store.samples import NOW, raw, said

pytestmark = [
    pytest.mark.elasticsearch,
    pytest.mark.skipif(
        not HAS_ELASTICSEARCH, reason="no Elasticsearch of our own to stop and start; with one, RASAD_TEST_ELASTICSEARCH is set"
    ),
]


@contextmanager
def running(data: Path) -> Iterator[ElasticsearchServer]:
    server = ElasticsearchServer(data)
    server.start()
    try:
        yield server
    finally:
        server.stop()


def test_complaint_6_elasticsearch_away_for_a_while_loses_nothing_and_the_rest_of_the_service_lives(tmp_path: Path) -> None:
    """Complaint row 6: articles that arrive, change and vanish while the engine is away are found afterwards, with zero drift."""
    settings = Settings(data=tmp_path / "data")
    with running(tmp_path / "server") as server:
        archive = open_archive(settings, ElasticIndex(server.url))
        archive.articles.save_many([raw(number) for number in range(1, 41)])
        catch_up(archive)
        assert compare(archive) == []
        app = create_app(archive, settings, (), clock=lambda: NOW)
        with signed_in(app, archive) as client:
            assert "/articles/7" in client.get("/search", params={"q": "بوستان 7"}).text
            server.stop()

            archive.articles.save_many([raw(number) for number in range(41, 81)])
            archive.articles.save(raw(2, headline="پل تازه", body="متنی دیگر دربارهٔ پل"))
            archive.articles.withdraw(3, NOW)
            archive.articles.annotate(4, 1, said(tone="negative"), NOW)
            with pytest.raises(Unavailable):
                catch_up(archive)
            assert work_once(archive, None, lambda: None) is False
            page, answer = client.get("/search", params={"q": "پل"}), client.get("/api/v1/search", params={"q": "پل"})
            assert (page.status_code, answer.status_code) == (503, 503)
            assert "بایگانی اکنون پاسخ نمی‌دهد" in page.text
            assert answer.json()["title"] == "بایگانی اکنون پاسخ نمی‌دهد."
            assert int(answer.headers["Retry-After"]) > 0
            assert client.get("/readyz").status_code == 503
            for path in ("/healthz", "/api/v1/articles/2", "/api/v1/changes", "/articles/2"):
                assert client.get(path).status_code == 200, path

            server.start()
            assert work_once(archive, None, lambda: None) is True
            assert archive.search.seq() == archive.articles.newest_seq()
            assert compare(archive) == []
            assert archive.search.count() == 79
            assert "/articles/2" in client.get("/search", params={"q": "پل"}).text
            assert list(archive.search.matching_ids(parse_query("tone:negative", now=NOW))) == [4]
            assert client.get("/readyz").status_code == 200
        archive.close()
