"""How fast search answers through the HTTP API, and how fast it is filled.

    python -m benchmarks.search_speed --articles 100000 --engine tantivy --texts ../shared/data/text/news_raw.jsonl.gz

Articles are made by recombining sentences of the texts. Every request asks for 20 hits with highlights and four facets; the mix has
``SHAPES`` forms. ``--engine`` is tantivy, elasticsearch (``--elasticsearch URL``) or fts5 (SQLite, words and phrases only, without HTTP).
Highlighting is also timed by itself. Prints one JSON object.
"""

import argparse
import gzip
import json
import random
import resource
import shutil
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx

from core.persian import term_text
from core.records import TONES, TOPICS, Annotations, Mention, RawArticle, Span, ToneLabel, TopicLabel
from core.settings import Settings
from store.archive import Archive, open_archive
from store.elastic_index import ElasticIndex
from store.highlight import snippet
from store.index import SearchIndex
from store.indexing import catch_up
from store.query import parse_query
from store.tantivy_index import TantivyIndex

NOW = datetime(2026, 11, 24, tzinfo=UTC)
FACETS = "outlet,topic,tone,day"
_BATCH = 2000


@dataclass(frozen=True)
class Made:
    """Recombined articles: sentences and the words to ask for, from rare to common."""

    sentences: list[str]
    words: list[str]

    def articles(self, count: int, seed: int = 5) -> Iterator[tuple[RawArticle, Annotations]]:
        """``count`` articles over three years at twenty outlets, with labels."""
        chance = random.Random(seed)
        for number in range(1, count + 1):
            body = "\n".join(chance.choices(self.sentences, k=chance.randint(6, 14)))
            headline = " ".join(chance.choice(self.sentences).split()[:9])
            outlet = f"outlet{chance.randrange(20)}"
            at = NOW - timedelta(seconds=chance.randrange(1095 * 86400))
            url = f"https://{outlet}.invalid/news/{100000 + number}"
            tone = ToneLabel(chance.choice(TONES), 0.8, {})
            names = (Mention(f"نهاد فرضی {chance.randrange(300)}", "ORG", Span(0, 5)),)
            topics = tuple(TopicLabel(topic, 0.8) for topic in chance.sample(TOPICS, 2))
            yield (
                RawArticle(outlet, url, url, str(number), headline, body, NOW, published_at=at),
                Annotations("speed", tone, tone, topics, names),
            )

    def queries(self, seed: int = 7) -> dict[str, str]:
        """Forty-eight shapes: rare to common words, phrases, NEAR, prefixes, boolean, filters."""
        chance = random.Random(seed)
        rare, middle, common = self.words[-2000:], self.words[300:1500], self.words[20:120]
        pools = {"rare": rare, "middle": middle, "common": common}
        found = {f"one {name} word {turn}": chance.choice(pool) for name, pool in pools.items() for turn in range(3)}
        found |= {f"two {name} words {turn}": " ".join(chance.sample(pool, 2)) for name, pool in pools.items() for turn in range(3)}
        found |= {
            f"three mixed words {turn}": f"{chance.choice(common)} {chance.choice(middle)} {chance.choice(common)}" for turn in range(4)
        }
        for turn in range(4):
            words = chance.choice([line.split() for line in self.sentences if len(line.split()) > 8])
            found |= {f"phrase {turn}": f'"{" ".join(words[2:4])}"', f"near {turn}": f'"{words[1]} {words[4]}"~5'}
        found["near of three"] = f'"{" ".join(chance.sample(middle, 3))}"~4'
        found |= {f"prefix {turn}": chance.choice(middle)[:4] + "*" for turn in range(3)}
        found |= {f"fuzzy {turn}": chance.choice(middle) + "~1" for turn in range(2)}
        found |= {f"either {turn}": f"({chance.choice(middle)} OR {chance.choice(common)}) -{chance.choice(common)}" for turn in range(4)}
        for turn, filtered in enumerate(("tone:negative", "outlet:outlet3 topic:transport", "from:1404/01/01 to:1404/06/31", "headline:")):
            found[f"filter {turn}"] = (
                f"{chance.choice(common)} {filtered}" if not filtered.endswith(":") else filtered + chance.choice(common)
            )
        return found | {"everything": "", "only a filter": "tone:positive", "an entity": 'entity:"نهاد فرضی 7"', "a day": "on:1405/01/15"}


