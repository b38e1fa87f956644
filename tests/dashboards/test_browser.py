"""The desk in a real browser: walks at desk and phone width, without JavaScript, accessibility, and nothing hostile executes."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from axe_core_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from app.web import create_app
from core.dates import MONTHS, from_jalali, persian_digits, weekday
from core.settings import Settings
from store.archive import Archive
from tests.browser import needs_chromium, served, started_browser, watched_page
from tests.dashboards.test_pages import HOSTILE, hostile_labels
from tests.desk import NOW, add, open_filled, raw

pytestmark = needs_chromium
WIDTHS = [1280, 390]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with started_browser() as browser:
        yield browser


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("site")
    archive, outlets = open_filled(folder)
    with served(create_app(archive, Settings(data=folder, open="read"), outlets, clock=lambda: NOW)) as base:
        yield base
    archive.close()


def fits(page: Page) -> bool:
    """Nothing sticks out to the side."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))


@pytest.mark.parametrize("width", WIDTHS)
def test_from_the_overview_over_a_bar_to_an_article(browser: Browser, site: str, width: int) -> None:
    with watched_page(browser, site, width) as page:
        page.goto("/?days=14")
        assert fits(page)
        chart = page.locator(".chart-wide" if width > 800 else ".chart-narrow")
        assert chart.is_visible()
        bar = chart.locator("a path").last
        count = bar.get_attribute("aria-label") or ""
        bar.click()
        page.wait_for_url("**/search?**")
        assert page.locator("#total").inner_text() in count
        assert fits(page)
        page.locator("[data-hit] h2 a").first.click()
        page.wait_for_url("**/articles/**")
        assert page.locator(".body p").count() >= 2
        assert fits(page)


@pytest.mark.parametrize("width", WIDTHS)
def test_search_filter_unfold_and_read_without_javascript(browser: Browser, site: str, width: int) -> None:
    with watched_page(browser, site, width, scripts=False) as page:
        page.goto("/search")
        page.fill("#q", "ایستگاه")
        page.press("#q", "Enter")
        page.wait_for_url("**q=**")
        before = page.locator("[data-hit]").count()
        assert before > 2
        page.locator(".facet a", has_text="حمل‌ونقل و ترافیک").first.click()
        page.wait_for_url("**topic=transport**")
        assert page.locator("[data-hit]").count() <= before
        page.locator(".reprints summary").first.click()
        assert page.locator(".reprints li a").first.is_visible()
        page.locator(".reprints li a").first.click()
        page.wait_for_url("**/articles/**")
        assert page.locator("h1").inner_text()
        assert page.locator(".timeline li").count() == 3


def test_the_keyboard_walks_through_the_results(browser: Browser, site: str) -> None:
    with watched_page(browser, site, 1280) as page:
        page.goto("/search")
        page.keyboard.press("/")
        assert page.evaluate("document.activeElement.id") == "q"
        page.keyboard.type("اتوبوس")
        page.keyboard.press("Enter")
        page.wait_for_url("**q=**")
        page.keyboard.press("j")
        page.keyboard.press("j")
        headline = page.locator("[data-hit].is-here h2").inner_text()
        assert headline == page.locator("[data-hit] h2").nth(1).inner_text()
        page.evaluate("document.dispatchEvent(new KeyboardEvent('keydown', {key: 'ن', bubbles: true}))")  # k on a Persian keyboard
        assert page.locator("[data-hit]").first.get_attribute("class") == "hit is-here"
        page.keyboard.press("o")
        page.wait_for_url("**/articles/**")


def test_layers_of_the_text_can_be_switched_off(browser: Browser, site: str) -> None:
    with watched_page(browser, site, 1280) as page:
        page.goto("/articles/1")
        marked = page.locator(".mark-quote").first
        shown = marked.evaluate("each => getComputedStyle(each).backgroundColor")
        page.locator("input[name=quote]").uncheck()
        assert marked.evaluate("each => getComputedStyle(each).backgroundColor") != shown


@pytest.mark.parametrize("width", WIDTHS)
def test_the_period_and_the_switches_change_the_page(browser: Browser, site: str, width: int) -> None:
    with watched_page(browser, site, width) as page:
        page.goto("/")
        assert page.locator(".segments [aria-current]").inner_text() == "۷ روز"
        week = page.locator(".kpi-number").first.inner_text()
        page.locator(".segments a", has_text="۳۰ روز").click()
        page.wait_for_url("**from=**")
        assert page.locator(".kpi-number").first.inner_text() != week
        page.locator(".switch", has_text="فقط خبرهای مربوط به شهر").click()
        page.wait_for_url("**scope=all**")
        assert "همهٔ خبرها" in page.locator(".page-span").inner_text()
        page.locator(".switch", has_text="رسانه‌های شهرداری").click()
        page.wait_for_url("**own=0**")
        assert all("رسانه‌های شهرداری" in words for words in page.locator("main h2 .quiet").all_inner_texts() if "همهٔ خبرها" in words)
        page.fill("#from", "۱۴۰۵/۹/۱")
        page.fill("#to", "1405/09/02")
        page.locator(".range button[type=submit]").click()
        page.wait_for_url("**from=**")
        assert "۱ آذر ۱۴۰۵ تا ۲ آذر ۱۴۰۵" in page.locator(".page-span").inner_text()


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize(
    "address", ["/triangle?days=14", "/outlets", "/topics/transport?days=14", "/articles/1", "/search?q=لحن:چیز", "/nope"]
)
def test_every_page_fits_its_width(browser: Browser, site: str, address: str, width: int) -> None:
    with watched_page(browser, site, width) as page:
        page.goto(address)
        assert fits(page)
        assert page.evaluate("getComputedStyle(document.querySelector('h1')).direction") == "rtl"


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("address", ["/?days=14", "/search?q=اتوبوس", "/articles/1", "/triangle?days=14", "/outlets", "/nope"])
def test_no_serious_accessibility_violation(browser: Browser, site: str, address: str, dark: bool) -> None:
    with watched_page(browser, site, 1280, dark=dark) as page:
        page.goto(address)
        found = Axe().run(page)["violations"]
        serious = {rule["id"]: rule["nodes"][0]["html"][:200] for rule in found if rule["impact"] in ("serious", "critical")}
        assert serious == {}


