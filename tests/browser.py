"""Debian's Chromium for tests: found, started without any traffic of its own, or the reason to skip with the line that installs it."""

import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import uvicorn
from playwright.sync_api import Browser, Page, sync_playwright
from starlette.types import ASGIApp

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or ""
MISSING = "Chromium is not installed: apt-get install chromium"
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--no-first-run"]

needs_chromium = [pytest.mark.browser, pytest.mark.skipif(not CHROMIUM, reason=MISSING)]


@contextmanager
def started_browser() -> Iterator[Browser]:
    """A headless browser."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def served(app: ASGIApp) -> Iterator[str]:
    """The address of the application on a free loopback port."""
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_level="error", lifespan="off"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        thread.join(0.02)
        if not thread.is_alive():
            raise RuntimeError("the web server did not start")
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()


@contextmanager
def watched_page(browser: Browser, base: str, width: int, *, scripts: bool = True, dark: bool = False) -> Iterator[Page]:
    """A page of that width; fails the test when anything executes that should not, breaks, or asks another host."""
    context = browser.new_context(
        base_url=base, viewport={"width": width, "height": 900}, java_script_enabled=scripts, color_scheme="dark" if dark else "light"
    )
    page = context.new_page()
    page.set_default_timeout(15_000)
    troubles: list[str] = []
    page.on("dialog", lambda dialog: (troubles.append(f"dialog: {dialog.message}"), dialog.dismiss()))
    page.on("pageerror", lambda error: troubles.append(f"error: {error}"))
    page.on(
        "console", lambda message: troubles.append(message.text) if message.type == "error" and "status of 4" not in message.text else None
    )
    context.on("request", lambda request: None if request.url.startswith((base, "data:")) else troubles.append(f"outside: {request.url}"))
    try:
        yield page
    finally:
        context.close()
    assert troubles == []
