"""The whole service on a small disk that is full, then read-only, then well again: it pauses, says why, goes on, and has lost nothing."""

import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
import sqlalchemy as sa

from app.doctor import checks
from app.wiring import opened
from core.dates import TEHRAN, utc_now
from core.settings import Settings
from samples.sites import SampleSites
from store.backlog import read_backlog
from store.doctor import compare
from store.ledger_tables import crawl_addresses
from tests.app.fleet import free_port, recent_articles
from tests.digest.post_office import PostOffice, open_post_office

SIZE = "300m"
SECONDS = 150


def _mounts(folder: Path) -> bool:
    made = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", str(folder)], capture_output=True, check=False)
    return made.returncode == 0


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of its own; only root may mount one."""
    folder = tmp_path / "disk"
    folder.mkdir()
    if not _mounts(folder):
        pytest.skip("mounting a small disk is not allowed here")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


@dataclass
class Service:
    """``rasad up`` with its log and its door."""

    port: int
    log: Path

    def ready(self) -> dict[str, object]:
        """What ``/readyz`` says; {} while nobody answers."""
        try:
            return dict(httpx.get(f"http://127.0.0.1:{self.port}/readyz", timeout=20).json())
        except (httpx.HTTPError, ValueError):
            return {}

    def until(self, what: str, holds: Callable[[], object]) -> None:
        """Waits for a condition; in vain, the log is told."""
        end = time.monotonic() + SECONDS
        while not holds():
            assert time.monotonic() < end, f"waited in vain: {what}, {self.ready()}\n{self.text()[-5000:]}"
            time.sleep(0.2)

    def text(self) -> str:
        """What all processes have written."""
        return self.log.read_text(errors="replace")


@contextmanager
def up(settings: Settings, outlets: Path, office: PostOffice, log: Path) -> Iterator[Service]:
    """The embedded service as its user starts it."""
    environment = {
        **os.environ,
        "RASAD_DATA": str(settings.data),
        "RASAD_OUTLETS": str(outlets),
        "RASAD_PORT": str(settings.port),
        "RASAD_SMTP_URL": office.url,
        "RASAD_ALLOW_ADDRESSES": "127.0.0.1",
        "RASAD_POLL_SECONDS": "5",
        "RASAD_RETRY_SECONDS": "1",
        "RASAD_LOG_FORMAT": "json",
    }
    with log.open("wb") as written:
        process = subprocess.Popen([sys.executable, "-m", "app.cli", "up"], env=environment, stdout=written, stderr=written)
    try:
        yield Service(settings.port, log)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


def test_crawl_work_mail_and_web_wait_for_a_disk_and_go_on(disk: Path, tmp_path: Path) -> None:
    settings = Settings(data=disk / "data", port=free_port())
    now = utc_now()
    with opened(settings) as archive:
        at = f"{(now + timedelta(minutes=1)).astimezone(TEHRAN):%H:%M}"
        archive.people.add_subscription("روز", "", ["pr@example.org"], at=at, now=now)
    with SampleSites() as sites, open_post_office() as office:
        sites.start(now)
        outlets = tmp_path / "outlets.toml"
        outlets.write_text(sites.outlets_toml.replace("delay = 0.0", "delay = 0.5"), encoding="utf-8")
        _remount(disk, "ro")
        with up(settings, outlets, office, tmp_path / "log") as service:
            service.until("it waits for a disk that can be written", lambda: "waiting for the database" in service.text())
            assert "نوشتنی نیست" in _doctor(settings)
            _remount(disk, "rw")
            service.until("pages are stored", lambda: int(str(service.ready().get("articles", 0))) > 5)
            _full_disk_is_waited_for(disk, service, settings)
            service.until("everything is read, tagged and searchable", lambda: _is_whole(settings, recent_articles(sites)))
            service.until("the letter came", lambda: office.letters)
            assert "paused" not in service.ready()
    with opened(settings) as archive:
        assert compare(archive) == []
        assert archive.articles.count() == len({article.raw.url for article in archive.articles.walk()})
    assert len(office.letters) == 1
    lines = [json.loads(line) for line in service.text().splitlines() if line.startswith("{")]
    told = Counter(line["url"] for line in lines if line.get("outcome") == "stored")
    assert len(told) > 30
    assert max(told.values()) == 1, "one line for each outcome"


def _full_disk_is_waited_for(disk: Path, service: Service, settings: Settings) -> None:
    filler = disk / "filler"
    with suppress(OSError), filler.open("wb") as file:
        while True:
            file.write(bytes(1 << 16))
    for part in ("the crawl", "work", "digests", "webhooks"):
        service.until(f"{part} is paused", lambda part=part: f"{part} is paused: " in service.text())  # type: ignore[misc]
    service.until("a full disk is told", lambda: service.ready().get("paused") == "full")
    before = service.ready()["articles"]
    assert "دیسک پر است" in _doctor(settings)
    assert httpx.get(f"http://127.0.0.1:{service.port}/sign-in", timeout=20).status_code == 200
    assert service.ready()["articles"] == before
    filler.unlink()


def _remount(disk: Path, how: str) -> None:
    subprocess.run(["mount", "-o", f"remount,{how}", str(disk)], check=True)


def _doctor(settings: Settings) -> str:
    return next(check.found for check in checks(settings) if check.name == "space" and not check.good)


def _is_whole(settings: Settings, least: int) -> bool:
    with opened(settings) as archive:
        with archive.engine.connect() as connection:
            unread = connection.scalar(sa.select(sa.func.count()).where(crawl_addresses.c.article_id.is_(None)))
        left = read_backlog(archive.engine, utc_now()).stages
        done = archive.search.seq() == archive.articles.newest_seq()
        return done and not unread and not left["annotate"] and archive.search.count() == archive.articles.count() >= least
