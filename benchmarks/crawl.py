"""Pages per second of the whole path (fetch → extract → store) beside a bare Scrapy spider that only fetches, on the replica.

    python -m benchmarks.crawl [--articles 1000] [--rounds 3] [--other PYTHON]

The replica runs in a process of its own; a plain client shows first that it is not the limit. Delays are off. ``--other`` names a
Python in which newspaper4k and news-please are installed (a throw-away environment): they download and parse the same addresses,
one after another as they do. Printed: pages/s, processor time a page (on a busy machine the fairer
number: what else runs does not count), milliseconds per stage, bytes per stored page.
"""

import argparse
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.dates import utc_now
from core.outcomes import Outcome
from core.records import Outlet
from core.settings import Settings
from crawler.blocks import find_block
from crawler.extract import extract
from crawler.page import parse_page
from tests.crawler.crawling import ROOT, Crawl, open_plain
from tests.crawler.replica import Replica, full_replica

_BARE = """
import json, sys, time, scrapy, logging
from scrapy.crawler import AsyncCrawlerProcess
urls = json.load(open(sys.argv[1]))
class Bare(scrapy.Spider):
    name = "bare"
    read = 0
    async def start(self):
        for url in urls:
            yield scrapy.Request(url)
    def parse(self, response):
        Bare.read += 1
settings = {"TELNETCONSOLE_ENABLED": False, "REMOTE_CONTROL_ENABLED": False, "LOG_LEVEL": "ERROR", "CONCURRENT_REQUESTS": 64,
            "CONCURRENT_REQUESTS_PER_DOMAIN": 16, "DOWNLOAD_DELAY": 0}
process = AsyncCrawlerProcess(settings)
process.crawl(Bare)
began = time.perf_counter()
busy = time.process_time()
process.start()
print(json.dumps({"pages": Bare.read, "seconds": time.perf_counter() - began, "cpu": time.process_time() - busy}))
"""
_FULL = """
import json, sys, time, logging, resource
from pathlib import Path
from scrapy.crawler import AsyncCrawlerProcess  # imported before the clock starts, as the bare spider's
from core.settings import Settings
from crawler.outlets import load_outlets
from crawler.run import CrawlOptions, crawl
from tests.crawler.crawling import open_plain
settings = Settings(data=Path(sys.argv[1]), allow_addresses=("127.0.0.1",))
archive = open_plain(settings)
logging.disable(logging.INFO)
began = time.perf_counter()
busy = time.process_time()
summary = crawl(archive, load_outlets(Path(sys.argv[2])), settings, CrawlOptions())
seconds = time.perf_counter() - began
busy = time.process_time() - busy
beside = resource.getrusage(resource.RUSAGE_CHILDREN)
beside = beside.ru_utime + beside.ru_stime
print(json.dumps({"pages": sum(row.stored for row in summary.outlets), "seconds": seconds, "cpu": busy, "beside": beside}))
archive.close()
"""
_NEWSPAPER = """
import json, sys, time, newspaper
urls = json.load(open(sys.argv[1]))
began = time.perf_counter()
busy = time.process_time()
read = 0
for url in urls:
    article = newspaper.Article(url, language="fa")
    article.download()
    article.parse()
    read += bool(article.text)
print(json.dumps({"pages": read, "seconds": time.perf_counter() - began, "cpu": time.process_time() - busy}))
"""
_NEWS_PLEASE = """
import json, sys, time
from newsplease import NewsPlease
urls = json.load(open(sys.argv[1]))
began = time.perf_counter()
busy = time.process_time()
read = sum(bool(getattr(article, 'maintext', '')) for article in NewsPlease.from_urls(urls, request_args={"timeout": 30}).values())
print(json.dumps({"pages": read, "seconds": time.perf_counter() - began, "cpu": time.process_time() - busy}))
"""


@dataclass(frozen=True)
class Rate:
    """Pages per second of the wall clock, and milliseconds of processor time a page: of the process, and of the one beside it."""

    pages: float
    cpu: float
    beside: float = 0.0


