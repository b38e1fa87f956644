"""Every number on a page is a link to exactly the articles that it counts."""

import re
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from lxml import html
from starlette.testclient import TestClient

from core.dates import persian_digits
from core.records import Mention, Span
from store.archive import Archive
from tests.dashboards.officers import open_desk
from tests.desk import NOW, add, raw, tone_of


@pytest.fixture(autouse=True, scope="module")
def collection(filled: tuple[Archive, TestClient]) -> None:
    filled[0].collections.add("نمونه", ["sample_shahrnameh"], "سارا", NOW)


PAGES = [
    "/?days=14",
    "/?days=14&scope=all",
    "/?days=14&own=0",
    "/?days=14&collection=1",
    "/?days=14&collection=1&own=0&scope=all",
    "/?from=1405/09/01&to=1405/09/02&scope=all&own=0",
    "/topics/transport?days=14",
    "/outlets/sample_khabar_shahr?days=14&scope=all",
    "/triangle?days=14",
    "/triangle?days=14&scope=all",
    "/triangle?days=14&scope=all&own=0",
    "/entities/شهرداری_مشهد?days=14&scope=all",
    "/outlets",
]
_TO_ASCII = str.maketrans("۰۱۲۳۴۵۶۷۸۹", "0123456789", "٬")


def first_number(words: str) -> int | None:
    found = re.search(r"[۰-۹][۰-۹٬]*", words)
    return int(found.group().translate(_TO_ASCII)) if found else None


def counted_links(page: str) -> list[tuple[str, int, str]]:
    """(address, number, words) of every link into the search whose words are or begin with a number."""
    found = []
    for link in html.fromstring(page).iter("a"):
        address = link.get("href") or ""
        if not address.startswith("/search?") or link.get("download") is not None:
            continue
        words = " ".join(link.xpath("./*[name()='path']/@aria-label") or [link.text_content()])
        number = first_number(words.split(":", 1)[-1])
        if number is not None:
            found.append((address, number, words))
    return found


def total_of(page: str) -> int:
    return int(html.fromstring(page).get_element_by_id("total").get("data-total"))


def test_each_clauses_number_leads_to_the_articles_that_meet_it(client: TestClient) -> None:
    links = counted_links(client.get('/search/explain?q=شهرداری لحن:منفی -مترو "شورای شهر" متن:(پارک OR بوستان)').text)
    assert len(links) >= 5
    assert [total_of(client.get(link).text) for link, _, _ in links] == [number for _, number, _ in links]
    assert max(number for _, number, _ in links) > 0


@pytest.mark.parametrize("address", PAGES)
def test_every_number_leads_to_exactly_that_many_articles(client: TestClient, address: str) -> None:
    page = client.get(address)
    assert page.status_code == 200
    links = counted_links(page.text)
    assert len(links) >= 6
    totals: dict[str, int] = {}
    for link, number, words in links:
        if link not in totals:
            totals[link] = total_of(client.get(link).text)
        assert totals[link] == number, (link, words)


def test_facet_counts_lead_to_as_many_articles(client: TestClient) -> None:
    page = client.get("/search?q=شهرداری")
    choices = html.fromstring(page.text).cssselect(".facet a") if hasattr(html.HtmlElement, "cssselect") else []
    choices = choices or html.fromstring(page.text).xpath("//section[@class='facet']//a")
    assert len(choices) > 8
    for choice in choices:
        count = first_number(choice.xpath(".//span[@class='count']")[0].text_content())
        assert total_of(client.get(choice.get("href")).text) == count


def test_the_days_add_up_to_the_total(client: TestClient) -> None:
    page = html.fromstring(client.get("/?days=14&scope=all").text)
    cells = [first_number(cell.text_content()) or 0 for cell in page.xpath("//details[@class='data']//td")]
    assert sum(cells) == first_number(page.xpath("//a[@class='kpi-number']")[0].text_content())


def test_without_own_outlets_changes_every_figure(client: TestClient, archive: Archive) -> None:
    both, without = (html.fromstring(client.get(f"/?days=14{more}").text) for more in ("", "&own=0"))
    numbers = [[first_number(each.text_content()) for each in page.xpath("//a[@class='kpi-number']")] for page in (both, without)]
    assert all(less < more for less, more in zip(numbers[1], numbers[0], strict=True) if more)  # type: ignore[operator]
    assert "نمونهٔ خبر شهر" not in without.xpath("string(//section[@aria-labelledby='outlets'])")
    assert archive.search.count() > numbers[0][0]  # type: ignore[operator]


def test_a_figure_names_the_choice_it_was_counted_by(client: TestClient) -> None:
    for more, words in (("", "خبرهای مربوط به شهر"), ("&scope=all", "همهٔ خبرها"), ("&own=0", "بدون رسانه‌های شهرداری")):
        page = html.fromstring(client.get(f"/?days=14{more}").text)
        heads = page.xpath("//main//h2[@id and @id != 'health']")
        assert len(heads) >= 6
        assert all(words in head.text_content() for head in heads)


