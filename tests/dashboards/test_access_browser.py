"""The door in a real browser: in, around and out again; at desk and phone width; without JavaScript; readable for everyone."""

import re
from collections.abc import Iterator

import pytest
from axe_core_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from app.web import create_app
from core.settings import Settings
from store.archive import Archive
from tests.browser import needs_chromium, served, started_browser, watched_page
from tests.desk import NOW, open_filled
from tests.desk_client import PASSWORD

pytestmark = needs_chromium
WIDTHS = [1280, 390]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with started_browser() as browser:
        yield browser


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Archive]]:
    folder = tmp_path_factory.mktemp("door")
    archive, outlets = open_filled(folder)
    archive.accounts.add("مریم رضایی", "admin", PASSWORD, NOW)
    archive.accounts.add("sara", "viewer", PASSWORD, NOW)
    archive.keys.add("سامانهٔ ۱۳۷", ["read", "export"], "مریم رضایی", NOW)
    with served(create_app(archive, Settings(data=folder), outlets, clock=lambda: NOW)) as base:
        yield base, archive
    archive.close()


def enter(page: Page, name: str) -> None:
    """Signs in on the page that asks for it."""
    page.fill("#name", name)
    page.fill("#password", PASSWORD)
    page.click(".door button")


@pytest.mark.parametrize("scripts", [True, False])
@pytest.mark.parametrize("width", WIDTHS)
def test_in_to_the_page_one_wanted_and_out_again(browser: Browser, site: tuple[str, Archive], width: int, scripts: bool) -> None:
    with watched_page(browser, site[0], width, scripts=scripts) as page:
        page.goto("/search?q=ایستگاه")
        assert "/sign-in?next=" in page.url
        page.fill("#name", "مریم رضایی")
        page.fill("#password", "گذرواژهٔ نادرست")
        page.click(".door button")
        assert "درست نیست" in page.locator("[role=alert]").inner_text()
        enter(page, "مریم رضایی")
        page.wait_for_url("**/search?q=**")
        assert page.locator("[data-hit]").count() > 2
        page.click(".me summary")
        assert page.locator(".me-menu").is_visible()
        box = page.locator(".me-menu").bounding_box()
        assert box is not None
        assert 0 <= box["x"] <= box["x"] + box["width"] <= width
        page.click(".me-menu a[href='/settings/users']")
        assert page.locator("h1").inner_text() == "کاربران"
        page.click(".me summary")
        page.click(".me-menu button")
        page.wait_for_url("**/sign-in")
        page.goto("/search?q=ایستگاه")
        assert page.url.split("?")[0].endswith("/sign-in")
        page.go_back()
        assert page.locator("[data-hit]").count() == 0, "the back button shows nothing of the desk"


def test_a_viewer_is_offered_only_what_a_viewer_may(browser: Browser, site: tuple[str, Archive]) -> None:
    with watched_page(browser, site[0], 390) as page:
        page.goto("/")
        enter(page, "sara")
        page.click(".me summary")
        assert page.locator(".me-menu a").all_inner_texts() == ["حساب من", "جست‌وجوهای من"]
        assert page.goto("/settings/users").status == 403  # type: ignore[union-attr]
        assert "مدیر" in page.locator("main").inner_text()


def test_an_administrator_makes_a_key_and_gives_it_away(browser: Browser, site: tuple[str, Archive]) -> None:
    with watched_page(browser, site[0], 1280) as page:
        page.goto("/settings/keys")
        enter(page, "مریم رضایی")
        page.fill("#name", "داشبورد شهردار")
        page.get_by_label("خروجی گرفتن").check()
        page.click(".door button")
        assert re.fullmatch(r"rasad_[\w-]{43}", page.locator(".key-text").inner_text())
        page.goto("/settings/audit")
        assert page.locator("tbody tr", has_text="ساختن کلید").locator("bdi", has_text="داشبورد شهردار").count() == 1


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("address", ["/sign-in", "/account", "/settings/users", "/settings/keys", "/settings/audit", "/first-admin/LINK"])
def test_pages_fit_and_are_readable_for_everyone(browser: Browser, site: tuple[str, Archive], address: str, width: int, dark: bool) -> None:
    with watched_page(browser, site[0], width, dark=dark) as page:
        if address not in ("/sign-in", "/first-admin/LINK"):
            page.goto("/account")
            enter(page, "مریم رضایی")
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        for summary in page.locator("main summary").all():
            summary.click()
        found = Axe().run(page)["violations"]
        serious = {rule["id"]: rule["nodes"][0]["html"][:200] for rule in found if rule["impact"] in ("serious", "critical")}
        assert serious == {}
