"""The second process of a large crawl: the same outcomes and log, and a page that hangs or kills it fails alone."""

import logging
import os
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from core.outcomes import Outcome
from core.records import Outlet
from core.settings import Settings
from crawler import workroom
from crawler.desk import FetchedPage
from crawler.discovery import Window
from crawler.office import OfficePlan, make_office
from crawler.workroom import RoomLost, WorkRoom
from store.archive import Archive
from store.ledger_records import Found
from tests.crawler.crawling import open_plain
from tests.crawler.replica_pages import make_stories, page_of, path_of

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
OUTLET = Outlet("nastooh", "x", "nastooh", "http://a.ir")


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    made = open_plain(Settings(data=tmp_path))
    yield made
    made.close()


@pytest.fixture
def room(archive: Archive, tmp_path: Path) -> Iterator[WorkRoom]:
    plan = OfficePlan(Settings(data=tmp_path), (OUTLET,), Window())
    made = WorkRoom(make_office(archive, plan), plan, much=1)
    yield made
    made.close()


def _pages(archive: Archive, number: int) -> list[FetchedPage]:
    stories = make_stories(number, NOW)
    bodies = {f"id:{story.number}": page_of(story, "nastooh", OUTLET.base_url, stories) for story in stories}
    found = [Found(f"id:{story.number}", OUTLET.base_url + path_of(story, "nastooh")) for story in stories]
    archive.ledger.discover("nastooh", found, NOW)
    addresses = archive.ledger.claim("nastooh", number, "me", NOW)
    return [FetchedPage(one, OUTLET, one.url, 200, {}, bodies[one.key], NOW) for one in addresses]


def _open_the_second(room: WorkRoom, first: list[FetchedPage]) -> None:
    """Reads two pages here, after which the second process is opened, and waits until it is ready."""
    assert room.read_pages(first) == [Outcome.STORED] * len(first)
    until = time.monotonic() + 60
    while room._beside is None or not room._beside.is_ready():
        room.next_due(["nastooh"])
        time.sleep(0.02)
        assert time.monotonic() < until


def test_the_second_process_reads_claims_and_notes_as_the_first_does(
    room: WorkRoom, archive: Archive, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "crawler")
    pages = _pages(archive, 6)
    _open_the_second(room, pages[:2])
    caplog.clear()

    assert room.read_pages(pages[2:]) == [Outcome.STORED] * 4

    assert [record.getMessage().split()[1] for record in caplog.records if record.name == "crawler.desk"] == ["stored"] * 4
    assert archive.articles.count() == 6
    assert room.next_due(["nastooh"]) == NOW + timedelta(hours=1)
    claimed = room.claim("nastooh", 9, "me", NOW + timedelta(hours=2))
    assert {one.key for one in claimed} == {page.address.key for page in pages}
    assert room.read_pages([replace(page, at=NOW + timedelta(hours=2)) for page in pages]) == [Outcome.UNCHANGED] * 6


def test_what_the_second_process_raises_is_raised_here(room: WorkRoom, archive: Archive) -> None:
    _open_the_second(room, _pages(archive, 2))
    with pytest.raises(KeyError):
        room.do("no such task")
    assert room.next_due(["nastooh"]) is not None


class _Killer:
    """Unpickling it ends the process, as a page that crashes a C library would."""

    def __reduce__(self) -> tuple[object, tuple[int]]:
        return os._exit, (9,)


class _Sleeper:
    def __reduce__(self) -> tuple[object, tuple[int]]:
        return time.sleep, (60,)


@pytest.mark.parametrize("trap", [_Killer(), _Sleeper()])
def test_a_page_that_kills_or_hangs_the_process_fails_alone(
    room: WorkRoom, archive: Archive, monkeypatch: pytest.MonkeyPatch, trap: object
) -> None:
    monkeypatch.setattr(workroom, "SECONDS_FOR_PAGES", 20.0 if isinstance(trap, _Killer) else 5.0)
    pages = _pages(archive, 5)
    _open_the_second(room, pages[:2])
    pages[3] = replace(pages[3], charset=trap)  # type: ignore[arg-type]

    assert room.read_pages(pages[2:]) == [Outcome.STORED, Outcome.FAILED, Outcome.STORED]

    failed = archive.ledger.find("nastooh", pages[3].address.key)
    assert failed is not None
    assert (failed.outcome, failed.detail) == (Outcome.FAILED, "error while reading the page")
    assert failed.due_at is not None
    assert archive.ledger.owners() == []


def test_other_work_that_costs_the_process_says_so_and_the_next_is_done(room: WorkRoom, archive: Archive) -> None:
    _open_the_second(room, _pages(archive, 2))
    with pytest.raises(RoomLost):
        room.do("note", _Killer(), None, NOW)
    assert room.next_due(["nastooh"]) == NOW + timedelta(hours=1)


def test_a_second_process_that_does_not_start_is_done_without(
    room: WorkRoom, archive: Archive, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(workroom, "_SERVE", "raise SystemExit(3)")
    pages = _pages(archive, 4)
    assert room.read_pages(pages[:2]) == [Outcome.STORED] * 2
    until = time.monotonic() + 60
    while "did not start" not in caplog.text and time.monotonic() < until:
        room.next_due(["nastooh"])
        time.sleep(0.02)

    assert room.read_pages(pages[2:]) == [Outcome.STORED] * 2
    assert room._beside is None


def test_the_second_process_ends_when_the_first_lets_go(room: WorkRoom, archive: Archive) -> None:
    _open_the_second(room, _pages(archive, 2))
    beside = room._beside
    assert beside is not None
    beside.line.close()
    assert beside.process.wait(20) == 0
