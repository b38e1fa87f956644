"""The main job from end to end: real sites on loopback, the real crawler, the model, the index, the desk, the mail."""

import email
import email.policy
import json
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from tests.app.rasad import rasad


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    data = tmp_path_factory.mktemp("work") / "demo"
    done = rasad(data, "demo", "--once")
    assert done.returncode == 0, done.stderr
    return data, done.stdout


def test_summary_tells_outlets_topics_tones_and_the_digest(demo: tuple[Path, str]) -> None:
    data, summary = demo
    assert summary.count("known ") == 3
    assert "second reading: 1 edited" in summary
    for section in ("== topic ==", "== tone ==", "== city_tone =="):
        assert section in summary
    assert str(data / "outbox") in summary


def test_every_sample_article_is_stored_tagged_and_searchable(demo: tuple[Path, str]) -> None:
    data, _ = demo
    rows = [json.loads(line) for line in rasad(data, "export").stdout.splitlines()]
    found = json.loads(rasad(data, "search", "", "--json").stdout)
    assert len(rows) == found["total"] >= 60
    assert all(row["annotations"] for row in rows)
    assert len({row["outlet"] for row in rows}) == 3
    assert any(row["reprint_group"] != row["id"] for row in rows)
    assert any(row["revision"] == 2 for row in rows)


def test_todays_digest_is_a_persian_mail_in_the_outbox(demo: tuple[Path, str]) -> None:
    data, _ = demo
    (file,) = (data / "outbox").glob("*.eml")
    mail = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
    html = mail.get_body(("html",))
    assert html is not None
    assert 'dir="rtl"' in html.get_content()
    assert "رصد" in str(mail["Subject"]) or "خبر" in str(mail["Subject"])


def test_demo_never_deletes_a_folder_that_it_did_not_make(tmp_path: Path) -> None:
    (tmp_path / "archive").mkdir()
    (tmp_path / "archive" / "rasad.sqlite").write_text("precious")
    done = rasad(tmp_path / "archive", "demo", "--once")
    assert done.returncode == 2
    assert "RASAD_DATA" in done.stderr
    assert (tmp_path / "archive" / "rasad.sqlite").read_text() == "precious"


def test_busy_port_is_a_clear_message(tmp_path: Path) -> None:
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        port = busy.getsockname()[1]
        done = rasad(tmp_path / "demo", "demo", "--port", str(port))
    assert done.returncode == 2
    assert f"port {port}" in done.stderr
    assert "--port" in done.stderr
    assert "Traceback" not in done.stderr


def test_serve_answers_after_the_demo_and_ends_cleanly(demo: tuple[Path, str], tmp_path: Path) -> None:
    data, _ = demo
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with (tmp_path / "log").open("wb") as log:
        service = subprocess.Popen(
            [sys.executable, "-m", "app.cli", "serve", "--port", str(port)],
            env={**_environment(), "RASAD_DATA": str(data), "RASAD_OPEN": "read"},
            stderr=log,
        )
        try:
            page = _first_page(f"http://127.0.0.1:{port}/")
            assert 'dir="rtl"' in page
            stats = json.loads(_get(f"http://127.0.0.1:{port}/api/v1/search?q=&limit=1"))
            assert stats["total"] >= 60
        finally:
            service.send_signal(signal.SIGTERM)
            assert service.wait(20) in (0, -signal.SIGTERM)


def _environment() -> dict[str, str]:
    import os

    return dict(os.environ)


def _first_page(url: str) -> str:
    for _ in range(200):
        try:
            return _get(url)
        except OSError:
            time.sleep(0.1)
    raise AssertionError("the service did not come up in 20 s")


def _get(url: str) -> str:
    with urllib.request.urlopen(url, timeout=10) as answer:
        return str(answer.read().decode())
