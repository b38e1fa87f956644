from collections.abc import Iterator
from datetime import timedelta

import pytest
from lxml import html
from starlette.testclient import TestClient

from app.web import create_app
from core.settings import Settings
from dashboards.letters import LETTER_POLICY
from dashboards.model_page import card_html
from store.archive import Archive
from store.sendings import DigestRecord
from tests.dashboards.test_links import counted_links, first_number, total_of
from tests.dashboards.test_pages import HOSTILE, text_of
from tests.desk import NOW, open_filled
from tests.desk_client import signed_in

ADDRESS, GONE = "reader@city.example", "gone@city.example"


@pytest.fixture
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Archive, dict[str, TestClient]]]:
    """A filled archive with a browser of each role."""
    folder = tmp_path_factory.mktemp("desk")
    archive, outlets = open_filled(folder)
    app = create_app(archive, Settings(data=folder), outlets, clock=lambda: NOW)
    yield archive, {role: signed_in(app, archive, role) for role in ("viewer", "editor", "admin")}
    archive.close()


Desk = tuple[Archive, dict[str, TestClient]]


def test_settings_list_what_each_role_may_open(desk: Desk) -> None:
    _archive, clients = desk
    shown = {
        role: html.fromstring(client.get("/settings").text).xpath("//ul[@class='places']//a/@href") for role, client in clients.items()
    }
    assert len(shown["viewer"]) < len(shown["admin"])
    for role, client in clients.items():
        assert [client.get(address).status_code for address in shown[role]] == [200] * len(shown[role])
    for address in set(shown["admin"]) - set(shown["viewer"]):
        assert clients["viewer"].get(address).status_code == 403


def test_a_collection_is_made_changed_used_and_removed(desk: Desk) -> None:
    archive, clients = desk
    editor, page = clients["editor"], "/settings/collections"
    keys = ["sample_khabar_shahr", "sample_shahrnameh"]
    editor.post(page, data={"name": "محلی", "outlets": keys})
    (made,) = archive.collections.all()
    assert (made.outlets, made.user) == (tuple(keys), "editor")
    assert "نمونهٔ شهرنامه" in text_of(clients["viewer"].get(page).text)
    editor.post(f"{page}/{made.id}", data={"name": "محلی", "outlets": keys[:1]})
    checked = html.fromstring(editor.get(f"{page}/{made.id}").text).xpath("//input[@checked]/@value")
    assert checked == keys[:1]
    figures = html.fromstring(editor.get(f"/?days=30&scope=all&collection={made.id}").text)
    alone = html.fromstring(editor.get("/outlets/sample_khabar_shahr?days=30&scope=all").text)
    assert first_number(figures.xpath("//a[@class='kpi-number']")[0].text_content()) == first_number(
        alone.xpath("//a[@class='kpi-number']")[0].text_content()
    )
    editor.post(f"{page}/{made.id}/remove")
    assert archive.collections.all() == []
    assert [row.action for row in archive.audit.entries(action="collection")] == [
        "collection.remove",
        "collection.change",
        "collection.add",
    ]


def test_a_mistake_in_a_collection_keeps_what_was_typed(desk: Desk) -> None:
    _archive, clients = desk
    for fields, words in (({"name": "محلی"}, "دست‌کم یک رسانه"), ({"name": " ", "outlets": "sample_khabar_shahr"}, "نامی برای گروه")):
        reply = clients["editor"].post("/settings/collections", data=fields)
        assert reply.status_code == 400
        assert words in text_of(reply.text)
        assert html.fromstring(reply.text).get_element_by_id("name").get("value") == fields["name"]
    assert clients["viewer"].post("/settings/collections", data={"name": "x", "outlets": "y"}).status_code == 403
    assert not html.fromstring(clients["viewer"].get("/settings/collections").text).xpath("//main//form")


WISHED = {
    "name": "خبر روز",
    "query": "شهرداری",
    "at": "۰۶:۴۵",
    "days": ["0", "1"],
    "when_empty": "nothing",
    "addresses": f"{ADDRESS}\n{GONE}",
}


def subscribe(archive: Archive, admin: TestClient) -> int:
    assert admin.post("/settings/subscriptions", data=WISHED).status_code == 200
    return archive.people.subscriptions()[0].id