def test_our_own_face_is_used_and_its_digits_are_persian(browser: Browser, site: str) -> None:
    with watched_page(browser, site, 1280) as page:
        page.goto("/")
        assert page.evaluate("document.fonts.ready.then(() => document.fonts.check('16px \"Rasad Sans\"', 'نمای کلی ۱۲۳'))")
        latin = page.evaluate("document.body.innerText.match(/[0-9]+/g)")
        assert latin in (None, [])


def test_nothing_hostile_executes(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("hostile")
    archive, _ = open_filled(folder)
    ids = [_add_hostile(archive, number, words) for number, words in enumerate(HOSTILE)]
    with (
        served(create_app(archive, Settings(data=folder, open="read"), clock=lambda: NOW)) as base,
        watched_page(browser, base, 1280) as page,
    ):
        for address in ["/?scope=all", "/search?order=newest", "/outlets", "/triangle?scope=all", *(f"/articles/{id}" for id in ids)]:
            page.goto(address)
            assert page.locator("h1").count() == 1
        for words in HOSTILE:
            page.goto("/search")
            page.fill("#q", words)
            page.press("#q", "Enter")
            page.wait_for_load_state()
            assert page.input_value("#q") == words
    archive.close()


def _add_hostile(archive: Archive, number: int, words: str) -> int:
    hostile = raw(number, headline=words, kicker=words, lead=words, body=f"متن {words}", byline=words, section=words, outlet=words)
    return add(archive, replace(hostile, url=words if number % 2 else hostile.url), hostile_labels(words)).id


@pytest.mark.parametrize("width", WIDTHS)
def test_a_date_is_picked_from_a_jalali_calendar(browser: Browser, site: str, width: int) -> None:
    with watched_page(browser, site, width) as page:
        page.goto("/search?from=1405/12/29&to=1406/01/02")
        page.locator(".calendar-opener").first.click()
        calendar = page.locator(".calendar").first
        assert calendar.locator("b").inner_text() == "اسفند ۱۴۰۵"
        assert calendar.locator("[data-day]").count() == 29
        page.keyboard.press("ArrowLeft")  # the day after the month's last one
        assert calendar.locator("b").inner_text() == "فروردین ۱۴۰۶"
        assert calendar.locator("[data-day]").count() == 31
        assert calendar.locator("i").count() == 1  # 1 Farvardin 1406 is a Sunday
        calendar.locator("[data-day='5']").click()
        assert page.input_value("#from") == "۱۴۰۶/۰۱/۰۵"
        page.keyboard.press("Enter")
        page.wait_for_url("**from=**")
        assert page.locator("#total").inner_text() == "۰"


def test_months_of_the_calendar_are_the_true_ones(browser: Browser, site: str) -> None:
    with watched_page(browser, site, 1280) as page:
        page.goto("/search?from=1399/01/01")
        page.locator(".calendar-opener").first.click()
        calendar = page.locator(".calendar").first
        for year, month in [(year, month) for year in range(1399, 1405) for month in range(1, 13)]:
            start = from_jalali(year, month, 1)
            after = from_jalali(year + month // 12, month % 12 + 1, 1)
            shown = (calendar.locator("b").inner_text(), calendar.locator("[data-day]").count(), calendar.locator("i").count())
            assert shown == (f"{MONTHS[month - 1]} {persian_digits(year)}", (after - start).days, weekday(start))
            calendar.locator("[aria-label='ماه بعد']").click()


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("box", ["#q", "#top-q"])
def test_names_are_suggested_as_one_types(browser: Browser, site: str, box: str, width: int) -> None:
    with watched_page(browser, site, width) as page:
        page.goto("/search" if box == "#q" else "/outlets")
        page.click(box)
        page.keyboard.type("حمل و")
        first = page.locator(".suggestions li").first
        first.wait_for()
        assert "حمل‌ونقل و ترافیک" in first.inner_text()
        page.keyboard.press("ArrowDown")
        assert first.get_attribute("aria-selected") == "true"
        page.keyboard.press("Enter")
        page.wait_for_url("**/topics/transport")
