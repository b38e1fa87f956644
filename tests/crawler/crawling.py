"""Runs real crawls in processes of their own: Scrapy's reactor starts once in a process, and a test wants many."""

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import sqlalchemy as sa

from core.outcomes import Outcome
from core.records import Article
from core.settings import Settings
from store.archive import Archive, open_archive
from store.index import SearchIndex
from store.ledger_tables import crawl_addresses, crawl_fetches

ROOT = Path(__file__).resolve().parent.parent.parent
_CHILD = """
import json, logging, sys
from datetime import date
from pathlib import Path
from core.settings import Settings
from crawler.outlets import load_outlets
from crawler.run import CrawlOptions, crawl
from tests.crawler.crawling import open_plain
logging.basicConfig(level=logging.INFO, stream=sys.stderr, format="%(name)s %(message)s")
told = json.loads(sys.argv[1])
settings = Settings(**told["settings"])
options = {name: date.fromisoformat(value) if name in ("since", "until") else value for name, value in told["options"].items()}
options["only"] = tuple(options.get("only", ()))
archive = open_plain(settings)
seen = lambda outlet, url, outcome: print(json.dumps([outlet, url, outcome.value]), flush=True)
crawl(archive, load_outlets(Path(told["outlets"])), settings, CrawlOptions(on_outcome=seen, **options))
archive.close()
"""


class NoSearch:
    """Stands where an archive wants an index and the test needs none."""

    def close(self) -> None:
        """Nothing to let go of."""


def open_plain(settings: Settings) -> Archive:
    """The archive without a search engine."""
    return open_archive(settings, cast(SearchIndex, NoSearch()))


@dataclass
class Crawl:
    """One place to crawl into, again and again: settings, outlets file and the archive that results."""

    folder: Path
    settings: dict[str, Any] = field(default_factory=dict)
    stderr: str = ""

    @property
    def outlets_file(self) -> Path:
        """The outlets of these crawls."""
        return self.folder / "outlets.toml"

    def write_outlets(self, rows: Iterable[str]) -> None:
        """Writes the outlets file."""
        self.outlets_file.write_text("\n".join(rows), encoding="utf-8")

    def all_settings(self) -> dict[str, Any]:
        """The settings of the child process."""
        usual = {"data": str(self.folder / "data"), "allow_addresses": ["127.0.0.1"], "retry_seconds": 1}
        return usual | self.settings

    def start(self, **options: Any) -> subprocess.Popen[str]:
        """Begins a crawl."""
        told = {"settings": self.all_settings(), "options": options, "outlets": str(self.outlets_file)}
        command = [sys.executable, "-W", "error", "-c", _CHILD, json.dumps(told)]
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment, cwd=ROOT)

    def run(self, *, timeout: float = 90, **options: Any) -> "Outcomes":
        """Crawls to the end; what each fetched address ended in."""
        child = self.start(**options)
        out, self.stderr = child.communicate(timeout=timeout)
        assert child.returncode == 0, self.stderr[-3000:]
        return Outcomes([tuple(json.loads(line)) for line in out.splitlines()])

    @contextmanager
    def archive(self) -> Iterator[Archive]:
        """The archive as it stands."""
        archive = open_plain(Settings(**self.all_settings()))
        try:
            yield archive
        finally:
            archive.close()

    def articles(self) -> dict[tuple[str, str], Article]:
        """Every stored article by outlet and news id."""
        with self.archive() as archive:
            return {(article.raw.outlet, article.raw.news_id): article for article in archive.articles.walk()}


def fetch_log(crawl: Crawl) -> dict[str, list[Outcome]]:
    """The ledger's fetch log: each address with its outcomes, in order."""
    addresses, fetches = crawl_addresses.c, crawl_fetches.c
    query = sa.select(addresses.url, fetches.outcome).join_from(crawl_fetches, crawl_addresses).order_by(fetches.id)
    found: dict[str, list[Outcome]] = {}
    with crawl.archive() as archive, archive.engine.connect() as connection:
        for url, outcome in connection.execute(query):
            found.setdefault(url, []).append(Outcome(outcome))
    return found


@dataclass(frozen=True)
class Outcomes:
    """The outcomes of a crawl as they were told: (outlet, address, outcome)."""

    rows: list[tuple[str, ...]]

    @property
    def counts(self) -> Counter[Outcome]:
        """How many fetches ended in which outcome."""
        return Counter(Outcome(row[2]) for row in self.rows)

    def of(self, url: str) -> list[Outcome]:
        """The outcomes of one address, in order."""
        return [Outcome(row[2]) for row in self.rows if row[1] == url]
