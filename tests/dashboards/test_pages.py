import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from lxml import html
from starlette.testclient import TestClient

from app.web import CONTENT_POLICY, create_app
from core.errors import Unavailable
from core.settings import Settings
from dashboards.desk import HERE
from store.archive import Archive, open_archive
from store.indexing import catch_up
from store.tantivy_index import TantivyIndex
from tests.desk import NOW, add, labels_of, raw

HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "'-alert(1)-'",
    "javascript:alert(1)",
    "</title><svg onload=alert(1)>",
    "{{7*7}}{% raw %}",
    "<a href='javascript:alert(1)'>ببین</a>",
    "&lt;b&gt; &amp; \u202e\u2066",
]
ADDRESSES = ["/", "/?days=30&scope=all", "/search", "/search?q=اتوبوس", "/articles/1", "/articles/1/revisions", "/triangle", "/outlets"]
ADDRESSES += ["/compare?kind=topic&a=transport&b=social", "/compare?kind=period&scope=all", "/bulletins", "/settings", "/settings/errors"]
ADDRESSES += ["/settings/model", "/settings/collections", "/settings/subscriptions", "/settings/subscriptions/new", "/settings/digests"]


def text_of(page: str) -> str:
    return " ".join(html.fromstring(page).text_content().split())


@pytest.mark.parametrize("address", [*ADDRESSES, "/nope", "/static/css/base.css", "/api/v1/stats", "/healthz"])
def test_every_answer_carries_the_strict_headers(client: TestClient, address: str) -> None:
    headers = client.get(address).headers
    assert headers["content-security-policy"] == CONTENT_POLICY
    assert headers["x-content-type-options"] == "nosniff"
    assert "unsafe" not in CONTENT_POLICY


@pytest.mark.parametrize("address", ADDRESSES)
def test_every_page_is_persian_right_to_left_and_without_inline_code(client: TestClient, address: str) -> None:
    """Complaint row 18: the whole desk is right to left."""
    page = client.get(address)
    tree = html.fromstring(page.text)
    assert (tree.get("lang"), tree.get("dir")) == ("fa", "rtl")
    assert not tree.xpath("//@style | //style | //script[not(@src)] | //@*[starts-with(name(), 'on')]")
    assert len(tree.xpath("//h1")) == 1
    outside = [link for link in tree.xpath("//link/@href | //script/@src | //img/@src") if not link.startswith("/")]
    assert outside == []


def test_pages_are_sent_compressed_and_small(client: TestClient) -> None:
    for address in ADDRESSES:
        page = client.get(address, headers={"Accept-Encoding": "gzip"})
        assert page.headers["content-encoding"] == "gzip"
        assert int(page.headers["content-length"]) < 40_000, address
    assert sum(file.stat().st_size for file in (HERE / "static").rglob("*") if file.suffix in (".css", ".js", ".woff2", ".svg")) < 110_000


def test_a_static_file_may_be_kept_as_long_as_its_address_names_its_content(client: TestClient) -> None:
    sheet = html.fromstring(client.get("/").text).xpath("//link[@rel='stylesheet']/@href")[0]
    assert "immutable" in client.get(sheet).headers["cache-control"]
    assert "immutable" not in client.get(sheet.split("?")[0]).headers.get("cache-control", "")


def test_reprints_are_folded_and_can_be_opened(client: TestClient) -> None:
    """Complaint row 12: one text of several outlets is shown once, its reprints beneath it."""
    page = html.fromstring(client.get("/search?q=سه ایستگاه تازهٔ خط").text)
    hits = page.xpath("//li[@data-hit]")
    assert len(hits[0].xpath(".//details[@class='reprints']//li")) == 2
    headlines = [hit.xpath("string(./h2)").strip() for hit in hits]
    assert len(headlines) == len(set(headlines))


def test_headlines_of_mixed_direction_are_isolated(client: TestClient) -> None:
    """Complaint row 18: a headline with Latin in it does not turn the line around."""
    page = html.fromstring(client.get("/search").text)
    assert all(len(hit.xpath("./h2/a/bdi")) == 1 for hit in page.xpath("//li[@data-hit]"))


def test_found_words_are_marked_in_headline_and_snippet(client: TestClient) -> None:
    page = html.fromstring(client.get("/search?q=پیاده رو").text)
    marked = [mark.text_content() for mark in page.xpath("//li[@data-hit]//mark")]
    assert any("پیاده‌رو" in words for words in marked)


def test_a_mistake_is_explained_beside_the_box(client: TestClient) -> None:
    page = client.get("/search?q=لحن:عجیب")
    assert page.status_code == 400
    tree = html.fromstring(page.text)
    assert tree.get_element_by_id("q").get("value") == "لحن:عجیب"
    assert "عجیب" in tree.get_element_by_id("mistake").text_content()