@pytest.mark.parametrize("address", ["/", "/topics/transport", "/triangle", "/compare"])
def test_the_switch_reaches_every_page_about_a_period(client: TestClient, address: str) -> None:
    """«Without outlets owned by the city» is said beside the figures, and every number's articles leave them out."""
    more = "&kind=topic&a=transport&b=social" if address == "/compare" else ""
    page = html.fromstring(client.get(f"{address}?days=14&scope=all&own=0{more}").text)
    heads = page.xpath("//main//h2[contains(., 'همهٔ خبرها')] | //main//*[@role='columnheader'][position() > 1]")
    assert len(heads) >= 2
    assert all("همهٔ خبرها، بدون رسانه‌های شهرداری" in head.text_content() for head in heads)
    links = [link for link, _number, _words in counted_links(html.tostring(page, encoding="unicode"))]
    assert len(links) > 5
    assert all("own=0" in link for link in links)


def test_an_export_has_exactly_the_rows_of_the_screen(client: TestClient) -> None:
    """Complaint rows 8 and 9: the count of the file is the count of the page, row by row."""
    page = html.fromstring(client.get("/search?q=شهرداری&topic=transport").text)
    total = int(page.get_element_by_id("total").get("data-total"))
    assert total > 2
    shown = {link.rsplit("/", 1)[1].split("?")[0] for link in page.xpath("//li[@data-hit]//a[starts-with(@href, '/articles/')]/@href")}
    exported = {}
    for link in page.xpath("//p[contains(@class, 'exports')]/a/@href"):
        reply = client.get(link)
        assert reply.status_code == 200
        exported[urlsplit(link).query.split("format=")[1].split("&")[0]] = reply
    assert exported.keys() == {"xlsx", "docx", "csv", "ndjson"}
    ids = [line.split(",", 1)[0] for line in exported["csv"].text.splitlines() if re.match(r"\d+,sample", line)]
    assert len(ids) == len(set(ids)) == total
    assert set(ids) == shown
    assert exported["ndjson"].text.count("\n") == total
    assert persian_digits(total) in page.text_content()


def test_a_collection_changes_every_figure_and_is_named_beside_it(client: TestClient) -> None:
    whole, part = (html.fromstring(client.get(f"/?days=14&scope=all{more}").text) for more in ("", "&collection=1"))
    numbers = [[first_number(each.text_content()) or 0 for each in page.xpath("//a[@class='kpi-number']")] for page in (whole, part)]
    assert 0 < numbers[1][0] < numbers[0][0]
    assert len(part.xpath("//section[@aria-labelledby='outlets']//li")) == 1
    heads = [head.text_content() for head in part.xpath("//main//h2[@id and @id != 'health']")]
    assert len(heads) >= 6
    assert all("گروه «نمونه»" in head for head in heads)
    assert part.xpath("//select[@name='collection']/option[@selected]/text()") == ["نمونه"]
    assert all("collection=1" in link for link in part.xpath("//div[@class='segments']/a/@href | //a[contains(@class, 'switch')]/@href"))
    assert client.get("/?collection=99").status_code == 400


def test_the_overview_tells_how_the_outlets_are(client: TestClient) -> None:
    page = html.fromstring(client.get("/?days=14").text)
    counts = [first_number(one.text_content()) or 0 for one in page.xpath("//p[@class='health']/span")]
    rows = html.fromstring(client.get("/outlets").text).xpath("//table[@class='outlets']/tbody/tr")
    assert sum(counts) == len(rows)


def test_one_of_the_citys_own_bodies_makes_an_article_concern_the_city(tmp_path: Path) -> None:
    """Also without any tone toward the city; every figure and link, and a saved search of it, count the same."""
    archive, client = open_desk(tmp_path)
    before = first_number(html.fromstring(client.get("/?days=14").text).xpath("//a[@class='kpi-number']")[0].text_content()) or 0
    said = archive.articles.get(1).annotations
    assert said is not None
    named = Mention("شهرداری", "ORG", Span(0, 7), "mashhad-municipality")
    for number, mention in ((801, named), (802, replace(named, entity_id="tehran-municipality"))):
        none = tone_of("none", ("negative", "none"))
        add(archive, raw(number), replace(said, city_tone=none, entities=(mention,), fingerprint=str(number).encode().ljust(7)))
    page = html.fromstring(client.get("/?days=14").text)
    link = page.xpath("//a[@class='kpi-number']")[0]
    assert first_number(link.text_content()) == before + 1
    shown = client.get(link.get("href"))
    assert total_of(shown.text) == before + 1
    action = html.fromstring(shown.text).xpath("//details[@class='save-box']//form/@action")[0]
    listed = html.fromstring(client.post(action, data={"name": "شهر"}).text)
    assert total_of(client.get(listed.xpath("//a[@class='story-name']/@href")[0]).text) == before + 1
    archive.close()
