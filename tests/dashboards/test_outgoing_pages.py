"""Alerts and webhooks at the desk: rules made and tried, what fired, failures seen and sent again, secrets shown once; for whom."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from lxml import html
from starlette.testclient import TestClient

from app.web import create_app
from core.settings import Settings
from store.alerts import AlertRecord
from store.archive import Archive
from tests.dashboards.officers import SAME_ORIGIN, sign_in
from tests.dashboards.test_links import first_number, total_of
from tests.desk import NOW, add, open_filled, raw
from tests.store.samples import said

RULE = {"name": "مترو", "query": "مترو", "kinds": ["volume", "story"], "quiet_from": "۲۲:۰۰", "quiet_to": "07:00"}


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[tuple[Archive, TestClient]]:
    archive, outlets = open_filled(tmp_path)
    settings = Settings(data=tmp_path, allow_addresses=("127.0.0.0/8",))
    client = TestClient(create_app(archive, settings, outlets, clock=lambda: NOW), headers=SAME_ORIGIN)
    yield archive, sign_in(archive, client, "admin", "مدیر")
    archive.close()


@pytest.mark.parametrize(("typed", "follows"), [("آب", True), ("آب گرم", False)])
def test_a_rule_follows_the_saved_search_whose_words_it_took(desk: tuple[Archive, TestClient], typed: str, follows: bool) -> None:
    archive, client = desk
    search = archive.people.save_search("خبر آب", "آب", now=NOW)
    form = html.fromstring(client.get(f"/settings/alert-rules?search={search.id}").text)
    (hidden,) = form.xpath("//input[@name='search']/@value")
    page = client.post("/settings/alert-rules", data={**RULE, "query": typed, "search": hidden})
    assert ("همراه جست‌وجوی ذخیره‌شدهٔ" in page.text) == follows
    archive.people.save_search("خبر آب", "آب OR قنات", now=NOW)
    assert archive.alerts.rules()[0].query == ("آب OR قنات" if follows else typed)
    archive.people.remove_search(search.id, NOW)
    assert archive.people.turns.watched() == {}
    assert archive.alerts.rules()[0].query == ("آب OR قنات" if follows else typed)


def test_a_rule_is_made_told_and_removed(desk: tuple[Archive, TestClient]) -> None:
    archive, client = desk
    page = client.post("/settings/alert-rules", data={**RULE, "addresses": "a@city.example"})
    (rule,) = archive.alerts.rules()
    assert (rule.query, rule.kinds, rule.quiet_from, rule.quiet_to, rule.addresses) == (
        "مترو",
        ("volume", "story"),
        "22:00",
        "07:00",
        ("a@city.example",),
    )
    assert "۲۲:۰۰ تا ۰۷:۰۰" in page.text
    document = {"rule": "مترو", "headline": "۱۲ خبر در سه ساعت", "url": "http://rasad.example/search?q=مترو"}
    alert = AlertRecord(rule.id, "volume:2026-11-24", "volume", NOW, document, "هشدار", "<p>x</p>", "x")
    archive.alerts.keep(alert, rule.addresses, NOW)
    fired = html.fromstring(client.get("/alerts").text)
    link = fired.xpath("//p[@class='book-name']/a")[0]
    assert (link.text_content(), link.get("href")) == ("۱۲ خبر در سه ساعت", "/search?q=مترو")
    assert "نامه در راه است" in fired.text_content()
    assert "۱۲ خبر در سه ساعت" in client.get("/settings/alert-rules").text
    client.post(f"/settings/alert-rules/{rule.id}/addresses/remove", data={"address": "a@city.example"})
    client.post(f"/settings/alert-rules/{rule.id}/addresses", data={"addresses": "b@city.example"})
    assert archive.alerts.rules()[0].addresses == ("b@city.example",)
    client.post(f"/settings/alert-rules/{rule.id}/remove")
    assert archive.alerts.rules() == []
    actions = [one.action for one in archive.audit.entries(action="alert.")]
    assert actions == ["alert.remove", "alert.addresses", "alert.addresses", "alert.add"]


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"kinds": []}, "دست‌کم یک گونه هشدار"),
        ({"query": "لحن:عجیب"}, "شناخته نیست"),
        ({"quiet_from": "25:00"}, "ساعت‌های آرام"),
        ({"addresses": "nobody"}, "نشانی رایانامه نیست"),
        ({"name": " "}, "نامی بنویسید"),
    ],
)
def test_a_wrong_rule_is_refused_with_the_form_as_it_was(desk: tuple[Archive, TestClient], wrong: dict[str, object], words: str) -> None:
    archive, client = desk
    reply = client.post("/settings/alert-rules", data={**RULE, **wrong})
    assert reply.status_code == 400
    page = html.fromstring(reply.text)
    assert words in page.get_element_by_id("mistake").text_content()
    assert page.get_element_by_id("quiet_to").get("value") == "۰۷:۰۰"
    assert archive.alerts.rules() == []


def test_a_saved_search_fills_the_form_of_a_rule(desk: tuple[Archive, TestClient]) -> None:
    archive, client = desk
    search = archive.people.save_search("بوستان‌ها", "بوستان", "", now=NOW)
    page = html.fromstring(client.get(f"/settings/alert-rules?search={search.id}").text)
    assert page.get_element_by_id("query").get("value") == "بوستان"
    assert client.get("/settings/alert-rules?search=999").status_code == 404


def test_the_backtest_counts_what_its_links_show(desk: tuple[Archive, TestClient]) -> None:
    archive, client = desk
    at = NOW - timedelta(hours=30)
    for day in range(1, 15):  # quiet like days before: the archive is old enough to compare
        add(archive, raw(900 + day, headline=f"خبر آرام {day}", published_at=at - timedelta(days=7 * day)), said())
    for number in range(12):
        add(archive, raw(950 + number, headline=f"بوستان نو {number}", published_at=at - timedelta(minutes=number)), said())
    page = html.fromstring(client.get("/settings/alert-rules/try?q=بوستان نو&days=7").text)
    rows = page.xpath("//tbody/tr")
    assert rows
    for row in rows:
        link = row.xpath("./td/a")[0]
        assert total_of(client.get(link.get("href")).text) == first_number(link.text_content())
    assert client.get("/settings/alert-rules/try?q=لحن:عجیب").status_code == 400
    assert "هیچ‌گاه هشدار نمی‌داد" in client.get("/settings/alert-rules/try?query=زرافه").text
    assert archive.alerts.newest() == []


def test_a_failed_message_is_seen_and_sent_again(desk: tuple[Archive, TestClient]) -> None:
    archive, client = desk
    made = client.post("/settings/webhooks", data={"name": "داشبورد", "url": "http://127.0.0.1:9/hook", "events": ["alert.fired"]})
    (hook,) = archive.webhooks.all(NOW)
    assert hook.secrets[0] in made.text
    assert hook.secrets[0] not in client.get(f"/settings/webhooks/{hook.id}").text
    archive.webhooks.enqueue("alert.fired", "x", {"type": "alert.fired"}, NOW)
    for _ in range(10):
        delivery = archive.webhooks.claim("w", NOW + timedelta(days=9))
        assert delivery is not None
        archive.webhooks.undelivered(delivery, "w", (500, "the receiver broke"), NOW)
    assert "پیام‌های نرسیده" in client.get("/settings/webhooks").text
    page = html.fromstring(client.get(f"/settings/webhooks/{hook.id}?state=failed").text)
    row = page.xpath("//tbody/tr")[0]
    assert "پاسخ ۵۰۰" in row.text_content()
    assert "the receiver broke" in row.text_content()
    client.post(row.xpath(".//form/@action")[0])
    assert archive.webhooks.deliveries(hook.id)[0].state == "waiting"
    before = hook.secrets[0]
    rotated = client.post(f"/settings/webhooks/{hook.id}/secret")
    fresh = archive.webhooks.get(hook.id, NOW).secrets
    assert fresh[0] in rotated.text
    assert fresh[1] == before
    client.post(f"/settings/webhooks/{hook.id}/state", data={"to": "stopped"})
    assert archive.webhooks.get(hook.id, NOW).stopped_at == NOW
    client.post(f"/settings/webhooks/{hook.id}/state", data={"to": "active"})
    client.post(f"/settings/webhooks/{hook.id}/remove")
    assert archive.webhooks.all(NOW) == []
    details = "".join(one.details + one.target for one in archive.audit.entries(limit=200))
    assert not any(secret in details for secret in (before, *fresh))


@pytest.mark.parametrize(
    ("wrong", "words"),
    [({"url": "http://10.0.0.1/"}, "نمی‌توان چیزی فرستاد"), ({"events": []}, "دست‌کم یک رویداد"), ({"query": "لحن:عجیب"}, "شناخته نیست")],
)
def test_a_wrong_webhook_is_refused(desk: tuple[Archive, TestClient], wrong: dict[str, object], words: str) -> None:
    archive, client = desk
    usual = {"name": "داشبورد", "url": "http://127.0.0.1:9/hook", "events": ["alert.fired"], "query": ""}
    reply = client.post("/settings/webhooks", data={**usual, **wrong})
    assert reply.status_code == 400
    assert words in reply.text
    assert archive.webhooks.all(NOW) == []


def test_who_is_no_administrator_sees_what_fired_and_neither_rules_nor_addresses(desk: tuple[Archive, TestClient]) -> None:
    archive, client = desk
    client.post("/settings/alert-rules", data={**RULE, "addresses": "a@city.example"})
    for role, name in (("viewer", "نادر"), ("editor", "رضا")):
        other = sign_in(archive, TestClient(client.app, headers=SAME_ORIGIN), role, name)
        assert other.get("/alerts").status_code == 200
        assert "city.example" not in other.get("/alerts").text
        for address in ("/settings/alert-rules", "/settings/alert-rules/try?q=x", "/settings/webhooks"):
            assert other.get(address).status_code == 403
        assert other.post("/settings/alert-rules", data=RULE).status_code == 403
        assert other.post("/settings/webhooks", data={}).status_code == 403
