"""A topic of one's own is a topic everywhere on the desk: its name, its page, its suggestion, its line in the overview."""

from dataclasses import replace
from pathlib import Path

from lxml import html
from starlette.testclient import TestClient

from app.web import create_app
from core.records import Demand, Quote, Span
from core.settings import Settings
from store.archive import open_archive
from store.indexing import catch_up
from store.query import parse_query
from store.tantivy_index import TantivyIndex
from store.vocabulary import UserTopic, Vocabulary
from tests.dashboards.test_links import first_number, total_of
from tests.desk import NOW, add, raw, tone_of
from tests.store.samples import said

OWN = UserTopic("ring_road", "کمربندی جنوبی", parse_query("کمربندی", now=NOW), "1")


def words() -> Vocabulary:
    return Vocabulary((), (OWN,))


def test_a_topic_of_ones_own_has_its_name_page_and_numbers(tmp_path: Path) -> None:
    archive = open_archive(Settings(data=tmp_path), TantivyIndex.in_memory(lambda: (OWN,)), words)
    labels = replace(said(), tone=tone_of("negative", ("negative", "neutral")), city_tone=tone_of("none", ("negative", "none")))
    for number in range(3):
        add(archive, raw(number, headline=f"کمربندی {number}" if number < 2 else "پارک"), labels)
    catch_up(archive)
    client = TestClient(create_app(archive, Settings(data=tmp_path, open="read"), clock=lambda: NOW))
    overview = html.fromstring(client.get("/?days=7").text)
    line = next(one for one in overview.xpath("//section[@aria-labelledby='topics']//li") if "کمربندی جنوبی" in one.text_content())
    link = line.xpath(".//span[@class='line-count']/a")[0]
    assert first_number(link.text_content()) == 2
    assert total_of(client.get(link.get("href")).text) == 2
    page = html.fromstring(client.get("/topics/ring_road?days=7").text)
    assert page.xpath("//h1")[0].text_content() == "کمربندی جنوبی"
    assert client.get("/topics/nothing").status_code == 404
    assert {"name": "کمربندی جنوبی", "kind": "موضوع شما", "url": "/topics/ring_road"} in client.get("/search/suggest?q=کمرب").json()[
        "suggestions"
    ]
    archive.close()


def test_the_triangle_and_the_comparison_hold_a_topic_of_ones_own(tmp_path: Path) -> None:
    """Its asks, says and writes, each number with exactly its articles."""
    archive = open_archive(Settings(data=tmp_path), TantivyIndex.in_memory(lambda: (OWN,)), words)
    demand = Demand("اهالی خواستار تکمیل کمربندی شدند.", Span(0, 10), "اهالی")
    quote = Quote("کمربندی تا نوروز تمام می‌شود.", Span(0, 10), "گفت", "شهردار", "شهردار", None, "شهردار", "management", direct=True)
    for number in range(4):
        labels = replace(said(), demands=(demand,) if number < 2 else (), quotes=(quote,) if number == 0 else ())
        add(archive, raw(number, headline=f"کمربندی {number}" if number < 3 else "پارک"), labels)
    catch_up(archive)
    client = TestClient(create_app(archive, Settings(data=tmp_path, open="read"), clock=lambda: NOW))
    board = html.fromstring(client.get("/triangle?days=7&scope=all").text)
    row = board.xpath("//div[@class='triangle-row']")[0]
    assert "کمربندی جنوبی" in row.xpath(".//h2")[0].text_content()
    links = row.xpath(".//p[@class='side-count']/a")
    assert [first_number(link.text_content()) for link in links] == [2, 1, 3]
    assert [total_of(client.get(link.get("href")).text) for link in links] == [2, 1, 3]
    compared = client.get("/compare?days=7&kind=topic&a=ring_road&b=transport&scope=all").text
    assert "کمربندی جنوبی" in compared
    first = html.fromstring(compared).xpath("//option[@value='ring_road']")
    assert first
    assert total_of(client.get("/search?topic=ring_road").text) == 3
    archive.close()
