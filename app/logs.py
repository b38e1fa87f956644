"""Logging of every process: plain English lines on standard error, so that standard output carries data only."""

import logging
import sys

_QUIET = ("scrapy", "twisted", "hazm", "httpx", "httpcore", "urllib3", "alembic", "asyncio", "filelock", "elastic_transport")


def set_up_logging(level: str) -> None:
    """Sends the logs of ``level`` and above to standard error; libraries only from WARNING on."""
    logging.basicConfig(
        level=level,
        stream=sys.stderr,
        format="%(asctime)s %(levelname)-7s %(name)s: %(message)s",
        datefmt="%Y-%m-%dT%H:%M:%S%z",
        force=True,
    )
    for name in _QUIET:
        logging.getLogger(name).setLevel(max(logging.WARNING, logging.getLevelName(level)))
