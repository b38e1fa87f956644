"""Ingest rate end to end, from the stored page to the searchable article: the embedded form, and the grown one with 1 and 2 taggers.

    python -m benchmarks.grown [--articles 600] [--elasticsearch http://127.0.0.1:9200]

Every form begins with an empty archive in which the articles (the invented ones of the samples, numbered) are stored already, so that
only annotating, grouping and indexing are timed. The processes are those of `rasad work`, started as plain ones; PostgreSQL is started
from the machine's binaries. Without --elasticsearch the grown forms use the embedded index. Prints Markdown.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import sqlalchemy as sa

from app.wiring import opened
from core.dates import utc_now
from core.records import RawArticle
from core.settings import Settings
from samples.pieces import load_newsrooms
from store.backlog import read_backlog
from store.engine import make_engine
from tests.desk import raw_of
from tests.store.postgres import controlled_server, find_binaries


def articles(count: int) -> list[RawArticle]:
    """So many articles: the samples again and again, each with a number in headline and body so that none is another's reprint."""
    now = utc_now()
    pieces = [raw_of(room, piece, now) for room in load_newsrooms(now) for piece in room.pieces]
    made = []
    for number in range(count):
        one, mark = pieces[number % len(pieces)], f"شمارهٔ {number}"
        url = f"{one.url}-{number}"
        text = "\n".join(f"{line} {mark} {number * 7919 % 104_729}" for line in one.body.split("\n"))
        made.append(replace(one, url=url, canonical_url=url, news_id=f"{number}", headline=f"{one.headline} {mark}", body=text))
    return made


def rate(settings: Settings, parts: list[tuple[str, ...]], count: int) -> float:
    """Articles a second from the first process's readiness to the last article's being searchable."""
    environment = {**os.environ, "RASAD_DATA": str(settings.data), "OMP_NUM_THREADS": "1"}
    environment |= {"RASAD_DATABASE_URL": settings.database_url, "RASAD_ELASTICSEARCH_URL": settings.elasticsearch_url}
    with opened(settings) as archive:
        archive.articles.save_many(articles(count))
        command = [sys.executable, "-m", "app.cli", "work"]
        running = [
            subprocess.Popen([*command, *part], env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) for part in parts
        ]
        try:
            while read_backlog(archive.engine, utc_now()).stages["annotate"] == count:
                time.sleep(0.02)  # the model is loaded once: that is no part of the rate
            before, start = count - read_backlog(archive.engine, utc_now()).stages["annotate"], time.perf_counter()
            while any(read_backlog(archive.engine, utc_now()).stages.values()) or archive.search.seq() < archive.articles.newest_seq():
                time.sleep(0.05)
            seconds = time.perf_counter() - start
        finally:
            for process in running:
                process.terminate()
            for process in running:
                process.wait()
        if archive.search.count() != count:
            raise RuntimeError(f"{archive.search.count()} of {count} are searchable")
    return (count - before) / seconds


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=600)
    parser.add_argument("--elasticsearch", default="")
    options = parser.parse_args()
    engine = "Elasticsearch" if options.elasticsearch else "the embedded index"
    print(f"{options.articles} articles, {os.cpu_count()} cores\n\n| form | articles/s |\n|---|--:|")
    with tempfile.TemporaryDirectory() as folder:
        print(f"| embedded: one process | {rate(Settings(data=Path(folder) / 'a'), [()], options.articles):.1f} |", flush=True)
        binaries = find_binaries()
        if binaries is None:
            raise SystemExit("PostgreSQL is not installed")
        with controlled_server(binaries) as server:
            for taggers in (1, 2):
                _empty(server.url)
                data = Path(folder) / str(taggers)
                settings = Settings(data=data, database_url=server.url, elasticsearch_url=options.elasticsearch)
                parts = [("--only", "index"), *[("--only", "tag")] * taggers]
                found = rate(settings, parts, options.articles)
                print(f"| PostgreSQL and {engine}: indexer and {taggers} tagger{'s' * (taggers > 1)} | {found:.1f} |", flush=True)


def _empty(url: str) -> None:
    engine = make_engine(url)
    with engine.begin() as connection:
        connection.execute(sa.text("DROP SCHEMA public CASCADE"))
        connection.execute(sa.text("CREATE SCHEMA public"))
    engine.dispose()


if __name__ == "__main__":
    main()
