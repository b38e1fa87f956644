"""Requests a second and p95 of the ten most used operations of the API, beside Datasette on the same SQLite file; and the change feed.

    python -m benchmarks.api --data FOLDER [--datasette PROGRAM] [--requests 200]

FOLDER is the data folder of an archive that is filled and indexed (``python -m benchmarks.search_speed_corpus`` makes one of any size).
The service runs as ``rasad serve`` in a process of its own; 1 and then 16 clients (threads of this process, each with one connection)
ask the same operation with a key. Numbers that follow articles (ids, words, cursors) differ from request to request. Prints Markdown.
"""

import argparse
import itertools
import os
import random
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from app.wiring import opened
from core.dates import utc_now
from core.settings import Settings

WORDS = ("شهرداری", "اتوبوس", "آب", "مدرسه", "بیمارستان", "ورزش", "قیمت", "باران", "دانشگاه", "نمایشگاه", "خیابان", "تیم")
CLIENTS = (1, 16)
PORT, DATASETTE_PORT = 18721, 18722


def operations(articles: int, newest: int) -> dict[str, Callable[[random.Random], str]]:
    """Name → a maker of addresses."""

    def word(dice: random.Random) -> str:
        return dice.choice(WORDS)

    return {
        "search, one word": lambda dice: f"/api/v1/search?q={word(dice)}",
        "search, two words, newest": lambda dice: f"/api/v1/search?q={word(dice)} {word(dice)}&order=newest",
        "search, tone, no facets": lambda dice: f"/api/v1/search?q={word(dice)} لحن:منفی&facets=&limit=10",
        "one article": lambda dice: f"/api/v1/articles/{dice.randint(1, articles)}",
        "revisions": lambda dice: f"/api/v1/articles/{dice.randint(1, articles)}/revisions",
        "articles, 50 a page": lambda dice: f"/api/v1/articles?cursor={dice.randint(0, articles - 60)}",
        "changes, 100 a page": lambda dice: f"/api/v1/changes?after={dice.randint(0, max(0, newest - 200))}",
        "counts by day and tone": lambda dice: f"/api/v1/stats?q={word(dice)}&by=day,tone",
        "quotes": lambda dice: f"/api/v1/quotes?q={word(dice)}&limit=20",
        "outlets": lambda _dice: "/api/v1/outlets",
    }


@contextmanager
def running(command: list[str], base: str, path: str, environment: dict[str, str]) -> Iterator[None]:
    """A server that answers, stopped at the end."""
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(600):
            try:
                httpx.get(base + path, timeout=5)
                break
            except httpx.HTTPError:
                time.sleep(0.1)
        yield
    finally:
        process.terminate()
        process.wait()


def ask(base: str, headers: dict[str, str], addresses: list[str], clients: int) -> tuple[float, float]:
    """(requests a second, p95 in ms) of the addresses, parted among the clients."""
    times: list[float] = []
    queue = itertools.chain(addresses)
    lock = threading.Lock()

    def work() -> None:
        with httpx.Client(base_url=base, headers=headers, timeout=60) as client:
            while True:
                with lock:
                    address = next(queue, None)
                if address is None:
                    return
                start = time.perf_counter()
                client.get(address).raise_for_status()
                times.append(time.perf_counter() - start)

    threads = [threading.Thread(target=work) for _ in range(clients)]
    start = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    whole = time.perf_counter() - start
    return len(times) / whole, 1000 * sorted(times)[max(0, round(len(times) * 0.95) - 1)]


def follow(base: str, headers: dict[str, str], most: int) -> tuple[int, float]:
    """Articles that one consumer of the change feed gets, and the seconds it takes."""
    after, articles, start = 0, 0, time.perf_counter()
    with httpx.Client(base_url=base, headers=headers, timeout=60) as client:
        while articles < most:
            page = client.get("/api/v1/changes", params={"after": after, "limit": 500}).raise_for_status().json()
            articles += len(page["changes"])
            if page["next_after"] == after:
                break
            after = page["next_after"]
    return articles, time.perf_counter() - start


def datasette_of(dice: random.Random, articles: int) -> dict[str, str]:
    """What Datasette can be asked of the same kind."""
    like = "select article_id, headline from revisions where headline like '%{0}%' or body like '%{0}%' order by published_at desc limit 20"
    return {
        "search, one word": f"/rasad/-/query.json?sql={like.format(dice.choice(WORDS))}",
        "one article": f"/rasad/revisions/{dice.randint(1, articles)},1.json",
        "articles, 50 a page": f"/rasad/revisions.json?_size=50&article_id__gt={dice.randint(0, articles - 60)}",
        "changes, 100 a page": f"/rasad/changes.json?_size=100&seq__gt={dice.randint(0, articles)}&_sort=seq",
    }


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--datasette", default="")
    parser.add_argument("--requests", type=int, default=200)
    options = parser.parse_args()
    settings = Settings(data=options.data)
    with opened(settings) as archive:
        count, newest = archive.articles.count(), archive.articles.newest_seq()
        text, key = archive.keys.add("benchmark", ("read",), "benchmarks.api", utc_now())
    headers = {"Authorization": f"Bearer {text}"}
    base, dice = f"http://127.0.0.1:{PORT}", random.Random(14)
    environment = {**os.environ, "RASAD_DATA": str(options.data), "RASAD_PORT": str(PORT), "RASAD_REQUESTS_PER_MINUTE": "100000000"}
    print(f"{count} articles\n\n| operation | clients | requests/s | p95 ms |\n|---|--:|--:|--:|")
    with running([sys.executable, "-m", "app.cli", "serve"], base, "/healthz", environment):
        ask(base, headers, [make(dice) for make in operations(count, newest).values()] * 3, 1)
        for name, make in operations(count, newest).items():
            for clients in CLIENTS:
                rate, p95 = ask(base, headers, [make(dice) for _ in range(options.requests)], clients)
                print(f"| {name} | {clients} | {rate:.0f} | {p95:.1f} |", flush=True)
        articles, seconds = follow(base, headers, 50_000)
        print(f"\nchange feed to one consumer: {articles} articles in {seconds:.1f} s = {articles / seconds:.0f} articles/s")
    with opened(settings) as archive:
        archive.keys.revoke(key.id, utc_now())
    if options.datasette:
        measure_datasette(options, count, dice)


def measure_datasette(options: argparse.Namespace, count: int, dice: random.Random) -> None:
    """The same table for Datasette."""
    base = f"http://127.0.0.1:{DATASETTE_PORT}"
    file = options.data / "rasad.sqlite"
    command = [
        options.datasette,
        "serve",
        "--immutable",
        str(file),
        "--port",
        str(DATASETTE_PORT),
        "--setting",
        "sql_time_limit_ms",
        "20000",
    ]
    print("\n| Datasette | clients | requests/s | p95 ms |\n|---|--:|--:|--:|")
    with running(command, base, "/-/versions.json", dict(os.environ)):
        for name in datasette_of(dice, count):
            for clients in CLIENTS:
                addresses = [datasette_of(dice, count)[name] for _ in range(max(20, options.requests // 5))]
                rate, p95 = ask(base, {}, addresses, clients)
                print(f"| {name} | {clients} | {rate:.0f} | {p95:.1f} |", flush=True)


if __name__ == "__main__":
    main()
