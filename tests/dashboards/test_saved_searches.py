"""Saved searches: kept from the page as shown, listed, renamed, removed; each opens with exactly the articles it was kept with."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from lxml import html
from starlette.testclient import TestClient

from store.archive import Archive
from tests.dashboards.officers import open_desk, sign_in
from tests.dashboards.test_links import first_number, total_of
from tests.desk import NOW

SEARCHES = [
    "/search?q=شهرداری",
    "/search?q=مترو یا اتوبوس&tone=negative&tone=neutral",
    "/search?q=شهرداری -مترو&scope=city&own=0&irrelevant=0",
    "/search?collection=1&topic=transport&topic=urban_services",
    "/search?has=demand&voice=citizen",
    "/search?entity=شهرداری_مشهد&city_tone=none",
    "/search?speaker=شهردار&speaker=عضو شورای شهر",
    "/search?group=1",
    '/search?q="بودجه شورا"~5 شهردار*&from=1405/08/20&to=1405/09/02',
]


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Archive, TestClient]]:
    archive, client = open_desk(tmp_path_factory.mktemp("office"))
    archive.collections.add("نمونه", ["sample_khabar_shahr"], "سارا", NOW)
    yield archive, client
    archive.close()


@pytest.mark.parametrize("address", SEARCHES)
def test_a_saved_search_opens_with_the_articles_it_was_kept_with(office: tuple[Archive, TestClient], address: str) -> None:
    _archive, client = office
    page = html.fromstring(client.get(address).text)
    action = page.xpath("//details[@class='save-box']//form/@action")[0]
    listed = html.fromstring(client.post(action, data={"name": address, "cadence": "daily"}).text)
    row = next(
        one for one in listed.xpath("//ul[@class='saved']/li") if one.xpath(".//a[@class='story-name']")[0].text_content() == address
    )
    opened = client.get(row.xpath(".//a[@class='story-name']/@href")[0])
    assert total_of(opened.text) == int(page.get_element_by_id("total").get("data-total"))
    for link in row.xpath("./p[@class='small']/a"):
        assert total_of(client.get(link.get("href")).text) == first_number(link.text_content())
    assert "هر روز" in row.text_content()


def test_renamed_and_removed_by_its_owner_alone(tmp_path: Path) -> None:
    archive, client = open_desk(tmp_path)
    mine = archive.people.save_search("مترو", "مترو", "سارا", now=NOW)
    theirs = archive.people.save_search("پارک", "پارک", "رضا", now=NOW)
    ours = archive.people.save_search("آسفالت", "آسفالت", "", now=NOW)
    page = client.post(f"/searches/{mine.id}", data={"name": "قطار", "cadence": "weekly"})
    assert "قطار" in page.text
    assert "هر هفته" in page.text
    assert "پارک" not in page.text
    assert client.post(f"/searches/{theirs.id}", data={"name": "x"}).status_code == 404
    assert client.post(f"/searches/{theirs.id}/remove").status_code == 404
    client.post(f"/searches/{ours.id}/remove")
    client.post(f"/searches/{mine.id}/remove")
    assert [one.name for one in archive.people.saved_searches()] == ["پارک"]
    actions = [(one.user, one.action) for one in archive.audit.entries(action="search.")]
    assert actions == [("سارا", "search.remove"), ("سارا", "search.remove"), ("سارا", "search.change")]
    sign_in(archive, client, "admin", "مدیر")
    assert client.post(f"/searches/{theirs.id}/remove").status_code == 200
    archive.close()


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"name": " ", "cadence": ""}, "نامی برای آن بنویسید"),
        ({"name": "مترو", "cadence": "often"}, "نوبت را از فهرست برگزینید"),
        ({"name": "دوباره", "cadence": ""}, "جست‌وجویی به نام «دوباره» هست"),
    ],
)
def test_what_cannot_be_kept_is_refused_in_persian(office: tuple[Archive, TestClient], data: dict[str, str], words: str) -> None:
    archive, client = office
    archive.people.save_search("دوباره", "مترو", "سارا", now=NOW)
    reply = client.post("/searches?q=مترو", data=data)
    assert reply.status_code == 400
    assert words in reply.text


def test_a_broken_search_is_not_kept(office: tuple[Archive, TestClient]) -> None:
    _archive, client = office
    assert client.post("/searches?q=لحن:عجیب", data={"name": "بد"}).status_code == 400


def test_a_viewer_keeps_nothing_and_a_shared_one_is_seen_by_all(office: tuple[Archive, TestClient]) -> None:
    archive, client = office
    client.post("/searches?q=بوستان", data={"name": "بوستان‌ها", "shared": "1"})
    viewer = sign_in(archive, TestClient(client.app, headers={"Origin": "http://testserver"}), "viewer", "نادر")
    assert "بوستان‌ها" in viewer.get("/searches").text
    assert html.fromstring(viewer.get("/searches").text).xpath("//main//form") == []
    assert "save-box" not in viewer.get("/search?q=بوستان").text
    assert viewer.post("/searches?q=بوستان", data={"name": "من"}).status_code == 403