def test_a_cursor_walks_through_all_hits_once(client: TestClient) -> None:
    address, seen = "/search?order=newest", []
    while address:
        page = html.fromstring(client.get(address).text)
        seen += page.xpath("//li[@data-hit]//a[starts-with(@href, '/articles/') and not(contains(@href, 'revisions'))]/@href")
        address = next(iter(page.xpath("//a[@data-next]/@href")), "")
    ids = [link.split("?")[0] for link in seen]
    assert len(ids) == len(set(ids)) == 75


@pytest.mark.parametrize(
    ("address", "code", "words"),
    [
        ("/articles/987654", 404, "این خبر در بایگانی نیست"),
        ("/articles/x", 404, "چنین صفحه‌ای نیست"),
        ("/topics/nothing", 404, "چنین صفحه‌ای نیست"),
        ("/articles/1/page", 404, "صفحهٔ بایگانی‌شده‌ای نیست"),
        ("/?days=x", 400, "شمار روزها باید عددی از ۱ تا ۳۶۶ باشد"),
        ("/search?from=1405/15/01", 400, "چنین روزی در تقویم نیست"),
        ("/search?cursor=zzz", 400, "این درخواست خوانده نشد"),
        ("/search/export?format=exe", 400, "قالب خروجی"),
    ],
)
def test_a_wrong_address_is_answered_in_words_that_help(client: TestClient, address: str, code: int, words: str) -> None:
    page = client.get(address)
    assert page.status_code == code
    assert words in text_of(page.text)


def test_the_article_page_shows_its_labels_and_reprints(client: TestClient, archive: Archive) -> None:
    article = next(one for one in archive.articles.walk() if len(archive.groups.members(one.reprint_group)) == 3)
    assert article.annotations is not None
    words = text_of(client.get(f"/articles/{article.id}").text)
    for expected in (article.raw.headline, *article.raw.body.split("\n"), "۳ رسانه", "بازنشرها", "لحن نسبت به شهر"):
        assert " ".join(expected.split()) in words
    assert all(" ".join(quote.content.split())[:150] in words for quote in article.annotations.quotes)


def test_an_empty_archive_says_how_to_fill_it(tmp_path: Path) -> None:
    archive = open_archive(Settings(data=tmp_path), TantivyIndex.in_memory())
    client = TestClient(create_app(archive, Settings(data=tmp_path, open="read"), clock=lambda: NOW))
    assert "بایگانی هنوز خالی است" in text_of(client.get("/").text)
    for address in ("/search", "/triangle", "/outlets"):
        assert client.get(address).status_code == 200
    archive.close()


def test_an_edit_is_shown_as_a_comparison(tmp_path: Path) -> None:
    archive = open_archive(Settings(data=tmp_path), TantivyIndex.in_memory())
    add(archive, raw(1))
    edited = add(archive, raw(1, headline="گشایش بوستان تازه"))
    client = TestClient(create_app(archive, Settings(data=tmp_path, open="read"), clock=lambda: NOW))
    tree = html.fromstring(client.get(f"/articles/{edited.id}/revisions").text)
    assert "تازه" in tree.xpath("string(//ins)")
    assert "شمارهٔ" in tree.xpath("string(//del)")
    archive.close()


def test_a_withdrawn_article_says_so_and_leaves_the_search(tmp_path: Path) -> None:
    archive = open_archive(Settings(data=tmp_path), TantivyIndex.in_memory())
    gone = add(archive, raw(1))
    archive.articles.withdraw(gone.id, NOW)
    catch_up(archive)
    client = TestClient(create_app(archive, Settings(data=tmp_path, open="read"), clock=lambda: NOW))
    assert "رسانه این خبر را برداشته است" in text_of(client.get(f"/articles/{gone.id}").text)
    assert "خبری پیدا نشد" in text_of(client.get("/search").text)
    archive.close()


@pytest.mark.parametrize("words", HOSTILE)
def test_hostile_text_is_shown_and_not_obeyed(tmp_path: Path, words: str) -> None:
    archive = open_archive(Settings(data=tmp_path), TantivyIndex.in_memory())
    labels = hostile_labels(words)
    body = f"متن نمونه {words} پایان."
    article = add(
        archive,
        raw(1, headline=f"تیتر {words}", kicker=words, lead=words, body=body, byline=words, section=words, outlet=words, url=words),
        labels,
    )
    client = TestClient(create_app(archive, Settings(data=tmp_path, open="read"), clock=lambda: NOW))
    pages = [client.get("/?days=7&scope=all"), client.get(f"/articles/{article.id}"), client.get("/search", params={"q": words})]
    pages += [
        client.get("/search"),
        client.get("/outlets"),
        client.get("/triangle?scope=all"),
        client.get(f"/articles/{article.id}/revisions"),
    ]
    pages += [client.get("/search", params={"speaker": words, "outlet": words, "section": words})]
    for page in pages:
        assert page.status_code in (200, 400)
        tree = html.fromstring(page.text)
        assert not tree.xpath("//script[not(@src)] | //svg//@onload | //@*[starts-with(name(), 'on')] | //img[@src='x']")
        assert not [link for link in tree.xpath("//@href") if link.strip().lower().startswith("javascript:")]
        assert "49" not in tree.xpath("string(//h1)")
    archive.close()


