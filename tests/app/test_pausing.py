"""A full disk, a folder that cannot be written and a clock that jumps: the service waits, says why, goes on, and has lost nothing."""

import json
import logging
import os
import socket
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from app.jobs import run_jobs
from app.logs import JsonLines
from app.metrics import exposition
from app.pausing import Clockwatch, Loop, pause_reason, trouble
from app.sending import send_digests
from app.web import create_app
from core.dates import TEHRAN, utc_now
from core.settings import Settings
from digest import run
from digest.outbox import MemoryOutbox
from digest.run import send_due
from store import room
from store.archive import Archive
from tests.desk import NOW, open_filled, raw
from tests.desk_client import signed_in


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    opened, _ = open_filled(tmp_path)
    yield opened
    opened.close()


def _loop(step: Any, folder: Path) -> Loop:
    return Loop("work", 0.01, step, folder, threading.Event())


def test_a_full_disk_pauses_and_the_work_goes_on_by_itself(archive: Archive, tmp_path: Path) -> None:
    """The database itself is full (SQLite's own limit of pages): every write fails, none is half done, and all come later."""
    with archive.engine.connect() as connection:
        pages = connection.scalar(sa.text("PRAGMA page_count"))
    limits: list[int] = [pages]

    def limit(connection: Any, *_: object) -> None:
        connection.execute(f"PRAGMA max_page_count = {limits[0]}")

    sa.event.listen(archive.engine, "checkout", limit)
    before, wanted = archive.articles.count(), list(range(1, 40))
    saved: list[int] = []

    def step() -> None:
        while len(saved) < len(wanted):
            saved.append(archive.articles.save(raw(wanted[len(saved)], body="بند\n" * 3000)).id)

    loop = _loop(step, tmp_path)
    assert "full" in loop.once()
    assert "full" in loop.once()
    assert archive.articles.count() == before + len(saved) < before + len(wanted)
    limits[0] = 10**6
    assert loop.once() == ""
    assert loop.paused == ""
    assert archive.articles.count() == before + len(wanted)
    run_jobs(archive, None, lambda *_: None, lambda: None)
    assert archive.search.count() == archive.articles.count()


