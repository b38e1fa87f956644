"""Bulletins, comparison, triangle and settings walked through in a real browser, also on a phone and without JavaScript."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

import pytest
from axe_core_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from app.web import create_app
from core.settings import Settings
from dashboards.sign_in_page import cookie_name
from store.alerts import AlertRecord
from store.archive import Archive
from store.sendings import DigestRecord
from tests.browser import needs_chromium, served, started_browser, watched_page
from tests.dashboards.test_browser import WIDTHS, fits
from tests.dashboards.test_pages import HOSTILE, hostile_labels
from tests.desk import NOW, add, open_filled, raw
from tests.desk_client import session_of

pytestmark = needs_chromium


@dataclass(frozen=True)
class Site:
    """A served desk and its archive."""

    base: str
    archive: Archive

    @contextmanager
    def page(self, browser: Browser, width: int, role: str, *, scripts: bool = True, dark: bool = False) -> Iterator[Page]:
        """A watched page in which somebody of that role is signed in."""
        with watched_page(browser, self.base, width, scripts=scripts, dark=dark) as page:
            page.context.add_cookies([{"name": cookie_name(secure=False), "value": session_of(self.archive, role), "url": self.base}])
            yield page


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with started_browser() as browser:
        yield browser


@pytest.fixture
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("boards")
    archive, outlets = open_filled(folder)
    with served(create_app(archive, Settings(data=folder), outlets, clock=lambda: NOW)) as base:
        yield Site(base, archive)
    archive.close()


@pytest.fixture(scope="module")
def used(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A desk in use: a published bulletin, a draft, a collection, a subscription with a refused address, corrections, a digest."""
    folder = tmp_path_factory.mktemp("used")
    archive, outlets = open_filled(folder)
    for number in (1, 4, 20):
        archive.bulletins.pick(NOW.date(), number, "نگار", NOW)
    from dashboards.bulletin_book import book_of
    from dashboards.desk import Desk
    from render.bulletin import book_json

    archive.bulletins.publish(1, book_json(book_of(Desk(archive), archive.bulletins.get(1))), NOW)
    for number in (2, 6, 30):
        archive.bulletins.pick(NOW.date(), number, "نگار", NOW)
    archive.collections.add("محلی", [outlets[0].key], "نگار", NOW)
    subscription = archive.people.add_subscription("خبر روز", "شهرداری", ("reader@city.example", "gone@city.example"), now=NOW)
    archive.people.mark_bad("gone@city.example", "550 no such user", NOW)
    archive.people.sendings.keep(DigestRecord(subscription.id, NOW, NOW, 3, "خبر روز", "<p>نامه</p>", "متن"), ["reader@city.example"])
    archive.articles.correct([3], ("tone", "negative"), "نگار", NOW)
    search = archive.people.save_search("شهرداری", "شهرداری", "", "daily", NOW - timedelta(days=3))
    archive.people.send_search(search.id, ["reader@city.example"], "07:00", NOW)
    _outgoing(archive)
    with served(create_app(archive, Settings(data=folder), outlets, clock=lambda: NOW)) as base:
        yield Site(base, archive)
    archive.close()


