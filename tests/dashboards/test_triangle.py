from lxml import html
from starlette.testclient import TestClient

from dashboards.desk import Desk
from dashboards.narrowing import Narrowing
from dashboards.triangle import Side, gap_words, triangle_rows
from store.archive import Archive
from tests.dashboards.test_links import first_number, total_of
from tests.desk import NOW


def side(share: float, total: int = 10) -> Side:
    return Side(Narrowing(), total, {}, share, ())


def test_the_widest_gaps_are_told_in_numbers() -> None:
    assert gap_words(side(0.30), side(0.05), side(0.28)) == (
        "مردم ۲۵ واحد بیش از آن می‌خواهند که مدیریت می‌گوید",
        "رسانه‌ها ۲۳ واحد بیش از آن می‌نویسند که مدیریت می‌گوید",
    )
    assert gap_words(side(0.10), side(0.35), side(0.33)) == (
        "مدیریت ۲۵ واحد بیش از آن می‌گوید که مردم می‌خواهند",
        "رسانه‌ها ۲۳ واحد بیش از آن می‌نویسند که مردم می‌خواهند",
    )
    assert gap_words(side(0.12), side(0.10), side(0.13)) == ()


def test_a_gap_that_rests_on_two_articles_is_not_told() -> None:
    assert gap_words(side(0.50, total=2), side(0.0, total=0), side(0.1)) == ("رسانه‌ها ۱۰ واحد بیش از آن می‌نویسند که مدیریت می‌گوید",)


def test_each_corner_shows_its_newest_examples(archive: Archive) -> None:
    rows = triangle_rows(Desk(archive, clock=lambda: NOW), Narrowing(), NOW)
    assert rows
    for row in rows:
        for corner in (row.ask, row.say, row.write):
            assert len(corner.examples) == min(corner.total, 2) or corner.total > len(corner.examples)
            if corner.examples:
                newest = archive.articles.get(next(archive.search.matching_ids(corner.selection.query(NOW))))
                assert corner.examples[0].article.reprint_group == newest.reprint_group
        for one in row.ask.examples:
            assert one.words in [demand.text for demand in one.article.annotations.demands]  # type: ignore[union-attr]
        for one in row.say.examples:
            quotes = one.article.annotations.quotes  # type: ignore[union-attr]
            assert one.words in [quote.content for quote in quotes if quote.voice in ("management", "council")]
        assert all(one.words == one.article.raw.headline for one in row.write.examples)


def test_the_tones_of_a_corner_add_up_to_its_number_and_are_links(client: TestClient) -> None:
    tree = html.fromstring(client.get("/triangle?days=14&scope=all").text)
    cells = [cell for cell in tree.xpath("//div[contains(@class, 'triangle-side')]") if cell.xpath("./p[@class='side-count']")]
    assert len(cells) > 10
    for cell in cells:
        tones = [first_number(link.text_content()) or 0 for link in cell.xpath("./p[contains(@class, 'side-tones')]/a")]
        assert sum(tones) == first_number(cell.xpath("./p[@class='side-count']/a")[0].text_content())
    link = cells[0].xpath("./p[contains(@class, 'side-tones')]/a")[0]
    assert total_of(client.get(link.get("href")).text) == first_number(link.text_content())