def main() -> None:
    """Runs the benchmark and prints its table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--articles", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--port", type=int, default=18160)
    parser.add_argument("--other", default="")
    given = parser.parse_args()
    twin = Replica(given.port)
    full_replica(twin, given.articles, utc_now())
    urls = [site.url(story) for site in twin.sites.values() for story in site.stories.values()]
    with tempfile.TemporaryDirectory() as folder, _replica_process(given.port, given.articles):
        place = Path(folder)
        (place / "urls.json").write_text(json.dumps(urls))
        few = place / "few.json"
        few.write_text(json.dumps(urls[:150]))
        print(f"replica alone, one plain client: {_plain_rate(given.port, urls):.0f} pages/s")
        rates: dict[str, list[Rate]] = {"bare Scrapy (fetch only)": [], "Rasad (fetch, extract, store)": []}
        for number in range(given.rounds):
            rates["bare Scrapy (fetch only)"].append(_child(sys.executable, _BARE, str(place / "urls.json")))
            rates["Rasad (fetch, extract, store)"].append(_full(twin, place / str(number)))
        if given.other:
            rates["newspaper4k (download, parse)"] = [_child(given.other, _NEWSPAPER, str(few))]
            rates["news-please (from_urls)"] = [_child(given.other, _NEWS_PLEASE, str(few))]
        _print_rates(rates)
        _print_stages(twin, place)


def _print_rates(rates: dict[str, list[Rate]]) -> None:
    middle = {name: statistics.median(one.pages for one in values) for name, values in rates.items()}
    cpu = {name: statistics.median(one.cpu for one in values) for name, values in rates.items()}
    bare = "bare Scrapy (fetch only)"
    print(f"{'':34} {'pages/s':>8} {'x bare':>7} {'CPU ms/page':>12} {'beside it':>10}   rounds")
    for name, rate in middle.items():
        beside = statistics.median(one.beside for one in rates[name])
        rounds = ", ".join(f"{one.pages:.0f}" for one in rates[name])
        print(f"{name:34} {rate:8.1f} {rate / middle[bare]:7.2f} {cpu[name]:12.2f} {beside:10.2f}   {rounds}")


def _full(twin: Replica, folder: Path) -> Rate:
    folder.mkdir()
    crawl = Crawl(folder)
    crawl.write_outlets(site.row() for site in twin.sites.values())
    return _child(sys.executable, _FULL, str(folder / "data"), str(crawl.outlets_file))


def _child(python: str, code: str, *arguments: str) -> Rate:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run([python, "-c", code, *arguments], capture_output=True, text=True, env=environment, cwd=ROOT, check=False)
    if done.returncode:
        raise SystemExit(done.stderr[-2000:])
    told = json.loads(done.stdout.splitlines()[-1])
    print(f"  {told['pages']} pages in {told['seconds']:.2f} s", file=sys.stderr)
    return Rate(
        float(told["pages"]) / float(told["seconds"]),
        float(told["cpu"]) / float(told["pages"]) * 1000,
        told.get("beside", 0.0) / told["pages"] * 1000,
    )


@contextmanager
def _replica_process(port: int, articles: int) -> Iterator[None]:
    child = subprocess.Popen([sys.executable, "-m", "tests.crawler.replica", str(port), str(articles)], cwd=ROOT)
    try:
        _wait_for(port)
        yield
    finally:
        child.terminate()
        child.wait()


def _wait_for(port: int) -> None:
    for _ in range(100):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise SystemExit("the replica did not start")


def _plain_rate(port: int, urls: list[str]) -> float:
    """Pages per second over one keep-alive connection with no parsing at all; each page is asked for once before, to be made."""
    rate = 0.0
    for _ in range(2):
        began = time.perf_counter()
        with socket.create_connection(("127.0.0.1", port)) as line, line.makefile("rb") as answers:
            for url in urls:
                line.sendall(f"GET {_path(url)} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
                length = 0
                while (header := answers.readline()) != b"\r\n":
                    if header.startswith(b"Content-Length:"):
                        length = int(header.split(b":")[1])
                answers.read(length)
        rate = len(urls) / (time.perf_counter() - began)
    return rate


def _path(url: str) -> str:
    from w3lib.url import safe_url_string

    return str(safe_url_string(url)).split("/", 3)[3].join(("/", ""))


def _print_stages(twin: Replica, folder: Path) -> None:
    """CPU milliseconds per page of each stage, in loads of 16 as the crawl does it, and what a stored page weighs."""
    site = twin.sites["nastooh"]
    stories = list(site.stories.values())[:160]
    outlet = Outlet("nastooh", "x", "nastooh", site.base)
    pages = [(site.url(story), site.answer_to(story)) for story in stories]
    now = utc_now()
    print(f"mean page: {sum(len(body) for _, body in pages) / len(pages) / 1000:.1f} kB")
    _stage("recognise blocks", lambda: [find_block(200, {}, body, url, url) for url, body in pages], len(pages))
    _stage("parse", lambda: [parse_page(body, url) for url, body in pages], len(pages))
    raws = _stage("extract (parsing included)", lambda: [extract(body, url, outlet, now) for url, body in pages], len(pages))
    archive = open_plain(Settings(data=folder / "stages"))
    load = [(raw, body, "nastooh") for raw, (_, body) in zip(raws, pages, strict=True)]
    _stage("compress", lambda: [archive.pages._row("", body, "nastooh") for _, body in pages], len(pages))
    saved = _stage(
        "store (compressing included)",
        lambda: [one for start in range(0, len(load), 16) for one in archive.articles.save_pages(load[start : start + 16])],
        len(pages),
    )
    assert all(one.outcome is Outcome.STORED for one in saved)
    fetched, kept = archive.pages.bytes_kept()
    archive.close()
    records = Path(str(archive.engine.url.database)).stat().st_size
    print(f"kept: {kept / len(pages):.0f} bytes a page, compressed from {fetched / len(pages):.0f}")
    print(f"records: {records / len(pages):.0f} bytes an article, the empty tables included")


def _stage(name: str, work: Callable[[], Any], number: int) -> Any:
    began = time.process_time()
    result = work()
    print(f"{name:34} {(time.process_time() - began) / number * 1000:7.2f} ms a page")
    return result


if __name__ == "__main__":
    main()
