"""Extraction for a crawl: in this process while there is little, in a second one beside it once there is much.

Python runs one thread at a time: with a second process the pages of a large crawl are extracted while others are fetched and
stored. It also bounds what a hostile page can do: one that hangs or crashes the extraction fails alone, and the crawl goes on.
"""

import logging
import os
import signal
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess

from core.records import Outlet, RawArticle
from crawler.extract import extract

MUCH = 200
SECONDS_FOR_A_LOAD = 60.0
logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Source:
    """What extraction needs of a page."""

    body: bytes
    url: str
    outlet: Outlet
    fetched_at: datetime
    charset: str | None = None
    published_at: datetime | None = None


class Extractor:
    """Extracts pages; ``much`` is the number after which it takes a process of its own. Used by one thread; ``close`` at the end."""

    def __init__(self, much: int = MUCH) -> None:
        self._much = much if (os.cpu_count() or 1) > 1 else 0
        self._number = 0
        self._process: BaseProcess | None = None
        self._line: Connection | None = None

    def extract_all(self, sources: Sequence[Source]) -> list[RawArticle | None]:
        """The article of each page, in order; None where extraction failed (the log says why)."""
        self._number += len(sources)
        if not self._much or self._number <= self._much or not sources:
            return [extract_one(source) for source in sources]
        return self._ask(sources)

    def close(self) -> None:
        """Ends the second process."""
        if self._line is not None:
            self._line.close()
        if self._process is not None:
            self._process.join(5)
            self._process.kill()
            self._process.join()
            self._process.close()
        self._process = self._line = None

    def _ask(self, sources: Sequence[Source]) -> list[RawArticle | None]:
        try:
            line = self._line or self._begin()
            line.send(sources)
            if not line.poll(SECONDS_FOR_A_LOAD):
                raise TimeoutError(f"no answer within {SECONDS_FOR_A_LOAD:.0f} s")
            answer: list[RawArticle | None] = line.recv()
        except (EOFError, OSError) as error:
            logger.warning("extraction of %d pages ended badly: %s", len(sources), error or type(error).__name__)
            self._kill()
            # One by one, so that the bad page fails alone.
            return [None] if len(sources) == 1 else [one for source in sources for one in self._ask([source])]
        return answer

    def _begin(self) -> Connection:
        context = get_context("spawn")
        self._line, other = context.Pipe()
        self._process = context.Process(target=_serve, args=(other,), name="extraction", daemon=True)
        self._process.start()
        other.close()
        return self._line

    def _kill(self) -> None:
        if self._process is not None:
            self._process.kill()
        self.close()


def extract_one(source: Source) -> RawArticle | None:
    """The article of a page; None when extraction raised, which it never should."""
    try:
        return extract(
            source.body,
            source.url,
            source.outlet,
            source.fetched_at,
            charset=source.charset,
            feed_published_at=source.published_at,
        )
    except Exception:
        logger.exception("extraction of %s failed", source.url)
        return None


def _serve(line: Connection) -> None:
    """The second process: answers until the other end is closed, also by its sudden death."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    while True:
        try:
            sources = line.recv()
        except (EOFError, OSError):
            return
        line.send([extract_one(source) for source in sources])
