"""Server time and weight of every page of the desk: ``python benchmarks/ui.py --articles 100000``.

The articles are the samples' texts over again, spread over a year and thirty outlets, with the labels their writers gave them.
Each page is asked over HTTP from the application in this process, first with nothing kept, then again and again.
"""

import argparse
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import batched
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from starlette.testclient import TestClient

from app.web import create_app
from core.records import Annotations, RawArticle
from core.settings import Settings
from dashboards.desk import HERE
from render.charts import warm_up
from samples.pieces import load_newsrooms
from store.archive import Archive, open_archive
from store.indexing import catch_up
from store.tantivy_index import TantivyIndex
from tests.desk import NOW, labels_of, raw_of

PAGES = [
    "/",
    "/?days=30",
    "/?days=30&scope=all",
    "/search",
    "/search?q=اتوبوس برقی",
    "/search?q=شهرداری&order=newest&topic=transport",
    "/search?q=شهرداری",
    "/articles/77",
    "/articles/77/revisions",
    "/triangle?days=30",
    "/outlets",
    "/topics/transport?days=30",
    "/outlets/outlet_3?days=30",
]


def invented(count: int) -> Iterator[tuple[RawArticle, Annotations]]:
    """That many articles, always the same ones."""
    chance = random.Random(7)
    pieces = [(room, piece) for room in load_newsrooms(NOW) for piece in room.pieces]
    for number in range(count):
        room, piece = chance.choice(pieces)
        one = replace(piece, news_id=1_000_000 + number, published_at=NOW - timedelta(minutes=chance.randint(0, 525_600)))
        raw = replace(raw_of(room, one, NOW), outlet=f"outlet_{chance.randint(1, 30)}", headline=f"{piece.headline} {number % 977}")
        yield raw, replace(labels_of(one), fingerprint=b"")


def fill(archive: Archive, count: int) -> None:
    """Stores, labels and indexes the articles."""
    for batch in batched(invented(count), 500):
        saved = archive.articles.save_many([raw for raw, _labels in batch])
        archive.articles.annotate_many([(one.id, 1, labels) for one, (_raw, labels) in zip(saved, batch, strict=True)], NOW)
    catch_up(archive)


def main() -> None:
    """Prints one line a page: milliseconds of the first answer, median and p95 of the next, bytes as sent."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--articles", type=int, default=100_000)
    options.add_argument("--rounds", type=int, default=40)
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        archive = open_archive(Settings(data=Path(folder)), TantivyIndex(Path(folder) / "index", writable=True))
        fill(archive, given.articles)
        client = TestClient(create_app(archive, Settings(data=Path(folder), open="read"), clock=lambda: NOW))
        warm_up()
        print(f"{archive.search.count()} articles; ms: first answer, then median and p95 of {given.rounds}; kB as sent")
        for address in PAGES:
            times, weight = [], 0
            for _ in range(given.rounds + 1):
                start = time.perf_counter()
                answer = client.get(address, headers={"Accept-Encoding": "gzip"})
                times.append(1000 * (time.perf_counter() - start))
                weight = int(answer.headers["content-length"])
            later = sorted(times[1:])
            p95 = later[int(len(later) * 0.95) - 1]
            print(f"{address:50} {times[0]:7.0f} {statistics.median(later):7.1f} {p95:7.1f} {weight / 1000:7.1f}")
        static = sum(file.stat().st_size for file in (HERE / "static").rglob("*") if file.suffix in (".css", ".js", ".woff2", ".svg"))
        print(f"style sheets, scripts, pictures and the face, uncompressed: {static / 1000:.0f} kB, once")
        archive.close()


if __name__ == "__main__":
    main()
