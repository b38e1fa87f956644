"""How fast search answers through the HTTP API, how fast it is filled, and how much it takes.

    python -m benchmarks.search_speed --articles 100000 --engine tantivy

The archive is made once (``--folder``, kept) by recombining sentences of ``--texts``; a run that was interrupted goes on. Every request
asks for 20 hits with highlights and four facets; a round has 48 shapes, and every round has words of its own. ``--engine`` is tantivy,
elasticsearch (``--elasticsearch URL``) or fts5 (SQLite, in process). ``--rebuild`` makes the index anew, as ``rasad reindex`` does, and
times it; an index that is not there is always made. Prints one JSON object.
"""

import argparse
import json
import multiprocessing
import resource
import statistics
import sys
import time
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from starlette.types import ASGIApp

from benchmarks.search_speed_corpus import NOW, Corpus, build, read_corpus
from benchmarks.search_speed_fts5 import measured
from benchmarks.search_speed_load import FACETS, ask_round, quantiles, told
from core.persian import term_text
from core.settings import Settings
from store.archive import open_archive
from store.elastic_index import ElasticIndex
from store.highlight import Marker
from store.index import SearchRequest
from store.indexing import rebuild
from store.query import parse_query
from store.tantivy_index import TantivyIndex

_WARM_ROUNDS = 4
_START = multiprocessing.get_context("spawn")


def main() -> None:
    """Fills what is missing, serves, asks and prints."""
    options = _options()
    corpus = read_corpus(options.texts)
    home = options.folder / f"articles-{options.articles}"
    report: dict[str, Any] = {"engine": options.engine, "articles": options.articles, "shapes": len(corpus.queries(0)), "facets": FACETS}
    if options.engine == "fts5":
        home.mkdir(parents=True, exist_ok=True)
        report |= measured(home / "fts5.sqlite", corpus, options.articles, options.rounds)
    else:
        build(Settings(data=home), corpus, options.articles)
        report |= _filled(home, options)
        report |= _through_http(home, corpus, options)
        report["stages in process"] = _stages(home, corpus, options)
    report["analyzer_per_s"] = _analyzer(corpus)
    print(json.dumps(report, ensure_ascii=False, indent=2))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=10_000)
    parser.add_argument("--engine", choices=("tantivy", "elasticsearch", "fts5"), default="tantivy")
    parser.add_argument("--elasticsearch", default="http://127.0.0.1:9200")
    parser.add_argument("--texts", type=Path, default=Path("../shared/data/text/news_raw.jsonl.gz"))
    parser.add_argument("--folder", type=Path, default=Path("var/search_speed"))
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--port", type=int, default=18390)
    parser.add_argument("--processes", type=int, default=2, help="web processes (RASAD_WEB_PROCESSES)")
    parser.add_argument("--rebuild", action="store_true")
    return parser.parse_args()


def opened_index(home: Path, engine: str, server: str, *, writable: bool = False) -> TantivyIndex | ElasticIndex:
    """The engine under test over the archive in ``home``."""
    if engine == "elasticsearch":
        return ElasticIndex(server, name=f"speed-{home.name}")
    return TantivyIndex(Settings(data=home).index_folder, writable=writable)


def _filled(home: Path, options: argparse.Namespace) -> dict[str, Any]:
    with closing(opened_index(home, options.engine, options.elasticsearch)) as index:
        there = index.count() == options.articles
    report: dict[str, Any] = {"records_mb": round((home / "rasad.sqlite").stat().st_size / 1e6)}
    if options.rebuild or not there:
        with _START.Pool(1) as pool:
            report["rebuild"] = pool.apply(rebuilt, (home, options.engine, options.elasticsearch))
    files = [found for found in Settings(data=home).index_folder.rglob("*") if found.is_file()]
    if options.engine == "tantivy":
        report["index_mb"] = round(sum(found.stat().st_size for found in files) / 1e6)
    return report


def rebuilt(home: Path, engine: str, server: str) -> dict[str, float]:
    """Makes the index anew as ``rasad reindex`` does; runs in a process of its own, whose memory is told."""
    index = opened_index(home, engine, server, writable=True)
    with closing(open_archive(Settings(data=home), index)) as archive:
        began, busy = time.perf_counter(), time.process_time()
        count = rebuild(archive, index)
        took, busy = time.perf_counter() - began, time.process_time() - busy
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return {"seconds": round(took), "articles_per_s": round(count / took), "articles_per_cpu_s": round(count / busy), "memory_mb": memory}


