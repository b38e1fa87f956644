"""The processes of the grown form as plain ones, and the servers they stand on: started, killed with -9, started again."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import httpx

from core.dates import utc_now
from samples.sites import SampleSites

ELASTICSEARCH = Path(__file__).parents[3] / "shared" / "elasticsearch"
HAS_ELASTICSEARCH = (ELASTICSEARCH / "start.sh").exists() and "RASAD_TEST_ELASTICSEARCH" in os.environ
PROCESSES = {
    "web-1": ("serve",),
    "web-2": ("serve",),
    "crawler": ("crawl", "--forever"),
    "tagger-1": ("work", "--only", "tag"),
    "tagger-2": ("work", "--only", "tag"),
    "indexer": ("work", "--only", "index"),
    "mailer": ("work", "--only", "send"),
}


class ElasticsearchServer:
    """A node of its own, on a free port, that can be stopped and started again."""

    def __init__(self, data: Path) -> None:
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        self._environment = {**os.environ, "ES_PORT": str(port), "ES_DATA": str(data), "ES_HEAP": "400m"}

    def start(self) -> None:
        """Returns when it answers."""
        subprocess.run([str(ELASTICSEARCH / "start.sh")], env=self._environment, check=True, capture_output=True, timeout=150)

    def stop(self) -> None:
        """Returns when it has ended; the data stays."""
        subprocess.run([str(ELASTICSEARCH / "stop.sh")], env=self._environment, check=True, capture_output=True, timeout=60)


@dataclass
class Fleet:
    """One that ends is started again, as a container engine would. Each process writes a log of its own into ``folder``."""

    environment: dict[str, str]
    folder: Path
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    ports: dict[str, int] = field(default_factory=dict)
    kills: dict[str, int] = field(default_factory=dict)
    _begun: dict[str, int] = field(default_factory=dict)
    _over: threading.Event = field(default_factory=threading.Event)
    _watcher: threading.Thread | None = None

    def start(self) -> None:
        """Starts them all and watches them."""
        self.folder.mkdir(parents=True, exist_ok=True)
        for name in PROCESSES:
            if name.startswith("web"):
                self.ports[name] = free_port()
            self._start(name)
        self._watcher = threading.Thread(target=self._watch)
        self._watcher.start()

    def _start(self, name: str) -> None:
        environment = self.environment | {"PYTHONFAULTHANDLER": "1"} | ({"RASAD_PORT": str(self.ports[name])} if name in self.ports else {})
        with (self.folder / name).open("ab") as log:
            self._begun[name] = log.tell()
            command = [sys.executable, "-m", "app.cli", *PROCESSES[name]]
            self.running[name] = subprocess.Popen(command, env=environment, stdout=log, stderr=log)

    def _watch(self) -> None:
        while not self._over.wait(0.3):
            for name, process in list(self.running.items()):
                if process.poll() is not None:
                    self._start(name)

    def kill(self, name: str) -> None:
        """kill -9."""
        self.kills[name] = self.kills.get(name, 0) + 1
        killed = self.running[name]
        killed.send_signal(signal.SIGKILL)
        killed.wait()
        self.until(f"{name} was started again", lambda: self.running[name] is not killed, 30)

    def log(self, name: str) -> str:
        """What the running process has written."""
        return (self.folder / name).read_bytes()[self._begun[name] :].decode(errors="replace")

    def ready(self, name: str) -> dict[str, object]:
        """What ``/readyz`` of a web process says, its status beside; {} while it does not answer."""
        with suppress(httpx.HTTPError):
            answer = httpx.get(f"http://127.0.0.1:{self.ports[name]}/readyz", timeout=20)
            return {"code": answer.status_code, **answer.json()}
        return {}

    def until(self, what: str, holds: Callable[[], object], seconds: float = 180) -> None:
        """Waits for a condition; in vain, every process's last lines are told."""
        end = time.monotonic() + seconds
        while not holds():
            assert time.monotonic() < end, f"waited {seconds:.0f} s in vain: {what}\n{self._stacks()}"
            time.sleep(0.1)

    def _stacks(self) -> str:
        """The last lines of each process, and where each of its threads stands."""
        self._over.set()
        for process in self.running.values():
            process.send_signal(signal.SIGABRT)
            process.wait()
        return "\n".join(f"--- {name}\n{(self.folder / name).read_text(errors='replace')[-3000:]}" for name in self.running)

    def end(self) -> None:
        """Ends them all."""
        self._over.set()
        if self._watcher:
            self._watcher.join()
        for process in self.running.values():
            process.kill()
            process.wait()


def free_port() -> int:
    """A port of loopback on which nothing listens."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def recent_articles(sites: SampleSites) -> int:
    """How many articles of the sample sites a crawl without a date surely reads: those of the last week; feeds may lead to a few more."""
    since = utc_now() - timedelta(days=7) + timedelta(minutes=30)
    return sum(piece.published_at >= since for room in sites.newsrooms for piece in room.pieces)
