"""Pictures of every page at desk and phone width: ``RASAD_DATA=var/demo python -m app.screenshots docs/screenshots``.

Needs Chromium and the development environment. They are taken of a copy of the archive, in which an officer has done some work.
"""

import logging
import shutil
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import uvicorn
from starlette.types import ASGIApp

from app.screenshot_desk import Used, copied, use
from app.web import create_app
from app.wiring import load_known_outlets, opened
from core.dates import utc_now
from core.errors import NotFound
from core.settings import Settings
from dashboards.sign_in_page import cookie_name
from store.archive import Archive
from store.indexing import catch_up

if TYPE_CHECKING:
    from playwright._impl._api_structures import FloatRect

log = logging.getLogger("rasad.screenshots")
WIDTHS = (1280, 390)
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]


def take_all(base: str, pages: dict[str, str], folder: Path, session: str) -> int:
    """Writes NAME-WIDTH.png for every page, and NAME-1280-dark.png; returns how many. Raises NotFound without Chromium."""
    from playwright.sync_api import sync_playwright

    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        raise NotFound("program", "chromium (apt-get install chromium)")
    folder.mkdir(parents=True, exist_ok=True)
    taken = 0
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        for width, dark in [*((width, False) for width in WIDTHS), (WIDTHS[0], True)]:
            context = browser.new_context(base_url=base, viewport={"width": width, "height": 860}, color_scheme="dark" if dark else "light")
            context.add_cookies([{"name": cookie_name(secure=False), "value": session, "url": base}])
            page = context.new_page()
            for name, address in pages.items():
                page.goto(address)
                page.wait_for_load_state("networkidle")
                page.screenshot(
                    full_page=True, path=folder / f"{name}-{width}{'-dark' if dark else ''}.png", clip=_top(page.evaluate(_HEIGHT), width)
                )
                taken += 1
            context.close()
        browser.close()
    return taken


_HEIGHT = "document.documentElement.scrollHeight"


def _top(height: int, width: int) -> "FloatRect":  # a long page is cut: the picture is for reading
    return {"x": 0, "y": 0, "width": width, "height": min(height, 2000)}


def main() -> None:
    """Takes the pictures of the archive that the settings name."""
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "docs/screenshots")
    with copied(Settings.load()) as settings, opened(settings, writable=True) as archive:
        outlets = tuple(load_known_outlets(settings).values())
        used = use(archive, outlets, utc_now())
        catch_up(archive)
        app = create_app(archive, settings, outlets)
        with _served(app) as base:
            log.warning("%d pictures in %s", take_all(base, pages_of(archive, used), folder, used.session), folder)


def pages_of(archive: Archive, used: Used) -> dict[str, str]:
    """Name → address of each page, with the article that has most to show."""
    richest = max(
        archive.articles.walk(), key=lambda one: _richness(archive, one.id, len(one.annotations.quotes) if one.annotations else 0)
    )
    return {
        "overview": "/?days=14",
        "search": "/search?q=اتوبوس یا بوستان یا آسفالت",
        "article": f"/articles/{richest.id}",
        "topic": "/topics/transport?days=14",
        "triangle": "/triangle?days=14",
        "compare": "/compare?days=14&kind=topic&a=transport&b=urban_services&scope=all",
        "bulletins": "/bulletins",
        "bulletin": f"/bulletins/{used.published}",
        "bulletin-draft": f"/bulletins/{used.draft}",
        "outlets": "/outlets",
        "why": f"/search/why/{richest.id}?q=شهرداری",
        "settings": "/settings",
        "collections": "/settings/collections",
        "subscriptions": "/settings/subscriptions",
        "subscription": f"/settings/subscriptions/{used.subscription}",
        "digests": "/settings/digests",
        "errors": "/settings/errors",
        "model": "/settings/model",
        "users": "/settings/users",
        "keys": "/settings/keys",
        "audit": "/settings/audit",
        "searches": "/searches",
        "saved-search": f"/searches/{used.search}",
        "alerts": "/alerts",
        "alert-rules": "/settings/alert-rules",
        "alert-try": "/settings/alert-rules/try?q=شهرداری",
        "webhooks": "/settings/webhooks",
        "webhook": f"/settings/webhooks/{used.webhook}",
        "add": "/add",
        "account": "/account",
        "explain": "/search/explain?q=اتوبوس یا مترو لحن:منفی",
        "entity": "/entities/mashhad-municipality?days=14",
        "outlet": f"/outlets/{richest.raw.outlet}?days=14",
        "not-found": "/articles/999999999",
        "empty-search": "/search?q=زرافهٔ آبی",
        "help": "/help",
    }


def _richness(archive: Archive, id: int, quotes: int) -> int:
    return quotes + 2 * len(archive.groups.members(id))


@contextmanager
def _served(app: ASGIApp) -> Iterator[str]:
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_level="error", lifespan="off"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        thread.join(0.02)
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()


if __name__ == "__main__":
    main()
