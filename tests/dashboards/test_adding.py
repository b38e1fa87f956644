"""Adding a missed article by hand: the field's first complaint is the clip that is not there and cannot be put there."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from lxml import html
from starlette.testclient import TestClient

from app.adding import fetch_article
from core.dates import utc_now
from core.errors import BadInput
from core.records import Outlet
from core.settings import Settings
from dashboards.adding import Pasted, pasted_article, published_moment
from store.archive import Archive
from store.indexing import catch_up
from tests.crawler.conftest import replica
from tests.crawler.replica import Replica, Reply
from tests.crawler.replica_pages import make_stories
from tests.dashboards.officers import open_desk, sign_in
from tests.desk import NOW

__all__ = ["replica"]
BODY = "شهرداری از آغاز بازسازی پیاده‌روهای خیابان نمونه خبر داد.\nاهالی از گرد و خاک گله دارند."
TYPED = {"outlet": "روزنامهٔ نمونه", "headline": "پیاده‌روهای خیابان نمونه نو می‌شود", "body": BODY, "day": "۱۴۰۵/۹/۲", "clock": "۱۰:۳۰"}


@pytest.fixture
def office(tmp_path: Path) -> Iterator[tuple[Archive, TestClient]]:
    archive, client = open_desk(tmp_path)
    yield archive, client
    archive.close()


def test_pasted_text_becomes_an_article_marked_as_such(office: tuple[Archive, TestClient]) -> None:
    """support.cision.com 101000453874 of the complaints: a missed clip is added at once, not «check again in 24 hours»."""
    archive, client = office
    page = client.post("/add/text", data=TYPED)
    assert page.status_code == 200
    assert "خبر افزوده شد" in page.text
    assert "افزودهٔ همکاران" in page.text
    id = int(page.url.path.rsplit("/", 1)[1])
    raw = archive.articles.get(id).raw
    assert (raw.flags, raw.published_at_source) == (("by_hand",), "given")
    assert raw.published_at == datetime(2026, 11, 23, 7, 0, tzinfo=UTC)
    catch_up(archive)
    found = html.fromstring(client.get("/search?q=پیاده‌روهای خیابان نمونه").text)
    assert found.xpath(f"//li[@data-hit][.//a[starts-with(@href, '/articles/{id}?')]]//span[@class='badge']/text()") == ["افزودهٔ همکاران"]
    assert [(one.user, one.target) for one in archive.audit.entries(action="article.add")] == [("سارا", f"articles/{id}")]


def test_the_same_text_twice_is_one_article(office: tuple[Archive, TestClient]) -> None:
    archive, client = office
    first = client.post("/add/text", data=TYPED)
    before = archive.articles.count()
    again = client.post("/add/text", data=TYPED)
    assert again.url.path == first.url.path
    assert "پیش‌تر در بایگانی بود" in again.text
    assert archive.articles.count() == before


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"outlet": " "}, "نام رسانه را بنویسید"),
        ({"headline": ""}, "تیتر خبر را بنویسید"),
        ({"body": "کوتاه"}, "متن خبر را بچسبانید"),
        ({"body": "م" * 100_001}, "بیش از اندازه بلند"),
        ({"day": ""}, "تاریخ خبر را مانند"),
        ({"day": "1405/13/40"}, "چنین روزی در تقویم نیست"),
        ({"day": "1405/12/01"}, "هنوز نیامده است"),
        ({"clock": "25:99"}, "ساعت را مانند"),
        ({"url": "javascript:alert(1)"}, "نشانی را کامل بنویسید"),
    ],
)
def test_a_mistake_is_told_in_persian_and_nothing_typed_is_lost(
    office: tuple[Archive, TestClient], changed: dict[str, str], words: str
) -> None:
    archive, client = office
    before = archive.articles.count()
    page = client.post("/add/text", data=TYPED | changed)
    assert page.status_code == 400
    tree = html.fromstring(page.text)
    assert words in tree.xpath("string(//p[@role='alert'])")
    assert tree.get_element_by_id("headline").get("value") == (TYPED | changed)["headline"]
    assert tree.get_element_by_id("body").text_content() == (TYPED | changed)["body"]
    assert archive.articles.count() == before


def test_only_editors_add(office: tuple[Archive, TestClient]) -> None:
    archive, client = office
    client.cookies.clear()
    sign_in(archive, client, "viewer", "رضا")
    assert client.get("/add").status_code == 403
    assert client.post("/add/text", data=TYPED).status_code == 403
    assert client.post("/add/address", data={"url": "https://example.org/1"}).status_code == 403


def test_an_address_is_fetched_and_read_like_any_other(tmp_path: Path, replica: Replica) -> None:
    story = make_stories(1, utc_now())[0]
    site = replica.site("nastooh", [story])
    archive, client = open_desk(tmp_path, allow=("127.0.0.1",), more=(Outlet("replica", "رسانهٔ همانند", "nastooh", site.base),))
    page = client.post("/add/address", data={"url": site.url(story)})
    assert page.status_code == 200, page.text
    article = archive.articles.get(int(page.url.path.rsplit("/", 1)[1]))
    assert (article.raw.outlet, article.raw.headline) == ("replica", story.headline)
    assert article.raw.body
    assert "by_hand" in article.raw.flags
    assert archive.articles.page(article.id) == site.answer_to(story)
    again = client.post("/add/address", data={"url": site.url(story)})
    assert again.url.path == page.url.path
    assert "پیش‌تر در بایگانی بود" in again.text
    archive.close()


@pytest.mark.parametrize(
    ("path", "reply", "words"),
    [
        ("/gone", Reply(404, b"no"), "از این صفحه خبری خوانده نشد"),
        ("/front", Reply(body=b"<html><body><h1>a</h1></body></html>"), "از این صفحه خبری خوانده نشد"),
        ("/private", Reply(body=b"x"), "ممنوع"),
    ],
)
def test_what_cannot_be_read_is_told_with_what_to_do_instead(replica: Replica, path: str, reply: Reply, words: str) -> None:
    replica.routes[path] = reply
    if path == "/private":
        replica.routes["/robots.txt"] = Reply(body=b"User-agent: *\nDisallow: /private\n")
        words = "robots.txt"
    with pytest.raises(BadInput) as caught:
        fetch_article(Settings(allow_addresses=("127.0.0.1",)), [], utc_now, replica.base + path)
    assert words in caught.value.persian
    assert "متن خبر را بچسبانید" in caught.value.persian


def test_the_guards_of_the_crawl_hold_for_an_address_by_hand(replica: Replica) -> None:
    """Complaint row 25: no address of the private network is asked, by whatever name."""
    for url in (replica.base, replica.base.replace("127.0.0.1", "localhost"), "http://169.254.169.254/latest", "http://[::1]/"):
        with pytest.raises(BadInput) as caught:
            fetch_article(Settings(allow_addresses=()), [], utc_now, url)
        assert "شبکهٔ همگانی نیست" in caught.value.persian
    assert replica.log == []


def test_a_date_without_a_time_is_noon_and_never_ahead_of_now() -> None:
    assert published_moment("1405/09/02", "", NOW) == datetime(2026, 11, 23, 8, 30, tzinfo=UTC)
    assert published_moment("1405/09/03", "", NOW.replace(hour=5)) == NOW.replace(hour=5)


def test_one_without_an_address_is_known_by_its_words() -> None:
    one, other = (pasted_article(Pasted("توس", headline, "", BODY, "1405/09/02"), NOW) for headline in ("الف", "ب"))
    assert one.news_id.startswith("hand-")
    assert one.news_id != other.news_id