def test_a_subscription_is_made_changed_and_ended(desk: Desk) -> None:
    archive, clients = desk
    admin, id = clients["admin"], subscribe(archive, clients["admin"])
    made = archive.people.subscription(id)
    assert (made.name, made.at, made.days, made.when_empty, made.addresses) == ("خبر روز", "06:45", (0, 1), "nothing", (ADDRESS, GONE))
    address = f"/settings/subscriptions/{id}"
    admin.post(address, data={**WISHED, "name": "نو", "at": "07:00", "days": ["6"]})
    changed = archive.people.subscription(id)
    assert (changed.name, changed.at, changed.days, changed.addresses) == ("نو", "07:00", (6,), (ADDRESS, GONE))
    archive.people.mark_bad(GONE, "550 no such user", NOW)
    words = text_of(admin.get(address).text)
    assert "نامه را نمی‌پذیرد" in words
    assert "550 no such user" in words
    assert "۱ نشانی نامه را نمی‌پذیرد" in text_of(admin.get("/settings/subscriptions").text)
    admin.post(f"{address}/addresses", data={"addresses": f"{GONE}، new@city.example"})
    admin.post(f"{address}/addresses/remove", data={"address": ADDRESS})
    assert archive.people.subscription(id).addresses == (GONE, "new@city.example")
    admin.post(f"{address}/remove")
    assert archive.people.subscriptions() == []
    assert {row.user for row in archive.audit.entries(action="subscription.")} == {"admin"}
    assert len(archive.audit.entries(action="subscription.")) == 5


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"at": "25:00"}, "ساعت را"),
        ({"days": []}, "یک روز هفته"),
        ({"query": "لحن:عجیب"}, "عجیب"),
        ({"addresses": "kein"}, "رایانامه"),
        ({"name": ""}, "نامی"),
    ],
)
def test_a_mistake_in_a_subscription_is_told_above_the_form(desk: Desk, changed: dict[str, str], words: str) -> None:
    archive, clients = desk
    reply = clients["admin"].post("/settings/subscriptions", data={**WISHED, **changed})
    assert reply.status_code == 400
    tree = html.fromstring(reply.text)
    assert words in tree.get_element_by_id("mistake").text_content()
    assert tree.get_element_by_id("query").get("value") == {**WISHED, **changed}["query"]
    assert archive.people.subscriptions() == []


def test_a_preview_is_the_letter_alone_under_its_own_policy(desk: Desk) -> None:
    archive, clients = desk
    id = subscribe(archive, clients["admin"])
    letter = clients["admin"].get(f"/settings/subscriptions/{id}/preview")
    assert letter.headers.get_list("content-security-policy") == [LETTER_POLICY]
    assert letter.headers["x-content-type-options"] == "nosniff"
    assert "خبر روز" in text_of(letter.text)
    assert "sandbox" in LETTER_POLICY
    assert archive.people.sendings.newest_digests() == []


def test_past_digests_tell_what_became_of_each_letter(desk: Desk) -> None:
    archive, clients = desk
    admin, id = clients["admin"], subscribe(archive, clients["admin"])
    sendings = archive.people.sendings
    sendings.keep(DigestRecord(id, NOW, NOW, 3, "خبر روز: ۳ خبر", "<p style='color:red'>نامه</p>", "متن ساده"), [ADDRESS, GONE])
    first = sendings.claim("w", NOW)
    assert first is not None
    sendings.sent(first.id, "w", NOW)
    second = sendings.claim("w", NOW)
    assert second is not None
    sendings.failed(second.id, "w", "550 no such user")
    (digest,) = sendings.newest_digests()
    assert "۱ از ۲ رسید ۱ پذیرفته نشد" in text_of(admin.get("/settings/digests").text)
    words = text_of(admin.get(f"/settings/digests/{digest.id}").text)
    for expected in (ADDRESS, GONE, "550 no such user", "متن ساده"):
        assert expected in words
    assert admin.get(f"/settings/digests/{digest.id}/letter").text == "<p style='color:red'>نامه</p>"
    assert admin.get("/settings/digests/99").status_code == 404


def test_addresses_are_shown_to_administrators_only(desk: Desk) -> None:
    archive, clients = desk
    id = subscribe(archive, clients["admin"])
    archive.people.sendings.keep(DigestRecord(id, NOW, NOW, 3, "x", "x", "x"), [ADDRESS])
    for address in ("/settings/subscriptions", f"/settings/subscriptions/{id}", "/settings/digests", "/settings/digests/1", "/settings"):
        for role in ("viewer", "editor"):
            reply = clients[role].get(address)
            assert ADDRESS not in reply.text
            assert reply.status_code == (200 if address == "/settings" else 403)


