"""``rasad user`` and ``rasad key`` as an administrator types them, and the first start of the real service."""

import json
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from http.cookiejar import CookieJar
from os import environ
from pathlib import Path
from urllib.parse import urlencode

import pytest
from typer.testing import CliRunner

from app.cli import app
from app.wiring import opened
from core.settings import Settings
from tests.app.rasad import rasad
from tests.desk_client import PASSWORD


def lines(text: str) -> list[dict[str, object]]:
    """The JSON lines of a command."""
    return [json.loads(line) for line in text.splitlines()]


def test_a_user_from_adding_to_removing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RASAD_DATA", str(tmp_path))

    def run(*arguments: str, given: str = "") -> str:
        done = CliRunner().invoke(app, ["user", *arguments], input=given, catch_exceptions=False)
        assert done.exit_code == 0, done.output
        return done.stdout

    assert lines(run("add", "مدیر", "--role", "admin", "--password-stdin", given=PASSWORD + "\n"))[0]["role"] == "admin"
    run("add", "سارا", given=f"{PASSWORD}\n{PASSWORD}\n")
    run("role", "سارا", "editor")
    run("password", "سارا", "--password-stdin", given="گذرواژهٔ تازهٔ سارا\n")
    assert {row["name"]: row["role"] for row in lines(run("list"))} == {"مدیر": "admin", "سارا": "editor"}
    run("remove", "سارا")
    assert [row["name"] for row in lines(run("list"))] == ["مدیر"]


@pytest.mark.parametrize(
    ("arguments", "given", "told"),
    [
        (("user", "add", "سارا", "--password-stdin"), "کوتاه\n", "۱۰ نویسه"),
        (("user", "add", "سارا", "--password-stdin"), "", "گذرواژه"),
        (("user", "add", "سارا", "--role", "king", "--password-stdin"), PASSWORD + "\n", "نقش"),
        (("user", "remove", "نیست"), "", "no user"),
        (("key", "add", "سامانه", "--scope", "root"), "", "دسترسی"),
        (("key", "revoke", "77"), "", "no key"),
    ],
)
def test_what_cannot_be_done_is_told_in_one_line(tmp_path: Path, arguments: tuple[str, ...], given: str, told: str) -> None:
    done = rasad(tmp_path, *arguments, given=given)
    assert done.returncode == 2
    assert told in done.stderr
    assert "Traceback" not in done.stderr
    assert not given.strip() or given.strip() not in done.stderr + done.stdout


def test_a_key_is_all_that_stands_on_standard_output(tmp_path: Path) -> None:
    made = rasad(tmp_path, "key", "add", "سامانهٔ ۱۳۷", "--scope", "read", "--scope", "export", "--days", "30")
    assert re.fullmatch(r"rasad_[\w-]{43}\n", made.stdout)
    (row,) = lines(rasad(tmp_path, "key", "list").stdout)
    assert (row["scopes"], row["valid"], row["used_at"]) == (["read", "export"], True, None)
    assert made.stdout.strip() not in json.dumps(row)
    rasad(tmp_path, "key", "revoke", str(row["id"]))
    assert lines(rasad(tmp_path, "key", "list").stdout)[0]["valid"] is False


@contextmanager
def serving(data: Path) -> Iterator[tuple[str, Path]]:
    """The real service on a free port, and the file of what it prints."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    log = data / "log"
    with log.open("wb") as printed:
        command = [sys.executable, "-m", "app.cli", "serve", "--port", str(port)]
        service = subprocess.Popen(command, env={**environ, "RASAD_DATA": str(data)}, stderr=printed)
        try:
            yield f"http://127.0.0.1:{port}", log
        finally:
            service.send_signal(signal.SIGTERM)
            service.wait(20)


def waited_for(log: Path, pattern: str) -> str:
    """What the service has printed that fits the pattern."""
    for _ in range(300):
        found = re.search(pattern, log.read_text("utf-8"))
        if found:
            return found.group()
        time.sleep(0.1)
    raise AssertionError(f"nothing like {pattern} in 30 s: {log.read_text('utf-8')}")


def test_the_first_start_leads_an_administrator_in(tmp_path: Path) -> None:
    with serving(tmp_path) as (base, log):
        link = waited_for(log, r"http://127\.0\.0\.1:\d+/first-admin/[\w-]+")
        assert link.startswith(base)
        browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
        browser.addheaders = [("Origin", base)]
        for _ in range(100):
            try:
                page = browser.open(link, timeout=10).read().decode()
                break
            except urllib.error.URLError:
                time.sleep(0.1)
        assert "نخستین مدیر" in page
        form = urlencode({"name": "مدیر", "new": PASSWORD, "again": PASSWORD}).encode()
        desk = browser.open(link, form, timeout=30).read().decode()
        assert "نمای کلی" in desk
        assert "مدیر" in browser.open(f"{base}/settings/users", timeout=10).read().decode()
        with pytest.raises(urllib.error.HTTPError) as gone:
            browser.open(link, timeout=10)
        gone.value.close()
        assert gone.value.code == 404
    assert PASSWORD not in log.read_text("utf-8")


def test_every_command_that_reads_addresses_or_takes_data_away_stands_in_the_audit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RASAD_DATA", str(tmp_path / "data"))

    def run(*arguments: str) -> None:
        done = CliRunner().invoke(app, arguments, catch_exceptions=False)
        assert done.exit_code == 0, done.output

    run("subscription", "add", "روز", "--to", "pr@example.org")
    run("alerts", "add", "آب", "--to", "pr@example.org")
    for command in READS_OR_EXPORTS:
        run(*command.replace("FILE", str(tmp_path / "file")).split())
    run("subscription", "remove", "1")
    with opened(Settings(data=tmp_path / "data")) as archive:
        entries = archive.audit.entries()
    written = {*READS_OR_EXPORTS.values(), "subscription.add", "subscription.remove", "alert.add"}
    assert {one.action for one in entries} == written
    assert {one.user for one in entries} == {"rasad"}
    assert not any("pr@example.org" in one.target + one.details for one in entries)


READS_OR_EXPORTS = {
    "subscription list": "subscription.list",
    "alerts list": "alert.list",
    "user list": "user.list",
    "key list": "key.list",
    "export --format csv --output FILE.csv": "search.export",
    "digest --preview": "digest.preview",
    "digest --send": "digest.send",
    "backup FILE.tar": "archive.export",
}
