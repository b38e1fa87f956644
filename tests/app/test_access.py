"""The gate: forged requests, quotas, large bodies, keys that are guessed, and what never stands in a log."""

import logging
import re
import sqlite3
import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from app.limits import MOST_BODY, Quota
from app.web import create_app
from core.errors import SettingError
from core.settings import ROOT, Settings
from store.archive import Archive, open_archive
from store.tantivy_index import TantivyIndex
from tests.desk import NOW
from tests.desk_client import ORIGIN, PASSWORD, session_of, signed_in

LIMIT = 5


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    opened = open_archive(Settings(data=tmp_path), TantivyIndex.in_memory())
    yield opened
    opened.close()


@pytest.fixture
def app(archive: Archive, tmp_path: Path) -> FastAPI:
    return create_app(archive, Settings(data=tmp_path), clock=lambda: NOW)


def key_of(archive: Archive, *scopes: str) -> dict[str, str]:
    """The header of a new key."""
    text, _ = archive.keys.add("برنامهٔ آزمایشی", scopes or ("read",), "test", NOW)
    return {"Authorization": f"Bearer {text}"}


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Sec-Fetch-Site": "same-origin"}, 303),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Sec-Fetch-Site": "cross-site", "Origin": "http://testserver"}, 403),
        ({"Origin": "http://testserver"}, 303),
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": "http://testserver.evil.example"}, 403),
        ({"Origin": "http://testserver:8001"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": ""}, 403),
        ({}, 403),
    ],
)
def test_a_form_of_another_site_changes_nothing(app: FastAPI, archive: Archive, headers: dict[str, str], status: int) -> None:
    client = TestClient(app, cookies={"rasad": session_of(archive, "admin")}, follow_redirects=False)
    form = {"name": "نفوذی", "role": "admin", "new": PASSWORD, "again": PASSWORD}
    assert client.post("/settings/users", data=form, headers=headers).status_code == status
    assert (archive.accounts.find("نفوذی") is not None) is (status == 303)


def test_one_click_unsubscribing_comes_from_anywhere(app: FastAPI, archive: Archive) -> None:
    """RFC 8058: the mail program sends it, without cookie and without our Origin."""
    id = archive.people.add_subscription("روزانه", "", ["reader@example.org"], now=NOW).id
    (recipient,) = archive.people.recipients(id)
    client = TestClient(app, headers={"Sec-Fetch-Site": "cross-site"})
    assert client.post(f"/unsubscribe/{recipient.token}", data={"List-Unsubscribe": "One-Click"}).status_code == 200
    assert archive.people.recipients(id)[0].state == "unsubscribed"


def test_a_key_is_no_session(app: FastAPI, archive: Archive) -> None:
    """A key reaches no page of a person: a program can neither sign out nor change a password."""
    client = TestClient(app, headers=key_of(archive, "admin"))
    assert client.get("/account").status_code == 403
    assert client.post("/sign-out").status_code == 403


def test_over_quota_is_an_honest_429_with_the_same_number_everywhere(archive: Archive, tmp_path: Path) -> None:
    """Complaint row 10: the limit in the headers, in the words, on the page and in the settings is the one that holds."""
    app = create_app(archive, Settings(data=tmp_path, requests_per_minute=LIMIT), clock=lambda: NOW + timedelta(seconds=20))
    client, header = TestClient(app), key_of(archive)
    left = []
    for _ in range(LIMIT):
        answer = client.get("/api/v1/search?q=", headers=header)
        assert answer.status_code == 200
        assert answer.headers["ratelimit-policy"] == f'"minute";q={LIMIT};w=60'
        left.append(answer.headers["ratelimit"])
    assert left == [f'"minute";r={rest};t=40' for rest in reversed(range(LIMIT))]
    for _ in range(3):
        refused = client.get("/api/v1/search?q=", headers=header)
        assert refused.status_code == 429
        assert refused.headers["ratelimit"] == '"minute";r=0;t=40'
        assert refused.headers["retry-after"] == "40"
        assert refused.headers["content-type"] == "application/problem+json"
        assert f"{LIMIT} a minute" in refused.json()["detail"]
    assert client.get("/api/v1/search?q=", headers=key_of(archive)).status_code == 200, "another caller has its own"
    page = signed_in(app, archive).get("/settings/keys").text
    assert "۵ درخواست" in page
    documented = re.search(r"`RASAD_REQUESTS_PER_MINUTE` \| `(\d+)`", (ROOT / "docs" / "settings.md").read_text("utf-8"))
    assert documented
    assert int(documented.group(1)) == Settings().requests_per_minute