def test_the_error_page_counts_what_people_changed_and_links_it(desk: Desk) -> None:
    archive, clients = desk
    month = [one for one in archive.articles.walk() if one.annotations and one.raw.published_at and one.raw.published_at.day >= 22]
    first, second, third, fourth, fifth = [one.id for one in month if one.annotations and one.annotations.tone.label != "negative"][:5]
    archive.articles.correct([first, second], ("tone", "negative"), "editor", NOW)
    archive.articles.correct([second], ("topics", ("sport",)), "editor", NOW + timedelta(minutes=1))
    archive.articles.correct([third], ("relevant", False), "editor", NOW)
    archive.articles.correct([fourth], ("tone", archive.articles.machine_labels(fourth).tone.label), "editor", NOW)  # type: ignore[union-attr]
    archive.articles.correct([fifth], ("city_tone", "none"), "editor", NOW)
    archive.articles.undo_correction([fifth], "city_tone", NOW)
    viewer = clients["viewer"]
    tree = html.fromstring(viewer.get("/settings/errors?month=1405-09").text)
    cells = [cell.text_content() for cell in tree.xpath("//table[@class='errors']//tr[last()]/td")]
    row = {name: first_number(cell) for name, cell in zip(("articles", "tone", "city_tone", "topics", "relevant"), cells, strict=True)}
    assert (row["tone"], row["city_tone"], row["topics"], row["relevant"]) == (2, 0, 1, 1)
    for link in tree.xpath("//table[@class='errors']//td[position() > 1]/a"):
        listed = html.fromstring(viewer.get(link.get("href")).text)
        assert len(listed.xpath("//li[@data-correction]")) == first_number(link.text_content())
    for address, number, words in counted_links(viewer.get("/settings/errors?month=1405-09").text):
        assert total_of(viewer.get(address).text) == number, words
    assert "editor" in text_of(viewer.get("/settings/errors?month=1405-09").text)


def test_months_of_the_error_page_are_walked_and_wrong_ones_refused(desk: Desk) -> None:
    _archive, clients = desk
    tree = html.fromstring(clients["viewer"].get("/settings/errors").text)
    assert tree.xpath("//nav[@aria-label='ماه']/a/@href") == ["/settings/errors?month=1405-08", "/settings/errors?month=1405-09"]
    assert "اسفند ۱۴۰۴" in text_of(clients["viewer"].get("/settings/errors?month=1405-01").text)
    for wrong in ("month=1405-13", "month=x", "month=1405", "field=x"):
        assert clients["viewer"].get(f"/settings/errors?{wrong}").status_code == 400


def test_the_model_card_is_shown_without_running_anything_in_it(desk: Desk) -> None:
    _archive, clients = desk
    tree = html.fromstring(clients["viewer"].get("/settings/model").text)
    assert tree.xpath("//section[@lang='en'][@dir='ltr']//table")
    assert not tree.xpath("//@style")
    assert "hand" in text_of(clients["viewer"].get("/settings/model").text)
    shown = card_html("# Card\n\n<script>alert(1)</script>\n\n[x](javascript:alert(1))\n\n|a|b|\n|:-:|-|\n|1|2|\n")
    assert "<h2>Card</h2>" in shown
    assert not [bad for bad in ("<script", 'href="javascript', "style=") if bad in shown]


@pytest.mark.parametrize("words", HOSTILE)
def test_hostile_names_do_no_harm_in_settings(desk: Desk, words: str) -> None:
    archive, clients = desk
    admin = clients["admin"]
    archive.collections.add(words, [words], words, NOW)
    made = archive.people.add_subscription(words, '"x"', (ADDRESS,), now=NOW)
    archive.people.mark_bad(ADDRESS, words, NOW)
    archive.people.sendings.keep(DigestRecord(made.id, NOW, NOW, 1, words, words, words), [ADDRESS])
    for address in (
        "",
        "/collections",
        "/collections/1",
        "/subscriptions",
        f"/subscriptions/{made.id}",
        "/digests",
        "/digests/1",
        "/errors",
    ):
        page = admin.get(f"/settings{address}", params={"outlet": words} if address == "/errors" else None)
        assert page.status_code == 200
        tree = html.fromstring(page.text)
        assert not tree.xpath("//script[not(@src)] | //@*[starts-with(name(), 'on')] | //img[@src='x']")
        assert not [link for link in tree.xpath("//@href | //@action") if link.strip().lower().startswith("javascript:")]