def made_from(texts: Path) -> Made:
    """Sentences and words of three thousand texts."""
    with gzip.open(texts, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line)["text"] for line, _ in zip(lines, range(3000), strict=False)]
    sentences = [part.strip() for row in rows for part in row.replace("!", ".").split(".") if 40 < len(part.strip()) < 300]
    counts = Counter(word for sentence in sentences for word in sentence.split() if len(word) > 3 and word.isalpha())
    return Made(sentences, [word for word, _ in counts.most_common(20_000)])


def fill(archive: Archive, made: Made, count: int) -> dict[str, float]:
    """Save, label and index; articles a second of each."""
    started = time.perf_counter()
    batch: list[tuple[RawArticle, Annotations]] = []
    source = made.articles(count)
    while batch := [pair for pair, _ in zip(source, range(_BATCH), strict=False)]:
        saved = archive.articles.save_many([raw for raw, _ in batch])
        archive.articles.annotate_many([(one.id, 1, said) for one, (_, said) in zip(saved, batch, strict=True)], NOW)
    stored = time.perf_counter()
    catch_up(archive, batch=10_000)
    done = time.perf_counter()
    return {"saved_per_s": count / (stored - started), "indexed_per_s": count / (done - stored)}


def ask(url: str, queries: dict[str, str], clients: int, rounds: int) -> dict[str, Any]:
    """All shapes ``rounds`` times by so many clients at once: times in ms, errors, requests a second, the slowest shapes."""
    work = [pair for _ in range(rounds) for pair in queries.items()]
    random.Random(3).shuffle(work)
    times: dict[str, list[float]] = {name: [] for name in queries}
    errors: list[str] = []

    def one_client(share: list[tuple[str, str]]) -> None:
        with httpx.Client(timeout=60) as client:
            for name, query in share:
                began = time.perf_counter()
                answer = client.get(f"{url}/api/v1/search", params={"q": query, "limit": 20, "facets": FACETS})
                times[name].append((time.perf_counter() - began) * 1000)
                if answer.status_code != 200:
                    errors.append(f"{answer.status_code} {query}")

    began = time.perf_counter()
    with ThreadPoolExecutor(clients) as pool:
        list(pool.map(one_client, [work[place::clients] for place in range(clients)]))
    took = time.perf_counter() - began
    slowest = sorted(queries, key=lambda name: -statistics.median(times[name]))[:5]
    return {
        **quantiles([value for values in times.values() for value in values]),
        "requests_per_s": round(len(work) / took, 1),
        "errors": errors[:3],
        "slowest": {f"{name}: {queries[name]}": round(statistics.median(times[name]), 1) for name in slowest},
    }


