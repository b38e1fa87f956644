"""What other systems may write: corrections and saved searches, each audited; and the files they may take."""

import csv
import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree as Xml

import pytest
from starlette.testclient import TestClient

from app.web import create_app
from core.settings import Settings
from render.feeds import FEED_FORMATS
from store.archive import Archive
from tests.desk import NOW, add, open_filled, raw

V1 = "/api/v1"
SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
ATOM = "{http://www.w3.org/2005/Atom}"


class Programs:
    """Programs with keys of different scopes, over one archive."""

    def __init__(self, folder: Path) -> None:
        self.archive, outlets = open_filled(folder)
        self.app = create_app(self.archive, Settings(data=folder), outlets, clock=lambda: NOW)

    def key(self, *scopes: str) -> str:
        """The text of a new key."""
        return self.archive.keys.add("program", scopes, "test", NOW)[0]

    def client(self, *scopes: str) -> TestClient:
        """A program with a key of these scopes."""
        return TestClient(self.app, headers={"Authorization": f"Bearer {self.key(*scopes)}"})


@pytest.fixture
def programs(tmp_path: Path) -> Iterator[Programs]:
    made = Programs(tmp_path)
    yield made
    made.archive.close()


def _audited(archive: Archive) -> list[tuple[str, str]]:
    return [(entry.action, entry.target) for entry in archive.audit.entries()]


def test_an_alert_rule_follows_a_saved_search(programs: Programs) -> None:
    admin = programs.client("read", "admin")
    search = programs.archive.people.save_search("خبر آب", "آب", now=NOW)
    made = admin.post(f"{V1}/alert-rules", json={"name": "آب", "search": search.id})
    assert (made.status_code, made.json()["query"], made.json()["search"]) == (201, "آب", search.id)
    programs.archive.people.save_search("خبر آب", "قنات", now=NOW)
    (rule,) = admin.get(f"{V1}/alert-rules").json()["rules"]
    assert (rule["query"], rule["search"]) == ("قنات", search.id)
    both = admin.post(f"{V1}/alert-rules", json={"name": "آب", "search": search.id, "query": "آب"})
    assert (both.status_code, both.json()["field"], both.json()["value"]) == (400, "query", "آب")
    assert admin.post(f"{V1}/alert-rules", json={"name": "آب", "search": 999}).status_code == 404


def test_a_correction_stands_is_told_in_the_change_feed_and_is_taken_back(programs: Programs) -> None:
    writer = programs.client("read", "write")
    before = writer.get(f"{V1}/articles/3").json()["annotations"]["tone"]["label"]
    other = next(tone for tone in ("negative", "neutral", "positive") if tone != before)
    newest = writer.get(f"{V1}/changes?limit=1").json()["newest_seq"]
    made = writer.post(f"{V1}/articles/3/corrections", json={"field": "tone", "value": other})
    assert made.status_code == 201, made.text
    assert [(one["field"], one["value"], one["user"]) for one in made.json()["corrections"]] == [("tone", other, "key:program")]
    assert writer.get(f"{V1}/articles/3").json()["annotations"]["tone"]["label"] == other
    changes = writer.get(f"{V1}/changes?after={newest}").json()["changes"]
    assert (3, "relabelled") in {(one["article_id"], one["kind"]) for one in changes}
    assert writer.delete(f"{V1}/articles/3/corrections/tone").json() == {"corrections": []}
    assert writer.get(f"{V1}/articles/3").json()["annotations"]["tone"]["label"] == before
    assert _audited(programs.archive)[:2] == [("article.undo", "articles/3"), ("article.correct", "articles/3")]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"field": "tone", "value": "angry"}, 400),
        ({"field": "tone", "value": ["roads"]}, 400),
        ({"field": "mood", "value": "x"}, 422),
        ({"field": "tone"}, 422),
        ({"field": "tone", "value": "negative", "more": 1}, 422),
        ({"field": "topics", "value": ["roads", "nothing"]}, 400),
    ],
)
def test_a_label_that_does_not_exist_is_refused(programs: Programs, body: dict[str, object], code: int) -> None:
    answer = programs.client("write").post(f"{V1}/articles/3/corrections", json=body)
    assert (answer.status_code, answer.headers["content-type"]) == (code, "application/problem+json")
    assert programs.archive.articles.corrections([3]) == {}


def test_a_key_that_may_only_read_writes_nothing(programs: Programs) -> None:
    reader = programs.client("read")
    assert reader.post(f"{V1}/articles/3/corrections", json={"field": "tone", "value": "negative"}).status_code == 403
    assert reader.post(f"{V1}/saved-searches", json={"name": "x", "query": ""}).status_code == 403
    assert reader.get(f"{V1}/export").status_code == 403
    assert TestClient(programs.app).get(f"{V1}/search").status_code == 401


