import json
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from api import models, written_models
from api.answers import answer_search
from app.web import create_app
from core.errors import BadInput
from core.records import TONES
from core.settings import Settings
from render.shapes import article_json
from store.archive import Archive, open_archive
from store.index import FACETS
from store.indexing import catch_up
from store.tantivy_index import TantivyIndex
from tests.desk import NOW, add, open_filled, raw

V1 = "/api/v1"


def get(client: TestClient, address: str, **params: Any) -> Any:
    reply = client.get(V1 + address, params=params)
    assert reply.status_code == 200, reply.text
    return reply.json()


def test_all_articles_are_walked_once_by_their_cursor(client: TestClient) -> None:
    seen, cursor = [], ""
    while cursor is not None:
        page = get(client, "/articles", limit=20, **({"cursor": cursor} if cursor else {}))
        models.ArticlePage.model_validate(page)
        seen += [article["id"] for article in page["articles"]]
        cursor = page["next_cursor"]
    assert seen == sorted(set(seen))
    assert len(seen) == 75


def test_a_cursor_stays_right_while_articles_arrive(tmp_path: Path) -> None:
    archive, _ = open_filled(tmp_path)
    client = TestClient(create_app(archive, Settings(data=tmp_path, open="read"), clock=lambda: NOW))
    first = get(client, "/articles", limit=70)
    late = add(archive, raw(1))
    second = get(client, "/articles", limit=70, cursor=first["next_cursor"])
    ids = [article["id"] for page in (first, second) for article in page["articles"]]
    assert len(ids) == len(set(ids)) == 76
    assert ids[-1] == late.id
    assert second["next_cursor"] is None
    archive.close()


def test_one_article_is_the_export_line(client: TestClient, archive: Archive) -> None:
    answer = get(client, "/articles/3")
    models.Article.model_validate(answer)
    assert answer == article_json(archive.articles.get(3))


def test_revisions_tell_every_version(tmp_path: Path) -> None:
    archive = open_archive(Settings(data=tmp_path), TantivyIndex.in_memory())
    add(archive, raw(1))
    id = add(archive, raw(1, headline="تیتر تازه")).id
    answer = get(TestClient(create_app(archive, Settings(data=tmp_path, open="read"))), f"/articles/{id}/revisions")
    models.RevisionList.model_validate(answer)
    assert [(one["revision"], one["headline"]) for one in answer["revisions"]] == [(1, "گشایش بوستان شمارهٔ 1"), (2, "تیتر تازه")]
    archive.close()


def test_search_answers_as_the_command_line_does(client: TestClient, archive: Archive) -> None:
    names = ("outlet", "topic", "tone", "city_tone")
    answer = get(client, "/search", q="ایستگاه لحن:مثبت")
    models.SearchAnswer.model_validate(answer)
    assert answer == answer_search(archive, "ایستگاه لحن:مثبت", limit=20, order="relevance", cursor=None, facets=names, now=NOW)
    assert answer["total"] == sum(1 + len(hit["reprints"]) for hit in answer["hits"] if not hit["partial"])
    assert {"id", "url", "headline", "outlet", "published_at", "tone", "city_tone", "topics", "snippet", "reprints"} <= answer["hits"][
        0
    ].keys()


def test_marks_lie_on_the_found_words(client: TestClient) -> None:
    for hit in get(client, "/search", q="اتوبوس")["hits"]:
        marked = [hit["headline"][mark["start"] : mark["end"]] for mark in hit["headline_marks"]]
        marked += [hit["snippet"]["text"][mark["start"] : mark["end"]] for mark in hit["snippet"]["marks"]]
        assert marked
        assert all("اتوبوس" in words for words in marked)