def _outgoing(archive: Archive, words: str = "شهرداری") -> None:
    """A rule whose alert fired, and a webhook that refused a message."""
    quiet, to = ("22:00", "07:00"), ["reader@city.example"]
    rule = archive.alerts.add(words, '"x"', kinds=("volume", "story"), addresses=to, quiet=quiet, made_by=words, now=NOW)
    document: dict[str, object] = {"rule": words, "headline": words, "url": "/search?q=شهرداری"}
    archive.alerts.keep(AlertRecord(rule.id, "volume:1", "volume", NOW, document, words, words, words), to, NOW)
    hook = archive.webhooks.add(words, "https://city.example/hook", query='"x"', events=("alert.fired",), made_by=words, now=NOW)
    archive.webhooks.enqueue("alert.fired", f"alert:{hook.id}", {}, NOW)
    while one := archive.webhooks.claim("w", NOW + timedelta(days=9)):
        archive.webhooks.undelivered(one, "w", (503, words), NOW - timedelta(days=9))


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
@pytest.mark.parametrize("width", WIDTHS)
def test_from_the_search_to_a_published_bulletin(browser: Browser, site: Site, width: int, scripts: bool) -> None:
    with site.page(browser, width, "editor", scripts=scripts) as page:
        page.goto("/search?q=اتوبوس")
        page.locator(".pick button").first.click()
        page.wait_for_url("**/search?**#pick-*")
        assert "در بولتن امروز" in page.locator(".pick button").first.inner_text()
        page.goto("/articles/20")
        page.locator(".pick button").click()
        page.wait_for_url("**/articles/20**")
        page.locator(".menu a", has_text="بولتن").click()
        page.get_by_role("link", name="چیدن و انتشار").click()
        assert fits(page)
        page.fill("#title", "بولتن صبح")
        page.locator("form[action$='/describe'] button").click()
        names = page.locator(".draft-entries h3").all_inner_texts()
        assert len(names) == 2
        page.locator("[aria-label^='پایین بردن بخش']").first.click()
        page.wait_for_load_state()
        assert page.locator(".draft-entries h3").all_inner_texts() == names[::-1]
        page.locator(".draft-note summary").first.click()
        page.locator(".draft-note textarea").first.fill("برای جلسهٔ فردا")
        page.locator("form[action$='/annotate'] button").first.click()
        page.get_by_role("button", name="انتشار").click()
        page.wait_for_load_state()
        assert page.locator("h1").inner_text() == "بولتن صبح"
        assert "برای جلسهٔ فردا" in page.locator(".book-note").inner_text()
        assert page.locator(".book-entry").count() == 2
        assert fits(page)
    with site.page(browser, width, "viewer", scripts=scripts) as page:
        page.goto("/bulletins")
        page.locator(".book-name a").click()
        with page.expect_download() as download:
            page.get_by_role("link", name="پی‌دی‌اف").click()
        assert download.value.path().read_bytes().startswith(b"%PDF-")


def test_a_bulletin_is_printed_without_the_desk_around_it(browser: Browser, used: Site) -> None:
    with used.page(browser, 1280, "viewer") as page:
        page.goto("/bulletins/1/print")
        page.emulate_media(media="print")
        assert not page.locator(".top").is_visible()
        assert not page.locator(".book-files").is_visible()
        assert page.locator(".book-entry").count() == 3
        assert page.pdf(format="A4").startswith(b"%PDF-")


@pytest.mark.parametrize("width", WIDTHS)
def test_two_topics_are_compared_without_javascript(browser: Browser, used: Site, width: int) -> None:
    with used.page(browser, width, "viewer", scripts=False) as page:
        page.goto("/")
        page.locator(".menu a", has_text="مقایسه").click()
        page.select_option("#a", "transport")
        page.select_option("#b", "social")
        page.fill("#from", "۱۴۰۵/۰۸/۱۰")
        page.locator(".range button[type=submit]").click()
        page.wait_for_url("**a=transport**")
        assert fits(page)
        link = page.locator(".compare td a").first
        number = link.inner_text()
        link.click()
        page.wait_for_url("**/search?**")
        assert page.locator("#total").inner_text() == number


@pytest.mark.parametrize("width", WIDTHS)
def test_a_collection_narrows_the_figures(browser: Browser, site: Site, width: int) -> None:
    with site.page(browser, width, "editor") as page:
        page.goto("/settings")
        page.get_by_role("link", name="گروه‌های رسانه").click()
        page.fill("#name", "محلی")
        page.locator("input[name=outlets]").first.check()
        page.get_by_role("button", name="ساختن گروه").click()
        page.wait_for_load_state()
        page.get_by_role("link", name="نمای کلی این گروه").click()
        page.wait_for_url("**collection=1**")
        assert page.locator("#collection").input_value() == "1"
        narrowed = page.locator(".kpi-number").first.inner_text()
        page.goto("/")
        assert page.locator(".kpi-number").first.inner_text() != narrowed


@pytest.mark.parametrize("width", WIDTHS)
def test_a_subscription_is_made_and_its_letter_looked_at(browser: Browser, site: Site, width: int) -> None:
    with site.page(browser, width, "admin") as page:
        page.goto("/settings/subscriptions")
        page.get_by_role("link", name="خبرنامهٔ تازه").click()
        page.fill("#name", "خبر روز")
        page.fill("#addresses", "reader@city.example")
        page.get_by_role("button", name="ساختن خبرنامه").click()
        page.wait_for_url("**/settings/subscriptions/1")
        assert "می‌گیرد" in page.locator(".addresses").inner_text()
        page.goto("/settings/subscriptions/1/preview")
        assert "خبر روز" in page.locator("body").inner_text()
        colours = page.evaluate("[...document.querySelectorAll('[style*=\"color\"]')].map(each => getComputedStyle(each).color)")
        assert set(colours) - {"rgb(0, 0, 0)"}  # the letter's own styles are let through