def serve(home: Path, options: argparse.Namespace) -> None:
    """The web service over the archive, as ``rasad serve`` runs it; open to read, so that no quota counts."""
    from app.serving import serve_with, server_of

    sys.stdin = None  # uvicorn hands it on to its processes, and this one has none of its own

    settings = Settings(data=home, port=options.port, open="read", web_processes=options.processes)
    make = partial(application, settings, options)
    if options.processes > 1:
        serve_with(make, settings)
    else:
        server_of(make(), settings).run()


def application(settings: Settings, options: argparse.Namespace) -> ASGIApp:
    """The application over the archive and the engine under test."""
    from app.serving import warm_up
    from app.web import create_app

    warm_up()
    return create_app(open_archive(settings, opened_index(settings.data, options.engine, options.elasticsearch)), settings)


@contextmanager
def _served(home: Path, options: argparse.Namespace):  # type: ignore[no-untyped-def]
    process = _START.Process(target=serve, args=(home, options))
    process.start()
    try:
        _wait_for(options.port)
        yield process
    finally:
        process.terminate()
        process.join(20)


def _wait_for(port: int) -> None:
    until = time.monotonic() + 120
    while True:
        try:
            if not ask_round(port, [("ready", "آماده")], 1).errors:
                return
        except OSError:
            if time.monotonic() > until:
                raise
        time.sleep(0.3)


def _through_http(home: Path, corpus: Corpus, options: argparse.Namespace) -> dict[str, Any]:
    report: dict[str, Any] = {}
    with _served(home, options) as process:
        for seed in range(_WARM_ROUNDS):
            ask_round(options.port, list(corpus.queries(seed).items()), 2)
        for clients in (1, 8):
            seeds = range(100 * clients, 100 * clients + options.rounds)
            report[f"{clients} clients"] = told([ask_round(options.port, list(corpus.queries(seed).items()), clients) for seed in seeds])
        report |= {"web_processes": options.processes, "web_memory_mb": _memory(process.pid)}
    return report


def _memory(pid: int | None) -> int:
    """Resident megabytes of a process and its children, as Linux tells them (shared pages count in each)."""
    children = Path(f"/proc/{pid}/task/{pid}/children")
    status = Path(f"/proc/{pid}/status")
    if not status.exists():
        return 0
    own = next((int(line.split()[1]) // 1024 for line in status.read_text().splitlines() if line.startswith("VmRSS")), 0)
    return own + sum(_memory(int(child)) for child in children.read_text().split())


def _stages(home: Path, corpus: Corpus, options: argparse.Namespace) -> dict[str, dict[str, float]]:
    """Milliseconds of each stage of a request by itself: reading the query, searching, loading 20 records, their highlights."""
    times: dict[str, list[float]] = {"parse": [], "search": [], "records": [], "highlights": []}
    index = opened_index(home, options.engine, options.elasticsearch)
    with closing(open_archive(Settings(data=home), index)) as archive:
        for text in (text for seed in range(1000, 1002) for text in corpus.queries(seed).values()):
            moments = [time.perf_counter()]
            query = parse_query(text, now=NOW)
            moments.append(time.perf_counter())
            page = archive.search.search(SearchRequest(query, facets=tuple(FACETS.split(","))))
            moments.append(time.perf_counter())
            found = archive.articles.get_shown([id for hit in page.hits for id in (hit.id, *hit.reprints)])
            moments.append(time.perf_counter())
            marker = Marker(query)
            for article in found[:20]:
                marker.marks(article.raw.headline)
                marker.snippet(article.raw.body)
            moments.append(time.perf_counter())
            for name, began, ended in zip(times, moments, moments[1:], strict=False):
                times[name].append((ended - began) * 1000)
    return {name: quantiles(values[len(values) // 2 :]) for name, values in times.items()}


def _analyzer(corpus: Corpus) -> int:
    """Articles a second on one core, analyzer alone."""
    texts = [f"{raw.headline}\n{raw.lead}\n{raw.body}" for raw, _, _ in map(corpus.article, range(1, 2001))]
    rates = []
    for part in range(4):
        began = time.process_time()
        for text in texts[part * 500 : part * 500 + 500]:
            term_text(text)
        rates.append(500 / (time.process_time() - began))
    return round(statistics.median(rates))


if __name__ == "__main__":
    main()
