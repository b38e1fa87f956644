"""Ingest rate end to end, from the fetched page to the searchable article: the embedded form, and the grown one with 1 and 2 taggers.

    python -m benchmarks.grown [--articles 600] [--elasticsearch http://127.0.0.1:9200] [--seconds 240]

Every form begins with an empty archive and its processes at work, models loaded; then the invented sites of the crawler's tests (every CMS
family, in a process of their own, delays off) are crawled by `rasad crawl`. The clock runs from the first fetch in the ledger to the moment
when every article is annotated, grouped and found. PostgreSQL is started from the machine's binaries. Without --elasticsearch the grown
forms use the embedded index. A form that takes longer than --seconds is given up. Prints Markdown.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import sqlalchemy as sa

from app.wiring import opened
from core.dates import utc_now
from core.settings import Settings
from store.archive import Archive
from store.backlog import read_backlog
from store.engine import make_engine
from store.ledger_tables import crawl_fetches
from tests.app.fleet import free_port
from tests.crawler.replica import Replica, full_replica
from tests.store.postgres import controlled_server, find_binaries


@dataclass(frozen=True)
class Form:
    """One form of the service: its name, its settings, and what its processes do (``--only``; none: all of it)."""

    name: str
    settings: Settings
    parts: tuple[str, ...]


def rate(form: Form, outlets: Path, count: int, seconds: float) -> float:
    """Articles a second from the first fetch to the last article's being searchable. RuntimeError when it takes too long."""
    settings, end = form.settings, time.monotonic() + seconds
    environment = {
        **os.environ,
        "RASAD_DATA": str(settings.data),
        "RASAD_DATABASE_URL": settings.database_url,
        "RASAD_ELASTICSEARCH_URL": settings.elasticsearch_url,
        "RASAD_OUTLETS": str(outlets),
        "RASAD_ALLOW_ADDRESSES": "127.0.0.1",
        "OMP_NUM_THREADS": "1",
    }
    with opened(settings) as archive, ExitStack() as running:
        logs = [settings.data / f"log{place}" for place in range(len(form.parts))]
        for part, log in zip(form.parts, logs, strict=True):
            running.enter_context(_process(["work", *(["--only", part] if part else [])], environment, log))
        while not all("working" in log.read_text(errors="replace") for log in logs):
            _pause(end, form.name)
        crawl = running.enter_context(_process(["crawl"], environment, settings.data / "crawl"))
        while crawl.poll() is None or not _is_done(archive):
            _pause(end, form.name)
        took = (utc_now() - _first_fetch(archive)).total_seconds()
        if archive.search.count() != count or archive.articles.count() != count:
            raise RuntimeError(f"{archive.articles.count()} of {count} are stored, {archive.search.count()} searchable")
    return count / took


def _is_done(archive: Archive) -> bool:
    stages = read_backlog(archive.engine, utc_now()).stages
    return not stages["annotate"] and not stages["group"] and archive.search.seq() >= archive.articles.newest_seq()


def _first_fetch(archive: Archive) -> datetime:
    with archive.engine.connect() as connection:
        return connection.execute(sa.select(crawl_fetches.c.at).order_by(crawl_fetches.c.at).limit(1)).scalar_one()


def _pause(end: float, name: str) -> None:
    if time.monotonic() > end:
        raise RuntimeError(f"{name}: not done in time")
    time.sleep(0.05)


@contextmanager
def _process(arguments: list[str], environment: dict[str, str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    with log.open("wb") as written:
        process = subprocess.Popen([sys.executable, "-m", "app.cli", *arguments], env=environment, stdout=written, stderr=written)
    try:
        yield process
    finally:
        process.terminate()
        process.wait()


@contextmanager
def _sites(count: int, folder: Path) -> Iterator[Path]:
    """The sites in a process of their own; their outlets file."""
    port = free_port()
    twin = Replica(port)
    full_replica(twin, count, utc_now())
    outlets = folder / "outlets.toml"
    outlets.write_text("\n".join(site.row() for site in twin.sites.values()), encoding="utf-8")
    serving = subprocess.Popen([sys.executable, "-m", "tests.crawler.replica", str(port), str(count)])
    try:
        yield outlets
    finally:
        serving.terminate()
        serving.wait()


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=600)
    parser.add_argument("--elasticsearch", default="")
    parser.add_argument("--seconds", type=float, default=240)
    given = parser.parse_args()
    engine = "Elasticsearch" if given.elasticsearch else "the embedded index"
    binaries = find_binaries()
    if binaries is None:
        raise SystemExit("PostgreSQL is not installed")
    print(f"{given.articles} articles, {os.cpu_count()} cores\n\n| form | articles/s |\n|---|--:|")
    with tempfile.TemporaryDirectory() as name, controlled_server(binaries) as server:
        folder = Path(name)
        forms = [Form("embedded: one process works", Settings(data=folder / "embedded"), ("",))]
        for taggers in (1, 2):
            settings = Settings(data=folder / str(taggers), database_url=server.url, elasticsearch_url=given.elasticsearch)
            told = f"PostgreSQL and {engine}: indexer and {taggers} tagger{'s' * (taggers > 1)}"
            forms.append(Form(told, settings, ("index", *["tag"] * taggers)))
        for form in forms:
            _empty(server.url, given.elasticsearch)
            with _sites(given.articles, folder) as outlets:
                print(f"| {form.name} | {rate(form, outlets, given.articles, given.seconds):.1f} |", flush=True)


def _empty(url: str, elasticsearch: str) -> None:
    engine = make_engine(url)
    with engine.begin() as connection:
        connection.execute(sa.text("DROP SCHEMA public CASCADE"))
        connection.execute(sa.text("CREATE SCHEMA public"))
    engine.dispose()
    if elasticsearch:
        from elasticsearch import Elasticsearch

        with Elasticsearch(elasticsearch) as client:
            for name in client.indices.get(index="rasad*", allow_no_indices=True):
                client.indices.delete(index=name)


if __name__ == "__main__":
    main()