def test_a_saved_search_is_kept_listed_and_forgotten(programs: Programs) -> None:
    writer = programs.client("read", "write")
    made = writer.post(f"{V1}/saved-searches", json={"name": "ترافیک", "query": "ترافیک لحن:منفی"})
    assert made.status_code == 201
    assert writer.get(f"{V1}/saved-searches").json()["saved_searches"] == [made.json()]
    assert writer.post(f"{V1}/saved-searches", json={"name": "بد", "query": "از:1405/13/45"}).status_code == 400
    assert writer.delete(f"{V1}/saved-searches/{made.json()['id']}").status_code == 204
    assert writer.delete(f"{V1}/saved-searches/{made.json()['id']}").status_code == 404
    assert [action for action, _ in _audited(programs.archive)] == ["search.remove", "search.save"]


@pytest.mark.parametrize("format", ["ndjson", "csv", "xlsx"])
def test_an_export_holds_exactly_what_the_search_counts(programs: Programs, format: str) -> None:
    """Complaint rows 8 and 9: the file's articles are the search's, row by row, and as many as it counts."""
    program = programs.client("read", "export")
    total = program.get(f"{V1}/search", params={"q": "شهرداری"}).json()["total"]
    answer = program.get(f"{V1}/export", params={"q": "شهرداری", "format": format})
    assert answer.status_code == 200
    if format == "ndjson":
        ids = [json.loads(line)["id"] for line in answer.text.splitlines()]
    elif format == "csv":
        ids = [int(row[0]) for row in list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))[1:]]
    else:
        with zipfile.ZipFile(io.BytesIO(answer.content)) as book:
            rows = Xml.fromstring(book.read("xl/worksheets/sheet1.xml")).iter(f"{SHEET}row")
        ids = [int(row.findtext(f"{SHEET}c/{SHEET}v") or 0) for row in list(rows)[1:]]
    assert len(ids) == len(set(ids)) == total
    found = program.get(f"{V1}/search", params={"q": "شهرداری", "limit": 200, "order": "newest"}).json()["hits"]
    assert set(ids) == {id for hit in found for id in (hit["id"], *(one["id"] for one in hit["reprints"]))}
    assert ("export", f"articles.{format}") in _audited(programs.archive)


def test_a_saved_search_is_a_feed_in_three_forms(programs: Programs) -> None:
    add(programs.archive, raw(1, headline="خبر <b>ناساز</b> & \x0b", lead="شهرداری «گفت» <script>alert(1)</script>"))
    search = programs.archive.people.save_search("شهر", "شهرداری", now=NOW)
    key, reader = programs.key("feeds"), TestClient(programs.app)
    ids: dict[str, list[str]] = {}
    for format in FEED_FORMATS:
        answer = reader.get(f"/feeds/{key}/{search.id}.{format}")
        assert answer.status_code == 200, answer.text
        assert key not in answer.text
        again = reader.get(f"/feeds/{key}/{search.id}.{format}", headers={"If-None-Match": answer.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")
        if format == "json":
            ids[format] = [one["id"] for one in answer.json()["items"]]
            assert "<script>" in answer.json()["items"][0]["content_text"]
        elif format == "atom":
            entries = Xml.fromstring(answer.content).findall(f"{ATOM}entry")
            ids[format] = [entry.findtext(f"{ATOM}id") or "" for entry in entries]
            assert "<script>" not in (entries[0].findtext(f"{ATOM}content") or "")
        else:
            items = Xml.fromstring(answer.content).findall("channel/item")
            ids[format] = [item.findtext("guid") or "" for item in items]
            assert items[0].findtext("title") == "خبر <b>ناساز</b> & "
            assert "<script>" not in (items[0].findtext("description") or "")
    assert ids["rss"] == ids["atom"] == ids["json"]
    assert len(set(ids["rss"])) == len(ids["rss"]) > 3


def test_the_key_in_a_feeds_address_opens_nothing_else_and_is_revoked(programs: Programs) -> None:
    search = programs.archive.people.save_search("شهر", "شهرداری", now=NOW)
    text, key = programs.archive.keys.add("reader", ("feeds",), "test", NOW)
    reader = TestClient(programs.app)
    assert reader.get(f"/feeds/{text}/{search.id}.rss").status_code == 200
    assert reader.get(f"/feeds/{text}/999.rss").status_code == 404
    assert reader.get(f"/feeds/{text}/{search.id}.pdf").status_code in (401, 403, 422)
    assert reader.get(f"{V1}/search", headers={"Authorization": f"Bearer {text}"}).status_code == 403
    programs.archive.keys.revoke(key.id, NOW)
    assert reader.get(f"/feeds/{text}/{search.id}.rss").status_code == 401
    assert reader.get(f"/feeds/nonsense/{search.id}.rss").status_code == 401
