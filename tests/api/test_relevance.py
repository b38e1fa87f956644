"""What a person marked irrelevant: mirrors see it with its mark, figures, feeds and alerts leave it out. And the user's own topics."""

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as Xml

import pytest
from starlette.testclient import TestClient

from app.web import create_app
from core.settings import Settings
from dashboards.desk import Desk
from dashboards.narrowing import Narrowing
from dashboards.triangle import triangle_rows
from digest.webhooks import compose_due
from store.indexing import catch_up
from store.query import EVERYTHING, parse_query
from store.tantivy_index import TantivyIndex
from store.vocabulary import UserTopic, Vocabulary
from tests.desk import NOW, open_filled

V1 = "/api/v1"
OWN = UserTopic("buses", "اتوبوس‌های شهر", parse_query("اتوبوس", now=NOW), "1")


class World:
    """The sample archive with a topic of the user's own, one reprint group marked irrelevant, and a program that asks."""

    def __init__(self, folder: Path) -> None:
        filled, outlets = open_filled(folder)
        self.archive = replace(filled, search=TantivyIndex.in_memory(lambda: (OWN,)), words=lambda: Vocabulary((), (OWN,)))
        catch_up(self.archive)
        before = self.archive.search.count()
        self.hook = self.archive.webhooks.add("x", "http://192.0.2.1/", query="", events=["articles.changed"], made_by="x", now=NOW)
        self.archive.articles.correct(list(self.archive.search.matching_ids(OWN.query))[:1], ("relevant", False), "آزمون", NOW)
        catch_up(self.archive)
        self.irrelevant = {one.id for one in self.archive.articles.walk() if not one.relevant}
        self.left = before - len(self.irrelevant)
        self.app = create_app(self.archive, Settings(data=folder), outlets, clock=lambda: NOW)
        key = self.archive.keys.add("program", ("read", "export"), "test", NOW)[0]
        self.client = TestClient(self.app, headers={"Authorization": f"Bearer {key}"})

    def get(self, address: str, **params: Any) -> Any:
        answer = self.client.get(V1 + address, params=params)
        assert answer.status_code == 200, answer.text
        return answer.json()


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = World(tmp_path)
    yield made
    made.archive.close()


def test_a_mirror_sees_everything_with_its_mark_and_its_topics(world: World) -> None:
    buses = set(world.archive.search.matching_ids(OWN.query))
    changes = world.get("/changes", limit=1000)["changes"]
    articles = {one["article_id"]: one["article"] for one in changes}
    assert {id for id, article in articles.items() if not article["relevant"]} == world.irrelevant != set()
    assert {id for id, article in articles.items() if article["user_topics"]} == buses
    for id in (min(world.irrelevant), min(buses - world.irrelevant), 1):
        assert world.get(f"/articles/{id}") == articles[id]
    listed = {one["id"]: one for one in world.get("/articles", limit=200)["articles"]}
    assert listed == articles


def test_a_webhook_tells_the_mark_and_the_topics(world: World) -> None:
    assert compose_due(world.archive, NOW) == 1
    [message] = world.archive.webhooks.deliveries(world.hook.id)
    told = {one["article_id"]: one["article"] for one in json.loads(message.body)["data"]["changes"]}
    assert set(told) == world.irrelevant
    assert not any(article["relevant"] for article in told.values())
    assert all(article["user_topics"] == [{"id": "buses", "name": "اتوبوس‌های شهر"}] for article in told.values())


def test_lists_hold_what_is_irrelevant_marked(world: World) -> None:
    found = world.get("/search", q="اتوبوس", limit=200)
    marks = {hit["id"]: hit["relevant"] for hit in found["hits"]}
    assert {id for id, relevant in marks.items() if not relevant} == world.irrelevant & set(marks) != set()
    assert all(hit["user_topics"] for hit in found["hits"] if not hit["partial"])
    text = world.client.get(f"{V1}/export", params={"q": "اتوبوس", "format": "csv"}).content.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert len(rows) == found["total"]
    assert {int(row["شناسه"]) for row in rows if row["مرتبط"] == "نه"} == world.irrelevant
    assert all("اتوبوس‌های شهر" in row["موضوع‌ها"] for row in rows)


def test_figures_leave_out_what_is_irrelevant(world: World) -> None:
    stats = world.get("/stats", by="tone")
    assert stats["total"] == sum(row["count"] for row in stats["counts"]) == world.left
    assert stats["total"] == world.get("/search", q="is:relevant")["total"]
    assert world.get("/series")["total"] == world.left
    assert world.get("/triangle")["topics"][0]["write"]["articles"] <= world.left
    stories = world.get("/stories", days=366, limit=100)["stories"]
    assert sum(story["matching"] for story in stories) == sum(story["article_count"] for story in stories) == world.left
    for address, name in (("/quotes", "quotes"), ("/demands", "demands")):
        rows = world.get(address, limit=200)[name]
        assert rows
        assert world.irrelevant.isdisjoint(row["article"]["id"] for row in rows)


def test_a_search_that_speaks_of_it_is_counted_as_it_says(world: World) -> None:
    for q, expected in (
        ("is:irrelevant", world.irrelevant),
        ("اتوبوس (نوع:نامرتبط OR نوع:مرتبط)", set(world.archive.search.matching_ids(OWN.query))),
    ):
        assert world.get("/stats", q=q, by="tone")["total"] == world.get("/search", q=q)["total"] == len(expected)


def test_a_feed_leaves_out_what_is_irrelevant_and_names_the_users_topics(world: World) -> None:
    search = world.archive.people.save_search("اتوبوس", "اتوبوس", now=NOW)
    key = world.archive.keys.add("reader", ("feeds",), "test", NOW)[0]
    reader = TestClient(world.app)
    items = reader.get(f"/feeds/{key}/{search.id}.json").json()["items"]
    ids = {int(one["id"].rpartition(":")[2]) for one in items}
    assert ids
    assert ids.isdisjoint(world.irrelevant)
    assert all("اتوبوس‌های شهر" in one["tags"] for one in items)
    channel = Xml.fromstring(reader.get(f"/feeds/{key}/{search.id}.rss").content)
    assert all("اتوبوس‌های شهر" in [one.text for one in item.findall("category")] for item in channel.iter("item"))


def test_the_users_topics_are_counted_beside_the_nineteen_as_the_desk_does(world: World) -> None:
    buses = world.get("/search", q="موضوع:buses is:relevant")["total"]
    assert {"topic": "buses", "count": buses} in world.get("/stats", by="topic")["counts"]
    values = [point["values"].get("buses", 0) for point in world.get("/series", by="topic")["points"]]
    assert sum(values) == buses
    told = {row["topic"]: row for row in world.get("/triangle")["topics"]}
    assert told["buses"]["write"]["articles"] == buses
    period = Narrowing(relevant=True, words=world.archive.words())
    for row in triangle_rows(Desk(world.archive), period, NOW):
        for corner, side in (("ask", row.ask), ("say", row.say), ("write", row.write)):
            assert told[row.topic][corner]["articles"] == side.total
            assert told[row.topic][corner]["share"] == round(side.share, 4)
    assert len(told) == len(triangle_rows(Desk(world.archive), period, NOW))


def test_a_story_without_relevant_articles_is_not_told(world: World) -> None:
    world.archive.stories.join_pending(NOW)
    whole = list(world.archive.search.matching_ids(EVERYTHING))
    world.archive.articles.correct(whole, ("relevant", False), "آزمون", NOW)
    catch_up(world.archive)
    assert world.get("/stories", days=366) == {"stories": [], "next_cursor": None}
    assert world.client.get(f"{V1}/stories/1").status_code == 404
