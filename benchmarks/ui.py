"""Server time and weight of every page of the desk, beside Datasette over the same SQLite file.

    python -m benchmarks.ui --data FOLDER [--datasette PROGRAM] [--rounds 40]

FOLDER is the data folder of an archive that is filled and indexed (``python -m benchmarks.search_speed_corpus`` makes one of any size).
Pages are asked over HTTP on loopback, signed in, one after the other: first with nothing kept, then ``--rounds`` times with what the
desk keeps. ``cold`` asks each round with a search nobody asked before. Datasette gets the same words as a ``LIKE`` over headline and
body, sorted by date, 20 rows: what it offers over a file that has no full-text table of its own. Prints one Markdown table.
"""

import argparse
import statistics
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import httpx
import uvicorn

from app.web import create_app
from app.wiring import load_known_outlets, opened
from core.dates import utc_now
from core.errors import NotFound
from core.settings import Settings
from dashboards.desk import HERE
from store.archive import Archive
from store.index import SearchRequest
from store.query import EVERYTHING

WORDS = ("شهرداری", "اتوبوس", "آب", "مدرسه", "بیمارستان", "ورزش", "قیمت", "باران", "دانشگاه", "نمایشگاه", "خیابان", "تیم")
NEWEST = SearchRequest(EVERYTHING, limit=1, order="newest")
NAME, PASSWORD = "bench", "a long enough password 14"
LIMIT_MS, LIMIT_KB = 60, 150


def pages_of(archive: Archive) -> dict[str, str]:
    """Name → address of every page; the article is the newest one, the outlet the largest."""
    newest = archive.search.search(NEWEST).hits[0].id
    outlet = max(archive.search.counts(NEWEST.query, ("outlet",)).items(), key=lambda pair: pair[1])[0][0]
    return {
        "overview, 7 days": "/",
        "overview, 30 days, everything": "/?days=30&scope=all",
        "topic, 30 days": "/topics/transport?days=30",
        "outlet, 30 days": f"/outlets/{quote(outlet)}?days=30&scope=all",
        "triangle, 30 days": "/triangle?days=30",
        "search, everything": "/search",
        "search, one word": "/search?q=شهرداری",
        "search, two words and a filter": "/search?q=شهرداری مشهد&order=newest&tone=negative",
        "why this article": f"/search/why/{newest}?q=شهرداری مشهد",
        "suggestions": "/search/suggest?q=شهر",
        "article": f"/articles/{newest}?q=شهرداری&order=newest",
        "revisions": f"/articles/{newest}/revisions",
        "outlets": "/outlets",
        "help": "/help",
        "saved searches": "/searches",
        "add": "/add",
        "bulletins": "/bulletins",
        "comparison": "/compare",
        "settings": "/settings",
    }


@contextmanager
def served(archive: Archive, settings: Settings) -> Iterator[httpx.Client]:
    """A signed-in client of the application, both in this process, over loopback."""
    app = create_app(archive, settings, tuple(load_known_outlets(settings).values()))
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_level="error", lifespan="off"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    base = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    if archive.accounts.find(NAME) is None:
        archive.accounts.add(NAME, "admin", PASSWORD, utc_now())
    with httpx.Client(base_url=base, headers={"Origin": base, "Accept-Encoding": "gzip"}, timeout=60) as client:
        if client.post("/sign-in", data={"name": NAME, "password": PASSWORD}).status_code != 303:
            raise NotFound("session", NAME)
        yield client
    server.should_exit = True
    thread.join()


def ask(client: httpx.Client, address: str) -> tuple[float, int]:
    """Milliseconds and bytes as sent of one answer. Raises HTTPStatusError for any but 200."""
    start = time.perf_counter()
    with client.stream("GET", address) as answer:
        size = sum(len(part) for part in answer.iter_raw())
    answer.raise_for_status()
    if answer.status_code != 200:
        raise NotFound("page", f"{address}: {answer.status_code}")
    return 1000 * (time.perf_counter() - start), size


def p95(times: list[float]) -> float:
    """The time that 95 of 100 answers do not exceed."""
    return sorted(times)[max(0, round(len(times) * 0.95) - 1)]


