"""Correcting a label and marking an article irrelevant: one click, undo, the whole reprint group, and the figures follow."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from lxml import html
from starlette.testclient import TestClient

from store.archive import Archive
from store.index import SearchRequest
from store.indexing import catch_up
from store.query import EVERYTHING
from tests.dashboards.officers import open_desk, sign_in
from tests.dashboards.test_links import first_number, total_of
from tests.desk import NOW


@pytest.fixture
def office(tmp_path: Path) -> Iterator[tuple[Archive, TestClient]]:
    archive, client = open_desk(tmp_path)
    yield archive, client
    archive.close()


def press(client: TestClient, id: int, **fields: str) -> html.HtmlElement:
    """The page that follows the button."""
    reply = client.post(f"/articles/{id}/labels", data=fields)
    assert reply.status_code == 200, reply.text
    return html.fromstring(reply.text)


def tone_of(archive: Archive, id: int) -> str:
    labels = archive.articles.get(id).annotations
    assert labels is not None
    return labels.tone.label


def a_reprinted(archive: Archive) -> list[int]:
    """The members of a group of three."""
    page = archive.search.search(SearchRequest(EVERYTHING, order="newest", facets=("group",)))
    group = next(int(key) for key, count in page.facets["group"] if count == 3)
    return archive.groups.members(group)


def test_one_press_corrects_the_tone_of_the_whole_reprint_group(office: tuple[Archive, TestClient]) -> None:
    archive, client = office
    ids = a_reprinted(archive)
    was = tone_of(archive, ids[0])
    wanted = "negative" if was != "negative" else "positive"
    page = press(client, ids[1], field="tone", value=wanted)
    assert {tone_of(archive, id) for id in ids} == {wanted}
    said = page.get_element_by_id("labels").text_content()
    assert "اصلاح سارا، ۳ آذر ۱۴۰۵" in " ".join(said.split())
    assert "نظر ماشین" in said
    assert page.xpath(f"//button[@name='value' and @value='{wanted}' and @aria-pressed='true']")
    catch_up(archive)
    assert str(ids[0]) in ids_of(client, f"/search?tone={wanted}&order=newest")
    press(client, ids[2], field="tone", undo="1")
    assert {tone_of(archive, id) for id in ids} == {was}


def ids_of(client: TestClient, address: str) -> set[str]:
    """The ids of every article that a search exports."""
    rows = client.get(address.replace("/search?", "/search/export?format=ndjson&")).text.splitlines()
    return {row.split(",", 1)[0].removeprefix('{"id":') for row in rows}


def test_the_machines_label_is_kept_beside_the_persons(office: tuple[Archive, TestClient]) -> None:
    archive, client = office
    before = archive.articles.machine_labels(1)
    press(client, 1, field="city_tone", value="positive")
    press(client, 1, field="topics", add="health")
    assert archive.articles.machine_labels(1) == before
    assert before is not None
    labels = archive.articles.get(1).annotations
    assert labels is not None
    assert [one.id for one in labels.topics] == [*(one.id for one in before.topics), "health"]
    press(client, 1, field="topics", drop="health")
    labels = archive.articles.get(1).annotations
    assert labels is not None
    assert [one.id for one in labels.topics] == [one.id for one in before.topics]


def test_a_press_returns_to_the_article_with_its_search(office: tuple[Archive, TestClient]) -> None:
    _archive, client = office
    reply = client.post("/articles/1/labels?q=مترو&order=newest", data={"field": "tone", "value": "positive"}, follow_redirects=False)
    assert reply.status_code == 303
    assert reply.headers["location"].startswith("/articles/1?q=")
    assert reply.headers["location"].endswith("order=newest#labels")


@pytest.mark.parametrize(
    "fields",
    [
        {"field": "tone", "value": "angry"},
        {"field": "headline", "value": "x"},
        {"field": "headline", "undo": "1"},
        {"field": "topics", "add": "weather"},
        {"field": "relevant", "value": "maybe"},
        {"field": "tone", "value": "x" * 5000},
        {},
    ],
)
def test_a_wrong_correction_is_refused_and_changes_nothing(office: tuple[Archive, TestClient], fields: dict[str, str]) -> None:
    archive, client = office
    before = archive.articles.newest_seq()
    assert client.post("/articles/1/labels", data=fields).status_code in (400, 404, 422)
    assert archive.articles.newest_seq() == before


def test_a_viewer_sees_no_buttons_and_may_not_press_them(office: tuple[Archive, TestClient]) -> None:
    archive, client = office
    client.cookies.clear()
    sign_in(archive, client, "viewer", "رضا")
    page = html.fromstring(client.get("/articles/1").text)
    assert page.xpath("//form[contains(@action, '/labels')]//button") == []
    assert client.post("/articles/1/labels", data={"field": "tone", "value": "positive"}).status_code == 403
    assert archive.articles.corrections([1]) == {}


def test_every_press_stands_in_the_audit(office: tuple[Archive, TestClient]) -> None:
    archive, client = office
    press(client, 1, field="tone", value="positive")
    press(client, 1, field="tone", undo="1")
    rows = [(row.user, row.action, row.target) for row in archive.audit.entries(action="article.")]
    assert rows == [("سارا", "article.undo", "articles/1"), ("سارا", "article.correct", "articles/1")]
    assert archive.audit.entries(action="article.correct")[0].at == NOW


def test_what_is_not_relevant_leaves_every_figure_and_says_so(office: tuple[Archive, TestClient]) -> None:
    """The field's complaint of noise: one press takes an article out of the figures, one more brings it back."""
    archive, client = office
    ids = a_reprinted(archive)
    address = "/?days=30&scope=all"
    before = html.fromstring(client.get(address).text)
    page = press(client, ids[0], field="relevant", value="no")
    catch_up(archive)
    assert "نامرتبط" in page.xpath("string(//div[@role='note'])")
    after = html.fromstring(client.get(address).text)
    counts = [first_number(one.xpath("//a[@class='kpi-number']")[0].text_content()) for one in (before, after)]
    assert counts == [counts[0], (counts[0] or 0) - len(ids)]
    link = after.xpath("//a[@class='kpi-number']/@href")[0]
    assert total_of(client.get(link).text) == counts[1]
    found = html.fromstring(client.get("/search?q=سه ایستگاه تازهٔ خط").text)
    assert len(found.xpath("//li[contains(@class, 'is-irrelevant')]//span[contains(@class, 'badge-irrelevant')]")) >= 1
    press(client, ids[1], field="relevant", undo="1")
    catch_up(archive)
    again = html.fromstring(client.get(address).text)
    assert first_number(again.xpath("//a[@class='kpi-number']")[0].text_content()) == counts[0]


def test_pressed_in_the_search_it_returns_to_the_same_line(office: tuple[Archive, TestClient]) -> None:
    archive, client = office
    page = html.fromstring(client.get("/search?q=اتوبوس&topic=transport").text)
    hit = page.xpath("//li[@data-hit]")[0]
    form = hit.xpath(".//form[contains(@action, '/labels')]")[0]
    fields = {one.get("name"): one.get("value") for one in form.xpath(".//input | .//button")}
    reply = client.post(form.get("action"), data=fields, follow_redirects=False)
    assert reply.headers["location"].startswith("/search?q=")
    assert reply.headers["location"].endswith(f"#{hit.get('id')}")
    again = html.fromstring(client.get(reply.headers["location"]).text)
    assert "is-irrelevant" in again.get_element_by_id(hit.get("id")).get("class")
    assert not archive.articles.get(int(hit.get("id").removeprefix("hit-"))).relevant
