"""SQLite FTS5 beside the engines: the same terms, in process, without HTTP and without our Python around it.

Only what FTS5 can ask: words, phrases, NEAR of two, either-or. Each question: the 20 best by BM25 with fragments, the count, four facets.
"""

import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.search_speed_corpus import Corpus
from benchmarks.search_speed_load import quantiles
from core.persian import term_text

_ASKED = ("one", "two", "three", "phrase", "near 0", "near 1", "near 2", "near 3")
_FACETS = ("outlet", "topic", "tone", "city_tone")


def filled(file: Path, corpus: Corpus, count: int) -> tuple[sqlite3.Connection, float | None]:
    """The index in a file, made when it is not there; articles a second when it was made now."""
    known = file.exists()
    connection = sqlite3.connect(file)
    if known:
        return connection, None
    connection.execute(f"CREATE VIRTUAL TABLE found USING fts5(headline, body, {', '.join(f'{name} UNINDEXED' for name in _FACETS)})")
    began = time.perf_counter()
    connection.executemany("INSERT INTO found VALUES (?, ?, ?, ?, ?, ?)", _rows(corpus, count))
    connection.commit()
    return connection, count / (time.perf_counter() - began)


def measured(file: Path, corpus: Corpus, count: int, rounds: int) -> dict[str, Any]:
    """Times in milliseconds of all questions, the rate of filling and the size."""
    connection, rate = filled(file, corpus, count)
    asked = [[(name, text) for name, text in corpus.queries(seed).items() if name.startswith(_ASKED)] for seed in range(rounds + 1)]
    every = [[_ask(connection, _match(name, text)) for name, text in one] for one in asked]
    connection.close()
    rounds_told = [quantiles(times) for times in every[1:]]
    return {
        "in process": quantiles([value for times in every[1:] for value in times]),
        "p95 of rounds": [min(one["p95"] for one in rounds_told), max(one["p95"] for one in rounds_told)],
        "indexed_per_s": rate and round(rate),
        "index_mb": round(file.stat().st_size / 1e6, 1),
    }


def _rows(corpus: Corpus, count: int) -> Iterator[tuple[str, ...]]:
    for number in range(1, count + 1):
        raw, said, _ = corpus.article(number)
        labels = (raw.outlet, said.topics[0].id, said.tone.label, said.city_tone.label)
        yield (term_text(raw.headline), term_text(f"{raw.lead}\n{raw.body}"), *labels)


def _match(name: str, text: str) -> str:
    if name.startswith("phrase"):
        return f'"{term_text(text)}"'
    words = " ".join(f'"{term}"' for term in term_text(text.partition("~")[0]).split())
    return f"NEAR({words}, 5)" if name.startswith("near") else words


def _ask(connection: sqlite3.Connection, wanted: str) -> float:
    began = time.perf_counter()
    best = "SELECT rowid, snippet(found, 1, '[', ']', '…', 40) FROM found WHERE found MATCH ? ORDER BY bm25(found, 2.0, 1.0) LIMIT 20"
    connection.execute(best, (wanted,)).fetchall()
    connection.execute("SELECT count(*) FROM found WHERE found MATCH ?", (wanted,)).fetchone()
    for column in _FACETS:
        connection.execute(f"SELECT {column}, count(*) FROM found WHERE found MATCH ? GROUP BY 1", (wanted,)).fetchall()
    return (time.perf_counter() - began) * 1000
