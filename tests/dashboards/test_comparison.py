import re
from urllib.parse import quote

import pytest
from lxml import html
from starlette.testclient import TestClient

from store.archive import Archive
from tests.dashboards.test_links import counted_links, first_number, total_of
from tests.dashboards.test_pages import HOSTILE, text_of

SPEAKERS = quote("شهردار مشهد"), quote("عضو شورای شهر")
PAGES = [
    "/compare?days=14&kind=topic&a=transport&b=culture",
    "/compare?days=14&kind=topic&a=transport&b=social&scope=all&own=0",
    "/compare?days=14&kind=outlet&a=sample_khabar_shahr&b=sample_shahrnameh&scope=all",
    f"/compare?days=14&kind=speaker&a={SPEAKERS[0]}&b={SPEAKERS[1]}&scope=all",
    "/compare?days=5&kind=period&scope=all",
    "/compare?from=1405/09/01&to=1405/09/03&from2=1405/08/20&to2=1405/08/30&kind=period",
]


@pytest.mark.parametrize("address", PAGES)
def test_every_number_of_a_comparison_leads_to_its_articles(client: TestClient, address: str) -> None:
    page = client.get(address)
    assert page.status_code == 200
    links = counted_links(page.text)
    assert len(links) > 12
    totals: dict[str, int] = {}
    for link, number, words in links:
        if link not in totals:
            totals[link] = total_of(client.get(link).text)
        assert totals[link] == number, (link, words)


def test_a_side_shows_the_figures_of_its_own_page(client: TestClient) -> None:
    tree = html.fromstring(client.get(PAGES[0]).text)
    for topic, side in zip(("transport", "culture"), tree.xpath("//section[@aria-label]//*[contains(@class, 'kpi-number')]"), strict=False):
        alone = html.fromstring(client.get(f"/topics/{topic}?days=14").text).xpath("//a[@class='kpi-number']")[0]
        assert first_number(side.text_content()) == first_number(alone.text_content())


def test_differences_are_those_of_the_shares_shown(client: TestClient) -> None:
    rows = html.fromstring(client.get(PAGES[1]).text).xpath("//table[@class='compare']//tr[td]")
    assert len(rows) > 10
    for row in rows:
        cells = [" ".join(cell.text_content().split()) for cell in row.xpath("./td")]
        shares = [first_number(re.split(r"\s", cell, maxsplit=1)[1]) or 0 for cell in cells[:2]]
        points = first_number(cells[2]) or 0
        assert abs(shares[1] - shares[0]) == points
        words = "بیشتر" if shares[1] > shares[0] else "کمتر" if shares[1] < shares[0] else "برابر"
        assert words in cells[2]


def test_articles_on_both_sides_are_told(client: TestClient, archive: Archive) -> None:
    found = [{one.id for one in article.annotations.topics} for article in archive.articles.walk() if article.annotations]
    first, second = next(pair for pair in ([*topics] for topics in found) if len(pair) == 2)
    page = html.fromstring(client.get(f"/compare?days=60&scope=all&kind=topic&a={first}&b={second}").text)
    words = page.xpath("//p[@class='remark'][contains(., 'در هر دو شمرده')]")[0]
    assert first_number(words.text_content()) == sum({first, second} <= topics for topics in found)


def test_the_charts_of_both_sides_have_one_scale(client: TestClient) -> None:
    charts = html.fromstring(client.get(PAGES[2]).text).xpath("//div[@class='chart']")
    marks = [[text.text_content() for text in chart.xpath(".//*[name()='text']")] for chart in charts]
    scales = [[mark for mark in side if re.fullmatch("[۰-۹]+", mark)] for side in marks]
    assert scales[0] == scales[1] != []


def test_the_page_asks_for_what_is_missing(client: TestClient) -> None:
    assert "دو چیز را برگزینید" in text_of(client.get("/compare").text)
    assert "هر دو یکی است" in text_of(client.get("/compare?a=transport&b=transport").text)
    for kind in ("topic", "outlet", "entity", "speaker", "place", "period"):
        page = html.fromstring(client.get(f"/compare?kind={kind}").text)
        assert len(page.xpath("//main//a[@aria-current='true']")) == 1
    for wrong in ("kind=x", "from2=1405/15/01&to2=1405/09/01", "kind=period&from2=1400/01/01&to2=1405/01/01", "collection=77"):
        assert client.get(f"/compare?{wrong}").status_code == 400


def test_few_articles_are_said_to_be_few(client: TestClient) -> None:
    assert "کم است" in text_of(client.get(PAGES[0]).text)
    assert "کم است" not in text_of(client.get(PAGES[2]).text)


@pytest.mark.parametrize("words", HOSTILE)
def test_hostile_names_are_compared_without_harm(client: TestClient, words: str) -> None:
    for kind in ("topic", "outlet", "entity", "speaker", "place"):
        page = client.get("/compare", params={"kind": kind, "a": words, "b": "x", "q": words})
        assert page.status_code in (200, 400)
        tree = html.fromstring(page.text)
        assert not tree.xpath("//script[not(@src)] | //@*[starts-with(name(), 'on')] | //img[@src='x']")
        assert not [link for link in tree.xpath("//@href") if link.strip().lower().startswith("javascript:")]