BOARDS = [
    "/bulletins",
    "/bulletins/1",
    "/bulletins/2",
    "/bulletins/2/print",
    "/compare?days=14&kind=topic&a=transport&b=social&scope=all",
    "/compare?days=7&kind=period&scope=all",
    "/compare?kind=speaker",
    "/triangle?days=14",
    "/settings",
    "/settings/collections",
    "/settings/collections/1",
    "/settings/subscriptions",
    "/settings/subscriptions/1",
    "/settings/subscriptions/new",
    "/settings/digests",
    "/settings/digests/1",
    "/settings/errors?month=1405-09",
    "/settings/model",
    "/",
    "/searches",
    "/searches/1",
    "/settings/subscriptions/2",
    "/alerts",
    "/settings/alert-rules",
    "/settings/alert-rules/try?q=شهرداری",
    "/settings/webhooks",
    "/settings/webhooks/1",
]


@pytest.mark.parametrize("address", BOARDS)
def test_every_board_is_accessible_and_fits(browser: Browser, used: Site, address: str) -> None:
    for width, dark in ((1280, False), (1280, True), (390, False)):
        with used.page(browser, width, "admin", dark=dark) as page:
            assert page.goto(address).status == 200  # type: ignore[union-attr]
            assert fits(page), width
            found = Axe().run(page)["violations"]
            serious = {rule["id"]: rule["nodes"][0]["html"][:200] for rule in found if rule["impact"] in ("serious", "critical")}
            assert serious == {}, (width, dark)


def test_nothing_hostile_executes_on_the_boards(browser: Browser, site: Site) -> None:
    archive = site.archive
    for number, words in enumerate(HOSTILE):
        hostile = raw(number, headline=words, kicker=words, lead=words, body=f"متن {words}", outlet=words, url=words)
        article = add(archive, hostile, hostile_labels(words))
        archive.bulletins.pick(NOW.date(), article.id, words, NOW)
        archive.bulletins.annotate(1, article.id, words, "")
        archive.collections.add(words, [words], words, NOW)
        made = archive.people.add_subscription(words, '"x"', ("reader@city.example",), now=NOW)
        archive.people.sendings.keep(DigestRecord(made.id, NOW, NOW, 1, words, f"<p>{words}</p>", words), ["reader@city.example"])
        _outgoing(archive, words)
        search = archive.people.save_search(words, '"x"', "", "daily", NOW)
        archive.people.send_search(search.id, ["reader@city.example"], "07:00", NOW)
    archive.bulletins.describe(1, HOSTILE[0], HOSTILE[1])
    boards = ["/bulletins", "/bulletins/1", "/bulletins/1/print", "/settings/collections", "/settings/subscriptions", "/settings/errors"]
    boards += ["/searches", "/searches/1", "/alerts", "/settings/alert-rules", "/settings/webhooks", "/settings/webhooks/1"]
    boards += [
        "/settings/alert-rules?search=1",
        "/settings/digests",
        *(f"/settings/digests/{number + 1}" for number in range(len(HOSTILE))),
    ]
    with site.page(browser, 1280, "admin") as page:
        for address in boards:
            page.goto(address)
            assert page.locator("h1").count() == 1
        page.goto("/compare?kind=speaker&scope=all")
        page.fill("#a", HOSTILE[0])
        page.fill("#b", HOSTILE[1])
        page.locator(".range button[type=submit]").click()
        page.wait_for_load_state()
        assert page.locator("h1").count() == 1


def test_nothing_in_a_letter_executes(browser: Browser, site: Site) -> None:
    """Its policy sandboxes it: a script in a letter is refused, and the refusal is all that the console tells."""
    made = site.archive.people.add_subscription("x", '"x"', ("reader@city.example",), now=NOW)
    letter = "<h1>نامه</h1><script>document.title='broken'</script><img src=x onerror=\"document.title='broken'\">"
    site.archive.people.sendings.keep(DigestRecord(made.id, NOW, NOW, 1, "x", letter, "x"), ["reader@city.example"])
    context = browser.new_context(base_url=site.base)
    context.add_cookies([{"name": cookie_name(secure=False), "value": session_of(site.archive, "admin"), "url": site.base}])
    page = context.new_page()
    page.goto("/settings/digests/1/letter")
    assert page.locator("h1").inner_text() == "نامه"
    assert page.title() != "broken"
    context.close()
