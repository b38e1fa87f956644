"""Logging of every process: English lines, or JSON lines, on standard error, so that standard output carries data only."""

import json
import logging
import sys
from datetime import UTC, datetime

_FORMAT = "%(asctime)s %(levelname)-7s %(name)s: %(message)s"
_QUIET = (
    "scrapy",
    "twisted",
    "hazm",
    "httpx",
    "httpcore",
    "urllib3",
    "alembic",
    "asyncio",
    "filelock",
    "elastic_transport",
    "py.warnings",
)


_OWN = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


class JsonLines(logging.Formatter):
    """One JSON object a line: time, level, logger, message, and whatever the caller gave as ``extra`` (outlet, outcome, url)."""

    def format(self, record: logging.LogRecord) -> str:
        """The line, without line ends inside."""
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        line = {"at": at, "level": record.levelname, "logger": record.name, "message": record.getMessage()}
        line |= {key: value for key, value in vars(record).items() if key not in _OWN}
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False, default=str)


def set_up_logging(level: str, format: str = "text") -> None:
    """Sends the logs of ``level`` and above to standard error; those of libraries only from WARNING on.

    The handler decides, not the loggers: Scrapy sets the levels of its own loggers and of the root anew when it starts.
    """
    handler = logging.StreamHandler(sys.stderr)
    handler.setLevel(level)
    handler.addFilter(_is_wanted)
    handler.setFormatter(JsonLines() if format == "json" else logging.Formatter(_FORMAT, datefmt="%Y-%m-%dT%H:%M:%S%z"))
    logging.basicConfig(level=level, handlers=[handler], force=True)


def _is_wanted(record: logging.LogRecord) -> bool:
    return record.levelno >= logging.WARNING or record.name.partition(".")[0] not in _QUIET
