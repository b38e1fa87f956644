"""An embedded archive moves into PostgreSQL: interrupted anywhere, whole at the end, and never called whole when it is not."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from app.migrating import STATE, MigrationFailed, move
from core.errors import BadInput
from core.settings import Settings
from render.shapes import article_json
from store.archive import open_archive
from store.engine import make_engine
from store.indexing import catch_up
from store.tantivy_index import TantivyIndex
from tests.desk import NOW, open_filled, raw
from tests.store.postgres import INSTALL, find_binaries, running_server

pytestmark = pytest.mark.postgresql


@pytest.fixture(scope="module")
def postgres() -> Iterator[str]:
    binaries = find_binaries()
    if binaries is None:
        pytest.skip(f"PostgreSQL is not installed: {INSTALL}")
    with running_server(binaries) as url:
        yield url


@pytest.fixture
def target(postgres: str) -> str:
    engine = make_engine(postgres)
    with engine.begin() as connection:
        connection.execute(sa.text("DROP SCHEMA public CASCADE"))
        connection.execute(sa.text("CREATE SCHEMA public"))
    engine.dispose()
    return postgres


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """An archive with everything in it: edits, pages, corrections, people, keys, webhooks, alerts."""
    archive, _ = open_filled(tmp_path)
    for number in range(1, 1200):
        archive.articles.save(raw(number), page=f"<html>{number}</html>".encode(), family="wordpress")
    archive.articles.save(raw(1, headline="تیتر تازه"))
    archive.articles.correct([3], ("tone", "negative"), "سردبیر", NOW)
    archive.articles.withdraw(5, NOW)
    archive.people.save_search("شهر", "شهرداری", now=NOW)
    archive.people.add_subscription("روز", "", ["pr@example.org"], now=NOW)
    archive.accounts.add("مدیر", "admin", "چهار واژهٔ بی‌ربط", NOW)
    archive.keys.add("x", ("read",), "مدیر", NOW)
    archive.webhooks.add("x", "https://system.example/", query="", events=["articles.changed"], made_by="x", now=NOW)
    archive.alerts.add("آب", "آب", kinds=("volume",), addresses=["pr@example.org"], quiet=("", ""), made_by="x", now=NOW)
    archive.close()
    return Settings(data=tmp_path)


class Interrupted(Exception):
    """Stands for a process that is killed."""


def test_an_archive_moves_whole_however_often_it_is_interrupted(settings: Settings, target: str) -> None:
    here = open_archive(settings, TantivyIndex.in_memory())
    before = [article_json(article) for article in here.articles.walk()]
    pages = {one: here.articles.page(one) for one in (76, 500, 1000)}
    here.close()
    calls = 0

    def interrupt(_table: str, _rows: int) -> None:
        nonlocal calls
        calls += 1
        if calls in (1, 3, 7):
            raise Interrupted

    for _ in range(3):
        with pytest.raises(Interrupted):
            move(settings, target, interrupt)
    copied: list[str] = []
    moved = {one.table: one.rows for one in move(settings, target, lambda table, _rows: copied.append(table))}
    assert moved["articles"] == len(before) == 75 + 1199
    assert moved["revisions"] == 75 + 1199 + 1
    assert moved["pages"] == 1199
    assert copied.count("pages") < 3, "what an interrupted run had copied is not copied again"
    assert not (settings.data / STATE).exists()

    there = open_archive(Settings(data=settings.data / "new", database_url=target), TantivyIndex.in_memory())
    assert [article_json(article) for article in there.articles.walk()] == before
    assert {one: there.articles.page(one) for one in pages} == pages
    assert [one.name for one in there.people.saved_searches()] == ["شهر"]
    assert there.articles.corrections([3])[3]["tone"].value == "negative"
    assert catch_up(there) == len(before)
    new = there.articles.save(raw(9999))
    assert new.id == len(before) + 1
    assert there.people.save_search("دوم", "", now=NOW).id == 2
    assert there.articles.newest_seq() > 0
    there.close()


def test_a_migration_killed_with_9_goes_on_where_it_was(settings: Settings, target: str) -> None:
    """The command itself: killed three times, each time further than before, then run to its end."""
    state = settings.data / STATE
    command = [sys.executable, "-m", "app.cli", "migrate", "--to", target]
    environment = {**os.environ, "RASAD_DATA": str(settings.data)}
    reached = ""
    for _ in range(3):
        with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as moving:
            end = time.monotonic() + 60
            while not state.exists() or state.read_text("utf-8") == reached:
                assert moving.poll() is None, "it ended before it could be killed"
                assert time.monotonic() < end
                time.sleep(0.001)
            moving.kill()
        assert moving.returncode == -signal.SIGKILL
        reached = state.read_text("utf-8")
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    rows = {row["table"]: row["rows"] for row in map(json.loads, done.stdout.splitlines())}
    assert (rows["articles"], rows["pages"]) == (75 + 1199, 1199)
    assert not state.exists()


def test_a_target_that_differs_is_not_called_whole(settings: Settings, target: str) -> None:
    move(settings, target, lambda *_: None)
    engine = make_engine(target)
    with engine.begin() as connection:
        connection.execute(sa.text("UPDATE revisions SET headline = headline || '!' WHERE article_id = 80"))
    engine.dispose()
    with pytest.raises(MigrationFailed, match="revisions"):
        move(settings, target, lambda *_: None)


def test_an_archive_at_work_is_not_moved(settings: Settings, target: str) -> None:
    from core.dates import utc_now

    archive = open_archive(settings, TantivyIndex.in_memory())
    assert archive.work.claim("work", "another:1", utc_now(), 60)
    archive.close()
    with pytest.raises(BadInput, match="service"):
        move(settings, target, lambda *_: None)
    with pytest.raises(BadInput):
        move(settings, f"sqlite:///{settings.data}/other.sqlite", lambda *_: None)