def test_search_pages_hold_every_article_once(client: TestClient) -> None:
    seen: list[int] = []
    cursor: str | None = ""
    while cursor is not None:
        page = get(client, "/search", q="شهرداری", limit=7, order="newest", **({"cursor": cursor} if cursor else {}))
        seen += [id for hit in page["hits"] for id in (hit["id"], *(one["id"] for one in hit["reprints"]))]
        cursor = page["next_cursor"]
    assert len(seen) == len(set(seen)) == page["total"]


def test_explain_tells_how_a_search_is_read(client: TestClient) -> None:
    told = get(client, "/explain", q="شهرداریها لحن:منفی")
    assert [clause["means"] for clause in told["clauses"]] == ["واژهٔ «شهرداریها» به هر املا و صرف", "لحن: منفی"]
    assert "شهرداری" in told["clauses"][0]["covers"]
    assert told["clauses"][0]["total"] == get(client, "/search", q="شهرداریها")["total"]
    assert get(client, "/explain", q="aivnhvd")["did_you_mean"] == "شهرداری"
    assert get(client, "/explain", q="مترو نه اتوبوس")["notes"]
    assert get(client, "/explain")["clauses"] == []


def test_counts_by_day_and_tone_add_up(client: TestClient, archive: Archive) -> None:
    stats = get(client, "/stats", by="day,tone")
    models.Stats.model_validate(stats)
    assert stats["total"] == sum(row["count"] for row in stats["counts"]) == archive.search.count()
    for tone in TONES:
        expected = get(client, "/search", q=f"tone:{tone}")["total"]
        assert sum(row["count"] for row in stats["counts"] if row["tone"] == tone) == expected


def test_outlets_tell_their_articles(client: TestClient) -> None:
    answer = get(client, "/outlets")
    models.OutletList.model_validate(answer)
    assert [(one["owner"], one["articles"]) for one in answer["outlets"]] == [("city", 25), ("private", 25), ("private", 25)]
    assert "selectors" not in answer["outlets"][0]


def test_a_follower_of_the_change_feed_mirrors_the_archive(tmp_path: Path) -> None:
    archive, _ = open_filled(tmp_path)
    client = TestClient(create_app(archive, Settings(data=tmp_path, open="read")))
    mirror: dict[int, Any] = {}

    def follow(after: int) -> int:
        while True:
            page = get(client, "/changes", after=after, limit=11)
            models.ChangePage.model_validate(page)
            for change in page["changes"]:
                mirror[change["article_id"]] = change["article"]
            after = page["next_after"]
            if after == page["newest_seq"]:
                return after

    place = follow(0)
    new = add(archive, raw(1))
    add(archive, raw(1, headline="تیتر تازه"))
    archive.articles.withdraw(2, NOW)
    catch_up(archive)
    place = follow(place)
    assert mirror.pop(2) is None
    assert mirror[new.id]["headline"] == "تیتر تازه"
    assert mirror == {article.id: article_json(article) for article in archive.articles.walk() if article.withdrawn_at is None}
    assert follow(place) == place
    archive.close()


