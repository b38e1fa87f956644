"""Saved searches: kept from the page as shown, listed, renamed, removed; each opens with exactly the articles it was kept with."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from lxml import html
from starlette.testclient import TestClient

from app.web import create_app
from core.settings import Settings
from store.archive import Archive
from tests.dashboards.officers import PASSWORD, open_desk, sign_in
from tests.dashboards.test_links import first_number, total_of
from tests.desk import NOW, add, open_filled, raw
from tests.store.samples import said

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
    links = row.xpath("./p[contains(@class, 'saved-counts')]/a")
    assert len(links) == 3
    for link in links:
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


def test_what_is_new_is_counted_from_ones_own_last_look(tmp_path: Path) -> None:
    archive, outlets = open_filled(tmp_path)
    later = NOW + timedelta(hours=26)  # the next day's turn, 06:30, has come
    clock = Clock(NOW)
    client = TestClient(create_app(archive, Settings(data=tmp_path), outlets, clock=clock), headers={"Origin": "http://testserver"})
    sign_in(archive, client, "editor", "سارا")
    client.post("/searches?q=بوستان", data={"name": "بوستان‌ها", "cadence": "daily", "shared": "1"})
    client.post("/searches?q=بوستان", data={"name": "بی‌نوبت", "cadence": "", "shared": "1"})
    assert _new_of(client, "بوستان‌ها") == 0
    assert html.fromstring(client.get("/").text).xpath("//a[@class='due']") == []
    clock.now = later
    client.post("/sign-in", data={"name": "سارا", "password": PASSWORD, "next": "/"})
    add(archive, raw(801, published_at=NOW + timedelta(hours=3)), said())
    add(archive, raw(802, published_at=NOW + timedelta(hours=25)), said())
    overview = html.fromstring(client.get("/").text)
    assert first_number(overview.xpath("//a[@class='due']")[0].text_content()) == 1  # a search without a cadence is never due
    counted = overview.xpath("//ul[@class='due-list']/li/a")
    assert [first_number(one.text_content()) for one in counted] == [2]
    assert _new_of(client, "بوستان‌ها") == _new_of(client, "بی‌نوبت") == 2
    shown = client.get(counted[0].get("href"))
    assert total_of(shown.text) == 2
    assert _new_of(client, "بوستان‌ها") == 0
    assert html.fromstring(client.get("/").text).xpath("//a[@class='due']") == []
    viewer = sign_in(archive, TestClient(client.app, headers={"Origin": "http://testserver"}), "viewer", "نادر")
    assert _new_of(viewer, "بوستان‌ها") == 2
    archive.close()


def test_an_article_that_came_late_is_told_too(tmp_path: Path) -> None:
    archive, client = open_desk(tmp_path)
    search = archive.people.save_search("بوستان", "بوستان", "", "daily", NOW)
    archive.people.turns.look(search.id, "سارا", NOW - timedelta(minutes=30))
    archive.people.turns.look(search.id, "سارا", NOW + timedelta(minutes=1))
    add(archive, raw(803, headline="بوستان دیررسیده", fetched_at=NOW + timedelta(minutes=5)), said())
    page = html.fromstring(client.get("/searches").text)
    late = page.xpath("//ul[contains(@class, 'saved-late')]/li/a")
    assert [one.text_content() for one in late] == ["بوستان دیررسیده"]
    archive.close()


def test_a_cadence_with_an_address_keeps_a_digest_of_that_rhythm(tmp_path: Path) -> None:
    archive, client = open_desk(tmp_path)
    client.post("/searches?q=مترو", data={"name": "مترو", "cadence": "weekly", "addresses": "a@city.example، b@city.example"})
    (sent,) = archive.people.subscriptions()
    assert (sent.name, sent.query, sent.at, sent.days) == ("مترو", "مترو", "06:30", (0,))
    id = archive.people.saved_searches()[0].id
    page = html.fromstring(client.get(f"/searches/{id}").text)
    assert page.xpath("//textarea[@name='addresses']")[0].text_content().split() == ["a@city.example", "b@city.example"]
    client.post(f"/searches/{id}", data={"name": "قطار", "cadence": "daily", "at": "۰۷:۱۵", "addresses": "b@city.example"})
    (sent,) = archive.people.subscriptions()
    assert (sent.name, sent.at, sent.days, sent.addresses) == ("قطار", "07:15", (0, 1, 2, 3, 4, 5, 6), ("b@city.example",))
    wrong = client.post(f"/searches/{id}", data={"name": "قطار", "cadence": "", "at": "06:30", "addresses": "b@city.example"})
    assert wrong.status_code == 400
    assert "نشانی‌ها را پاک کنید" in wrong.text
    client.post(f"/searches/{id}", data={"name": "قطار", "cadence": "", "at": "06:30", "addresses": ""})
    assert archive.people.subscriptions() == []
    noted = [(one.user, one.action) for one in archive.audit.entries(action="search.")]
    assert noted == [("سارا", "search.change"), ("سارا", "search.change"), ("سارا", "search.letters"), ("سارا", "search.save")]
    assert "city.example" not in "".join(one.details for one in archive.audit.entries())
    archive.close()


def test_a_viewer_and_a_colleague_see_no_address(tmp_path: Path) -> None:
    archive, client = open_desk(tmp_path)
    client.post("/searches?q=مترو", data={"name": "مترو", "cadence": "daily", "addresses": "a@city.example", "shared": "1"})
    client.post("/searches?q=پارک", data={"name": "پارک", "cadence": "daily", "addresses": "b@city.example"})
    shared, own = sorted(archive.people.saved_searches(), key=lambda one: one.user)
    for role, name in (("viewer", "نادر"), ("editor", "رضا")):
        other = sign_in(archive, TestClient(client.app, headers={"Origin": "http://testserver"}), role, name)
        assert "city.example" not in other.get("/searches").text
        assert other.get(f"/searches/{own.id}").status_code == (403 if role == "viewer" else 404)
        assert other.get(f"/searches/{own.id}/new").status_code == 404
        assert other.get(f"/searches/{shared.id}").status_code == (403 if role == "viewer" else 200)
    archive.close()


def test_the_digest_of_a_search_is_changed_at_the_search_alone(tmp_path: Path) -> None:
    archive, client = open_desk(tmp_path)
    search = archive.people.save_search("مترو", "مترو", "", "weekly", NOW)
    sent = archive.people.send_search(search.id, ["a@city.example"], "06:30", NOW)
    assert sent is not None
    admin = sign_in(archive, client, "admin", "مدیر")
    page = html.fromstring(admin.get(f"/settings/subscriptions/{sent.id}").text)
    assert page.xpath(f"//main//a[@href='/searches/{search.id}']")
    assert page.xpath("//main//input[@name='query']") == []
    data = {"name": "دیگر", "query": "", "at": "05:00", "days": ["1"]}
    assert admin.post(f"/settings/subscriptions/{sent.id}", data=data).status_code == 400
    assert archive.people.subscription(sent.id) == sent
    archive.close()


def _new_of(client: TestClient, name: str) -> int:
    page = html.fromstring(client.get("/searches").text)
    row = next(one for one in page.xpath("//ul[@class='saved']/li") if one.xpath(".//a[@class='story-name']")[0].text_content() == name)
    return first_number(row.xpath(".//a[contains(@class, 'saved-new')]")[0].text_content()) or 0


@dataclass
class Clock:
    now: datetime

    def __call__(self) -> datetime:
        return self.now
