"""The grown form as plain processes against a real PostgreSQL: each killed with -9 under load, the database away for a while."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import sqlalchemy as sa

from app.wiring import opened
from core.dates import utc_now
from core.errors import RasadError
from core.settings import Settings
from store.archive import Archive
from store.backlog import read_backlog
from store.tables import annotations
from tests.conftest import SOAK
from tests.desk import raw
from tests.digest.receiver import Receiver, receiving
from tests.store.postgres import INSTALL, Server, controlled_server, find_binaries

pytestmark = pytest.mark.postgresql
ARTICLES = 400 if SOAK else 90
PROCESSES = {
    "web-1": ("serve",),
    "web-2": ("serve",),
    "tagger-1": ("work", "--only", "tag"),
    "tagger-2": ("work", "--only", "tag"),
    "indexer": ("work", "--only", "index"),
    "mailer": ("work", "--only", "send"),
}


@dataclass
class Fleet:
    """The processes of the grown form; one that ends is started again, as a container engine would."""

    environment: dict[str, str]
    log: Path
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    ports: dict[str, int] = field(default_factory=dict)
    restarts: int = 0
    _over: threading.Event = field(default_factory=threading.Event)

    def start(self, name: str) -> None:
        """Starts one process."""
        environment = dict(self.environment)
        if name.startswith("web"):
            environment["RASAD_PORT"] = str(self.ports.setdefault(name, _free_port()))
        with self.log.open("ab") as log:
            command = [sys.executable, "-m", "app.cli", *PROCESSES[name]]
            self.running[name] = subprocess.Popen(command, env=environment, stdout=log, stderr=log)

    def watch(self) -> None:
        """Starts again whatever has ended, until the end of the test."""
        while not self._over.wait(0.3):
            for name, process in list(self.running.items()):
                if process.poll() is not None:
                    self.restarts += 1
                    self.start(name)

    def kill(self, name: str) -> None:
        """kill -9."""
        self.running[name].send_signal(signal.SIGKILL)
        self.running[name].wait()

    def end(self) -> None:
        """Ends them all."""
        self._over.set()
        for process in self.running.values():
            process.kill()
            process.wait()


@pytest.fixture
def server() -> Iterator[Server]:
    binaries = find_binaries()
    if binaries is None:
        pytest.skip(f"PostgreSQL is not installed: {INSTALL}")
    with controlled_server(binaries) as started:
        yield started


@pytest.fixture
def fleet(server: Server, tmp_path: Path) -> Iterator[Fleet]:
    settings = {
        "RASAD_DATABASE_URL": server.url,
        "RASAD_DATA": str(tmp_path / "data"),
        "RASAD_ALLOW_ADDRESSES": "127.0.0.1",
        "RASAD_HOST": "127.0.0.1",
        "OMP_NUM_THREADS": "1",
    }
    started = Fleet({**os.environ, **settings}, tmp_path / "log")
    watcher = threading.Thread(target=started.watch)
    yield started
    started.end()
    if watcher.ident:
        watcher.join()


def _load(archive: Archive, acknowledged: list[int]) -> None:
    """Articles arrive; one that the database did not take is tried again, as the crawler does."""
    for number in range(ARTICLES):
        while True:
            try:
                acknowledged.append(archive.articles.save(raw(number, headline=f"خبر شمارهٔ {number} دربارهٔ شهر")).id)
                break
            except (RasadError, sa.exc.DBAPIError):
                time.sleep(0.3)
        time.sleep(0.1)


def test_nothing_is_lost_and_nothing_told_twice_whatever_dies(server: Server, fleet: Fleet, tmp_path: Path) -> None:
    settings = Settings(database_url=server.url, data=tmp_path / "data", allow_addresses=("127.0.0.1",))
    watcher = threading.Thread(target=fleet.watch)
    with receiving() as receiver, opened(settings) as archive:
        hook = archive.webhooks.add("x", receiver.url, query="", events=["articles.changed"], made_by="x", now=utc_now())
        for name in PROCESSES:
            fleet.start(name)
        watcher.start()
        acknowledged: list[int] = []
        load = threading.Thread(target=_load, args=(archive, acknowledged))
        load.start()
        for name in PROCESSES:
            time.sleep(1.5)
            fleet.kill(name)
        server.stop()
        time.sleep(3)
        server.start()
        load.join()
        _wait_until_done(archive, 120, fleet.log)
        assert len(acknowledged) == len(set(acknowledged)) == archive.articles.count() == ARTICLES
        with archive.engine.connect() as connection:
            assert connection.scalar(sa.select(sa.func.count()).select_from(annotations)) == ARTICLES
        told = _told(receiver)
        newest = {change.article_id: change.seq for change in archive.articles.changes_after(0, 10 * ARTICLES)}
        assert {article: max(seq for seq, one in told if one == article) for article in newest} == newest
        deliveries = archive.webhooks.deliveries(hook.id, limit=10_000)
        assert len({one.message_id for one in deliveries}) == len(deliveries)
        assert {one.state for one in deliveries} == {"delivered"}
        assert _messages(receiver) == {one.message_id for one in deliveries}
    for name, port in fleet.ports.items():
        ready = json.load(urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=10))
        assert (ready["articles"], ready["searchable"], ready["changes_behind"]) == (ARTICLES, ARTICLES, 0), name
    print(f"{ARTICLES} articles, {fleet.restarts} restarts, {len(receiver.got)} requests to the webhook")  # noqa: T201
    assert fleet.restarts >= len(PROCESSES)
    fleet.end()
    watcher.join()


def _left(archive: Archive) -> dict[str, object]:
    """What is still to be done, empty when everything is."""
    try:
        newest = archive.articles.newest_seq()
        left: dict[str, object] = {stage: count for stage, count in read_backlog(archive.engine, utc_now()).stages.items() if count}
        left |= {"deliveries": waiting} if (waiting := archive.webhooks.backlog().get("waiting", 0)) else {}
        left |= {f"webhook {hook.id}": (hook.seq, newest) for hook in archive.webhooks.all(utc_now()) if hook.seq != newest}
        return left | ({"index": (archive.search.seq(), newest)} if archive.search.seq() != newest else {})
    except (RasadError, sa.exc.DBAPIError) as error:
        return {"database": error}


def _told(receiver: Receiver) -> list[tuple[int, int]]:
    messages = [json.loads(body) for _, _, body in receiver.got]
    return [(change["seq"], change["article_id"]) for message in messages for change in message["data"]["changes"]]


def _messages(receiver: Receiver) -> set[str]:
    return {headers["webhook-id"] for _, headers, _ in receiver.got}


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def _wait_until_done(archive: Archive, seconds: float, log: Path) -> None:
    end = time.monotonic() + seconds
    while left := _left(archive):
        assert time.monotonic() < end, f"waited in vain for {left}\n{log.read_text(errors='replace')[-4000:]}"
        time.sleep(0.5)