def test_an_unchanged_answer_is_not_sent_again(client: TestClient) -> None:
    first = client.get(V1 + "/articles/3")
    again = client.get(V1 + "/articles/3", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    weak = client.get(V1 + "/articles/3", headers={"If-None-Match": f'"other", W/{first.headers["etag"]}'})
    assert weak.status_code == 304
    assert client.get(V1 + "/articles/4", headers={"If-None-Match": first.headers["etag"]}).status_code == 200


@pytest.mark.parametrize(
    ("address", "code", "field"),
    [
        ("/articles/99999", 404, None),
        ("/articles/0", 422, "id"),
        ("/articles/x", 422, "id"),
        ("/articles?limit=5000", 422, "limit"),
        ("/articles?cursor=abc", 400, "cursor"),
        ("/search?q=tone:angry", 400, "q"),
        ("/search?cursor=abc", 400, "cursor"),
        ("/search?order=random", 422, "order"),
        ("/search?facets=colour", 400, "facets"),
        ("/stats?by=colour", 400, "by"),
        ("/stats?by=day,tone,topic,outlet", 400, "by"),
        ("/changes?after=-1", 422, "after"),
        ("/nothing", 404, None),
    ],
)
def test_a_wrong_request_gets_a_problem_document(client: TestClient, address: str, code: int, field: str | None) -> None:
    reply = client.get(V1 + address)
    assert reply.status_code == code
    assert reply.headers["content-type"] == "application/problem+json"
    document = reply.json()
    assert document["status"] == code
    assert document.get("field") == field
    assert any("\u0600" <= letter <= "\u06ff" for letter in document["title"])
    assert document["detail"].isascii()


def test_a_search_mistake_tells_its_place(client: TestClient) -> None:
    document = client.get(V1 + "/search", params={"q": "مترو tone:angry"}).json()
    assert document["position"] == 5
    assert document["value"] == "مترو tone:angry"


def test_health_tells_what_is_behind(client: TestClient, archive: Archive) -> None:
    assert client.get("/healthz").json() == {"status": "ok"}
    ready = client.get("/readyz")
    assert ready.status_code == 200
    assert ready.json() == {"status": "ok", "articles": 75, "searchable": archive.search.count(), "changes_behind": 0}


def test_an_archive_that_cannot_be_read_is_not_ready(archive: Archive, client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(_: object) -> int:
        raise OSError("disk gone")

    monkeypatch.setattr(type(archive.articles), "count", away)
    reply = client.get("/readyz")
    assert (reply.status_code, reply.json()) == (503, {"status": "unavailable"})
    assert client.get("/healthz").status_code == 200


def test_the_description_has_an_example_for_every_operation(client: TestClient) -> None:
    schema = client.get("/openapi.json").json()
    assert schema["openapi"].startswith("3.1")
    operations = {(path, method): operation for path, methods in schema["paths"].items() for method, operation in methods.items()}
    assert len(operations) >= 9
    for (path, _method), operation in operations.items():
        success = next(answer for code, answer in operation["responses"].items() if code in ("200", "201", "204"))
        assert all("example" in answer for answer in success.get("content", {}).values()), path
        assert operation["summary"]
        assert not [
            code
            for code, reply in operation["responses"].items()
            if code >= "400" and "application/json" in reply.get("content", {}) and path != "/readyz"
        ]


def test_examples_obey_the_models(client: TestClient) -> None:
    schema = client.get("/openapi.json").json()
    checked = 0
    for methods in schema["paths"].values():
        for operation in methods.values():
            for code in ("200", "201"):
                answer = operation["responses"].get(code, {}).get("content", {}).get("application/json")
                if answer:
                    name = answer["schema"]["$ref"].rsplit("/", 1)[1]
                    model = getattr(models, name, None) or getattr(written_models, name)
                    model.model_validate(json.loads(json.dumps(answer["example"])))
                    checked += 1
    assert checked >= 9


def test_pages_of_the_desk_are_not_part_of_the_description(client: TestClient) -> None:
    assert all(path.startswith((V1, "/feeds/", "/healthz", "/readyz")) for path in client.get("/openapi.json").json()["paths"])


def test_answer_search_refuses_an_order_that_does_not_exist(archive: Archive) -> None:
    with pytest.raises(BadInput):
        answer_search(archive, "", limit=5, order="random", cursor=None, facets=(), now=NOW)


def test_every_operation_is_documented(client: TestClient) -> None:
    text = (Path(__file__).parents[2] / "docs" / "api.md").read_text("utf-8")
    for path, methods in client.get("/openapi.json").json()["paths"].items():
        line = next((line for line in text.splitlines() if line.startswith((f"| `{path}`", f"| `{path}?"))), "")
        assert line, path
        queries = [parameter["name"] for parameter in methods.get("get", {}).get("parameters", []) if parameter["in"] == "query"]
        assert all(f"{name}=" in line for name in queries), path
    for name in FACETS:
        assert name in text