def test_a_pause_is_logged_once_with_its_reason_and_its_end(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    troubles: list[Exception | None] = [OSError(28, "No space left on device"), OSError(28, "No space left on device"), None]

    def step() -> None:
        error = troubles.pop(0)
        if error:
            raise error

    loop = _loop(step, tmp_path)
    with caplog.at_level(logging.INFO, "rasad.pause"):
        for _ in range(3):
            loop.once()
    assert [record.getMessage() for record in caplog.records] == ["work is paused: [Errno 28] No space left on device", "work goes on"]


def test_nothing_is_written_while_the_disk_is_nearly_full(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[int] = []
    loop = _loop(lambda: done.append(1), tmp_path)
    monkeypatch.setattr(room, "LEAST_FREE", 2**62)
    assert loop.once().startswith("the disk is full")
    assert done == []
    monkeypatch.undo()
    assert loop.once() == ""
    assert done == [1]


def test_a_folder_that_is_gone_or_cannot_be_written_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert pause_reason(tmp_path) == ""
    assert "missing" in pause_reason(tmp_path / "nowhere")
    monkeypatch.setattr(os, "access", lambda *_: False)
    assert "cannot be written" in pause_reason(tmp_path)


def test_why_nothing_is_written_stands_on_the_desk_in_the_health_and_in_the_metrics(
    archive: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 0.0
    archive = replace(archive, room=room.Room(archive.engine, tmp_path, lambda: now))
    client = signed_in(create_app(archive, Settings(data=tmp_path), clock=lambda: NOW), archive)
    assert "متوقف است" not in client.get("/").text
    assert "paused" not in client.get("/readyz").json()
    monkeypatch.setattr(room, "LEAST_FREE", 2**62)
    now = 10.0
    assert "دیسک پر است" in client.get("/").text
    ready = client.get("/readyz")
    assert (ready.status_code, ready.json()["paused"]) == (200, "full")
    assert 'rasad_paused{reason="the disk is full' in exposition(archive, NOW).decode()
    monkeypatch.undo()
    now = 20.0
    assert "متوقف است" not in client.get("/").text
    assert 'rasad_paused{reason=""} 0.0' in exposition(archive, NOW).decode()


def test_a_database_that_takes_nothing_is_told_though_the_folder_is_well(archive: Archive) -> None:
    assert archive.room.look() is None
    read_only = ["ON"]
    sa.event.listen(archive.engine, "checkout", lambda connection, *_: connection.execute(f"PRAGMA query_only = {read_only[0]}"))
    found = archive.room.look()
    assert found is not None
    assert (found.kind, found.persian) == ("database", "پایگاه داده چیزی نمی‌نویسد.")
    assert "readonly" in found.english
    read_only[0] = "OFF"
    assert archive.room.look() is None


def test_a_letter_that_a_dead_mailer_held_is_sent_by_the_next_at_once(archive: Archive, tmp_path: Path) -> None:
    """A lease names its process; one that is gone from this machine is not waited for."""
    now = utc_now()
    settings = Settings(data=tmp_path)
    archive.people.add_subscription("روز", "", ["pr@example.org"], at=f"{now.astimezone(TEHRAN):%H:%M}", now=now - timedelta(hours=1))
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(run, "_send_open", lambda *_: ())
        send_digests(archive, settings)
    sendings = archive.people.sendings
    owner = f"{socket.gethostname()}:{ended.pid}:1"
    held = sendings.claim(owner, utc_now())
    assert held is not None
    assert sendings.begin(held.id, owner, utc_now())
    send_digests(archive, settings)
    assert len(list(settings.outbox_folder.glob("*.eml"))) == 1


def test_a_read_only_database_is_a_trouble_and_a_mistake_is_not(archive: Archive) -> None:
    with archive.engine.connect() as connection:
        connection.execute(sa.text("PRAGMA query_only = ON"))
        with pytest.raises(sa.exc.OperationalError) as error:
            connection.execute(sa.text("DELETE FROM leases"))
        connection.execute(sa.text("PRAGMA query_only = OFF"))
    assert "readonly" in trouble(error.value)
    assert trouble(sqlite3.OperationalError("disk I/O error")) == "disk I/O error"
    assert trouble(KeyError("x")) == ""


def test_a_mistake_does_not_end_the_loop(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    steps = iter([KeyError("x"), None])

    def step() -> None:
        error = next(steps)
        if error:
            raise error

    loop = _loop(step, tmp_path)
    assert loop.once().startswith("KeyError")
    assert loop.once() == ""
    assert "Traceback" in caplog.text


@pytest.mark.parametrize("jump", [timedelta(hours=5), timedelta(hours=-5), timedelta(days=3)])
def test_a_clock_that_jumps_sends_no_digest_twice_and_loses_none(archive: Archive, tmp_path: Path, jump: timedelta) -> None:
    settings, outbox = Settings(data=tmp_path), MemoryOutbox()
    archive.people.add_subscription("روز", "", ["pr@example.org"], at="12:00", now=NOW - timedelta(days=1))
    for moment in (NOW, NOW + jump, NOW + timedelta(minutes=1), NOW + jump + timedelta(minutes=1)):
        send_due(archive, outbox, settings, moment)
    names = [message["Message-ID"] for _, message in outbox.letters]
    assert len(names) == len(set(names))
    assert f"<digest.1.{NOW.replace(hour=8, minute=30):%Y%m%dT%H%M}@localhost>" in names


def test_the_leases_of_a_clock_that_jumped_are_taken_by_one(archive: Archive) -> None:
    for jump in (timedelta(hours=9), timedelta(hours=-9)):
        moment = NOW + jump
        holders = [name for name in ("a", "b") if archive.work.claim("work", name, moment, 60)]
        assert len(holders) <= 1
        assert not archive.work.renew("work", "b" if holders == ["a"] else "a", moment, 60)


def test_the_clockwatch_sees_jumps_and_no_steady_time() -> None:
    walls = iter([NOW, NOW + timedelta(seconds=10), NOW + timedelta(hours=2), NOW + timedelta(hours=2, seconds=10)])
    steady = iter([0.0, 10.0, 20.0, 30.0])
    watch = Clockwatch(lambda: next(walls), lambda: next(steady))
    assert [watch.jumped() for _ in range(4)] == [timedelta(0), timedelta(0), timedelta(hours=2, seconds=-20), timedelta(0)]


def test_the_metrics_tell_what_the_archive_holds(archive: Archive) -> None:
    text = exposition(archive, NOW).decode()
    lines = dict(line.rsplit(" ", 1) for line in text.splitlines() if not line.startswith("#"))
    assert float(lines["rasad_articles"]) == archive.articles.count()
    assert float(lines["rasad_index_articles"]) == archive.search.count()
    assert float(lines['rasad_backlog{stage="annotate"}']) == 0
    assert {part for part in ("crawl", "backlog", "search", "state") if lines[f'rasad_up{{part="{part}"}}'] == "1.0"} == {
        "crawl",
        "backlog",
        "search",
        "state",
    }
    archive.articles.save(raw(1))
    assert 'rasad_backlog{stage="annotate"} 1.0' in exposition(archive, NOW).decode()


def test_the_metrics_say_how_late_the_digests_are(archive: Archive, tmp_path: Path) -> None:
    archive.people.add_subscription("روز", "", ["pr@example.org"], at="12:00", now=NOW - timedelta(days=1))
    from digest.outbox import Outbox

    class Away:
        def send(self, *_: object) -> None:
            from core.errors import Unavailable

            raise Unavailable("no mail server")

    mail: Outbox = Away()  # type: ignore[assignment]
    send_due(archive, mail, Settings(data=tmp_path), NOW)
    text = exposition(archive, NOW + timedelta(hours=2)).decode()
    late = next(float(line.split()[1]) for line in text.splitlines() if line.startswith("rasad_digest_lateness_seconds "))
    assert late == pytest.approx(2.5 * 3600)


def test_a_part_that_is_away_is_told_and_the_rest_stays(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(_: object) -> int:
        raise OSError("gone")

    monkeypatch.setattr(type(archive.search), "seq", away)
    text = exposition(archive, NOW).decode()
    assert 'rasad_up{part="search"} 0.0' in text
    assert "rasad_articles " in text


def test_an_outcome_is_one_json_line() -> None:
    record = logging.LogRecord("rasad.crawl", logging.INFO, "", 0, "%s %s", ("toos", "stored"), None)
    vars(record).update(outlet="toos", outcome="stored", url="https://toos.example/۱")
    line = json.loads(JsonLines().format(record))
    assert {key: line[key] for key in ("level", "logger", "message", "outlet", "outcome", "url")} == {
        "level": "INFO",
        "logger": "rasad.crawl",
        "message": "toos stored",
        "outlet": "toos",
        "outcome": "stored",
        "url": "https://toos.example/۱",
    }
    assert datetime.fromisoformat(line["at"]).tzinfo is not None
