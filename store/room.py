"""Whether the archive takes more now: the data folder, its disk, the database. Where it does not, who writes waits; this says why."""

import os
import shutil
import sqlite3
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import sqlalchemy as sa

from core.dates import utc_now
from store.work import Work

LEAST_FREE = 64 * 1024 * 1024
LOOKED_EVERY = 10.0
_MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Shortage:
    """Why nothing is written: ``kind`` is ``missing``, ``read-only``, ``full`` or ``database``; ``english`` for the log."""

    kind: str
    english: str
    persian: str


def shortage_of(folder: Path) -> Shortage | None:
    """What is wrong with the data folder; None when it takes more."""
    if not folder.exists():
        return Shortage("missing", f"the data folder {folder} is missing", "پوشهٔ داده نیست.")
    if not os.access(folder, os.W_OK):
        return Shortage("read-only", f"the data folder {folder} cannot be written", "پوشهٔ داده نوشتنی نیست.")
    try:
        free = shutil.disk_usage(folder).free
    except OSError as error:
        return Shortage("missing", f"the data folder {folder}: {error.strerror}", "پوشهٔ داده خوانده نمی‌شود.")
    if free >= LEAST_FREE:
        return None
    told = f"the disk is full: {free // _MIB} MB left, {LEAST_FREE // _MIB} MB are needed"
    return Shortage("full", told, f"دیسک پر است: {free // _MIB} مگابایت مانده و {LEAST_FREE // _MIB} مگابایت لازم است.")


@dataclass
class Room:
    """Asks by writing a row, no more often than every ten seconds: a database may be full or read-only where the folder is not."""

    engine: sa.Engine
    folder: Path
    passed: Callable[[], float] = time.monotonic
    _seen: tuple[float, Shortage | None] | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def shortage(self) -> Shortage | None:
        """Why nothing can be written now, as of at most ten seconds ago; None when all is well."""
        with self._lock:
            if self._seen is None or self.passed() - self._seen[0] >= LOOKED_EVERY:
                self._seen = (self.passed(), self.look())
            return self._seen[1]

    def look(self) -> Shortage | None:
        """The same, at this moment."""
        return shortage_of(self.folder) or self._try()

    def _try(self) -> Shortage | None:
        try:
            Work(self.engine).claim("write-probe", "nobody", utc_now(), 0)
        except (sa.exc.DBAPIError, sa.exc.TimeoutError, sqlite3.Error) as error:
            cause = getattr(error, "orig", None) or error
            return Shortage("database", f"the database takes nothing: {str(cause)[:200]}", "پایگاه داده چیزی نمی‌نویسد.")
        return None
