"""Logging of every process: plain English lines on standard error, so that standard output carries data only."""

import logging
import sys

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


def set_up_logging(level: str) -> None:
    """Sends the logs of ``level`` and above to standard error; those of libraries only from WARNING on.

    The handler decides, not the loggers: Scrapy sets the levels of its own loggers and of the root anew when it starts.
    """
    handler = logging.StreamHandler(sys.stderr)
    handler.setLevel(level)
    handler.addFilter(_is_wanted)
    logging.basicConfig(
        level=level,
        handlers=[handler],
        format="%(asctime)s %(levelname)-7s %(name)s: %(message)s",
        datefmt="%Y-%m-%dT%H:%M:%S%z",
        force=True,
    )


def _is_wanted(record: logging.LogRecord) -> bool:
    return record.levelno >= logging.WARNING or record.name.partition(".")[0] not in _QUIET