def hostile_labels(words: str):  # type: ignore[no-untyped-def]
    from core.records import Demand, Mention, Quote, Span
    from samples.pieces import load_newsrooms

    usual = labels_of(load_newsrooms(NOW)[0].pieces[0])
    span = Span(0, 8)
    return replace(
        usual,
        entities=(Mention(words, "ORG", span, words), Mention(words, "LOC", span, None)),
        quotes=(Quote(words, span, "گفت", words, words, words, words, "management", direct=True),),
        demands=(Demand(words, span, words),),
    )


def test_an_outage_is_told_and_not_hidden(archive: Archive, monkeypatch: pytest.MonkeyPatch, client: TestClient) -> None:
    def away(*_: object, **__: object) -> None:
        raise Unavailable("the index does not answer")

    monkeypatch.setattr(type(archive.search), "search", away)
    page = client.get("/search")
    assert page.status_code == 503
    assert "بایگانی اکنون پاسخ نمی‌دهد" in text_of(page.text)
    reply = client.get("/api/v1/search")
    assert (reply.status_code, reply.headers["content-type"]) == (503, "application/problem+json")
    assert reply.headers["retry-after"] == "5"


def test_a_programming_mistake_gives_a_page_without_details(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("secret detail")

    monkeypatch.setattr(type(archive.search), "search", broken)
    app = create_app(archive, Settings(data=Path(), open="read"), clock=lambda: NOW)
    client = TestClient(app, raise_server_exceptions=False)
    for address in ("/search", "/api/v1/search"):
        reply = client.get(address)
        assert reply.status_code == 500
        assert "secret" not in reply.text
        assert reply.headers["content-security-policy"] == CONTENT_POLICY


@pytest.fixture
def stylesheets() -> Callable[[], str]:
    return lambda: "".join(file.read_text("utf-8") for file in sorted((HERE / "static" / "css").glob("*.css")))


def test_style_sheets_know_no_left_and_right(stylesheets: Callable[[], str]) -> None:
    """Logical properties only: nothing is mirrored by hand."""
    for word in ("margin-left", "margin-right", "padding-left", "padding-right", "text-align: left", "text-align: right", "float: left"):
        assert word not in stylesheets()


def test_a_reader_leaves_the_digest_without_signing_in(tmp_path: Path) -> None:
    archive = open_archive(Settings(data=tmp_path), TantivyIndex.in_memory())
    subscription = archive.people.add_subscription("روزانه", "شهرداری", ("reader@city.example",))
    token = archive.people.recipients(subscription.id)[0].token
    client = TestClient(create_app(archive, Settings(data=tmp_path, open="read"), clock=lambda: NOW))
    assert "reader@city.example" in text_of(client.get(f"/unsubscribe/{token}").text)
    assert archive.people.recipients(subscription.id)[0].state == "active"
    for _ in range(2):
        assert "دیگر فرستاده نمی‌شود" in text_of(client.post(f"/unsubscribe/{token}", data={"List-Unsubscribe": "One-Click"}).text)
    assert archive.people.recipients(subscription.id)[0].state == "unsubscribed"
    assert client.post("/unsubscribe/unknown").status_code == client.get("/unsubscribe/unknown").status_code == 404
    archive.close()


def test_spellings_of_one_speaker_are_one_line_that_counts_them_all(tmp_path: Path) -> None:
    archive = open_archive(Settings(data=tmp_path), TantivyIndex.in_memory())
    for number, name in enumerate(["آیدین فروتن", "آيدين فروتن", "آیدین فروتن"]):
        said = hostile_labels(name)
        add(archive, raw(number), replace(said, quotes=(replace(said.quotes[0], speaker_id=None),)))
    client = TestClient(create_app(archive, Settings(data=tmp_path, open="read"), clock=lambda: NOW))
    lines = html.fromstring(client.get("/?scope=all").text).xpath("//section[@aria-labelledby='speakers']//li")
    assert [" ".join(line.text_content().split()) for line in lines] == ["آیدین فروتن۳"]
    choices = html.fromstring(client.get("/search").text).xpath("//section[h2='گوینده']//li")
    assert [" ".join(choice.text_content().split()) for choice in choices] == ["آیدین فروتن۳"]
    archive.close()


def test_the_web_process_starts_without_heavy_libraries() -> None:
    """The first page is served within three seconds of the start."""
    heavy = {"hazm", "nltk", "transformers", "onnxruntime", "scrapy", "twisted", "torch", "scipy"}
    code = "import sys, app.web; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=HERE.parent)
    assert not heavy & set(done.stdout.split())


def test_the_reader_can_ask_how_a_search_was_read(client: TestClient) -> None:
    """Complaint row 11: a search is never mis-read in silence."""
    link = html.fromstring(client.get("/search?q=پیاده رو لحن:منفی").text).xpath("//a[starts-with(@href, '/search/explain')]/@href")[0]
    rows = html.fromstring(client.get(link).text).xpath("//tbody/tr")
    assert len(rows) >= 2
    assert "پیاده" in rows[0].text_content()
    assert client.get("/search/explain").status_code == 200
    assert client.get("/search/explain?q=لحن:عجیب").status_code == 400


def test_a_search_that_finds_nothing_offers_what_may_be_meant(client: TestClient) -> None:
    page = html.fromstring(client.get("/search?q=aivnhvd").text)
    assert page.xpath("string(//p[@class='remark']/a)") == "شهرداری"


def test_figures_follow_the_archive_at_once(tmp_path: Path) -> None:
    """Figures are kept between pages; an article that arrives must be counted by the next one."""
    archive = open_archive(Settings(data=tmp_path), TantivyIndex.in_memory())
    client = TestClient(create_app(archive, Settings(data=tmp_path, open="read"), clock=lambda: NOW))
    for count in ("۱", "۲", "۳"):
        add(archive, raw(int(count.translate({0x6F1: "1", 0x6F2: "2", 0x6F3: "3"}))))
        page = html.fromstring(client.get("/?scope=all").text)
        assert page.xpath("string(//a[@class='kpi-number'])") == count
    archive.close()


@pytest.mark.parametrize(
    ("typed", "name"),
    [("شهرد", "شهردار مشهد"), ("خبر شه", "نمونهٔ خبر شهر"), ("شهرک", "شهرک نیلوفر"), ("محيط زيست", "محیط زیست و فضای سبز")],
)
def test_suggestions_lead_to_their_page(client: TestClient, typed: str, name: str) -> None:
    found = client.get("/search/suggest", params={"q": typed}).json()["suggestions"]
    url = next(one["url"] for one in found if one["name"] == name)
    assert name in text_of(client.get(url).text)


def test_nothing_is_suggested_for_nothing(client: TestClient) -> None:
    assert client.get("/search/suggest?q=").json() == client.get("/search/suggest?q=%20ا").json() == {"suggestions": []}


def test_an_article_leads_to_its_neighbours_in_the_search_and_back(client: TestClient) -> None:
    search = html.fromstring(client.get("/search?q=شهرداری&topic=transport&order=newest").text)
    hits = search.xpath("//li[@data-hit]/h2/a/@href")
    assert len(hits) > 2
    address, walked = hits[0], []
    while address:
        walked.append(address)
        page = html.fromstring(client.get(address).text)
        address = next(iter(page.xpath("//a[@rel='next']/@href")), "")
    assert walked == hits
    assert page.xpath("//a[@rel='prev']/@href") == [hits[-2]]
    back = page.xpath("//nav[@class='trail']/a/@href")[0]
    assert html.fromstring(client.get(back).text).xpath("//li[@data-hit]/h2/a/@href") == hits
    alone = html.fromstring(client.get(hits[0].split("?")[0]).text)
    assert not alone.xpath("//nav[@class='trail']")


def test_articles_with_only_some_of_the_words_stand_below_a_line(client: TestClient) -> None:
    page = html.fromstring(client.get("/search?q=اتوبوس برقی وکیل‌آباد").text)
    total = int(page.get_element_by_id("total").get("data-total"))
    above = page.xpath("//ol[@class='hits'][1]/li[@data-hit]")
    below = page.xpath("//p[@class='divider']/following-sibling::ol//li[@data-hit]")
    assert below
    assert len(above) + sum(len(hit.xpath(".//details[@class='reprints']//li")) for hit in above) == total


def test_no_rise_is_told_where_nothing_came_before(client: TestClient) -> None:
    assert "دورهٔ پیش خبری ندارد" in text_of(client.get("/?days=60").text)
    assert not html.fromstring(client.get("/?days=60").text).xpath("//span[contains(@class, 'change-bad')]")
    assert html.fromstring(client.get("/?days=4").text).xpath("//span[@class='change' or contains(@class, 'change-')]")