def quantiles(values: list[float]) -> dict[str, float]:
    """p50, p95 and p99."""
    ordered = sorted(values)
    return {f"p{share}": round(ordered[min(len(ordered) - 1, len(ordered) * share // 100)], 2) for share in (50, 95, 99)}


def highlighting(made: Made, queries: dict[str, str]) -> dict[str, float]:
    """Milliseconds for the fragments of 20 bodies, by itself."""
    bodies = [raw.body for raw, _ in made.articles(200)]
    times = []
    for text in queries.values():
        query = parse_query(text, now=NOW)
        began = time.perf_counter()
        for body in bodies[:20]:
            snippet(body, query)
        times.append((time.perf_counter() - began) * 1000)
    return quantiles(times)


def fts5(made: Made, count: int, queries: dict[str, str]) -> dict[str, Any]:
    """SQLite FTS5 with the same terms: 20 hits by BM25, the count and two facets, in process."""
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE VIRTUAL TABLE found USING fts5(headline, body, outlet UNINDEXED, tone UNINDEXED)")
    rows = ((term_text(raw.headline), term_text(raw.body), raw.outlet, said.tone.label) for raw, said in made.articles(count))
    connection.executemany("INSERT INTO found VALUES (?, ?, ?, ?)", rows)
    times = []
    for name, text in queries.items():
        if not name.startswith(("one", "two", "three", "phrase")):
            continue
        terms = [f'"{term}"' for term in term_text(text).split()]
        wanted = f'"{term_text(text)}"' if name.startswith("phrase") else " AND ".join(terms)
        for _ in range(3):
            began = time.perf_counter()
            connection.execute("SELECT rowid FROM found WHERE found MATCH ? ORDER BY bm25(found, 2.0, 1.0) LIMIT 20", (wanted,)).fetchall()
            for column in ("outlet", "tone"):
                connection.execute(f"SELECT {column}, count(*) FROM found WHERE found MATCH ? GROUP BY 1", (wanted,)).fetchall()
            times.append((time.perf_counter() - began) * 1000)
    connection.close()
    return quantiles(times)


def serve(folder: Path, engine: str, server: str, port: int) -> None:
    """The web service over the filled archive, as a process of its own."""
    import uvicorn

    from app.web import create_app

    settings = Settings(data=folder, open="read")
    archive = open_archive(settings, chosen(settings, engine, server, writable=False))
    uvicorn.run(create_app(archive, settings), host="127.0.0.1", port=port, log_level="warning")


def chosen(settings: Settings, engine: str, server: str, *, writable: bool) -> SearchIndex:
    """The engine under test."""
    if engine == "elasticsearch":
        return ElasticIndex(server, name="speed")
    return TantivyIndex(settings.index_folder, writable=writable)


def main() -> None:
    """Fills, serves, asks and prints."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=10_000)
    parser.add_argument("--engine", choices=("tantivy", "elasticsearch", "fts5"), default="tantivy")
    parser.add_argument("--elasticsearch", default="http://127.0.0.1:9200")
    parser.add_argument("--texts", type=Path, default=Path("../shared/data/text/news_raw.jsonl.gz"))
    parser.add_argument("--rounds", type=int, default=4)
    parser.add_argument("--port", type=int, default=18390)
    parser.add_argument("--serve", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.serve:
        serve(options.serve, options.engine, options.elasticsearch, options.port)
        return
    made = made_from(options.texts)
    queries = made.queries()
    report: dict[str, Any] = {"engine": options.engine, "articles": options.articles, "shapes": len(queries)}
    if options.engine == "fts5":
        report["in process"] = fts5(made, options.articles, queries)
    else:
        report |= _through_http(options, made, queries)
        report["highlight of 20"] = highlighting(made, queries)
    print(json.dumps(report, ensure_ascii=False, indent=2))


def _through_http(options: argparse.Namespace, made: Made, queries: dict[str, str]) -> dict[str, Any]:
    folder = Path(tempfile.mkdtemp(prefix="rasad-speed-"))
    try:
        settings = Settings(data=folder)
        archive = open_archive(settings, chosen(settings, options.engine, options.elasticsearch, writable=True))
        report: dict[str, Any] = fill(archive, made, options.articles)
        archive.close()
        size = (
            sum(found.stat().st_size for found in settings.index_folder.rglob("*") if found.is_file())
            if settings.index_folder.exists()
            else 0
        )
        report |= {"index_mb": round(size / 1e6, 1), "memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024}
        command = [sys.executable, "-m", "benchmarks.search_speed", "--serve", str(folder), "--engine", options.engine]
        command += ["--elasticsearch", options.elasticsearch, "--port", str(options.port)]
        child = subprocess.Popen(command)
        try:
            _wait(f"http://127.0.0.1:{options.port}/api/v1/search")
            url = f"http://127.0.0.1:{options.port}"
            ask(url, queries, 1, 1)
            report["one client"] = ask(url, queries, 1, options.rounds)
            report["eight clients"] = ask(url, queries, 8, options.rounds)
        finally:
            child.terminate()
            child.wait(20)
        return report
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _wait(url: str, clock: Callable[[], float] = time.monotonic) -> None:
    until = clock() + 60
    while True:
        try:
            httpx.get(url, params={"q": "آماده", "limit": 1}, timeout=60).raise_for_status()
            return
        except httpx.HTTPError:
            if clock() > until:
                raise
            time.sleep(0.2)


if __name__ == "__main__":
    main()
