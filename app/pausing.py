"""When the machine cannot take more, the service waits and says why: a full disk, a folder that cannot be written, a clock that jumped.

Nothing is lost by waiting: what is not written down is due again.
"""

import logging
import sqlite3
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import sqlalchemy as sa

from core.dates import utc_now
from core.errors import RasadError
from core.settings import Settings
from store.engine import make_engine, revision_of
from store.room import shortage_of

JUMP = timedelta(seconds=60)
LONGEST_PAUSE = 60.0
log = logging.getLogger("rasad.pause")


def pause_reason(folder: Path) -> str:
    """Why nothing should be written into the data folder now; "" when all is well."""
    found = shortage_of(folder)
    return found.english if found else ""


def trouble(error: BaseException) -> str:
    """What an error says about the machine, in words for the log; "" for one that is a mistake of ours."""
    if isinstance(error, sa.exc.DBAPIError):
        error = error.orig or error
    if isinstance(error, (RasadError, OSError, sqlite3.OperationalError)) or type(error).__name__ in ("OperationalError", "DiskFull"):
        return str(error)[:300] or type(error).__name__
    return ""


@dataclass
class Clockwatch:
    """Notices a wall clock that was set: it moved otherwise than the time that has passed."""

    clock: Callable[[], datetime] = utc_now
    passed: Callable[[], float] = time.monotonic
    _seen: tuple[datetime, float] | None = field(default=None)

    def jumped(self) -> timedelta:
        """By how much the clock was set since the last call; nothing when by less than a minute."""
        now, passed = self.clock(), self.passed()
        before, self._seen = self._seen, (now, passed)
        if before is None:
            return timedelta(0)
        jump = (now - before[0]) - timedelta(seconds=passed - before[1])
        return jump if abs(jump) >= JUMP else timedelta(0)


@dataclass
class Loop:
    """Does ``step`` again and again until ``stop`` is set; after trouble it waits twice as long each time, up to a minute."""

    name: str
    seconds: float
    step: Callable[[], object]
    folder: Path
    stop: threading.Event
    watch: Clockwatch = field(default_factory=Clockwatch)
    paused: str = ""

    def run(self) -> None:
        """Returns when ``stop`` is set. A mistake of ours is logged with its traceback and does not end the loop either."""
        pause = self.seconds
        while not self.stop.is_set():
            reason = self.once()
            pause = min(max(pause, 1.0) * 2, LONGEST_PAUSE) if reason else self.seconds
            self.stop.wait(pause)

    def once(self) -> str:
        """One step, unless the machine cannot take it; why it waits, "" when it went well."""
        jump = self.watch.jumped()
        if jump:
            log.warning("%s: the clock was set by %s; leases and times are judged anew", self.name, jump)
        reason = pause_reason(self.folder) or self._try()
        if reason and reason != self.paused:
            log.error("%s is paused: %s", self.name, reason)
        if self.paused and not reason:
            log.info("%s goes on", self.name)
        self.paused = reason
        return reason

    def _try(self) -> str:
        try:
            self.step()
        except Exception as error:  # a thread that dies unseen is worse than one that tries again
            words = trouble(error)
            if not words:
                log.exception("%s failed", self.name)
            return words or f"{type(error).__name__}, see the traceback above"
        return ""


def wait_for_database(settings: Settings, stop: threading.Event | None = None) -> None:
    """Returns when the database answers or ``stop`` is set: a process that starts while it is away waits as one that runs does."""
    never, pause, waited = threading.Event(), 1.0, False
    while not (stop or never).is_set():
        engine = make_engine(settings.database)
        try:
            settings.data.mkdir(parents=True, exist_ok=True)  # the first start finds no folder, and SQLite makes none
            revision_of(engine)
        except (sa.exc.OperationalError, OSError) as error:
            log.log(logging.DEBUG if waited else logging.ERROR, "waiting for the database: %s", trouble(error))
        else:
            if waited:
                log.info("the database answers")
            return
        finally:
            engine.dispose()
        waited = True
        (stop or never).wait(pause)
        pause = min(pause * 2, LONGEST_PAUSE)
