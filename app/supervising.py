"""``rasad up``: starts web, crawl and work as processes, watches and restarts them, and ends them together."""

import logging
import os
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field

from app.pausing import pause_reason, wait_for_database
from app.serving import check_port
from app.terminal import notes
from app.upgrading import upgrade
from app.wiring import load_known_outlets, opened
from core.settings import Settings

GRACE_SECONDS = 15.0
FIRST_PAUSE = 1.0
LONGEST_PAUSE = 60.0
STEADY_SECONDS = 60.0
log = logging.getLogger("rasad.up")


@dataclass
class Child:
    """One process of the service: how to start it, and since when it runs."""

    name: str
    arguments: tuple[str, ...]
    environment: dict[str, str]
    pause: float = FIRST_PAUSE
    started: float = 0.0
    again_at: float = 0.0
    process: subprocess.Popen[bytes] | None = field(default=None)

    def start(self) -> None:
        """Starts the process in a group of its own, so that an interrupt reaches it through us only."""
        self.process = subprocess.Popen([sys.executable, "-m", "app.cli", *self.arguments], env=self.environment, start_new_session=True)
        self.started = time.monotonic()
        log.info("%s started as process %d", self.name, self.process.pid)

    def watch(self) -> None:
        """Restarts the process when it has ended, after a pause that doubles while it keeps ending quickly."""
        if self.process and self.process.poll() is None:
            return
        if self.process:
            steady = time.monotonic() - self.started > STEADY_SECONDS
            self.pause = FIRST_PAUSE if steady else min(self.pause * 2, LONGEST_PAUSE)
            log.warning("%s ended with status %s; starting it again in %.0f s", self.name, self.process.returncode, self.pause)
            self.process, self.again_at = None, time.monotonic() + self.pause
        elif time.monotonic() >= self.again_at:
            self.start()

    def end(self) -> None:
        """Asks the process to end."""
        if self.process and self.process.poll() is None:
            self.process.terminate()


def supervise(settings: Settings) -> None:
    """Runs the service until SIGINT or SIGTERM. Settings, outlets and the port are checked before anything starts."""
    check_port(settings.host, settings.port)
    load_known_outlets(settings)
    wait_for_database(settings)
    upgrade(settings)
    with opened(settings):
        log.info("archive ready in %s", settings.data)
    environment = {**os.environ, "RASAD_PORT": str(settings.port), "RASAD_HOST": settings.host}
    children = [Child(name, arguments, environment) for name, arguments in _PROCESSES.items()]
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    notes.print(f"Rasad: {settings.public_url}  (Ctrl-C ends it)")
    paused = ""
    while not stop.wait(0.5):
        paused = _watch(children, settings, paused)
    _end_all(children)


def _watch(children: list[Child], settings: Settings, paused: str) -> str:
    """Restarts what has ended; while the machine cannot take more, nothing is crawled. Why, "" when all is well."""
    reason = pause_reason(settings.data)
    if reason != paused:
        log.warning("the crawl %s", f"is paused: {reason}" if reason else "goes on")
    for child in children:
        if reason and child.name == "crawl":
            child.end()
        else:
            child.watch()
    return reason


_PROCESSES = {"web": ("serve",), "crawl": ("crawl", "--forever"), "work": ("work",)}


def _end_all(children: list[Child]) -> None:
    for child in children:
        child.end()
    deadline = time.monotonic() + GRACE_SECONDS
    for child in children:
        if child.process is None:
            continue
        try:
            child.process.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            log.warning("%s did not end within %.0f s: killed", child.name, GRACE_SECONDS)
            child.process.kill()
            child.process.wait()
