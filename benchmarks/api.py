"""Requests a second and p95 of the ten most used operations of the API, beside Datasette on the same SQLite file; and the change feed.

    python -m benchmarks.api --data FOLDER [--datasette PROGRAM] [--results FILE] [--seconds 4] [--rounds 3]

FOLDER is the data folder of an archive that is filled and indexed (``python -m benchmarks.search_speed_corpus`` makes one of any size).
The service runs as ``rasad serve`` in a process of its own; 1 and then 16 clients (threads of this process, each with one connection)
ask the same operation with a key, for so many seconds in each round. Numbers that follow articles (ids, words, cursors) differ from
request to request. Every measured line is written to FILE at once: a run that is stopped goes on where it was. Prints Markdown.
"""

import argparse
import json
import os
import random
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from urllib.parse import quote

import httpx

from app.wiring import opened
from core.dates import utc_now
from core.settings import Settings

WORDS = ("شهرداری", "اتوبوس", "آب", "مدرسه", "بیمارستان", "ورزش", "قیمت", "باران", "دانشگاه", "نمایشگاه", "خیابان", "تیم")
CLIENTS = (1, 16)
PORT, DATASETTE_PORT = 18721, 18722
FEED = 30_000
CODINGS = ("zstd", "gzip", "identity")
Make = Callable[[random.Random], str]


def operations(articles: int, newest: int) -> dict[str, Make]:
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
        "counts by day and tone": lambda dice: f"/api/v1/stats?q={word(dice)} {word(dice)} OR {word(dice)}&by=day,tone",
        "quotes": lambda dice: f"/api/v1/quotes?q={word(dice)}&limit=20",
        "outlets": lambda _dice: "/api/v1/outlets",
    }


def datasette_operations(articles: int) -> dict[str, Make]:
    """What Datasette can be asked of the same kind."""
    like = "select article_id, headline from revisions where headline like '%{0}%' or body like '%{0}%' order by published_at desc limit 20"
    return {
        "one article": lambda dice: f"/rasad/revisions/{dice.randint(1, articles)},1.json",
        "articles, 50 a page": lambda dice: f"/rasad/revisions.json?_size=50&article_id__gt={dice.randint(0, articles - 60)}",
        "changes, 100 a page": lambda dice: f"/rasad/changes.json?_size=100&seq__gt={dice.randint(0, articles)}&_sort=seq",
        "counts by day": lambda _dice: f"/rasad.json?sql={quote('select day, count(*) from articles group by day limit 5000')}",
        "search, one word": lambda dice: f"/rasad.json?sql={quote(like.format(dice.choice(WORDS)))}",
    }


@dataclass
class Results:
    """The lines measured so far, in a file where one is named."""

    path: Path | None
    lines: dict[str, list[float]] = field(default_factory=dict)

    def once(self, name: str, measure: Callable[[], list[float]]) -> list[float]:
        """The line of that name, measured unless it is there."""
        if name not in self.lines:
            self.lines[name] = measure()
            if self.path:
                self.path.write_text(json.dumps(self.lines, ensure_ascii=False, indent=1), encoding="utf-8")
        return self.lines[name]


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


@dataclass(frozen=True, slots=True)
class Load:
    """Who asks: so many clients with these headers, for so many seconds in each round."""

    base: str
    headers: dict[str, str]
    clients: int
    seconds: float
    rounds: int

    def ask(self, make: Make, dice: random.Random) -> list[float]:
        """[answers a second of each round…, p95 in ms over all rounds (0 without an answer), requests that failed]."""
        times: list[float] = []
        failed: list[str] = []
        rates = [self._round(make, dice, times, failed) for _ in range(self.rounds)]
        if failed:
            print(f"{len(failed)} failed: {failed[0][:300]}", file=sys.stderr)
        p95 = 1000 * sorted(times)[max(0, round(len(times) * 0.95) - 1)] if times else 0
        return [*rates, p95, len(failed)]

    def _round(self, make: Make, dice: random.Random, times: list[float], failed: list[str]) -> float:
        before, lock, ready = len(times), threading.Lock(), threading.Barrier(self.clients + 1)

        def work() -> None:
            with httpx.Client(base_url=self.base, headers=self.headers, timeout=60, follow_redirects=True) as client:
                ready.wait()
                end = time.perf_counter() + self.seconds
                while (begin := time.perf_counter()) < end:
                    with lock:
                        address = make(dice)
                    try:
                        client.get(address).raise_for_status()
                        times.append(time.perf_counter() - begin)
                    except httpx.HTTPError as error:
                        failed.append(str(error))

        threads = [threading.Thread(target=work) for _ in range(self.clients)]
        for thread in threads:
            thread.start()
        ready.wait()
        start = time.perf_counter()
        for thread in threads:
            thread.join()
        return (len(times) - before) / (time.perf_counter() - start)


