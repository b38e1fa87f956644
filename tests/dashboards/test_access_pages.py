"""Signing in and out, users, keys and the audit, as pages."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from app.web import create_app
from core.settings import ROOT, Settings
from dashboards.audit_page import ACTIONS
from store.archive import Archive, open_archive
from store.tantivy_index import TantivyIndex
from tests.desk import NOW
from tests.desk_client import ORIGIN, PASSWORD, signed_in


class Clock:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Archive]:
    archive = open_archive(Settings(data=tmp_path), TantivyIndex.in_memory())
    yield archive
    archive.close()


@pytest.fixture
def app(empty: Archive, tmp_path: Path, clock: Clock) -> FastAPI:
    return create_app(empty, Settings(data=tmp_path), clock=clock)


@pytest.fixture
def browser(app: FastAPI) -> TestClient:
    return TestClient(app, headers=ORIGIN, follow_redirects=False)


def enter(client: TestClient, name: str = "سارا", password: str = PASSWORD, **more: str):  # type: ignore[no-untyped-def]
    return client.post("/sign-in", data={"name": name, "password": password, **more})


def test_a_page_leads_to_the_door_and_the_door_back_to_the_page(empty: Archive, browser: TestClient) -> None:
    empty.accounts.add("سارا", "viewer", PASSWORD, NOW)
    away = browser.get("/search?q=بوستان&days=7")
    assert away.status_code == 303
    door = browser.get(away.headers["location"])
    assert door.status_code == 200
    assert 'lang="fa" dir="rtl"' in door.text
    wanted = re.search(r'name="next" value="([^"]*)"', door.text)
    assert wanted
    inside = enter(browser, next=wanted.group(1).replace("&amp;", "&"))
    assert inside.status_code == 303
    assert browser.get(inside.headers["location"]).status_code == 200
    assert inside.headers["location"].startswith("/search?")
    assert "سارا" in browser.get("/").text


@pytest.mark.parametrize(
    "target",
    ["https://evil.example/", "//evil.example/", "/\\evil.example", "\\\\evil.example", "javascript:alert(1)", "/\t/evil.example", ""],
)
def test_the_door_leads_nowhere_else(empty: Archive, browser: TestClient, target: str) -> None:
    empty.accounts.add("سارا", "viewer", PASSWORD, NOW)
    assert enter(browser, next=target).headers["location"] == "/"


def test_the_cookie_is_for_the_browser_alone(empty: Archive, browser: TestClient, tmp_path: Path) -> None:
    empty.accounts.add("سارا", "viewer", PASSWORD, NOW)
    cookie = enter(browser).headers["set-cookie"].lower()
    assert cookie.startswith("rasad=")
    for part in ("httponly", "samesite=lax", "path=/"):
        assert part in cookie
    proxied = TestClient(
        create_app(empty, Settings(data=tmp_path, behind_proxy=("127.0.0.1",)), clock=lambda: NOW),
        headers={"Origin": "https://testserver"},
        base_url="https://testserver",
        follow_redirects=False,
    )
    answer = enter(proxied)
    assert answer.headers["set-cookie"].startswith("__Host-rasad=")
    assert "; Secure" in answer.headers["set-cookie"]
    assert "max-age=31536000" in answer.headers["strict-transport-security"]
    assert proxied.get("/").status_code == 200


def test_wrong_name_and_wrong_password_are_told_alike(empty: Archive, browser: TestClient) -> None:
    empty.accounts.add("سارا", "viewer", PASSWORD, NOW)
    wrong, unknown = enter(browser, password="چیز دیگری است"), enter(browser, name="کسی نیست")
    assert wrong.status_code == unknown.status_code == 401
    assert re.findall(r'role="alert">([^<]*)', wrong.text) == re.findall(r'role="alert">([^<]*)', unknown.text) != []
    assert "set-cookie" not in wrong.headers
    refused = empty.audit.entries(action="session.refused")
    assert [entry.target for entry in refused] == ["users", "users/سارا"]


def test_after_five_failures_the_door_says_how_long_to_wait(empty: Archive, browser: TestClient, clock: Clock) -> None:
    empty.accounts.add("سارا", "viewer", PASSWORD, NOW)
    for _ in range(5):
        assert enter(browser, password="حدس نادرست").status_code == 401
    shut = enter(browser)
    assert shut.status_code == 429
    assert shut.headers["retry-after"] == "60"
    assert "۶۰ ثانیهٔ دیگر دوباره بیازمایید" in shut.text
    clock.now += timedelta(seconds=61)
    assert enter(browser).status_code == 303


def test_signing_out_ends_the_session_on_the_server(empty: Archive, app: FastAPI) -> None:
    client = signed_in(app, empty, "viewer")
    token = client.cookies["rasad"]
    assert client.post("/sign-out", follow_redirects=False).headers["location"] == "/sign-in"
    copied = TestClient(app, cookies={"rasad": token}, follow_redirects=False)
    assert copied.get("/").status_code == 303


@pytest.mark.parametrize(("idle", "still"), [(timedelta(hours=11, minutes=59), True), (timedelta(hours=12, seconds=1), False)])
def test_a_session_ends_when_nobody_uses_it(empty: Archive, app: FastAPI, clock: Clock, idle: timedelta, still: bool) -> None:
    client = signed_in(app, empty, "viewer")
    clock.now += idle
    assert (client.get("/", follow_redirects=False).status_code == 200) is still


def test_a_session_ends_after_seven_days_however_it_is_used(empty: Archive, app: FastAPI, clock: Clock) -> None:
    client = signed_in(app, empty, "viewer")
    for _ in range(16):
        clock.now += timedelta(hours=10)
        assert client.get("/", follow_redirects=False).status_code == 200
    clock.now += timedelta(hours=8, seconds=1)
    assert client.get("/", follow_redirects=False).status_code == 303


def test_a_new_password_ends_every_other_session(empty: Archive, app: FastAPI) -> None:
    here, there = signed_in(app, empty, "editor"), signed_in(app, empty, "editor")
    new = "گذرواژهٔ تازهٔ من"
    wrong = here.post("/account/password", data={"old": "نمی‌دانم چیست", "new": new, "again": new})
    assert wrong.status_code == 400
    differs = here.post("/account/password", data={"old": PASSWORD, "new": new, "again": new + "."})
    assert differs.status_code == 400
    assert there.get("/", follow_redirects=False).status_code == 200
    done = here.post("/account/password", data={"old": PASSWORD, "new": new, "again": new})
    assert "گذرواژه عوض شد" in done.text
    assert there.get("/", follow_redirects=False).status_code == 303
    assert empty.accounts.sign_in("editor", new, "192.0.2.1", NOW) is not None


def test_the_first_link_makes_one_administrator_once(empty: Archive, browser: TestClient) -> None:
    token = empty.accounts.make_first_link(NOW)
    assert browser.get("/first-admin/unknown").status_code == 404
    page = browser.get(f"/first-admin/{token}")
    assert page.status_code == 200
    form = {"name": "مدیر", "new": PASSWORD, "again": PASSWORD}
    assert browser.post(f"/first-admin/{token}", data={**form, "again": "."}).status_code == 400
    assert browser.post(f"/first-admin/{token}", data={**form, "new": "1234567890", "again": "1234567890"}).status_code == 400
    assert browser.post(f"/first-admin/{token}", data=form).headers["location"] == "/"
    assert browser.get("/settings/users").status_code == 200
    assert browser.post(f"/first-admin/{token}", data={**form, "name": "دومی"}).status_code == 404
    assert browser.get(f"/first-admin/{token}").status_code == 404
    assert [account.user.name for account in empty.accounts.all()] == ["مدیر"]


def test_the_first_link_ends_after_an_hour(empty: Archive, browser: TestClient, clock: Clock) -> None:
    token = empty.accounts.make_first_link(NOW)
    clock.now += timedelta(hours=1, seconds=1)
    assert browser.get(f"/first-admin/{token}").status_code == 404
    assert browser.post(f"/first-admin/{token}", data={"name": "مدیر", "new": PASSWORD, "again": PASSWORD}).status_code == 404
    assert empty.accounts.all() == []


def test_an_administrator_adds_changes_and_removes_users(empty: Archive, app: FastAPI) -> None:
    admin = signed_in(app, empty)
    form = {"name": "نرگس", "role": "editor", "new": PASSWORD, "again": PASSWORD}
    assert "کاربر افزوده شد" in admin.post("/settings/users", data=form).text
    assert admin.post("/settings/users", data=form).status_code == 400
    made = empty.accounts.find("نرگس")
    assert made is not None
    admin.post(f"/settings/users/{made.id}/role", data={"role": "viewer"})
    assert empty.accounts.get(made.id).role == "viewer"
    assert admin.post(f"/settings/users/{made.id}/role", data={"role": "king"}).status_code == 400
    admin.post(f"/settings/users/{made.id}/password", data={"new": "گذرواژهٔ دیگری", "again": "گذرواژهٔ دیگری"})
    assert empty.accounts.has_password(made.id, "گذرواژهٔ دیگری")
    assert "کاربر برداشته شد" in admin.post(f"/settings/users/{made.id}/remove").text
    assert empty.accounts.find("نرگس") is None
    assert admin.post(f"/settings/users/{made.id}/remove").status_code == 404
    noted = [entry.action for entry in empty.audit.entries(action="user.") if entry.action != "user.list"]
    assert noted == ["user.remove", "user.password", "user.role", "user.add"]


def test_the_last_administrator_stays(empty: Archive, app: FastAPI) -> None:
    admin = signed_in(app, empty)
    me = empty.accounts.find("admin")
    assert me is not None
    assert admin.post(f"/settings/users/{me.id}/remove").status_code == 400
    assert admin.post(f"/settings/users/{me.id}/role", data={"role": "viewer"}).status_code == 400
    assert empty.accounts.get(me.id).role == "admin"


def test_a_key_is_shown_once_and_ends_at_once(empty: Archive, app: FastAPI) -> None:
    admin, program = signed_in(app, empty), TestClient(app)
    page = admin.post("/settings/keys", data={"name": "سامانهٔ ۱۳۷", "scope": ["read", "export"], "days": "90"})
    text = re.search(r"rasad_[\w-]{43}", page.text)
    assert text
    assert text.group() not in admin.get("/settings/keys").text
    assert "سامانهٔ ۱۳۷" in admin.get("/settings/keys").text
    call = {"Authorization": f"Bearer {text.group()}"}
    assert program.get("/api/v1/search?q=", headers=call).status_code == 200
    (key,) = empty.keys.all()
    assert (key.scopes, key.used_at, key.expires_at) == (("read", "export"), NOW, NOW + timedelta(days=90))
    assert "کلید باطل شد" in admin.post(f"/settings/keys/{key.id}/revoke").text
    assert program.get("/api/v1/search?q=", headers=call).status_code == 401
    assert [entry.action for entry in empty.audit.entries(action="key.") if entry.action != "key.list"] == ["key.revoke", "key.add"]
    assert admin.post("/settings/keys", data={"name": "بی‌دسترسی", "days": "90"}).status_code == 400


def test_the_audit_shows_who_did_what_when(empty: Archive, app: FastAPI) -> None:
    empty.audit.note("نرگس", "article.correct", "articles/7", NOW - timedelta(days=1), "<script>alert(1)</script>")
    for number in range(130):
        empty.audit.note("سارا", "export", f"search/{number}", NOW)
    admin = signed_in(app, empty)
    page = admin.get("/settings/audit?user=نرگس").text
    assert "۲ آذر ۱۴۰۵" in page
    assert "articles/7" in page
    assert "<script>alert" not in page
    first = admin.get("/settings/audit?kind=export").text
    older = re.search(r'href="(/settings/audit\?[^"]*before=\d+[^"]*)"', first)
    assert older
    rest = admin.get(older.group(1).replace("&amp;", "&")).text
    seen = [int(number) for number in re.findall(r"search/(\d+)<", first + rest)]
    assert seen == list(range(129, -1, -1))


def test_a_planted_session_is_not_taken_over(empty: Archive, browser: TestClient) -> None:
    empty.accounts.add("سارا", "viewer", PASSWORD, NOW)
    browser.cookies.set("rasad", "planted-by-somebody-else")
    assert enter(browser).status_code == 303
    assert empty.accounts.user_of("planted-by-somebody-else", NOW) is None
    assert [cookie.value for cookie in browser.cookies.jar if cookie.value != "planted-by-somebody-else"] != []


def test_every_action_in_the_audit_has_a_persian_name() -> None:
    """Whoever adds an action names it in the audit's page."""
    sources = [path.read_text("utf-8") for folder in ("api", "dashboards") for path in (ROOT / folder).glob("*.py")]
    calls = [line for text in sources for line in text.splitlines() if "note(" in line]
    actions = {action for line in calls for action in re.findall(r'"([a-z]+\.[a-z]+)"', line)}
    assert len(actions) > 20
    assert sorted(actions - set(ACTIONS)) == []
