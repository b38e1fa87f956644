"""``/docs`` in a real browser: whole from our own host, with no script in the page."""

import re
from pathlib import Path

from app.web import create_app
from core.settings import Settings
from tests.browser import needs_chromium, served, started_browser, watched_page
from tests.desk import NOW, open_filled

pytestmark = needs_chromium


def test_the_description_is_shown_and_nothing_leaves_the_host(tmp_path: Path) -> None:
    archive, outlets = open_filled(tmp_path)
    app = create_app(archive, Settings(data=tmp_path, open="read"), outlets, clock=lambda: NOW)
    with served(app) as base, started_browser() as browser, watched_page(browser, base, 1100) as page:
        page.goto("/docs")
        page.locator(".opblock").first.wait_for()
        paths = set(page.locator(".opblock-summary-path").all_inner_texts())
        page.locator("#operations-search-search_api_v1_search_get").click()
        page.locator("#operations-search-search_api_v1_search_get .responses-table").first.wait_for()
        assert page.locator(".errors-wrapper").count() == 0
    assert {re.sub(r"[\u200b\n]", "", path) for path in paths} == set(app.openapi()["paths"])
    archive.close()