def follow(base: str, headers: dict[str, str], most: int) -> float:
    """Articles a second that one consumer of the change feed reads and parses, a thousand a page."""
    after, articles, start = 0, 0, time.perf_counter()
    with httpx.Client(base_url=base, headers=headers, timeout=60) as client:
        while articles < most:
            page = client.get("/api/v1/changes", params={"after": after, "limit": 1000}).raise_for_status().json()
            articles += len(page["changes"])
            if page["next_after"] == after:
                break
            after = page["next_after"]
    return articles / (time.perf_counter() - start)


def told(numbers: list[float]) -> str:
    """«52 (50–55)»: the median of the rounds, the least and the greatest."""
    shown = [f"{number:.1f}" if number < 10 else f"{number:.0f}" for number in (median(numbers), min(numbers), max(numbers))]
    return "{} ({}–{})".format(*shown)


def measure(name: str, asked: dict[str, Make], results: Results, loads: list[Load]) -> None:
    """The table of one service."""
    print(f"\n| {name} | clients | requests/s | p95 ms | failed |\n|---|--:|--:|--:|--:|")
    for operation, make in asked.items():
        for load in loads:
            key = f"{name}: {operation}, {load.clients}"
            *rates, p95, failed = results.once(key, lambda make=make, load=load: load.ask(make, random.Random(14)))  # type: ignore[misc]
            print(f"| {operation} | {load.clients} | {told(rates)} | {p95:.1f} | {failed:.0f} |", flush=True)


def measure_rasad(options: argparse.Namespace, results: Results, counts: tuple[int, int], key: str) -> None:
    """The ten operations, then the change feed in each coding."""
    headers, base = {"Authorization": f"Bearer {key}"}, f"http://127.0.0.1:{PORT}"
    environment = {**os.environ, "RASAD_DATA": str(options.data), "RASAD_PORT": str(PORT), "RASAD_REQUESTS_PER_MINUTE": "100000000"}
    loads = [Load(base, headers, clients, options.seconds, options.rounds) for clients in CLIENTS]
    asked = operations(*counts)
    with running([sys.executable, "-m", "app.cli", "serve"], base, "/healthz", environment):
        for make in asked.values():
            Load(base, headers, 1, 0.5, 1).ask(make, random.Random(1))
        measure("Rasad", asked, results, loads)
        print("\n| change feed, one consumer | articles/s |\n|---|--:|")
        for coding in CODINGS:
            own = {**headers, "Accept-Encoding": coding}
            rates = results.once(f"feed: {coding}", lambda own=own: [follow(base, own, FEED) for _ in range(options.rounds)])  # type: ignore[misc]
            print(f"| {coding} | {told(rates)} |", flush=True)


def measure_datasette(options: argparse.Namespace, results: Results, count: int) -> None:
    """The same kinds of questions, one round each: a search reads the whole table there."""
    base = f"http://127.0.0.1:{DATASETTE_PORT}"
    serve = ["serve", str(options.data / "rasad.sqlite"), "--port", str(DATASETTE_PORT), "--setting", "sql_time_limit_ms", "30000"]
    with running([options.datasette, *serve], base, "/-/versions.json", dict(os.environ)):
        loads = [Load(base, {}, clients, options.seconds, 1) for clients in CLIENTS]
        measure("Datasette", datasette_operations(count), results, loads)


def main() -> None:
    """Measures what is not measured yet, and prints."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--datasette", default="")
    parser.add_argument("--results", type=Path)
    parser.add_argument("--seconds", type=float, default=4)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    before = json.loads(options.results.read_text(encoding="utf-8")) if options.results and options.results.exists() else {}
    results = Results(options.results, before)
    with opened(Settings(data=options.data)) as archive:
        counts = archive.articles.count(), archive.articles.newest_seq()
        text, key = archive.keys.add("benchmark", ("read",), "benchmarks.api", utc_now())
    print(f"{counts[0]} articles")
    try:
        measure_rasad(options, results, counts, text)
    finally:
        with opened(Settings(data=options.data)) as archive:
            archive.keys.revoke(key.id, utc_now())
    if options.datasette:
        measure_datasette(options, results, counts[0])


if __name__ == "__main__":
    main()