def first_view() -> float:
    """kB of style sheets, scripts, face and pictures that a first view loads beside the page, compressed as the server sends them."""
    import gzip

    files = [one for one in (HERE / "static").rglob("*") if one.suffix in (".css", ".js", ".svg", ".woff2")]
    return sum(len(one.read_bytes() if one.suffix == ".woff2" else gzip.compress(one.read_bytes(), 5)) for one in files) / 1000


def measure(client: httpx.Client, pages: dict[str, str], rounds: int) -> None:
    """One line a page."""
    fixed = first_view()
    print(f"static files of a first view: {fixed:.0f} kB\n")
    print("| page | first ms | median ms | p95 ms | page kB | first view kB | within |\n|---|--:|--:|--:|--:|--:|---|")
    for name, address in pages.items():
        first, size = ask(client, address)
        times = [ask(client, address)[0] for _ in range(rounds)]
        good = p95(times) <= LIMIT_MS and size / 1000 + fixed <= LIMIT_KB
        line = f"{first:.0f} | {statistics.median(times):.1f} | {p95(times):.1f} | {size / 1000:.1f} | {size / 1000 + fixed:.0f}"
        print(f"| {name} | {line} | {'yes' if good else '**no**'} |", flush=True)
    days = [f"1405/{month:02}/{day:02}&to=1405/{month:02}/{day + 6:02}" for month in (2, 3, 4, 5, 6, 7) for day in range(1, 22)]
    cold = {
        "search, new words each time": [f"/search?q={one} {other}" for one in WORDS for other in WORDS if one != other],
        "overview, a new week each time": [f"/?from={one}" for one in days],
    }
    for name, addresses in cold.items():
        times = [ask(client, address)[0] for address in addresses[:rounds]]
        fast = "yes" if p95(times) <= LIMIT_MS else "**no**"
        print(f"| cold: {name} | {times[0]:.0f} | {statistics.median(times):.1f} | {p95(times):.1f} | | | {fast} |", flush=True)


def measure_datasette(program: str, file: Path, rounds: int, port: int = 18499) -> None:
    """Datasette's time for the newest 20 articles with a word, and for a table page."""
    process = subprocess.Popen(
        [program, "serve", "--immutable", str(file), "--port", str(port), "--setting", "sql_time_limit_ms", "20000"],
        stderr=subprocess.DEVNULL,
    )
    sql = (
        "select headline, outlet, substr(body, 1, 260), r.published_at from revisions r join articles a on a.id = r.article_id "
        "where headline like '%' || :w || '%' or body like '%' || :w || '%' order by r.published_at desc limit 20"
    )
    table = f"/{file.stem}"
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60, headers={"Accept-Encoding": "gzip"}) as client:
            _wait(client)
            for name, addresses in {
                "Datasette: a word, newest 20": [f"{table}?sql={quote(sql)}&w={word}" for word in WORDS],
                "Datasette: table page of articles": [f"{table}/articles?_size=20"] * len(WORDS),
                "Datasette: articles by outlet (facet)": [f"{table}/articles?_size=20&_facet=outlet"] * len(WORDS),
            }.items():
                found = [ask(client, address) for address in addresses[: max(3, rounds)]]
                times = [one[0] for one in found]
                line = f"{times[0]:.0f} | {statistics.median(times):.1f} | {p95(times):.1f} | {found[-1][1] / 1000:.1f}"
                print(f"| {name} | {line} | | |", flush=True)
    finally:
        process.terminate()
        process.wait()


def _wait(client: httpx.Client) -> None:
    for _ in range(100):
        try:
            client.get("/-/versions.json")
            return
        except httpx.TransportError:
            time.sleep(0.2)


def main() -> None:
    """Prints the table."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--data", type=Path, required=True)
    options.add_argument("--datasette", default="")
    options.add_argument("--rounds", type=int, default=40)
    given = options.parse_args()
    settings = Settings.load(data=given.data)
    with opened(settings) as archive:
        print(f"{archive.search.count()} articles; {given.rounds} rounds; milliseconds of the whole answer over loopback")
        with served(archive, settings) as client:
            measure(client, pages_of(archive), given.rounds)
    if given.datasette:
        measure_datasette(given.datasette, given.data / "rasad.sqlite", given.rounds)


if __name__ == "__main__":
    main()
