"""Turns, triangle, dashboards, an article from all sides, alerts and webhooks: walked through in a real browser at both widths."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import pytest
from playwright.sync_api import Browser

from app.web import create_app
from core.settings import Settings
from store.indexing import catch_up
from tests.browser import needs_chromium, served, started_browser
from tests.dashboards.test_boards_browser import Site
from tests.dashboards.test_browser import WIDTHS, fits
from tests.desk import NOW, add, open_filled, raw
from tests.store.samples import said

pytestmark = needs_chromium


@dataclass
class Clock:
    now: datetime

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with started_browser() as browser:
        yield browser


@pytest.fixture
def clock() -> Clock:
    return Clock(NOW)


@pytest.fixture
def site(tmp_path_factory: pytest.TempPathFactory, clock: Clock) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("walks")
    archive, outlets = open_filled(folder)
    settings = Settings(data=folder, allow_addresses=("127.0.0.0/8",))
    with served(create_app(archive, settings, outlets, clock=clock)) as base:
        yield Site(base, archive)
    archive.close()


@pytest.mark.parametrize(("width", "scripts"), [(1280, True), (390, False)])
def test_the_turn_of_a_saved_search_comes_is_looked_at_and_sent(
    browser: Browser, site: Site, clock: Clock, width: int, scripts: bool
) -> None:
    clock.now = NOW - timedelta(hours=8)  # 04:30 in Tehran: the turn of 06:30 comes within the session
    with site.page(browser, width, "editor", scripts=scripts) as page:
        page.goto("/search?q=بوستان")
        page.locator(".save-box summary").click()
        page.fill("#save-name", "بوستان‌ها")
        page.select_option("#save-cadence", "daily")
        page.fill("#save-addresses", "reader@city.example")
        page.locator(".save-box button[type=submit]").click()
        page.wait_for_url("**/searches?saved=**")
        assert "هر روز" in page.locator(".just-saved").inner_text()
        assert "با نامه فرستاده می‌شود" in page.locator(".just-saved").inner_text()
        assert page.locator(".due").count() == 0
        clock.now = NOW
        for number in range(3):
            add(site.archive, raw(820 + number, published_at=NOW - timedelta(hours=2 + number)), said())
        page.goto("/")
        assert page.locator(".due b").inner_text() == "۱"
        assert fits(page)
        page.locator(".due").click()
        page.wait_for_url("**/searches")
        assert "نوبتش رسیده است" in page.locator(".saved li").first.inner_text()
        number = page.locator(".saved-new b").first.inner_text()
        page.locator(".saved-new").first.click()
        page.wait_for_url("**/search?**")
        assert page.locator("#total").inner_text() == number
        page.goto("/")
        assert page.locator(".due").count() == 0
        page.goto("/searches")
        page.locator(".saved-edit").first.click()
        assert page.locator("#addresses").input_value() == "reader@city.example"
        assert fits(page)
        page.select_option("#cadence", "weekly")
        page.fill("#at", "۰۷:۳۰")
        page.locator("main button", has_text="ذخیره").click()
        page.wait_for_url("**/searches?saved=**")
        (sent,) = site.archive.people.subscriptions()
        assert (sent.at, sent.days) == ("07:30", (0,))
    with site.page(browser, width, "viewer", scripts=scripts) as page:
        page.goto("/searches")
        assert "reader@city.example" not in page.content()


@pytest.mark.parametrize("width", WIDTHS)
def test_each_corner_of_the_triangle_leads_to_its_articles(browser: Browser, site: Site, width: int) -> None:
    with site.page(browser, width, "viewer", scripts=width > 800) as page:
        page.goto("/")
        page.locator(".menu a", has_text="سه‌گوش").click()
        page.wait_for_url("**/triangle**")
        page.locator(".segments a", has_text="۳۰ روز").click()
        page.wait_for_url("**from=**")
        assert fits(page)
        for corner in range(3):
            side = page.locator(".triangle-row").first.locator(".triangle-side").nth(corner)
            if side.locator(".side-count a").count():
                number = side.locator(".side-count a").inner_text().split()[0]
                side.locator(".side-count a").click()
                page.wait_for_url("**/search?**")
                assert page.locator("#total").inner_text() == number
                page.go_back()


@pytest.mark.parametrize("width", WIDTHS)
def test_from_the_overview_to_a_topic_an_outlet_and_a_speaker(browser: Browser, site: Site, width: int) -> None:
    with site.page(browser, width, "viewer", scripts=width > 800) as page:
        for section, path in (("topics", "/topics/"), ("outlets", "/outlets/"), ("speakers", "/speakers/")):
            page.goto("/?days=14&scope=all")
            line = page.locator(f"section[aria-labelledby={section}] .lines li").first
            number = line.locator(".line-count a").first.inner_text()
            name = line.locator(".line-name").inner_text()
            line.locator(".line-name").click()
            page.wait_for_url(f"**{path}**")
            assert page.locator("h1").inner_text() == name
            assert page.locator(".kpi-number").first.inner_text() == number
            assert fits(page)
            page.locator(".kpi-number").first.click()
            page.wait_for_url("**/search?**")
            assert page.locator("#total").inner_text() == number


@pytest.mark.parametrize("width", WIDTHS)
def test_an_article_is_read_from_all_sides(browser: Browser, site: Site, width: int) -> None:
    """Next and back within the search, the revisions with what changed, the reprints, the archived page."""
    first = site.archive.articles.get(1)
    again = replace(first.raw, body=first.raw.body + "\nاین جمله بعد افزوده شد.", fetched_at=NOW + timedelta(minutes=5))
    site.archive.articles.save(again, "<html><body>صفحهٔ رسانه</body></html>".encode())
    catch_up(site.archive)
    with site.page(browser, width, "viewer", scripts=width > 800) as page:
        page.goto("/search?q=مشهد")
        second = page.locator("[data-hit] h2 a").nth(1).inner_text()
        page.locator("[data-hit] h2 a").first.click()
        page.wait_for_url("**/articles/**")
        page.locator(".trail a[rel=next]").click()
        page.wait_for_load_state()
        assert page.locator("h1").inner_text() == second
        assert fits(page)
        page.locator(".trail a[rel=prev]").click()
        page.wait_for_load_state()
        page.goto("/articles/1")
        page.locator("a[href$='/revisions']").first.click()
        page.wait_for_url("**/revisions**")
        assert "این جمله بعد افزوده شد" in page.locator("ins").all_inner_texts()[-1]
        assert fits(page)
        page.goto("/articles/1")
        with page.expect_popup() if page.locator("a[href$='/page'][target]").count() else page.expect_navigation() as opened:
            page.locator("a[href$='/page']").first.click()
        assert opened.value is not None


@pytest.mark.parametrize("width", WIDTHS)
def test_an_administrator_tries_an_alert_and_sends_a_failed_message_again(browser: Browser, site: Site, width: int) -> None:
    with site.page(browser, width, "admin", scripts=width > 800) as page:
        page.goto("/settings")
        page.get_by_role("link", name="قاعده‌های هشدار").click()
        page.fill("#name", "مترو")
        page.fill("#query", "مترو")
        page.get_by_role("button", name="نخست بیازما").click()
        page.wait_for_url("**/try?**")
        assert "هشدار نمی‌داد" in page.locator("#firings").inner_text()
        assert fits(page)
        page.goto("/settings/alert-rules")
        page.fill("#name", "مترو")
        page.fill("#query", "مترو")
        page.fill("#addresses", "reader@city.example")
        page.get_by_role("button", name="ساختن قاعده").click()
        page.wait_for_load_state()
        assert "reader@city.example" in page.locator("#rule-1").inner_text()
        assert fits(page)
        page.goto("/settings/webhooks")
        page.fill("#name", "داشبورد")
        page.fill("#url", "http://127.0.0.1:9/hook")
        page.get_by_role("button", name="افزودن").click()
        page.wait_for_load_state()
        assert page.locator(".key-text").inner_text().startswith("whsec_")
        hooks = site.archive.webhooks
        hooks.enqueue("alert.fired", "x", {"type": "alert.fired"}, NOW)
        while one := hooks.claim("w", NOW + timedelta(days=9)):
            hooks.undelivered(one, "w", (503, "unavailable"), NOW - timedelta(days=9))
        page.goto("/settings/webhooks")
        page.get_by_role("link", name="پیام‌های نرسیده").click()
        assert fits(page)
        page.get_by_role("button", name="دوباره بفرست").click()
        page.wait_for_load_state()
        assert hooks.deliveries(1)[0].state == "waiting"