def test_a_new_minute_brings_a_new_quota(archive: Archive) -> None:
    quota = Quota(archive.keys, 2)
    assert [quota.spend("key:1", NOW).refused for _ in range(3)] == [False, False, True]
    assert not quota.spend("key:1", NOW + timedelta(minutes=1)).refused


def test_several_processes_never_give_more_than_the_limit(archive: Archive) -> None:
    """Two web processes with many threads each: together not one request over the limit, and hardly one too few."""
    limit, processes = 300, (Quota(archive.keys, 300), Quota(archive.keys, 300))
    given: list[bool] = []

    def hammer(quota: Quota) -> None:
        given.extend(not quota.spend("key:1", NOW).refused for _ in range(60))

    threads = [threading.Thread(target=hammer, args=(quota,)) for quota in processes for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert limit - 2 * (limit // 60) <= sum(given) <= limit


def test_guessing_keys_is_slowed_and_shuts_out_nobody_else(archive: Archive, app: FastAPI) -> None:
    client, header = TestClient(app), key_of(archive)
    codes = [client.get("/api/v1/search?q=", headers={"X-API-Key": f"rasad_{number}"}).status_code for number in range(25)]
    assert codes == [401] * 20 + [429] * 5
    assert client.get("/api/v1/search?q=", headers=header).status_code == 200


def test_an_ended_key_is_refused(archive: Archive, tmp_path: Path) -> None:
    now = [NOW]
    app = create_app(archive, Settings(data=tmp_path), clock=lambda: now[0])
    text, _ = archive.keys.add("کوتاه", ["read"], "test", NOW, NOW + timedelta(days=30))
    client = TestClient(app, headers={"X-API-Key": text})
    assert client.get("/api/v1/search?q=").status_code == 200
    now[0] += timedelta(days=30)
    refused = client.get("/api/v1/search?q=")
    assert refused.status_code == 401
    assert refused.headers["www-authenticate"] == "Bearer"


def test_a_body_that_is_too_large_is_refused(app: FastAPI, archive: Archive) -> None:
    client = signed_in(app, archive)
    told = client.post("/sign-in", data={"name": "x" * (MOST_BODY + 1)})
    assert told.status_code == 413
    assert "content-security-policy" in told.headers

    def endless() -> Iterator[bytes]:
        for _ in range(MOST_BODY // 100_000 + 2):
            yield b"name=" + b"x" * 100_000

    form = {"Content-Type": "application/x-www-form-urlencoded"}
    assert client.post("/sign-in", content=endless(), headers=form).status_code == 413


def test_fields_of_the_door_are_bounded(app: FastAPI) -> None:
    """A password of a megabyte is refused before it is hashed."""
    assert TestClient(app, headers=ORIGIN).post("/sign-in", data={"name": "x", "password": "y" * 100_000}).status_code == 404


@pytest.mark.parametrize(
    ("host", "proxy"), [("0.0.0.0", ""), ("::", ""), ("192.0.2.5", ""), ("rasad.example", ""), ("127.0.0.1", "10.0.0.1")]
)
def test_an_open_desk_is_refused_beyond_this_machine(monkeypatch: pytest.MonkeyPatch, host: str, proxy: str) -> None:
    monkeypatch.setenv("RASAD_HOST", host)
    monkeypatch.setenv("RASAD_OPEN", "read")
    monkeypatch.setenv("RASAD_BEHIND_PROXY", proxy)
    with pytest.raises(SettingError, match=r"RASAD_OPEN: .*127\.0\.0\.1.*\(got 'read'\)"):
        Settings.load()


def test_an_open_desk_lets_anyone_read_and_nobody_write(archive: Archive, tmp_path: Path) -> None:
    app = create_app(archive, Settings(data=tmp_path, open="read"), clock=lambda: NOW)
    client = TestClient(app, headers=ORIGIN, follow_redirects=False)
    assert client.get("/search?q=شهر").status_code == 200
    assert client.get("/api/v1/search?q=شهر").status_code == 200
    for path in ("/settings/users", "/settings/keys", "/settings/audit"):
        assert client.get(path).headers["location"].startswith("/sign-in")
    assert client.get("/account").headers["location"].startswith("/sign-in")
    assert client.post("/articles/1/labels", data={"field": "tone", "value": "positive"}).status_code == 303
    assert client.post("/api/v1/saved-searches", json={"name": "x", "query": "y"}).status_code == 401
    assert not archive.people.saved_searches()


def test_only_the_proxy_is_believed_about_the_caller(archive: Archive, tmp_path: Path) -> None:
    """Without RASAD_BEHIND_PROXY a caller cannot choose the address that is throttled; with it, only the proxy may name it."""
    from app.serving import server_of

    for proxies, seen in (((), "127.0.0.1"), (("127.0.0.1",), "198.51.100.7"), (("10.0.0.1",), "127.0.0.1")):
        app = create_app(archive, Settings(data=tmp_path), clock=lambda: NOW)
        server = server_of(app, Settings(data=tmp_path, behind_proxy=proxies, port=18409))
        server.config.load()
        client = TestClient(
            server.config.loaded_app, client=("127.0.0.1", 5000), headers={**ORIGIN, "X-Forwarded-For": "203.0.113.9, 198.51.100.7"}
        )
        client.post("/sign-in", data={"name": "x", "password": "y"})
        assert archive.audit.entries(limit=1)[0].details == f"from {seen}"


SECRETS = ("رمز بسیار محرمانه", "hunter2-hunter2", "rasad_not-a-real-key-but-long-enough")


def test_secrets_stand_in_no_log_no_error_and_no_audit(
    archive: Archive, app: FastAPI, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Passwords, keys, cookies and tokens in an address: in no log line, no answer, no audit row and, in plain, no table."""
    password, _, wrong_key = SECRETS
    archive.accounts.add("سارا", "admin", password, NOW)
    key = key_of(archive)["Authorization"].split()[1]
    first = "first-link-token-of-somebody"
    client = TestClient(app, headers=ORIGIN, raise_server_exceptions=False)
    answers = []
    with caplog.at_level(logging.DEBUG):
        answers.append(client.post("/sign-in", data={"name": "سارا", "password": password + "!"}))
        answers.append(client.post("/sign-in", data={"name": "سارا", "password": password}))
        session = client.cookies["rasad"]
        answers.append(client.post("/account/password", data={"old": password + "?", "new": "short", "again": "short"}))
        answers.append(client.get("/api/v1/search?q=", headers={"X-API-Key": wrong_key}))
        answers.append(client.get("/api/v1/search?q=", headers={"X-API-Key": key}))
        answers.append(client.get(f"/first-admin/{first}"))
        answers.append(client.get("/settings/keys"))
        written = "\n".join(str(entry) for entry in archive.audit.entries())
        kept = _dump(tmp_path / "rasad.sqlite")
        with archive.engine.begin() as connection:  # what the log says of a broken database
            for table in ("subscription_addresses", "audit", "saved_searches"):
                connection.exec_driver_sql(f"DROP TABLE {table}")
        answers.append(client.get(f"/unsubscribe/{first}"))
        answers.append(client.get(f"/feeds/{key}/1.rss"))
        answers.append(client.post("/sign-in", data={"name": "سارا", "password": password}))
    assert {answer.status_code for answer in answers} >= {401, 404, 503}
    ours = [record for record in caplog.records if not record.name.startswith("http")]  # the rest is the test's own client
    said = "\n".join(logging.Formatter().format(record) for record in ours) + "".join(
        answer.text + str(dict(answer.headers)) for answer in answers if "set-cookie" not in answer.headers
    )
    assert "no such table" in said
    for secret in (password, wrong_key, key, session, first):
        assert secret not in said
        assert secret not in written
        assert secret not in kept


def _dump(database: Path) -> str:
    connection = sqlite3.connect(database)
    try:
        return "\n".join(connection.iterdump())
    finally:
        connection.close()


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("RASAD_DATABASE_URL", "postgresql://rasad:hunter2-hunter2@db.example:port/rasad"),
        ("RASAD_DATABASE_URL", "mysql://rasad:hunter2-hunter2@db.example/rasad"),
        ("RASAD_DATABASE_URL", "rasad:hunter2-hunter2@db.example"),
        ("RASAD_DATABASE_URL", "postgresql://rasad:hunter2-hunter2@127.0.0.1:1/rasad"),
        ("RASAD_SMTP_URL", "smpt://rasad:hunter2-hunter2@mail.example"),
        ("RASAD_SMTP_URL", "smtp://rasad:hunter2-hunter2@mail.example:port"),
    ],
)
def test_a_wrong_setting_is_told_without_its_password(tmp_path: Path, variable: str, value: str) -> None:
    from tests.app.rasad import rasad

    done = rasad(tmp_path, "digest", "--send", **{variable: value})
    assert "Traceback" not in done.stderr
    assert "hunter2" not in done.stderr + done.stdout


def test_the_first_start_prints_a_link_and_no_password(archive: Archive, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    from app.serving import tell_first_link

    tell_first_link(archive, Settings(data=tmp_path))
    printed = capsys.readouterr()
    link = re.search(r"http://127\.0\.0\.1:8000/first-admin/([\w-]{43})", printed.err)
    assert link
    assert printed.out == ""
    assert archive.accounts.is_first_link(link.group(1), datetime.now(NOW.tzinfo))
    archive.accounts.add("مدیر", "admin", PASSWORD, NOW)
    tell_first_link(archive, Settings(data=tmp_path))
    assert capsys.readouterr().err == ""


def test_the_document_on_security_names_tests_that_exist() -> None:
    """Every `tests/…::name`, and every `::name` after it in the same row."""
    text, missing = (ROOT / "docs" / "security.md").read_text("utf-8"), []
    rows = [line for line in text.splitlines() if line.startswith("| ") and "tests/" in line]
    for row in rows:
        file = ""
        for path, name in re.findall(r"`(tests/[\w/]+\.py)?::(\w+)`", row):
            file = path or file
            if f"def {name}(" not in (ROOT / file).read_text("utf-8"):
                missing.append(f"{file}::{name}")
    assert len(rows) > 20
    assert missing == []


def test_a_browser_keeps_files_and_no_pages(app: FastAPI, archive: Archive) -> None:
    client = signed_in(app, archive)
    kept = {path: client.get(path).headers["cache-control"] for path in ("/", "/search", "/sign-in", "/static/fonts/rasad-sans.woff2")}
    assert kept == {
        "/": "no-store",
        "/search": "no-store",
        "/sign-in": "no-store",
        "/static/fonts/rasad-sans.woff2": "public, max-age=3600",
    }


def test_a_database_that_is_away_is_told_as_such(app: FastAPI, archive: Archive, caplog: pytest.LogCaptureFixture) -> None:
    """Who asks cannot be known then: nobody is let in, nobody is called unknown, and trying later is right."""
    client, program = signed_in(app, archive), TestClient(app, headers=key_of(archive))
    with archive.engine.begin() as connection:
        for table in ("sessions", "api_keys"):
            connection.exec_driver_sql(f"ALTER TABLE {table} RENAME TO away_{table}")
    page, answer = client.get("/search"), program.get("/api/v1/search?q=")
    assert (page.status_code, answer.status_code) == (503, 503)
    assert "چیزی از دست نرفته است" in page.text
    assert answer.headers["retry-after"] == "5"
    assert "does not answer" in caplog.text
    with archive.engine.begin() as connection:
        for table in ("sessions", "api_keys"):
            connection.exec_driver_sql(f"ALTER TABLE away_{table} RENAME TO {table}")
    assert client.get("/search").status_code == 200
