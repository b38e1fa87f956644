"""Where a crawl's desk work is done: in this process while there is little, in a second one beside it once there is much.

Python runs one thread at a time: with a second process the pages of a large crawl are extracted and stored while others are fetched.
It also bounds what a hostile page can do: one that hangs or crashes the extraction fails alone, and the crawl goes on.
"""

import logging
import os
import pickle
import signal
import socket
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from multiprocessing.connection import Connection
from typing import Any

from core.outcomes import Outcome
from crawler.desk import FetchedPage, Settled
from crawler.office import Office, OfficePlan, open_office
from store.ledger_records import Address

MUCH = 200
BACKLOG = 32
SECONDS_TO_START = 300.0
SECONDS_FOR_PAGES = 60.0
SECONDS_FOR_OTHERS = 600.0
_SERVE = "import sys; from crawler.workroom import serve; serve(int(sys.argv[1]))"
logger = logging.getLogger(__name__)


class RoomLost(Exception):
    """The second process died or did not answer in time; what it had in hand is not done."""


@dataclass
class WorkRoom:
    """Does desk work, one piece after another; used by one thread.

    After ``much`` pages (0: never), or once a fast host gives a backlog at one claim, it opens the second process.
    """

    office: Office
    plan: OfficePlan
    much: int = MUCH
    _pages: int = 0
    _has_backlog: bool = False
    _beside: "_Beside | None" = field(default=None, repr=False)

    def do(self, task: str, *args: Any) -> Any:
        """The result of a piece of work by its name (``Office.do``); raises what it raised, RoomLost when the second process is lost."""
        if self._beside is None and self._is_much():
            self._beside = _Beside.begin(self.plan)
        if self._beside is None or not self._is_ready(self._beside):
            return self.office.do(task, *args)
        return self._beside.ask(task, args)

    def _is_ready(self, beside: "_Beside") -> bool:
        """Whether the second process can be asked; one that does not start is done without."""
        try:
            return beside.is_ready()
        except (EOFError, OSError):
            logger.warning("the second process did not start: desk work stays in this one")
            beside.end()
            self._beside, self.much = None, 0
            return False

    def read_pages(self, pages: Sequence[FetchedPage]) -> list[Outcome]:
        """The outcomes of fetched pages. Those that cost the second process are read again one by one, so that the bad one fails alone."""
        self._pages += len(pages)
        try:
            outcomes: list[Outcome] = self.do("read_pages", pages)
        except RoomLost as error:
            logger.warning("%d pages cost the second process: %s", len(pages), error)
            if len(pages) > 1:
                return [outcome for page in pages for outcome in self.read_pages([page])]
            lost = Settled(Outcome.FAILED, "error while reading the page", page_bytes=len(pages[0].body))
            return [self._surely("note", pages[0].address, lost, pages[0].at)]
        return outcomes

    def claim(self, outlet: str, limit: int, owner: str, now: datetime) -> list[Address]:
        """Like the ledger's."""
        claimed: list[Address] = self._surely("claim", outlet, limit, owner, now)
        self._has_backlog = self._has_backlog or len(claimed) >= BACKLOG
        return claimed

    def next_due(self, outlets: Sequence[str]) -> datetime | None:
        """Like the ledger's."""
        moment: datetime | None = self._surely("next_due", outlets)
        return moment

    def _surely(self, task: str, *args: Any) -> Any:
        """What does no harm when it is done twice, asked once more of a fresh process where the first was lost."""
        try:
            return self.do(task, *args)
        except RoomLost:
            return self.do(task, *args)

    def _is_much(self) -> bool:
        return bool(self.much) and (self._has_backlog or self._pages > self.much) and (os.cpu_count() or 1) > 1

    def close(self) -> None:
        """Ends the second process."""
        if self._beside is not None:
            self._beside.end()


@dataclass
class _Beside:
    """The second process and the line to it."""

    plan: OfficePlan
    process: "subprocess.Popen[bytes]"
    line: Connection
    ready: bool = False
    was_lost: bool = False

    @classmethod
    def begin(cls, plan: OfficePlan) -> "_Beside":
        """Starts it; it is ready a second later."""
        own, other = socket.socketpair()
        with other:
            command = [sys.executable, *(f"-W{option}" for option in sys.warnoptions), "-c", _SERVE, str(other.fileno())]
            environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
            process = subprocess.Popen(command, pass_fds=(other.fileno(),), env=environment)
        line = Connection(own.detach())
        line.send((plan, logging.getLogger("crawler").getEffectiveLevel(), logging.root.manager.disable))
        return cls(plan, process, line)

    def is_ready(self) -> bool:
        """Whether it has opened the archive; one that took a lost one's place is waited for: the page that cost that may come again."""
        if not self.ready and self.line.poll(SECONDS_TO_START if self.was_lost else 0):
            self.line.recv()
            self.ready = True
        return self.ready

    def ask(self, task: str, args: tuple[Any, ...]) -> Any:
        """Has it do a piece of work and logs what it logged."""
        try:
            self.line.send((task, args))
            if not self.line.poll(SECONDS_FOR_PAGES if task == "read_pages" else SECONDS_FOR_OTHERS):
                raise RoomLost("no answer in time")
            result, error, records = self.line.recv()
        except (EOFError, OSError, RoomLost) as loss:
            self._replace()
            raise RoomLost(str(loss) or type(loss).__name__) from None
        for record in records:
            logging.getLogger(record.name).handle(record)
        if error is not None:
            raise error
        return result

    def end(self) -> None:
        """Closes the line, at which the process ends; kills one that does not."""
        self.line.close()
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def _replace(self) -> None:
        self.process.kill()
        self.end()
        fresh = _Beside.begin(self.plan)
        self.process, self.line, self.ready, self.was_lost = fresh.process, fresh.line, False, True


def serve(number: int) -> None:
    """The second process: works until the other end of the line (file descriptor ``number``) is closed, also by its sudden death."""
    for interrupt in (signal.SIGINT, signal.SIGTERM):
        signal.signal(interrupt, signal.SIG_IGN)
    line = Connection(number)
    try:
        plan, level, disabled = line.recv()
        records = _Records()
        logging.basicConfig(level=level, handlers=[records])
        logging.disable(disabled)
        office = open_office(plan)
        line.send("ready")
        while True:
            line.send(_answer(office, records, *line.recv()))
    except (EOFError, OSError):
        return


def _answer(office: Office, records: "_Records", task: str, args: tuple[Any, ...]) -> tuple[Any, Exception | None, list[logging.LogRecord]]:
    """(result, what was raised, what was logged)."""
    result, raised = None, None
    try:
        result = office.do(task, *args)
    except Exception as error:
        raised = _portable(error)
    return result, raised, records.taken()


def _portable(error: Exception) -> Exception:
    """The exception, or one that says the same where it cannot be sent."""
    try:
        pickle.loads(pickle.dumps(error))
    except Exception:
        return RuntimeError(f"{type(error).__name__}: {error}")
    return error


class _Records(logging.Handler):
    """Keeps what was logged until the answer goes out; the first process logs it as its own."""

    def __init__(self) -> None:
        super().__init__()
        self._kept: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keeps a record whose text is made already: its arguments may not be sent."""
        record.msg, record.args = record.getMessage(), None
        if record.exc_info:
            record.exc_text = logging.Formatter().formatException(record.exc_info)
            record.exc_info = None
        self._kept.append(record)

    def taken(self) -> list[logging.LogRecord]:
        """What was kept; it is kept no longer."""
        kept, self._kept = self._kept, []
        return kept
