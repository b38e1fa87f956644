"""What an officer does at the desk, in a real browser: with and without JavaScript, at desk and phone width; nothing hostile executes."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest
from axe_core_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from app.web import create_app
from core.settings import Settings
from store.archive import Archive
from store.indexing import catch_up
from tests.browser import needs_chromium, served, started_browser, watched_page
from tests.dashboards.officers import PASSWORD
from tests.dashboards.test_browser import fits
from tests.dashboards.test_pages import HOSTILE, hostile_labels
from tests.desk import NOW, add, open_filled, raw

pytestmark = needs_chromium
OWN_PAGES = ["/articles/1?q=مترو&order=newest", "/articles/3", "/help", "/searches", "/add", "/search?q=اتوبوس", "/search/why/2?q=اتوبوس"]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with started_browser() as browser:
        yield browser


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Archive, str]]:
    folder = tmp_path_factory.mktemp("office")
    archive, outlets = open_filled(folder)
    archive.accounts.add("سارا", "editor", PASSWORD, NOW)
    archive.collections.add("نمونه", [outlets[0].key], "سارا", NOW)
    archive.articles.correct([3], ("relevant", False), "سارا", NOW)
    catch_up(archive)
    with served(create_app(archive, Settings(data=folder), outlets, clock=lambda: NOW)) as base:
        yield archive, base
    archive.close()


@contextmanager
def signed_in_page(browser: Browser, base: str, width: int = 1280, **more: bool) -> Iterator[Page]:
    with watched_page(browser, base, width, **more) as page:
        page.goto("/sign-in")
        page.fill("main [name=name]", "سارا")
        page.fill("main [name=password]", PASSWORD)
        page.press("main [name=password]", "Enter")
        page.wait_for_url(base + "/")
        yield page


@pytest.mark.parametrize(("width", "scripts"), [(1280, True), (390, True), (390, False)])
def test_a_label_is_corrected_and_taken_back(browser: Browser, office: tuple[Archive, str], width: int, scripts: bool) -> None:
    _archive, base = office
    with signed_in_page(browser, base, width, scripts=scripts) as page:
        page.goto("/articles/1")
        block = page.locator("#labels")
        block.locator("button[value=negative]").first.click()
        page.wait_for_url("**/articles/1#labels")
        assert "اصلاح سارا" in block.inner_text()
        assert block.locator("button[value=negative]").first.get_attribute("aria-pressed") == "true"
        assert fits(page)
        block.locator("button[name=undo]").first.click()
        page.wait_for_load_state()
        assert "اصلاح سارا" not in block.inner_text()
        block.locator("summary", has_text="افزودن موضوع").click()
        block.locator("button[name=add]", has_text="سلامت").click()
        page.wait_for_load_state()
        assert "سلامت" in block.locator(".topic-set").first.inner_text()
        block.locator("button[name=undo]").first.click()
        page.wait_for_load_state()


@pytest.mark.parametrize("width", [1280, 390])
def test_an_article_leaves_the_figures_and_comes_back(browser: Browser, office: tuple[Archive, str], width: int) -> None:
    archive, base = office
    with signed_in_page(browser, base, width) as page:
        page.goto("/?days=14&scope=all")
        before = page.locator(".kpi-number").first.inner_text()
        page.goto("/search?order=newest")
        hit = page.locator("[data-hit]").first
        mark = hit.get_attribute("id")
        hit.locator("button", has_text="نامرتبط است").click()
        page.wait_for_url(f"**#{mark}")
        assert "نامرتبط" in page.locator(f"#{mark} .badge-irrelevant").inner_text()
        catch_up(archive)
        page.goto("/?days=14&scope=all")
        after = page.locator(".kpi-number").first.inner_text()
        assert after != before
        page.locator(".kpi-number").first.click()
        page.wait_for_url("**/search?**")
        assert page.locator("#total").inner_text() == after
        assert page.locator(".badge-irrelevant").count() == 0
        page.goto(f"/articles/{(mark or '').removeprefix('hit-')}")
        page.locator("[role=note] button", has_text="بازگرداندن").click()
        page.wait_for_load_state()
        catch_up(archive)
        page.goto("/?days=14&scope=all")
        assert page.locator(".kpi-number").first.inner_text() == before


@pytest.mark.parametrize(("width", "scripts"), [(1280, True), (390, False)])
def test_a_search_is_kept_renamed_and_removed(browser: Browser, office: tuple[Archive, str], width: int, scripts: bool) -> None:
    _archive, base = office
    with signed_in_page(browser, base, width, scripts=scripts) as page:
        page.goto("/search?q=اتوبوس&topic=transport")
        total = page.locator("#total").inner_text()
        page.locator(".save-box summary").click()
        page.fill("#save-name", "اتوبوس‌ها")
        page.select_option("#save-cadence", "daily")
        page.locator(".save-box button[type=submit]").click()
        page.wait_for_url("**/searches?saved=**")
        row = page.locator(".just-saved")
        assert f"{total} خبر" in row.inner_text()
        assert fits(page)
        row.locator(".story-name").click()
        page.wait_for_url("**/search?q=**")
        assert page.locator("#total").inner_text() == total
        page.goto("/searches")
        page.locator(".saved li", has_text="اتوبوس‌ها").locator(".saved-edit").click()
        page.wait_for_load_state()
        assert fits(page)
        page.fill("#name", "اتوبوس و مترو")
        page.locator("main button", has_text="ذخیره").click()
        page.wait_for_url("**/searches?saved=**")
        page.locator(".saved li", has_text="اتوبوس و مترو").locator(".saved-edit").click()
        page.locator(".danger summary").click()
        page.locator("button", has_text="برداشتن از فهرست").click()
        page.wait_for_load_state()
        assert "اتوبوس و مترو" not in page.locator("main").inner_text()


@pytest.mark.parametrize(("width", "scripts"), [(1280, True), (390, False)])
def test_a_missed_clip_is_pasted(browser: Browser, office: tuple[Archive, str], width: int, scripts: bool) -> None:
    _archive, base = office
    with signed_in_page(browser, base, width, scripts=scripts) as page:
        page.goto("/search")
        page.locator(".form-links a", has_text="افزودن خبر").click()
        page.wait_for_url("**/add")
        page.fill("#outlet", "روزنامهٔ نمونه")
        page.fill("#headline", f"نمایشگاه گل در بوستان ملت {width}")
        page.fill("#body", "نمایشگاه گل و گیاه در بوستان ملت گشوده شد.\nبازدید تا پایان هفته رایگان است.")
        page.fill("#day", "1405/12/29")
        page.locator("button", has_text="افزودن خبر").click()
        page.wait_for_load_state()
        assert "هنوز نیامده است" in page.locator("[role=alert]").inner_text()
        assert page.input_value("#headline") == f"نمایشگاه گل در بوستان ملت {width}"
        page.fill("#day", "1405/09/02")
        page.locator("button", has_text="افزودن خبر").click()
        page.wait_for_url("**/articles/**")
        assert "افزودهٔ همکاران" in page.locator(".sheet-head").inner_text()
        assert page.locator(".body p").count() == 2
        assert fits(page)


def test_why_an_article_was_found_opens_in_its_place(browser: Browser, office: tuple[Archive, str]) -> None:
    _archive, base = office
    with signed_in_page(browser, base) as page:
        page.goto("/search?q=اتوبوس برقی ایستگاه")
        page.locator("[data-why]").first.click()
        box = page.locator(".why-box").first
        box.locator(".why-met").first.wait_for()
        assert "واژهٔ «اتوبوس»" in box.inner_text()
        assert page.url.endswith("q=" + page.url.split("q=")[1])
        page.locator("[data-why]").last.click()
        last = page.locator(".why-box").last
        last.locator(".why-missing").first.wait_for()
        assert "در این خبر نیست" in last.inner_text()
    with signed_in_page(browser, base, 390, scripts=False) as page:
        page.goto("/search?q=اتوبوس برقی ایستگاه")
        page.locator("[data-why]").first.click()
        page.wait_for_url("**/search/why/**")
        assert page.locator(".why-met").count() == 3


def test_the_question_mark_opens_the_help_whose_examples_work(browser: Browser, office: tuple[Archive, str]) -> None:
    _archive, base = office
    with signed_in_page(browser, base) as page:
        page.goto("/outlets")
        page.keyboard.press("?")
        page.wait_for_url("**/help#keys")
        count = page.locator(".examples div").count()
        assert count > 15
        for number in range(count):
            example = page.locator(".examples div").nth(number)
            told = example.locator(".count").inner_text()
            example.locator("a").click()
            page.wait_for_url("**/search?q=**")
            assert page.locator("#total").inner_text() == told
            page.goto("/help")


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_own_pages_fit_and_have_no_serious_accessibility_violation(
    browser: Browser, office: tuple[Archive, str], width: int, dark: bool
) -> None:
    _archive, base = office
    with signed_in_page(browser, base, width, dark=dark) as page:
        for address in OWN_PAGES:
            page.goto(address)
            assert fits(page), address
            found = Axe().run(page)["violations"]
            serious = {rule["id"]: rule["nodes"][0]["html"][:200] for rule in found if rule["impact"] in ("serious", "critical")}
            assert serious == {}, address


def test_nothing_hostile_executes_where_officers_write(browser: Browser, office: tuple[Archive, str]) -> None:
    archive, base = office
    ids = []
    for number, words in enumerate(HOSTILE, start=700):
        hostile = raw(number, headline=words, lead=words, body=f"متن {words} {words}", section=words, outlet=words, flags=("by_hand",))
        ids.append(add(archive, replace(hostile, url=words), hostile_labels(words)).id)
        archive.articles.correct([ids[-1]], ("tone", "negative"), words, NOW)
        archive.people.save_search(words, "شهر", words, now=NOW)
        archive.people.save_search(f"{words} همه", "شهر", "", now=NOW)
        archive.collections.add(words, [words], words, NOW)
    with signed_in_page(browser, base) as page:
        for address in [
            "/searches",
            "/",
            *(f"/articles/{id}?q=متن&order=newest&added=new" for id in ids),
            *(f"/search/why/{id}?q=متن" for id in ids),
        ]:
            page.goto(address)
            assert page.locator("h1").count() == 1
        for words in HOSTILE:
            page.goto("/add")
            for field in ("#outlet", "#headline", "#body", "#text-url"):
                page.fill(field, words)
            page.fill("#day", words)
            page.evaluate("document.querySelectorAll('main form').forEach(form => form.noValidate = true)")
            page.locator("button", has_text="افزودن خبر").click()
            page.wait_for_load_state()
            assert page.locator("[role=alert]").count() == 1
            assert page.input_value("#headline") == words
            page.goto("/search?q=متن")
            page.locator(".save-box summary").click()
            page.fill("#save-name", words)
            page.locator(".save-box button[type=submit]").click()
            page.wait_for_load_state()
