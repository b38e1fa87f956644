"""Killed without warning in the middle of writing: nothing acknowledged is lost, nothing half-written stays."""

import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable

import pytest
import sqlalchemy as sa

from core.settings import Settings
from store.archive import Archive
from store.engine import reading
from store.tables import articles, changes, revisions
from tests.store.samples import NOW, raw


def start(settings: Settings, mode: str, argument: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.store.child", mode, str(settings.data), settings.database_url, argument]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def kill_after(child: subprocess.Popen[str], seconds: float) -> list[list[str]]:
    """Waits until the child works, kills it after ``seconds`` and gives the whole lines that it printed."""
    assert child.stdout is not None
    child.stdout.readline()
    time.sleep(seconds)
    child.send_signal(signal.SIGKILL)
    printed, _ = child.communicate()
    return [line.split() for line in printed.splitlines(keepends=True) if line.endswith("\n")]


def assert_sound(archive: Archive) -> None:
    """Every article has its revision, its raw page, its place in the log and an existing group."""
    with reading(archive.engine) as connection:
        if connection.dialect.name == "sqlite":
            assert connection.scalar(sa.text("PRAGMA integrity_check")) == "ok"
            assert connection.execute(sa.text("PRAGMA foreign_key_check")).all() == []
        every = connection.execute(sa.select(articles)).all()
        versions = connection.execute(sa.select(revisions.c.article_id, revisions.c.number, revisions.c.page_key)).all()
        logged = connection.execute(sa.select(changes.c.article_id, changes.c.seq)).all()
    ids = {row.id for row in every}
    assert len({(row.outlet, row.news_id) for row in every}) == len(every)
    assert {(row.id, number) for row in every for number in range(1, row.revision + 1)} == {
        (row.article_id, row.number) for row in versions
    }
    assert {row.article_id for row in logged} == ids
    assert len(logged) == len(ids) == len({row.seq for row in logged})
    assert {row.reprint_group for row in every} <= ids
    for row in versions:
        assert archive.pages.get(row.page_key), row


@pytest.mark.soak
def test_nothing_is_lost_when_a_writer_is_killed(settings: Settings, open_again: Callable[[], Archive], seeds: list[int]) -> None:
    """Complaint 30: records were fetched twice after a crash; here the same numbers are written again and stay single."""
    archive = open_again()
    for seed in seeds:
        chance = random.Random(seed)
        first = chance.randrange(1, 100)
        before = archive.articles.count()
        done = kill_after(start(settings, "write", str(first)), chance.uniform(0.05, 0.6))
        assert_sound(archive)
        for step, id, *_ in done:
            article = archive.articles.get(int(id))
            assert step != "edited" or article.revision >= 2
            assert step != "tagged" or article.annotations is not None or article.revision > 1, (seed, id)
        numbers = {int(line[2]) for line in done if line[0] == "saved"}
        assert archive.articles.count() >= max(before, len(numbers))


def test_work_goes_on_after_a_crash(settings: Settings, open_again: Callable[[], Archive]) -> None:
    kill_after(start(settings, "write", "1"), 0.5)
    archive = open_again()
    archive.articles.save(raw(100_000), b"<p/>")
    last = archive.articles.find_by_key("toos", "100000")
    assert last is not None
    assert archive.articles.changes_after(0, 10_000)[-1].article_id == last.id
    assert archive.work.claim("group", "me", NOW.replace(year=2100), 1)
    assert_sound(archive)


def test_two_workers_annotate_every_article_once(settings: Settings, archive: Archive) -> None:
    """Complaint 11: a job fell out of the queue."""
    archive.articles.save_many([raw(number) for number in range(1, 151)])
    children = [start(settings, "tag", owner) for owner in ("one", "two")]
    handed: list[int] = []
    for child in children:
        printed, _ = child.communicate(timeout=60)
        assert child.returncode == 0
        for line in printed.splitlines()[1:]:
            written, *ids = map(int, line.split())
            assert written == len(ids)
            handed += ids
    assert sorted(handed) == list(range(1, 151))
    assert archive.articles.untagged("v1", 1) == []
    assert {change.kind for change in archive.articles.changes_after(0, 1000)} == {"annotated"}


def test_what_a_killed_worker_held_is_handed_out_again(settings: Settings, archive: Archive) -> None:
    archive.articles.save_many([raw(number) for number in range(1, 41)])
    held = archive.articles.claim_untagged("killed", "v1", 10, NOW.replace(year=2100))
    child = start(settings, "tag", "alive")
    child.communicate(timeout=60)
    assert [one.id for one in archive.articles.untagged("v1", 99)] == [one.id for one in held]
    again = archive.articles.claim_untagged("reaper", "v1", 99, NOW.replace(year=2101))
    assert again == held
